//! The statement behind the Resources list: in the order of an index, with what the query and somebody's sight leave out.

use super::letters::Bounds;
use crate::{
    Backend,
    entity::{resource, resource_label},
    keyset::Window,
    looking::{Look, Searched, holds, postgres_finds},
    narrowing::Narrowed,
    sql::{Search, among, contains, contains_in, uuids, within},
    transaction::{Db, on},
};
use domain::{
    id::{ResourceId, WorkspaceId},
    label::Label,
    policy::Sight,
    resource::{ResourceQuery, ResourceType},
};
use sea_orm::{
    ColumnTrait, Condition, ExprTrait, Iterable,
    sea_query::{Expr, Func, Order, Query, SelectStatement},
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Between type and name in a cursor's key: neither can hold it.
pub(super) const SEPARATOR: char = '\n';

pub(super) const ORDER: [resource::Column; 3] = [resource::Column::Kind, resource::Column::NameKey, resource::Column::Id];

/// A row's place in the list, beside its id: its type and its name.
pub(super) type Key = (String, String);

/// Which resources, for whom.
pub(super) struct Listing<'a> {
    pub(super) backend: Backend,
    pub(super) workspace: WorkspaceId,
    pub(super) query: &'a ResourceQuery,
    pub(super) sight: &'a Sight,
}

/// How it is seen which label something bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looking {
    /// A set of all that bear it is made first.
    Set,
    /// Each thing on the way is looked at.
    Each,
    /// The same, whoever may see it.
    EachUnseen,
}

/// From which end a page is read.
pub(super) enum Reading {
    Along(Looking),
    /// The same, looking at each, to this place and not beyond.
    Until(Key, Uuid),
    /// From these ids, to be put in order.
    From(Box<SelectStatement>),
    /// From what PostgreSQL finds, to be put in order.
    Sorted,
}

impl<'a> Listing<'a> {
    pub(super) fn new(db: &impl Db, workspace: WorkspaceId, query: &'a ResourceQuery, sight: &'a Sight) -> Self {
        Self { backend: Backend::of(on(db)), workspace, query, sight }
    }

    pub(super) fn search(&self) -> Search {
        Search::parse(self.query.search.as_deref())
    }

