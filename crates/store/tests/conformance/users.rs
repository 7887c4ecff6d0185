//! The Users list holds members and invites in one order; its pages are that list cut in pieces, from either end.

use crate::team::Team;
use domain::{
    catalog::RoleId,
    grant::{Holder, Scope, ScopeSummary},
    id::{GroupId, MemberId},
    invite::InviteState,
    member::{MemberKind, UserId, UserQuery, UserRow, UserSort, UserStanding, UserStatus},
    page::{Cursor, Page, PageSize},
    text,
    time::{Span, Timestamp},
};
use store::{members::NewMember, users};
use testkit::{World, on_both};
use uuid::Uuid;

/// What the reference knows of somebody in the list.
#[derive(Clone, Debug)]
struct Person {
    id: Uuid,
    name_key: String,
    email: String,
    seen: i64,
    kind: MemberKind,
    status: UserStatus,
    admin: bool,
    grouped: bool,
}

impl Person {
    fn matches(&self, query: &UserQuery) -> bool {
        let found = query.search.as_deref().is_none_or(|search| {
            let key = text::key(search.trim());
            (self.status == UserStatus::Active && self.name_key.contains(&key)) || self.email.contains(&key)
        });
        found
            && (query.statuses.is_empty() || query.statuses.contains(&self.status))
            && (query.kinds.is_empty() || query.kinds.contains(&self.kind))
            && (query.roles.is_empty() || self.admin)
            && (query.groups.is_empty() || self.grouped)
    }
}

/// The list as it must be: sorted in memory.
fn expected(people: &[Person], query: &UserQuery) -> Vec<Uuid> {
    let mut people: Vec<&Person> = people.iter().filter(|person| person.matches(query)).collect();
    match query.sort {
        UserSort::Name => people.sort_by(|a, b| (&a.name_key, a.id).cmp(&(&b.name_key, b.id))),
        UserSort::LastSeen => people.sort_by_key(|person| (person.seen, person.id)),
    }
    if query.descending {
        people.reverse();
    }
    people.into_iter().map(|person| person.id).collect()
}

fn uuid(row: &UserRow) -> Uuid {
    match row.id {
        UserId::Member(id) => id.uuid(),
        UserId::Invite(id) => id.uuid(),
    }
}

fn cursor(text: Option<&String>) -> Option<Cursor> {
    text.map(|text| Cursor::decode(text).unwrap())
}

async fn page(team: &Team<'_>, query: &UserQuery, now: Timestamp) -> Page<UserRow> {
    users::page(&team.world.store, team.id, query, now).await.unwrap()
}

/// All ids, page after page; and once more from the last page back to the first.
async fn walk(team: &Team<'_>, query: &UserQuery, now: Timestamp) -> (Vec<Uuid>, Vec<Uuid>) {
    let mut query = query.clone();
    let mut forward = Vec::new();
    let mut last = page(team, &query, now).await;
    assert_eq!(last.previous, None, "nothing lies before the first page");
    loop {
        assert!(last.rows.len() <= usize::from(query.size.get()));
        forward.extend(last.rows.iter().map(uuid));
        query.cursor = cursor(last.next.as_ref());
        if query.cursor.is_none() {
            break;
        }
        last = page(team, &query, now).await;
        assert!(!last.rows.is_empty(), "a page that was announced has rows");
    }
    let mut backward: Vec<Uuid> = last.rows.iter().rev().map(uuid).collect();
    while let Some(before) = cursor(last.previous.as_ref()) {
        query.cursor = Some(before);
        last = page(team, &query, now).await;
        assert!(last.next.is_some(), "a page before another has a next one");
        backward.extend(last.rows.iter().rev().map(uuid));
    }
    (forward, backward)
}

/// Numbers that repeat themselves in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

const NAMES: [&str; 14] = ["Ann", "ann", "ANN", "Zoë", "zo", "Émile", "李小龍", "a_b", "a%b", "a\\b", "aXb", "=cmd()", "user3@acme.test", "İpek"];

