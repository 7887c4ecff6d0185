//! The two statements behind the Users list: one for members, one for pending invites, each in the order of an index.

use super::searched::{begins, found_by_index};
use crate::{
    connect::Backend,
    entity::{grant, group_member, invite, invite_group, member, workspace},
    invites::is_pending,
    keyset::Window,
    sql::{Search, among, contains, within},
};
use domain::{
    catalog::RoleId,
    id::{GroupId, WorkspaceId},
    member::{MemberKind, UserQuery, UserSort, UserStatus},
    time::Timestamp,
};
use sea_orm::{
    ColumnTrait, ExprTrait, Iterable,
    sea_query::{Expr, Order, Query, SelectStatement, Value},
};
use std::fmt;
use uuid::Uuid;

/// Which users, in which order.
pub(super) struct Listing {
    pub(super) backend: Backend,
    pub(super) workspace: WorkspaceId,
    pub(super) filter: Filter,
    pub(super) sort: UserSort,
    pub(super) descending: bool,
}

/// By what a list is sorted. Text compares byte by byte, as both databases do it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Text(String),
    Moment(i64),
}

impl Key {
    pub(super) fn parse(sort: UserSort, text: &str) -> Option<Self> {
        match sort {
            UserSort::Name => Some(Self::Text(text.to_owned())),
            UserSort::LastSeen => text.parse().ok().map(Self::Moment),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Moment(micros) => micros.fmt(f),
        }
    }
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Text(text) => text.into(),
            Key::Moment(micros) => micros.into(),
        }
    }
}

/// Whom a list leaves out.
pub(super) struct Filter {
    pub(super) search: Search,
    statuses: Vec<UserStatus>,
    kinds: Vec<&'static str>,
    pub(super) roles: Vec<String>,
    pub(super) groups: Vec<Uuid>,
    now: Timestamp,
}

impl Filter {
    pub(super) fn new(query: &UserQuery, now: Timestamp) -> Self {
        Self {
            search: Search::parse(query.search.as_deref()),
            statuses: query.statuses.clone(),
            kinds: query.kinds.iter().copied().map(MemberKind::as_str).collect(),
            roles: query.roles.iter().map(RoleId::as_str).map(str::to_owned).collect(),
            groups: query.groups.iter().copied().map(GroupId::uuid).collect(),
            now,
        }
    }

    pub(super) fn everybody(now: Timestamp) -> Self {
        Self::new(&UserQuery::default(), now)
    }

    /// The workspace's own counts that add up to what is shown, where nothing else narrows it.
    pub(super) fn counted_in_row(&self) -> Option<&'static [workspace::Column]> {
        if self.search != Search::Everything || !self.kinds.is_empty() || !self.roles.is_empty() || !self.groups.is_empty() {
            return None;
        }
        match self.statuses.as_slice() {
            [] => Some(&[workspace::Column::Members, workspace::Column::Invites]),
            [UserStatus::Active] => Some(&[workspace::Column::Members]),
            [UserStatus::Invited, UserStatus::Expired] => Some(&[workspace::Column::Invites]),
            _ => None,
        }
    }

    fn shows(&self, status: UserStatus) -> bool {
        self.search != Search::Nothing && (self.statuses.is_empty() || self.statuses.contains(&status))
    }
}

/// From which end the members of a list are read.
pub(super) enum Reading {
    /// Along the list's order.
    Along,
    /// The same, to this place and not beyond.
    Until(Key, Uuid),
    /// From these ids, to be put in order.
    From(Box<SelectStatement>),
    /// From whatever the database finds, to be put in order: for one that plans with statistics, and takes names for evenly spread.
    Sorted,
    /// Along the order of names, of those that begin with this.
    Beginning(String),
    /// These alone, in whatever order.
    These(Vec<Uuid>),
}

