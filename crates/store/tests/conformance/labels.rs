//! Labels: made, described, found with their uses, and kept while they have any.

use crate::team::Team;
use domain::{
    grant::{Holder, Scope},
    id::TokenId,
    invite::InviteState,
    label::Label,
    page::{Cursor, PageSize},
    resource::Resource,
    text::{LabelDescription, TokenName},
};
use std::collections::BTreeSet;
use store::{
    Constraint, StoreError, held,
    held::Naming,
    invites, labels,
    tokens::{self, NewToken},
};
use testkit::{World, on_both};

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

fn on(text: &str) -> Scope {
    Scope::Labelled(BTreeSet::from([label(text)]))
}

async fn token(team: &Team<'_>) -> TokenId {
    let id = team.world.id(TokenId::new);
    let new = NewToken {
        id,
        name: TokenName::parse("CI").unwrap(),
        secret_hash: team.world.hash(),
        prefix: "rc_ws_ab".to_owned(),
        owner_access: false,
        created_by: None,
        created_by_name: None,
        created_at: team.world.now(),
        expires_at: None,
    };
    let tx = team.begin().await;
    tokens::insert(&tx, team.id, &new).await.unwrap();
    team.commit(tx).await;
    id
}

on_both! {
    async fn a_label_is_there_once_with_its_description(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let words = LabelDescription::parse("where it runs").unwrap();
        let (tx, now) = (team.begin().await, world.now());
        labels::insert(&tx, team.id, &label("region:apac"), Some(&words), now).await.unwrap();
        team.commit(tx).await;
        let found = labels::find(&world.store, team.id, &label("region:apac")).await.unwrap().unwrap();
        assert_eq!((found.description.as_ref(), found.created_at), (Some(&words), now));
        for (text, like) in [("Region:emea", true), ("region:APAC", true), ("region:apac", false), ("region:emea", false), ("regions:APAC", false)] {
            let alike = labels::alike(&world.store, team.id, &label(text)).await.unwrap();
            assert_eq!(alike, like.then(|| label("region:apac")), "{text}");
            assert_eq!(labels::alike(&world.store, other.id, &label(text)).await.unwrap(), None, "{text}");
        }
        let tx = team.begin().await;
        let error = labels::insert(&tx, team.id, &label("region:apac"), None, world.now()).await.unwrap_err();
        assert!(error.is_conflict(Constraint::Label), "{error:?}");
        drop(tx);
        let tx = team.begin().await;
        assert!(labels::describe(&tx, team.id, &label("region:apac"), None).await.unwrap());
        assert!(!labels::describe(&tx, team.id, &label("region:mars"), None).await.unwrap());
        assert!(!labels::describe(&tx, other.id, &label("region:apac"), None).await.unwrap());
        team.commit(tx).await;
        assert_eq!(labels::find(&world.store, team.id, &label("region:apac")).await.unwrap().unwrap().description, None);
        assert_eq!(labels::find(&world.store, other.id, &label("region:apac")).await.unwrap(), None);
    }

    async fn of_two_spellings_of_a_key_that_are_there_neither_is_in_the_other_s_way(world: World) {
        let team = Team::new(&world, "acme").await;
        team.labels(&["region:apac", "Region:emea", "Region:EMEA"]).await;
        for (text, like) in [
            ("region:emea", None),
            ("Region:apac", None),
            ("Region:emea", None),
            ("region:APAC", Some("region:apac")),
            ("Region:Emea", Some("Region:EMEA")),
        ] {
            assert_eq!(labels::alike(&world.store, team.id, &label(text)).await.unwrap(), like.map(label), "{text}");
        }
        assert!(labels::alike(&world.store, team.id, &label("REGION:us")).await.unwrap().is_some(), "a third spelling is one too many");
    }

    async fn labels_page_by_key_and_value_with_their_uses(world: World) {
        let world = &world;
        let (team, other) = (Team::new(world, "acme").await, Team::new(world, "other").await);
        team.labels(&["environment:prod", "area:eu", "environment:dev", "Area:x_1", "area:us"]).await;
        other.labels(&["area:eu"]).await;
        let bearing = |name: &str, text: &str| Resource { labels: vec![label(text)], ..team.resource("source", name) };
        team.register(&[bearing("a", "area:eu"), bearing("b", "area:eu"), bearing("c", "environment:prod")]).await;
        let ann = team.member("Ann", "ann@acme.test").await;
        let grants = [team.grant("source_admin", on("environment:prod")), team.grant("source_read_only", on("environment:prod"))];
        team.give(Holder::Member(ann), &grants).await;

        let (mut told, mut page) = (Vec::new(), labels::page(&world.store, team.id, None, None, PageSize::new(2)).await.unwrap());
        assert_eq!(page.total, Some(5));
        let first = page.rows.clone();
        loop {
            for row in &page.rows {
                let (bearers, grants) = (labels::bearers(&world.store, team.id, &row.label), held::count(&world.store, team.id, Naming::Label(&row.label)));
                told.push((row.label.to_string(), bearers.await.unwrap(), grants.await.unwrap()));
            }
            let Some(next) = page.next.as_ref().map(|text| Cursor::decode(text).unwrap()) else { break };
            page = labels::page(&world.store, team.id, None, Some(next), PageSize::new(2)).await.unwrap();
        }
        let expected = [("Area:x_1", 0, 0), ("area:eu", 2, 0), ("area:us", 0, 0), ("environment:dev", 0, 0), ("environment:prod", 1, 2)];
        assert_eq!(told, expected.map(|(text, resources, grants)| (text.to_owned(), resources, grants)));
        for _ in 0..2 {
            let previous = page.previous.as_ref().map(|text| Cursor::decode(text).unwrap());
            page = labels::page(&world.store, team.id, None, previous, PageSize::new(2)).await.unwrap();
        }
        assert_eq!(page.rows, first);
        for (search, found) in [("AREA", 3), ("a:e", 1), ("x_", 1), ("%", 0), ("_", 1), ("t:p", 1)] {
            assert_eq!(labels::page(&world.store, team.id, Some(search), None, PageSize::SCREEN).await.unwrap().rows.len(), found, "{search}");
        }
        let counted = |id| async move { (labels::count(&world.store, id).await.unwrap(), labels::count_custom(&world.store, id).await.unwrap()) };
        assert_eq!((counted(team.id).await, counted(other.id).await), ((5, 3), (1, 1)));
    }

    async fn a_label_with_uses_stays(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        team.labels(&["area:eu", "area:us", "area:free"]).await;
        other.labels(&["area:free"]).await;
        team.register(&[Resource { labels: vec![label("area:eu")], ..team.resource("source", "a") }]).await;
        let group = team.group("Data", &[]).await;
        team.give(Holder::Group(group), &[team.grant("source_admin", on("area:us"))]).await;
        for text in ["area:eu", "area:us"] {
            let tx = team.begin().await;
            assert!(matches!(labels::remove(&tx, team.id, &label(text)).await.unwrap_err(), StoreError::Reference));
        }
        let tx = team.begin().await;
        assert!(labels::remove(&tx, team.id, &label("area:free")).await.unwrap());
        assert!(!labels::remove(&tx, team.id, &label("area:free")).await.unwrap());
        team.commit(tx).await;
        assert_eq!(labels::count(&world.store, other.id).await.unwrap(), 1);
    }

    async fn what_is_over_keeps_no_label(world: World) {
        let team = Team::new(&world, "acme").await;
        team.labels(&["area:eu"]).await;
        let (ci, ann) = (token(&team).await, team.member("Ann", "ann@acme.test").await);
        let invite = team.invite(team.invited("zoe@acme.test")).await;
        for holder in [Holder::Token(ci), Holder::Invite(invite)] {
            team.give(holder, &[team.grant("source_admin", on("area:eu")), team.grant("source_admin", Scope::All)]).await;
        }
        let eu = label("area:eu");
        assert_eq!(held::count(&world.store, team.id, Naming::Label(&eu)).await.unwrap(), 2);
        let names: Vec<String> = held::page(&world.store, team.id, Naming::Label(&eu), None, PageSize::SCREEN, None).await.unwrap().rows.into_iter().map(|row| row.holder.name).collect();
        assert_eq!(names, ["CI", "zoe@acme.test"]);
        let (roles, names) = (held::roles_of_invites(&world.store, team.id), held::labels_of_invites(&world.store, team.id));
        let (roles, names) = (roles.await.unwrap(), names.await.unwrap());
        assert_eq!((roles.into_values().collect::<Vec<_>>(), names.get(&eu)), (vec![1], Some(&1)), "two grants of one invite, one of them on the label");
        let tx = team.begin().await;
        tokens::revoke(&tx, team.id, ci, world.now()).await.unwrap();
        invites::settle(&tx, team.id, invite, InviteState::Revoked, None, world.now()).await.unwrap();
        team.commit(tx).await;
        assert_eq!(held::count(&world.store, team.id, Naming::Label(&eu)).await.unwrap(), 0);
        assert!(held::roles_of_invites(&world.store, team.id).await.unwrap().is_empty());
        assert!(held::labels_of_invites(&world.store, team.id).await.unwrap().is_empty());
        team.give(Holder::Member(ann), &[team.grant("source_admin", Scope::All)]).await;
        let tx = team.begin().await;
        held::clear_dead(&tx, team.id, Naming::Label(&eu)).await.unwrap();
        assert!(labels::remove(&tx, team.id, &eu).await.unwrap());
        team.commit(tx).await;
        // only what named it went
        assert_eq!(store::grants::of(&world.store, team.id, Holder::Token(ci)).await.unwrap().len(), 1);
        assert_eq!(store::grants::of(&world.store, team.id, Holder::Member(ann)).await.unwrap().len(), 1);
    }
}
