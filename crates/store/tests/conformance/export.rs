//! The export is the whole list, with every grant and how it came.

use crate::team::Team;
use domain::{
    export::{ExportRow, Granted},
    grant::{Holder, Scope},
    member::{MemberKind, UserId, UserQuery},
    page::PageSize,
    time::Timestamp,
};
use futures::StreamExt as _;
use store::{members::NewMember, users};
use testkit::{World, on_both};

async fn export(team: &Team<'_>, now: Timestamp) -> Vec<ExportRow> {
    users::export(&team.world.store, team.id, now).map(Result::unwrap).collect().await
}

on_both! {
    async fn every_grant_is_told_with_how_it_came(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let ann = team.owner("Ann", "ann@acme.test").await;
        let group = team.group("Data team", &[ann]).await;
        let (sources, labels) = ([team.resource("source", "Web"), team.resource("source", "App")], team.labels(&["environment:prod"]).await);
        team.register(&sources).await;
        team.give(Holder::Member(ann), &[team.grant("source_admin", Scope::Only(sources.iter().map(|source| source.id).collect()))]).await;
        team.give(Holder::Group(group), &[team.grant("source_read_only", Scope::Labelled(labels.into_iter().collect()))]).await;
        let mut invited = team.invited("zoe@acme.test");
        invited.groups.push(group);
        let invite = team.invite(invited).await;
        team.give(Holder::Invite(invite), &[team.grant("space_admin", Scope::All)]).await;

        let rows = export(&team, world.now()).await;
        let told: Vec<Vec<_>> = rows.iter().map(|row| row.grants.iter().map(|grant| (grant.role.to_string(), grant.scope.words(), grant.granted.words().to_owned())).collect()).collect();
        let told: Vec<Vec<(&str, &str, &str)>> = told.iter().map(|row| row.iter().map(|(role, scope, by)| (role.as_str(), scope.as_str(), by.as_str())).collect()).collect();
        assert_eq!(told, [
            vec![("source_admin", "App (source:app); Web (source:web)", "own"), ("source_read_only", "environment:prod", "Data team")],
            vec![("space_admin", "all", "own"), ("source_read_only", "environment:prod", "Data team")],
        ]);
        assert_eq!((rows[0].kind, rows[0].id, rows[1].id), (MemberKind::Owner, UserId::Member(ann), UserId::Invite(invite)));
        assert!(matches!(rows[0].grants[0].granted, Granted::Own));
        assert_eq!(export(&other, world.now()).await, []);
    }

    async fn several_batches_are_one_list(world: World) {
        let team = Team::new(&world, "acme").await;
        // names that are equal across the seams
        let people: Vec<NewMember> = (0..2_300).map(|n| team.person(["Ann", "Bob"][n % 2], &format!("m{n}@acme.test"))).collect();
        team.join(&people).await;
        team.invite(team.invited("annabel@acme.test")).await;
        let exported: Vec<UserId> = export(&team, world.now()).await.into_iter().map(|row| row.id).collect();
        let mut listed = Vec::new();
        let mut query = UserQuery { size: PageSize::new(1_000), ..UserQuery::default() };
        loop {
            let page = users::page(&world.store, team.id, &query, world.now()).await.unwrap();
            listed.extend(page.rows.iter().map(|row| row.id));
            let Some(next) = page.next else { break };
            query.cursor = Some(domain::page::Cursor::decode(&next).unwrap());
        }
        assert_eq!(exported.len(), 2_301);
        assert_eq!(exported, listed);
    }
}