impl Listing {
    /// `None` where no member can be in the window.
    pub(super) fn members(&self, window: &Window<Key>, reading: &Reading) -> Option<SelectStatement> {
        let mut select = self.those_joined(false, reading)?;
        select.columns(member::Column::iter());
        if let Reading::Until(key, id) = reading {
            let place = Expr::tuple([Expr::col(self.key()), Expr::col(member::Column::Id)]);
            let end = Expr::tuple([Expr::val(key.clone()), Expr::val(*id)]);
            select.and_where(if window.ascending(self.descending) { place.lte(end) } else { place.gte(end) });
        }
        match (reading, self.sort) {
            (Reading::These(_), _) => {}
            // an order that no index has
            (Reading::Sorted, UserSort::Name) => window.read_by(&mut select, self.key(), Expr::cust("\"name_key\" || ''"), member::Column::Id, self.descending),
            (Reading::Sorted, UserSort::LastSeen) => {
                window.read_by(&mut select, self.key(), Expr::cust("\"last_seen_at\" + 0"), member::Column::Id, self.descending);
            }
            (Reading::Along | Reading::Until(..) | Reading::From(_) | Reading::Beginning(_), _) => {
                window.read(&mut select, self.key(), member::Column::Id, self.descending);
            }
        }
        Some(select)
    }

    /// All members in the order of their names, as programs read them; beside each, of the workspace at the same moment, how many there are
    /// and the policy's version.
    pub(super) fn plain(&self, window: &Window<Key>) -> SelectStatement {
        let of_workspace = |column: workspace::Column| {
            let by_id = Expr::col((workspace::Entity, workspace::Column::Id)).eq(self.workspace.uuid());
            Query::select().column((workspace::Entity, column)).from(workspace::Entity).and_where(by_id).take()
        };
        let mut select = Query::select().from(member::Entity).and_where(member::Column::WorkspaceId.eq(self.workspace.uuid())).take();
        select.columns([member::Column::Id, member::Column::Name, member::Column::NameKey, member::Column::Email, member::Column::Kind]);
        select.expr(of_workspace(workspace::Column::Members)).expr(of_workspace(workspace::Column::PolicyVersion));
        window.read(&mut select, member::Column::NameKey, member::Column::Id, self.descending);
        select
    }

    /// The place of the member that stands so far behind the window's beginning, whoever the filter shows.
    pub(super) fn end_of_stretch(&self, window: &Window<Key>, stretch: u64) -> SelectStatement {
        let mut select = Query::select().from(member::Entity).and_where(member::Column::WorkspaceId.eq(self.workspace.uuid())).take();
        select.columns([self.key(), member::Column::Id]);
        window.read(&mut select, self.key(), member::Column::Id, self.descending);
        select.offset(stretch).limit(1).take()
    }

    /// Whom the filter shows of a stretch behind the window's beginning, in order, and looked for in the index alone: PostgreSQL would read
    /// everybody on the way. `None` where the index doesn't know what is asked.
    pub(super) fn in_stretch(&self, window: &Window<Key>, length: u64) -> Option<SelectStatement> {
        if !self.filter.kinds.is_empty() {
            return None;
        }
        let mut stretch = Query::select().from(member::Entity).and_where(member::Column::WorkspaceId.eq(self.workspace.uuid())).take();
        stretch.columns([member::Column::Id, member::Column::NameKey, member::Column::Email]);
        if self.sort == UserSort::LastSeen {
            stretch.column(member::Column::LastSeenAt);
        }
        window.read(&mut stretch, self.key(), member::Column::Id, self.descending);
        stretch.limit(length);
        let mut select = Query::select().column(member::Column::Id).from_subquery(stretch, member::Entity).take();
        self.narrow(&mut select, false);
        Some(self.in_order(select, window))
    }

    fn in_order(&self, mut select: SelectStatement, window: &Window<Key>) -> SelectStatement {
        let order = if window.ascending(self.descending) { Order::Asc } else { Order::Desc };
        select.order_by(self.key(), order.clone()).order_by(member::Column::Id, order).limit(window.limit() as u64).take()
    }

