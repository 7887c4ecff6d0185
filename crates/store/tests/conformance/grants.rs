//! Grants are replaced as a whole, and nothing in them crosses a workspace.

use crate::team::Team;
use domain::{
    catalog::RoleId,
    grant::{Grant, Holder, Scope},
    text::Reason,
};
use std::collections::BTreeSet;
use store::{StoreError, grants, groups, invites};
use testkit::{World, on_both};

on_both! {
    async fn replacing_adds_changes_keeps_and_takes(world: World) {
        let team = Team::new(&world, "acme").await;
        let ann = Holder::Member(team.member("Ann", "ann@acme.test").await);
        let bob = Holder::Member(team.member("Bob", "bob@acme.test").await);
        let (sources, labels) = ([team.resource("source", "Web"), team.resource("source", "App")], team.labels(&["environment:prod", "area:eu"]).await);
        team.register(&sources).await;
        let only: BTreeSet<_> = sources.iter().map(|source| source.id).collect();
        let kept = team.grant("tracking_plan_admin", Scope::All);
        let changed = team.grant("source_admin", Scope::Only(only.clone()));
        let gone = team.grant("source_read_only", Scope::Labelled(labels.iter().cloned().collect()));
        let others = team.grant("source_admin", Scope::Only(only));
        team.give(ann, &[kept.clone(), changed.clone(), gone.clone()]).await;
        team.give(bob, std::slice::from_ref(&others)).await;
        assert_eq!(grants::of(&world.store, team.id, ann).await.unwrap(), [kept.clone(), changed.clone(), gone]);

        let mut spec = changed.spec.clone();
        spec.scope = Scope::Only(BTreeSet::from([sources[1].id]));
        spec.expires_at = Some(team.at(60));
        spec.reason = Some(Reason::parse("for the audit").unwrap());
        let changed = Grant { id: changed.id, spec };
        let added = team.grant("entities_admin", Scope::All);
        team.give(ann, &[added.clone(), changed.clone(), kept.clone()]).await;
        // in order of age: what was changed keeps its own
        assert_eq!(grants::of(&world.store, team.id, ann).await.unwrap(), [kept, changed, added]);
        assert_eq!(grants::of(&world.store, team.id, bob).await.unwrap(), [others]);
        team.give(ann, &[]).await;
        assert_eq!(grants::of(&world.store, team.id, ann).await.unwrap(), []);
    }

    async fn an_id_of_another_holder_is_refused(world: World) {
        let team = Team::new(&world, "acme").await;
        let (ann, bob) = (team.member("Ann", "ann@acme.test").await, team.member("Bob", "bob@acme.test").await);
        let grant = team.grant("source_admin", Scope::All);
        team.give(Holder::Member(ann), std::slice::from_ref(&grant)).await;
        let tx = team.begin().await;
        let error = grants::replace(&tx, team.id, Holder::Member(bob), &[grant], world.now()).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    }

    async fn nothing_in_a_grant_crosses_a_workspace(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let ann = team.member("Ann", "ann@acme.test").await;
        let group = team.group("Data team", &[ann]).await;
        let invite = team.invite(team.invited("zoe@acme.test")).await;
        let (source, labels) = (team.resource("source", "Web"), team.labels(&["environment:prod"]).await);
        team.register(std::slice::from_ref(&source)).await;
        let bob = other.member("Bob", "bob@acme.test").await;
        let foreign = [
            (Holder::Member(ann), Scope::All),
            (Holder::Group(group), Scope::All),
            (Holder::Invite(invite), Scope::All),
            (Holder::Member(bob), Scope::Only(BTreeSet::from([source.id]))),
            (Holder::Member(bob), Scope::Labelled(labels.into_iter().collect())),
        ];
        for (holder, scope) in foreign {
            let tx = other.begin().await;
            let error = grants::replace(&tx, other.id, holder, &[other.grant("source_admin", scope)], world.now()).await.unwrap_err();
            assert!(matches!(error, StoreError::Reference), "{holder:?}: {error:?}");
        }
        team.give(Holder::Member(ann), &[team.grant("source_admin", Scope::All)]).await;
        assert_eq!(grants::of(&world.store, other.id, Holder::Member(ann)).await.unwrap(), []);
        // and who replaces them from there takes nothing away
        other.give(Holder::Member(ann), &[]).await;
        assert_eq!(grants::of(&world.store, team.id, Holder::Member(ann)).await.unwrap().len(), 1);
    }

    async fn what_an_invite_held_becomes_the_member_s(world: World) {
        let team = Team::new(&world, "acme").await;
        let (invite, ann) = (team.invite(team.invited("zoe@acme.test")).await, team.member("Zoe", "zoe@acme.test").await);
        let (own, held) = (team.grant("source_admin", Scope::All), team.grant("space_admin", Scope::All));
        team.give(Holder::Member(ann), std::slice::from_ref(&own)).await;
        team.give(Holder::Invite(invite), std::slice::from_ref(&held)).await;
        let tx = team.begin().await;
        grants::move_invite_to_member(&tx, team.id, invite, ann).await.unwrap();
        team.commit(tx).await;
        assert_eq!(grants::of(&world.store, team.id, Holder::Member(ann)).await.unwrap(), [own, held]);
        assert_eq!(invites::find(&world.store, team.id, invite).await.unwrap().unwrap().grants, []);
    }

    async fn groups_come_with_their_grants(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let (z, a) = (team.group("Zebras", &[]).await, team.group("apes", &[]).await);
        let grant = team.grant("source_admin", Scope::All);
        team.give(Holder::Group(z), std::slice::from_ref(&grant)).await;
        let found = groups::with_grants(&world.store, team.id).await.unwrap();
        assert_eq!(found.iter().map(|it| (it.group.id, it.grants.clone())).collect::<Vec<_>>(), [(a, vec![]), (z, vec![grant])]);
        let names = |groups: Vec<domain::group::GroupRef>| groups.into_iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(names(groups::named(&world.store, team.id, &[z, a]).await.unwrap()), found.into_iter().map(|it| it.group).collect());
        assert_eq!(groups::named(&world.store, other.id, &[z, a]).await.unwrap(), []);
    }

    async fn roles_are_told_once_each(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let (ann, bob) = (team.member("Ann", "ann@acme.test").await, other.member("Bob", "bob@acme.test").await);
        team.give(Holder::Member(ann), &[team.grant("b", Scope::All), team.grant("a", Scope::All)]).await;
        other.give(Holder::Member(bob), &[other.grant("b", Scope::All)]).await;
        assert_eq!(grants::roles_in_use(&world.store).await.unwrap(), [RoleId::new("a"), RoleId::new("b")]);
    }
}
