//! Members join, change and go; the counts and their groups follow.

use crate::team::Team;
use domain::{
    email::EmailAddress,
    grant::{Holder, Scope},
    id::MemberId,
    member::MemberKind,
};
use store::{
    Constraint, StoreError, grants, group_members, groups,
    members::{self, AccessUpdate, NewMember},
};
use testkit::{World, on_both};

on_both! {
    async fn a_member_reads_back_with_grants_and_groups(world: World) {
        let team = Team::new(&world, "acme").await;
        let new = NewMember { kind: MemberKind::Owner, pii: true, last_seen_at: Some(world.now()), ..team.person("Ann", "ann@acme.test") };
        team.join(std::slice::from_ref(&new)).await;
        let group = team.group("Data team", &[new.id]).await;
        let grant = team.grant("source_admin", Scope::All);
        team.give(Holder::Member(new.id), std::slice::from_ref(&grant)).await;
        let member = members::find(&world.store, team.id, new.id).await.unwrap().unwrap();
        assert_eq!((member.name, member.email, member.kind, member.pii), (new.name.clone(), new.email.clone(), new.kind, true));
        assert_eq!((member.joined_at, member.last_seen_at, member.revision), (new.joined_at, new.last_seen_at, 1));
        assert_eq!(member.grants, [grant]);
        assert_eq!(member.groups.iter().map(|group| group.id).collect::<Vec<_>>(), [group]);
        let standing = members::by_account(&world.store, team.id, new.account).await.unwrap().unwrap();
        assert_eq!((standing.id, standing.kind, standing.last_seen_at), (new.id, new.kind, new.last_seen_at));
        assert_eq!(members::by_email(&world.store, team.id, &new.email).await.unwrap(), Some((new.id, new.name)));
    }

    async fn another_workspace_sees_and_changes_nothing(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let new = team.person("Ann", "ann@acme.test");
        team.join(std::slice::from_ref(&new)).await;
        assert_eq!(members::find(&world.store, other.id, new.id).await.unwrap(), None);
        assert_eq!(members::by_account(&world.store, other.id, new.account).await.unwrap(), None);
        assert_eq!(members::by_email(&world.store, other.id, &new.email).await.unwrap(), None);
        let tx = other.begin().await;
        let access = AccessUpdate { kind: MemberKind::Owner, pii: true };
        assert!(!members::set_access(&tx, other.id, new.id, 1, access).await.unwrap());
        assert!(!members::remove(&tx, other.id, new.id).await.unwrap());
        assert_eq!(members::owners(&tx, other.id).await.unwrap(), 0);
        other.commit(tx).await;
        assert!(members::find(&world.store, team.id, new.id).await.unwrap().is_some());
    }

    async fn all_members_come_in_the_order_of_their_names(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let people = [team.person("bob", "bob@acme.test"), team.person("Ann", "ann@acme.test"), team.person("Cid", "cid@acme.test")];
        team.join(&people).await;
        other.join(&[other.person("Dan", "dan@acme.test")]).await;
        let found = members::in_order(&world.store, team.id).await.unwrap();
        assert_eq!(found, [1, 0, 2].map(|n| (people[n].id, people[n].name.key())));
    }

    async fn an_account_is_a_member_once(world: World) {
        let team = Team::new(&world, "acme").await;
        let new = team.person("Ann", "ann@acme.test");
        team.join(std::slice::from_ref(&new)).await;
        let tx = team.begin().await;
        let again = NewMember { id: world.id(MemberId::new), ..new };
        let error = members::insert(&tx, team.id, &again).await.unwrap_err();
        assert!(error.is_conflict(Constraint::MemberAccount), "{error:?}");
    }

    async fn a_stale_revision_changes_nothing(world: World) {
        let team = Team::new(&world, "acme").await;
        let ann = team.member("Ann", "ann@acme.test").await;
        let tx = team.begin().await;
        let access = AccessUpdate { kind: MemberKind::Owner, pii: true };
        assert!(members::set_access(&tx, team.id, ann, 1, access).await.unwrap());
        assert!(!members::set_access(&tx, team.id, ann, 1, AccessUpdate { kind: MemberKind::Member, pii: false }).await.unwrap());
        assert_eq!(members::owners(&tx, team.id).await.unwrap(), 1);
        team.commit(tx).await;
        let member = members::find(&world.store, team.id, ann).await.unwrap().unwrap();
        assert_eq!((member.kind, member.pii, member.revision), (MemberKind::Owner, true, 2));
        assert_eq!((team.count("owners").await, team.count("members").await), ("1".to_owned(), "1".to_owned()));
    }

    async fn who_goes_takes_grants_and_places_along(world: World) {
        let team = Team::new(&world, "acme").await;
        let (ann, bob) = (team.owner("Ann", "ann@acme.test").await, team.owner("Bob", "bob@acme.test").await);
        let group = team.group("Data team", &[ann, bob]).await;
        team.give(Holder::Member(ann), &[team.grant("source_admin", Scope::All)]).await;
        let tx = team.begin().await;
        assert!(members::remove(&tx, team.id, ann).await.unwrap());
        assert!(!members::remove(&tx, team.id, ann).await.unwrap());
        team.commit(tx).await;
        assert_eq!(members::find(&world.store, team.id, ann).await.unwrap(), None);
        assert_eq!(grants::of(&world.store, team.id, Holder::Member(ann)).await.unwrap(), []);
        assert_eq!((team.count("owners").await, team.count("members").await), ("1".to_owned(), "1".to_owned()));
        let listed = groups::page(&world.store, team.id, None, None, domain::page::PageSize::SCREEN).await.unwrap();
        assert_eq!(listed.rows.iter().map(|row| (row.id, row.members)).collect::<Vec<_>>(), [(group, 1)]);
    }

    async fn being_seen_is_noted_and_never_taken_back(world: World) {
        let team = Team::new(&world, "acme").await;
        let (ann, bob) = (team.member("Ann", "ann@acme.test").await, team.member("Bob", "bob@acme.test").await);
        for second in [5, 3] {
            members::touch_seen(&world.store, ann, team.at(second)).await.unwrap();
        }
        assert_eq!(members::find(&world.store, team.id, ann).await.unwrap().unwrap().last_seen_at, Some(team.at(5)));
        assert_eq!(members::find(&world.store, team.id, bob).await.unwrap().unwrap().last_seen_at, None);
    }

    async fn groups_are_set_as_a_whole(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let ann = team.member("Ann", "ann@acme.test").await;
        let (a, b, c) = (team.group("a", &[ann]).await, team.group("b", &[ann]).await, team.group("c", &[]).await);
        let foreign = other.group("a", &[]).await;
        let tx = team.begin().await;
        group_members::set_of_member(&tx, team.id, ann, &[b, c, c]).await.unwrap();
        team.commit(tx).await;
        let held = group_members::of_member(&world.store, team.id, ann).await.unwrap();
        assert_eq!(held.iter().map(|group| group.id).collect::<Vec<_>>(), [b, c]);
        let sizes = groups::page(&world.store, team.id, None, None, domain::page::PageSize::SCREEN).await.unwrap().rows;
        assert_eq!(sizes.iter().map(|row| (row.id, row.members)).collect::<Vec<_>>(), [(a, 0), (b, 1), (c, 1)]);
        assert_eq!(group_members::of_member(&world.store, other.id, ann).await.unwrap(), []);
        let tx = team.begin().await;
        let error = group_members::set_of_member(&tx, team.id, ann, &[foreign]).await.unwrap_err();
        assert!(matches!(error, StoreError::Reference), "{error:?}");
    }

    async fn an_address_is_found_whatever_was_typed(world: World) {
        let team = Team::new(&world, "acme").await;
        let ann = team.member("Ann", "Ann@Acme.test").await;
        let found = members::by_email(&world.store, team.id, &EmailAddress::parse("ANN@acme.TEST").unwrap()).await.unwrap();
        assert_eq!(found.map(|(id, _)| id), Some(ann));
    }
}