/// Members with equal names and moments, names that look like addresses, invites that stand and that have expired.
async fn crowd(team: &Team<'_>, now: Timestamp) -> (Vec<Person>, GroupId) {
    let mut dice = Dice(42);
    let mut people = Vec::new();
    let mut joining = Vec::new();
    for n in 0..70 {
        let name = NAMES[dice.below(NAMES.len() as u64) as usize];
        let seen = dice.below(5) as i64;
        let kind = if dice.below(4) == 0 { MemberKind::Owner } else { MemberKind::Member };
        let last_seen_at = (seen > 0).then(|| team.at(seen));
        let new = NewMember { kind, last_seen_at, ..team.person(name, &format!("m{n}@acme.test")) };
        let (name_key, email) = (new.name.key(), new.email.to_string());
        let seen = last_seen_at.map_or(0, Timestamp::micros);
        people.push(Person {
            id: new.id.uuid(),
            name_key,
            email,
            seen,
            kind,
            status: UserStatus::Active,
            admin: dice.below(3) == 0,
            grouped: dice.below(3) == 0,
        });
        joining.push(new);
    }
    team.join(&joining).await;
    let grouped: Vec<MemberId> = people.iter().filter(|person| person.grouped).map(|person| MemberId::from_uuid(person.id)).collect();
    let group = team.group("Data team", &grouped).await;
    for n in 0..25 {
        let mut new = team.invited(&format!("user{n}@acme.test"));
        let (expired, admin, grouped) = (dice.below(3) == 0, dice.below(3) == 0, dice.below(3) == 0);
        new.expires_at = if expired { now } else { now.plus(Span::seconds(1)) };
        new.groups.extend(grouped.then_some(group));
        let status = if expired { UserStatus::Expired } else { UserStatus::Invited };
        let email = new.email.to_string();
        people.push(Person { id: new.id.uuid(), name_key: email.clone(), email, seen: 0, kind: new.kind, status, admin, grouped });
        team.invite(new).await;
    }
    for person in people.iter().filter(|person| person.admin) {
        let holder = match person.status {
            UserStatus::Active => Holder::Member(MemberId::from_uuid(person.id)),
            UserStatus::Invited | UserStatus::Expired => Holder::Invite(domain::id::InviteId::from_uuid(person.id)),
        };
        team.give(holder, &[team.grant("source_admin", Scope::All)]).await;
    }
    (people, group)
}

fn orders(query: &UserQuery) -> Vec<UserQuery> {
    let mut orders = Vec::new();
    for sort in [UserSort::Name, UserSort::LastSeen] {
        for descending in [false, true] {
            orders.push(UserQuery { sort, descending, ..query.clone() });
        }
    }
    orders
}

fn narrowed(group: GroupId) -> Vec<UserQuery> {
    let all = UserQuery::default();
    let mut queries = vec![
        UserQuery { statuses: vec![UserStatus::Active], ..all.clone() },
        UserQuery { statuses: vec![UserStatus::Invited], ..all.clone() },
        UserQuery { statuses: vec![UserStatus::Expired, UserStatus::Active], ..all.clone() },
        UserQuery { kinds: vec![MemberKind::Owner], ..all.clone() },
        UserQuery { kinds: vec![MemberKind::Owner, MemberKind::Member], ..all.clone() },
        UserQuery { roles: vec![RoleId::new("source_admin"), RoleId::new("other")], ..all.clone() },
        UserQuery { groups: vec![group], ..all.clone() },
        UserQuery { groups: vec![group], roles: vec![RoleId::new("source_admin")], search: Some("M".to_owned()), ..all.clone() },
    ];
    for search in ["ANN", "zoë", "ÉM", "李", "%", "_", "\\", "a_b", "a%B", "a\\b", "user1", "@acme.test", " ann ", "nobody", "i\u{307}PEK"] {
        queries.push(UserQuery { search: Some(search.to_owned()), ..all.clone() });
    }
    queries
}