    /// What was searched for, as a product's id may have it: those keep their case, and both databases lower the letters of ASCII only.
    pub(super) fn typed(&self) -> String {
        self.query.search.as_deref().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether PostgreSQL finds what is searched by each letter or two in a row, of which some are in all names.
    pub(super) fn by_letters(&self) -> bool {
        self.backend == Backend::Postgres && matches!(self.search(), Search::For(key) if Look::is_short(&key))
    }

    /// Whether something has to be known of each thing that stands in another table.
    pub(super) fn asks_for_labels(&self) -> bool {
        !self.query.labels.is_empty() || !self.query.lacking.is_empty()
    }

    /// What the list is narrowed to, each by itself, as far as the database does not weigh it by itself.
    pub(super) fn narrowed_to(&self) -> Vec<Narrowed> {
        let search = match (self.search(), self.backend) {
            (Search::For(name), Backend::Sqlite) => Look::up(Searched::Resources, &[&name, &self.typed()]).as_ref().map(Narrowed::found),
            (Search::For(name), Backend::Postgres) if self.by_letters() => {
                let mut found = Query::select().column(resource::Column::Id).from(resource::Entity).take();
                found.and_where(resource::Column::WorkspaceId.eq(self.workspace.uuid())).and_where(self.found_by_index(&name));
                Some(Narrowed { by_search: true, ..Narrowed::to(found) })
            }
            (_, _) => None,
        };
        let by_labels = self.label_keys().into_iter().filter(|key| !self.lacking(key)).map(|key| {
            let values = self.values(key);
            Narrowed::to(self.bearers(key).and_where(resource_label::Column::Value.is_in(values)).take())
        });
        search.into_iter().chain(by_labels).collect()
    }

    /// A page. `None` where nothing can be found.
    pub(super) fn page(&self, window: &Window<Key>, reading: &Reading, bounds: &Bounds) -> Option<SelectStatement> {
        let mut select = Query::select().columns(resource::Column::iter()).from(resource::Entity).take();
        let looking = match reading {
            Reading::From(ids) => {
                select.and_where(within(resource::Column::WorkspaceId, self.workspace));
                select.and_where(Expr::col(resource::Column::Id).in_subquery((**ids).clone()));
                Looking::Set
            }
            Reading::Along(looking) => *looking,
            Reading::Until(..) => Looking::Each,
            Reading::Sorted => Looking::Set,
        };
        if !matches!(reading, Reading::From(_)) {
            select.and_where(resource::Column::WorkspaceId.eq(self.workspace.uuid()));
        }
        if let (Reading::Sorted, Search::For(name)) = (reading, self.search()) {
            select.and_where(self.found_by_index(&name));
        }
        if let Reading::Until((kind, name), id) = reading {
            let place = Expr::tuple(ORDER.map(Expr::col));
            let end = Expr::tuple([Expr::val(kind.as_str()), Expr::val(name.as_str()), Expr::val(*id)]);
            select.and_where(if window.ascending(false) { place.lte(end) } else { place.gte(end) });
        }
        if !self.narrow(&mut select, looking) {
            return None;
        }
        place(&mut select, window, bounds);
        match reading {
            // an order that no index has
            Reading::Sorted => {
                let order = order(window);
                select.order_by_expr(Expr::cust("\"kind\" || ''"), order.clone());
                select.order_by(resource::Column::NameKey, order.clone()).order_by(resource::Column::Id, order);
            }
            Reading::Along(_) | Reading::Until(..) | Reading::From(_) => in_order(&mut select, window),
        }
        Some(select.limit(window.limit() as u64).take())
    }

    /// What the list shows of a stretch behind the window's beginning, in order, looking at each thing. Said so that PostgreSQL walks: it would
    /// sooner put all of a type in order.
    pub(super) fn in_stretch(&self, window: &Window<Key>, bounds: &Bounds, length: u64) -> Option<SelectStatement> {
        let mut stretch = Query::select().columns(resource::Column::iter()).from(resource::Entity).take();
        stretch.and_where(resource::Column::WorkspaceId.eq(self.workspace.uuid()));
        if let Some(kind) = &self.query.kind {
            stretch.and_where(resource::Column::Kind.eq(kind.as_str()));
        }
        place(&mut stretch, window, bounds);
        in_order(&mut stretch, window);
        stretch.limit(length);
        let mut select = Query::select().columns(resource::Column::iter()).from_subquery(stretch, resource::Entity).take();
        if !self.narrow(&mut select, Looking::Each) {
            return None;
        }
        in_order(&mut select, window);
        Some(select.limit(window.limit() as u64).take())
    }

    /// What lies on the way, whoever may see it: by these columns. Of places alone an index has all.
    pub(super) fn on_the_way(&self, window: &Window<Key>, bounds: &Bounds, columns: impl IntoIterator<Item = resource::Column>) -> Option<SelectStatement> {
        let mut select = Query::select().columns(columns).from(resource::Entity).and_where(resource::Column::WorkspaceId.eq(self.workspace.uuid())).take();
        if !self.narrow(&mut select, Looking::EachUnseen) {
            return None;
        }
        place(&mut select, window, bounds);
        in_order(&mut select, window);
        Some(select.limit(window.limit() as u64).take())
    }

    /// The place that is so far behind the window's beginning, whatever the query asks for.
    pub(super) fn place_behind(&self, window: &Window<Key>, bounds: &Bounds, things: u64) -> SelectStatement {
        let mut select = Query::select().columns(ORDER).from(resource::Entity).and_where(resource::Column::WorkspaceId.eq(self.workspace.uuid())).take();
        if let Some(kind) = &self.query.kind {
            select.and_where(resource::Column::Kind.eq(kind.as_str()));
        }
        place(&mut select, window, bounds);
        in_order(&mut select, window);
        select.offset(things).limit(1).take()
    }

    pub(super) fn these(&self, ids: &[Uuid]) -> SelectStatement {
        Query::select()
            .columns(resource::Column::iter())
            .from(resource::Entity)
            .and_where(within(resource::Column::WorkspaceId, self.workspace))
            .and_where(among(self.backend, "id", ids))
            .take()
    }

    /// Leaves out what the query does not ask for and what is not to be seen. False where nothing is left, whatever the workspace holds.
    pub(super) fn narrow(&self, select: &mut SelectStatement, looking: Looking) -> bool {
        match self.search() {
            Search::Everything => {}
            Search::Nothing => return false,
            Search::For(name) => {
                let typed = self.typed();
                select.and_where(match self.by_letters() {
                    true => holds(self.backend, Expr::col(resource::Column::NameKey), &name).or(holds(self.backend, key_of_product(), &typed)),
                    false => contains(resource::Column::NameKey, &name).or(contains_in(key_of_product(), &typed)),
                });
            }
        }
        if let Some(kind) = &self.query.kind {
            select.and_where(resource::Column::Kind.eq(kind.as_str()));
        }
        if let Some(parent) = self.query.parent {
            select.and_where(resource::Column::ParentId.eq(parent.uuid()));
        }
        for key in self.label_keys() {
            let mut any = Condition::any();
            let values = self.values(key);
            if !values.is_empty() {
                let mut bearers = self.bearers(key);
                any = any.add(borne(bearers.and_where(resource_label::Column::Value.is_in(values)), looking, true));
            }
            if self.lacking(key) {
                any = any.add(borne(&mut self.bearers(key), looking, false));
            }
            select.cond_where(any);
        }
        match self.sight {
            _ if looking == Looking::EachUnseen => true,
            Sight::Everything => true,
            sight if sight.is_nothing() => false,
            Sight::Some { types, resources, .. } => {
                let mut seen = Condition::any();
                if !types.is_empty() {
                    seen = seen.add(resource::Column::Kind.is_in(types.iter().map(ResourceType::as_str)));
                }
                if !resources.is_empty() {
                    seen = seen.add(among(self.backend, "id", &uuids(resources, ResourceId::uuid)));
                }
                select.cond_where(seen);
                true
            }
        }
    }

    fn found_by_index(&self, name: &str) -> Expr {
        let key = self.typed();
        let finds = |key: &str| postgres_finds(key, Expr::col(resource::Column::NameKey), key_of_product());
        if key == name { finds(name) } else { finds(name).or(finds(&key)) }
    }

    /// The keys of labels that are asked for, and of those that are to be lacking.
    fn label_keys(&self) -> BTreeSet<&str> {
        self.query.labels.iter().map(Label::key).chain(self.query.lacking.iter().map(String::as_str)).collect()
    }

    fn values(&self, key: &str) -> Vec<&str> {
        self.query.labels.iter().filter(|label| label.key() == key).map(Label::value).collect()
    }

    fn lacking(&self, key: &str) -> bool {
        self.query.lacking.iter().any(|lacking| lacking == key)
    }

    fn bearers(&self, key: &str) -> SelectStatement {
        Query::select()
            .column(resource_label::Column::ResourceId)
            .from(resource_label::Entity)
            .and_where(resource_label::Column::WorkspaceId.eq(self.workspace.uuid()))
            .and_where(resource_label::Column::Key.eq(key))
            .take()
    }
}

/// The product's id as it is searched.
fn key_of_product() -> Expr {
    Func::lower(Expr::col(resource::Column::Key)).into()
}

/// Whether a thing is one of these bearers.
fn borne(bearers: &mut SelectStatement, looking: Looking, borne: bool) -> Expr {
    let id = || Expr::col((resource::Entity, resource::Column::Id));
    if looking == Looking::Set {
        return if borne { id().in_subquery(bearers.take()) } else { id().not_in_subquery(bearers.take()) };
    }
    // said as a value, of which neither database makes a set
    let one = bearers.and_where(Expr::col((resource_label::Entity, resource_label::Column::ResourceId)).eq(id())).limit(1).take();
    if borne { Expr::from(one).is_not_null() } else { Expr::from(one).is_null() }
}

/// Within the window and the types between which something can be found.
fn place(select: &mut SelectStatement, window: &Window<Key>, bounds: &Bounds) {
    let ascending = window.ascending(false);
    if let Some(((kind, name), id)) = &window.from {
        let place = Expr::tuple(ORDER.map(Expr::col));
        let beside = Expr::tuple([Expr::val(kind.as_str()), Expr::val(name.as_str()), Expr::val(*id)]);
        select.and_where(if ascending { place.gt(beside) } else { place.lt(beside) });
    }
    let Some((first, last)) = &bounds.0 else { return };
    if first == last {
        select.and_where(resource::Column::Kind.eq(first.as_str()));
        return;
    }
    // the window says already where it begins
    let begins = window.from.as_ref().map(|((kind, _), _)| kind);
    if begins.is_none_or(|kind| !ascending || kind < first) {
        select.and_where(resource::Column::Kind.gte(first.as_str()));
    }
    if begins.is_none_or(|kind| ascending || kind > last) {
        select.and_where(resource::Column::Kind.lte(last.as_str()));
    }
}

fn order(window: &Window<Key>) -> Order {
    if window.ascending(false) { Order::Asc } else { Order::Desc }
}

fn in_order(select: &mut SelectStatement, window: &Window<Key>) {
    for column in ORDER {
        select.order_by(column, order(window));
    }
}
