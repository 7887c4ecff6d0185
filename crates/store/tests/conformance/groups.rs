//! A group is found, changed and deleted whole; members come and go, and their editors notice.

use crate::team::Team;
use domain::{
    grant::{Holder, Scope},
    invite::InviteState,
    text::GroupName,
};
use store::{
    Constraint, StoreError, grants, group_members, groups,
    invites::{self, NewInvite},
    members, seed,
};
use testkit::{World, on_both};

fn name(text: &str) -> GroupName {
    GroupName::parse(text).unwrap()
}

on_both! {
    async fn a_group_reads_back_with_grants_and_counts(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let ann = team.member("Ann", "ann@acme.test").await;
        let group = team.group("Data", &[ann]).await;
        let grant = team.grant("source_admin", Scope::All);
        team.give(Holder::Group(group), std::slice::from_ref(&grant)).await;
        team.invite(NewInvite { groups: vec![group], ..team.invited("zoe@acme.test") }).await;
        let revoked = NewInvite { groups: vec![group], ..team.invited("yan@acme.test") };
        let tx = team.begin().await;
        seed::invites(&tx, team.id, &[(revoked, InviteState::Revoked)]).await.unwrap();
        team.commit(tx).await;
        let found = groups::find(&world.store, team.id, group).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.members, found.invited, found.grants, found.revision), ("Data", 1, 1, vec![grant], 1));
        assert_eq!(groups::find(&world.store, other.id, group).await.unwrap(), None);
        assert_eq!(group_members::of_group(&world.store, team.id, group).await.unwrap(), [ann]);
        assert_eq!(group_members::of_group(&world.store, other.id, group).await.unwrap(), []);
    }

    async fn a_change_rests_on_its_revision(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let (group, taken) = (team.group("Data", &[]).await, team.group("Design", &[]).await);
        let tx = team.begin().await;
        assert!(groups::set(&tx, team.id, group, 1, &name("Analysts"), true).await.unwrap());
        assert!(!groups::set(&tx, team.id, group, 1, &name("Late"), false).await.unwrap());
        assert!(!groups::set(&tx, other.id, group, 2, &name("Foreign"), false).await.unwrap());
        team.commit(tx).await;
        let found = groups::find(&world.store, team.id, group).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.pii, found.revision), ("Analysts", true, 2));
        let tx = team.begin().await;
        let error = groups::set(&tx, team.id, taken, 1, &name("ANALYSTS"), false).await.unwrap_err();
        assert!(error.is_conflict(Constraint::GroupName), "{error:?}");
    }

    async fn members_come_and_go_with_counts_and_revisions(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let (ann, bob) = (team.member("Ann", "ann@acme.test").await, team.member("Bob", "bob@acme.test").await);
        let foreign = other.member("Eve", "eve@other.test").await;
        let group = team.group("Data", &[ann]).await;
        let tx = team.begin().await;
        assert_eq!(group_members::join(&tx, team.id, group, &[bob, ann, bob]).await.unwrap(), [bob]);
        assert_eq!(group_members::leave(&tx, team.id, group, &[ann, foreign]).await.unwrap(), [ann]);
        team.commit(tx).await;
        assert_eq!(group_members::of_group(&world.store, team.id, group).await.unwrap(), [bob]);
        assert_eq!(groups::find(&world.store, team.id, group).await.unwrap().unwrap().members, 1);
        for member in [ann, bob] {
            assert_eq!(members::find(&world.store, team.id, member).await.unwrap().unwrap().revision, 2);
        }
        let tx = team.begin().await;
        let error = group_members::join(&tx, team.id, group, &[foreign]).await.unwrap_err();
        assert!(matches!(error, StoreError::Reference), "{error:?}");
    }

    async fn deleting_ends_grants_and_places_and_nobody(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let (ann, bob) = (team.member("Ann", "ann@acme.test").await, team.member("Bob", "bob@acme.test").await);
        let (group, kept) = (team.group("Data", &[ann]).await, team.group("Design", &[ann, bob]).await);
        team.give(Holder::Group(group), &[team.grant("source_admin", Scope::All)]).await;
        let invite = team.invite(NewInvite { groups: vec![group, kept], ..team.invited("zoe@acme.test") }).await;
        let tx = team.begin().await;
        assert!(!groups::delete(&tx, other.id, group).await.unwrap());
        assert!(groups::delete(&tx, team.id, group).await.unwrap());
        assert!(!groups::delete(&tx, team.id, group).await.unwrap());
        team.commit(tx).await;
        assert_eq!(groups::find(&world.store, team.id, group).await.unwrap(), None);
        assert_eq!(grants::of(&world.store, team.id, Holder::Group(group)).await.unwrap(), []);
        assert_eq!(invites::find(&world.store, team.id, invite).await.unwrap().unwrap().groups, [kept]);
        let ann = members::find(&world.store, team.id, ann).await.unwrap().unwrap();
        assert_eq!((ann.groups.iter().map(|group| group.id).collect::<Vec<_>>(), ann.revision), (vec![kept], 2));
        assert_eq!(members::find(&world.store, team.id, bob).await.unwrap().unwrap().revision, 1, "he was not in it");
        assert_eq!(team.count("groups").await, "1");
    }
}