on_both! {
    async fn the_pages_are_the_sorted_list_from_either_end(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let now = world.now();
        let (people, _) = crowd(&team, now).await;
        for query in orders(&UserQuery::default()) {
            for size in [1, 7, 50, 95, 96, 1_000] {
                let query = UserQuery { size: PageSize::new(size), ..query.clone() };
                let mut list = expected(&people, &query);
                let (forward, backward) = walk(&team, &query, now).await;
                assert_eq!(forward, list, "{query:?}");
                list.reverse();
                assert_eq!(backward, list, "{query:?}");
                assert_eq!(page(&team, &query, now).await.total, Some(95));
            }
            assert_eq!(page(&other, &query, now).await.rows, []);
        }
    }

    async fn a_narrowed_list_is_what_matches(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let now = world.now();
        let (people, group) = crowd(&team, now).await;
        for query in narrowed(group).iter().flat_map(orders) {
            let query = UserQuery { size: PageSize::new(9), ..query };
            let list = expected(&people, &query);
            let (forward, mut backward) = walk(&team, &query, now).await;
            backward.reverse();
            assert_eq!((&forward, &backward), (&list, &list), "{query:?}");
            let total = page(&team, &query, now).await.total;
            // how many members and how many invites there are stands in the workspace's row
            let by_status = UserQuery { search: None, kinds: Vec::new(), roles: Vec::new(), groups: Vec::new(), ..query.clone() } == query;
            let counted = by_status && [&[UserStatus::Active][..], &[UserStatus::Invited, UserStatus::Expired]].contains(&query.statuses.as_slice());
            assert_eq!(total, (counted || list.len() <= 9).then_some(list.len() as u64), "{query:?}");
            assert_eq!(page(&other, &query, now).await.rows, [], "{query:?}");
        }
    }

    async fn what_no_name_can_hold_is_found_nowhere(world: World) {
        let team = Team::new(&world, "acme").await;
        team.member("Ann", "ann@acme.test").await;
        for search in ["a\0", "\0", &"x".repeat(10_000_000)] {
            let query = UserQuery { search: Some(search.to_owned()), ..UserQuery::default() };
            assert_eq!(page(&team, &query, world.now()).await, Page::empty());
        }
        let query = UserQuery { search: Some("  ".to_owned()), ..UserQuery::default() };
        assert_eq!(page(&team, &query, world.now()).await.rows.len(), 1);
    }

    async fn a_cursor_beyond_the_rows_shows_the_nearest_page(world: World) {
        let team = Team::new(&world, "acme").await;
        let ids: Vec<Uuid> = [team.member("Ann", "ann@acme.test").await, team.member("Bob", "bob@acme.test").await, team.member("Cleo", "cleo@acme.test").await]
            .iter().map(|id| id.uuid()).collect();
        let query = |key: &str, before| UserQuery {
            size: PageSize::new(2),
            cursor: Some(Cursor { key: key.to_owned(), id: Uuid::nil(), before }),
            ..UserQuery::default()
        };
        let last = page(&team, &query("zzz", false), world.now()).await;
        assert_eq!(last.rows.iter().map(uuid).collect::<Vec<_>>(), ids[1..]);
        assert!(last.next.is_none() && last.previous.is_some());
        let first = page(&team, &query("", true), world.now()).await;
        assert_eq!(first.rows.iter().map(uuid).collect::<Vec<_>>(), ids[..2]);
        assert!(first.next.is_some() && first.previous.is_none());
    }

    async fn a_cursor_of_another_order_begins_at_the_start(world: World) {
        let team = Team::new(&world, "acme").await;
        let ann = team.member("Ann", "ann@acme.test").await;
        for (sort, key) in [(UserSort::LastSeen, "ann"), (UserSort::LastSeen, "99999999999999999999"), (UserSort::Name, "a\0")] {
            let cursor = Some(Cursor { key: key.to_owned(), id: Uuid::max(), before: false });
            let found = page(&team, &UserQuery { sort, cursor, ..UserQuery::default() }, world.now()).await;
            assert_eq!(found.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [UserId::Member(ann)]);
            assert_eq!(found.previous, None);
        }
    }

    async fn a_row_shows_roles_groups_and_standing(world: World) {
        let team = Team::new(&world, "acme").await;
        let new = NewMember { last_seen_at: Some(team.at(9)), pii: true, ..team.person("Ann", "ann@acme.test") };
        team.join(std::slice::from_ref(&new)).await;
        let groups = [team.group("zebra", &[new.id]).await, team.group("Ape", &[new.id]).await];
        let (sources, labels) = ([team.resource("source", "Web"), team.resource("source", "App")], team.labels(&["environment:prod", "area:eu"]).await);
        team.register(&sources).await;
        let grants = [
            team.grant("source_admin", Scope::Only(sources.iter().map(|source| source.id).collect())),
            team.grant("source_read_only", Scope::Labelled(labels.iter().cloned().collect())),
        ];
        team.give(Holder::Member(new.id), &grants[..1]).await;
        team.give(Holder::Member(new.id), &grants).await;
        let mut invited = team.invited("zoe@acme.test");
        invited.groups.push(groups[0]);
        invited.expires_at = team.at(10);
        team.invite(invited.clone()).await;

        let rows = page(&team, &UserQuery::default(), team.at(10)).await.rows;
        let [ann, zoe] = rows.as_slice() else { panic!("two users, not {rows:?}") };
        assert_eq!((ann.name.as_ref().map(domain::text::PersonName::as_str), ann.email.as_str(), ann.kind, ann.pii), (Some("Ann"), "ann@acme.test", MemberKind::Member, true));
        let scopes: Vec<_> = ann.grants.iter().map(|grant| (grant.role.as_str(), grant.scope.clone())).collect();
        let mut sorted = labels.clone();
        sorted.sort();
        assert_eq!(scopes, [("source_admin", ScopeSummary::Only(2)), ("source_read_only", ScopeSummary::Labelled(sorted))]);
        assert_eq!(ann.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["Ape", "zebra"]);
        assert_eq!(ann.standing, UserStanding::Active { joined_at: new.joined_at, last_seen_at: Some(team.at(9)) });
        assert_eq!((zoe.name.as_ref(), zoe.groups[0].id, zoe.groups.len()), (None, groups[0], 1));
        let standing = UserStanding::Invited { state: InviteState::Expired, invited_by: invited.invited_by_name, expires_at: team.at(10) };
        assert_eq!(zoe.standing, standing);
    }

}
