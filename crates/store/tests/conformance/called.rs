//! What programs read of members is the Users list's own pages, and says by which version of the policy it is true.

use crate::team::Team;
use domain::{
    grant::{Holder, Scope},
    id::MemberId,
    member::{UserId, UserQuery, UserSort, UserStatus},
    page::{Cursor, PageSize},
};
use store::{users, workspaces};
use testkit::{World, on_both};
use uuid::Uuid;

fn members() -> UserQuery {
    UserQuery { statuses: vec![UserStatus::Active], size: PageSize::new(2), ..UserQuery::default() }
}

/// The same page both ways; gives the members' ids and the cursors of the pages beside it.
async fn both_ways(team: &Team<'_>, query: &UserQuery) -> (Vec<MemberId>, Option<String>, Option<String>) {
    let (store, now) = (&team.world.store, team.world.now());
    let (called, listed) = (users::called(store, team.id, query, now).await.unwrap(), users::page(store, team.id, query, now).await.unwrap());
    let ids: Vec<MemberId> = called.page.rows.iter().map(|member| member.id).collect();
    assert_eq!(ids.iter().copied().map(UserId::Member).collect::<Vec<_>>(), listed.rows.iter().map(|row| row.id).collect::<Vec<_>>(), "{query:?}");
    for (member, row) in called.page.rows.iter().zip(&listed.rows) {
        assert_eq!((Some(&member.name), &member.email, member.kind), (row.name.as_ref(), &row.email, row.kind));
        assert_eq!(member.grants, []);
    }
    let beside = (listed.next, listed.previous, listed.total);
    assert_eq!((called.page.next.clone(), called.page.previous.clone(), called.page.total), beside, "{query:?}");
    (ids, called.page.next, called.page.previous)
}

on_both! {
    async fn its_pages_are_those_of_the_list(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let mut all = Vec::new();
        for name in ["Ann", "ann", "Bob", "Zoë", "李小龍"] {
            all.push(team.member(name, &format!("m{}@acme.test", all.len())).await);
        }
        team.invite(team.invited("ivo@acme.test")).await;
        other.member("Olga", "olga@acme.test").await;
        let (mut query, mut found) = (members(), Vec::new());
        loop {
            let (ids, next, _) = both_ways(&team, &query).await;
            found.extend(ids);
            let Some(next) = next else { break };
            query.cursor = Some(Cursor::decode(&next).unwrap());
        }
        assert_eq!(found.len(), all.len());
        // from the last page back, from beyond it, and in other orders
        let (_, _, previous) = both_ways(&team, &query).await;
        both_ways(&team, &UserQuery { cursor: previous.map(|cursor| Cursor::decode(&cursor).unwrap()), ..members() }).await;
        for (key, before) in [("\u{10ffff}", false), ("", true), ("a\0", false)] {
            both_ways(&team, &UserQuery { cursor: Some(Cursor { key: key.to_owned(), id: Uuid::nil(), before }), ..members() }).await;
        }
        both_ways(&team, &UserQuery { descending: true, ..members() }).await;
        both_ways(&team, &UserQuery { sort: UserSort::LastSeen, ..members() }).await;
        both_ways(&team, &UserQuery { search: Some("an".to_owned()), ..members() }).await;
        let nobody = Team::new(&world, "nobody").await;
        both_ways(&nobody, &members()).await;
    }

    async fn a_plain_page_says_the_version_that_it_rests_on(world: World) {
        let team = Team::new(&world, "acme").await;
        let ann = team.member("Ann", "ann@acme.test").await;
        let read = async |query: UserQuery| users::called(&world.store, team.id, &query, world.now()).await.unwrap();
        for _ in 0..2 {
            let version = workspaces::policy_version(&world.store, team.id).await.unwrap();
            assert!(version.is_some());
            assert_eq!(read(members()).await.version, version);
            team.give(Holder::Member(ann), &[team.grant("source_admin", Scope::All)]).await;
        }
        // several statements see several moments
        assert_eq!(read(UserQuery { search: Some("ann".to_owned()), ..members() }).await.version, None);
    }

    async fn what_members_hold_is_told_by_holder_the_oldest_first(world: World) {
        let team = Team::new(&world, "acme").await;
        let (ann, bob) = (team.member("Ann", "ann@acme.test").await, team.member("Bob", "bob@acme.test").await);
        let grants = [team.grant("source_admin", Scope::All), team.grant("source_read_only", Scope::All)];
        team.give(Holder::Member(ann), &grants).await;
        let found = users::grants(&world.store, team.id, &[ann, bob]).await.unwrap();
        assert_eq!((found.get(&ann), found.get(&bob)), (Some(&grants.to_vec()), None));
        let other = Team::new(&world, "other").await;
        assert!(users::grants(&world.store, other.id, &[ann]).await.unwrap().is_empty());
    }
}