    const fn key(&self) -> member::Column {
        match self.sort {
            UserSort::Name => member::Column::NameKey,
            UserSort::LastSeen => member::Column::LastSeenAt,
        }
    }

    /// All members that the filter shows; `None` where it shows none. To count them, sets of ids are made; to read a page of them, each is
    /// looked at.
    fn those_joined(&self, counted: bool, reading: &Reading) -> Option<SelectStatement> {
        if !self.filter.shows(UserStatus::Active) {
            return None;
        }
        let mut select = Query::select().from(member::Entity).take();
        match reading {
            Reading::From(ids) => {
                select.and_where(within(member::Column::WorkspaceId, self.workspace));
                select.and_where(Expr::col((member::Entity, member::Column::Id)).in_subquery(ids.as_ref().clone()));
            }
            Reading::These(ids) => {
                select.and_where(within(member::Column::WorkspaceId, self.workspace)).and_where(among(self.backend, "id", ids));
            }
            Reading::Along | Reading::Until(..) | Reading::Sorted | Reading::Beginning(_) => {
                select.and_where(member::Column::WorkspaceId.eq(self.workspace.uuid()));
            }
        }
        if let Reading::Beginning(key) = reading {
            begins(&mut select, key);
        }
        let by_index = self.backend == Backend::Postgres && (counted || matches!(reading, Reading::Sorted));
        if let Search::For(key) = &self.filter.search
            && by_index
        {
            select.and_where(found_by_index(key));
        }
        self.narrow(&mut select, counted);
        Some(select)
    }

    fn narrow(&self, select: &mut SelectStatement, counted: bool) {
        let id = || Expr::col((member::Entity, member::Column::Id));
        if let Search::For(key) = &self.filter.search {
            select.and_where(self.has(key));
        }
        match self.filter.kinds.as_slice() {
            [] => {}
            // said outright: an index of owners is chosen by these words
            ["owner"] => drop(select.and_where(Expr::cust("\"kind\" = 'owner'"))),
            kinds => drop(select.and_where(member::Column::Kind.is_in(kinds.iter().copied()))),
        }
        if counted {
            if !self.filter.roles.is_empty() {
                select.and_where(id().in_subquery(self.holders(grant::Column::MemberId)));
            }
            if !self.filter.groups.is_empty() {
                select.and_where(id().in_subquery(self.places()));
            }
            return;
        }
        self.narrow_to_holders_and_places(select, &id());
    }

    /// To members of this id who hold one of the wanted roles, and are in one of the wanted groups.
    pub(super) fn narrow_to_holders_and_places(&self, select: &mut SelectStatement, id: &Expr) {
        if !self.filter.roles.is_empty() {
            select.and_where(Expr::exists(self.one_of_their_roles(grant::Column::MemberId, id.clone())));
        }
        if !self.filter.groups.is_empty() {
            let theirs = Expr::col((group_member::Entity, group_member::Column::MemberId)).eq(id.clone());
            select.and_where(Expr::exists(self.places().and_where(theirs).take()));
        }
    }

    /// A grant of this holder's own, of a wanted role. Said so that it is found by its holder: the role has very many.
    fn one_of_their_roles(&self, holder: grant::Column, id: Expr) -> SelectStatement {
        let of = |column: grant::Column| (grant::Entity, column);
        Query::select()
            .expr(Expr::val(1))
            .from(grant::Entity)
            .and_where(Expr::col(of(holder)).eq(id))
            .and_where(within(of(grant::Column::WorkspaceId), self.workspace))
            .and_where(Expr::col(of(grant::Column::Role)).is_not_in(self.filter.roles.iter().cloned()).not())
            .take()
    }

    /// Who is in one of the wanted groups.
    pub(super) fn places(&self) -> SelectStatement {
        Query::select()
            .column(group_member::Column::MemberId)
            .from(group_member::Entity)
            .and_where(within((group_member::Entity, group_member::Column::WorkspaceId), self.workspace))
            .and_where(group_member::Column::GroupId.is_in(self.filter.groups.iter().copied()))
            .take()
    }

    /// `None` where no invite can be in the window.
    pub(super) fn invites(&self, window: &Window<Key>) -> Option<SelectStatement> {
        let mut select = self.those_invited()?;
        select.columns(invite::Column::iter());
        self.place_invites(&mut select, window).then_some(select)
    }

    /// How many the filter shows: a statement for members and one for invites.
    pub(super) fn counts(&self) -> Vec<SelectStatement> {
        let count = |mut select: SelectStatement| select.expr(Expr::cust("COUNT(*)")).take();
        self.those_joined(true, &Reading::Along).into_iter().chain(self.those_invited()).map(count).collect()
    }

    /// All pending invites that the filter shows; `None` where it shows none.
    fn those_invited(&self) -> Option<SelectStatement> {
        let (waiting, expired) = (self.filter.shows(UserStatus::Invited), self.filter.shows(UserStatus::Expired));
        let mut select = Query::select();
        select.from(invite::Entity).and_where(invite::Column::WorkspaceId.eq(self.workspace.uuid())).and_where(is_pending());
        match (waiting, expired) {
            (true, true) => {}
            (true, false) => {
                select.and_where(invite::Column::ExpiresAt.gt(self.filter.now.micros()));
            }
            (false, true) => {
                select.and_where(invite::Column::ExpiresAt.lte(self.filter.now.micros()));
            }
            (false, false) => return None,
        }
        if let Search::For(key) = &self.filter.search {
            select.and_where(contains(invite::Column::Email, key));
        }
        if !self.filter.kinds.is_empty() {
            select.and_where(invite::Column::Kind.is_in(self.filter.kinds.iter().copied()));
        }
        if !self.filter.roles.is_empty() {
            let id = Expr::col((invite::Entity, invite::Column::Id));
            select.and_where(Expr::exists(self.one_of_their_roles(grant::Column::InviteId, id)));
        }
        if !self.filter.groups.is_empty() {
            let places = Query::select()
                .column(invite_group::Column::InviteId)
                .from(invite_group::Entity)
                .and_where(invite_group::Column::WorkspaceId.eq(self.workspace.uuid()))
                .and_where(invite_group::Column::GroupId.is_in(self.filter.groups.iter().copied()))
                .take();
            select.and_where(Expr::col(invite::Column::Id).in_subquery(places));
        }
        Some(select)
    }

    /// By name an invite stands at its address, which no two pending ones share; by last seen they all stand at "never", in the
    /// order of their ids. False where the window lies beyond all of them.
    fn place_invites(&self, select: &mut SelectStatement, window: &Window<Key>) -> bool {
        let ascending = window.ascending(self.descending);
        match (self.sort, &window.from) {
            (UserSort::Name, _) => window.read(select, invite::Column::Email, invite::Column::Id, self.descending),
            (UserSort::LastSeen, Some((Key::Moment(seen), _))) if *seen != 0 && ascending == (*seen > 0) => return false,
            (UserSort::LastSeen, from) => {
                let order = if ascending { sea_orm::Order::Asc } else { sea_orm::Order::Desc };
                if let Some((Key::Moment(0), row)) = from {
                    let id = Expr::col(invite::Column::Id);
                    select.and_where(if ascending { id.gt(*row) } else { id.lt(*row) });
                }
                select.order_by(invite::Column::Id, order).limit(window.limit() as u64);
            }
        }
        true
    }

    /// Who holds one of the wanted roles by a grant of their own.
    pub(super) fn holders(&self, holder: grant::Column) -> SelectStatement {
        Query::select()
            .column(holder)
            .from(grant::Entity)
            .and_where(Expr::col((grant::Entity, grant::Column::WorkspaceId)).eq(self.workspace.uuid()))
            .and_where(grant::Column::Role.is_in(self.filter.roles.iter().cloned()))
            .and_where(holder.is_not_null())
            .take()
    }
}
