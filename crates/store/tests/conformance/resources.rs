//! Resources: found by name, id, label and by who may see them; changed one at a time and labelled many at once.

use crate::team::Team;
use domain::{
    grant::{Holder, Scope},
    id::ResourceId,
    label::Label,
    page::{Cursor, PageSize},
    policy::Sight,
    resource::{Resource, ResourceQuery, ResourceType},
    text::{ResourceKey, ResourceName},
};
use std::collections::BTreeSet;
use store::{
    StoreError, held,
    held::Naming,
    policy::{self, CaughtUp, Update},
    resource_labels, resources,
};
use testkit::{World, on_both};

fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

async fn found(team: &Team<'_>, query: ResourceQuery, sight: &Sight) -> Vec<String> {
    let page = resources::page(&team.world.store, team.id, &query, sight).await.unwrap();
    let ids = resources::matching(&team.world.store, team.id, &query, sight, 100).await.unwrap();
    let count = resources::count_matching(&team.world.store, team.id, &query, sight).await.unwrap();
    assert_eq!(count, page.rows.len() as u64);
    assert_eq!(ids, page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), "all that match are what the pages show");
    page.rows.iter().map(|row| row.name.to_string()).collect()
}

async fn searched(team: &Team<'_>, text: &str) -> Vec<String> {
    found(team, ResourceQuery { search: Some(text.to_owned()), ..ResourceQuery::default() }, &Sight::Everything).await
}

async fn labelled(team: &Team<'_>, labels: &[&str], lacking: &[&str]) -> Vec<String> {
    let query = ResourceQuery {
        labels: labels.iter().map(|text| label(text)).collect(),
        lacking: lacking.iter().map(|key| (*key).to_owned()).collect(),
        ..ResourceQuery::default()
    };
    found(team, query, &Sight::Everything).await
}

async fn revisions(team: &Team<'_>, ids: &[ResourceId]) -> Vec<i64> {
    let mut revisions = Vec::new();
    for id in ids {
        revisions.push(resources::find(&team.world.store, team.id, *id).await.unwrap().unwrap().revision);
    }
    revisions
}

/// Three sources and a space; the labels are `environment`, `region` and, on nothing, `team:data`.
async fn stocked(team: &Team<'_>) -> Vec<Resource> {
    team.labels(&["environment:prod", "environment:dev", "region:apac", "region:emea", "team:data"]).await;
    let bearing = |kind: &str, name: &str, labels: &[&str]| {
        let mut labels: Vec<Label> = labels.iter().map(|text| label(text)).collect();
        labels.sort();
        Resource { labels, ..team.resource(kind, name) }
    };
    let all = vec![
        bearing("source", "App", &["environment:prod", "region:apac"]),
        bearing("source", "Blog", &["environment:dev"]),
        bearing("source", "Cart", &["environment:prod"]),
        bearing("space", "Dome", &["region:emea"]),
    ];
    team.register(&all).await;
    all
}

on_both! {
    async fn a_search_takes_what_is_typed_as_it_stands(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let named = |name: &str, key: &str| Resource { key: ResourceKey::parse(key).unwrap(), ..team.resource("source", name) };
        team.register(&[named("50%_off", "sale"), named("Übung 🚀", "UEB-1"), named("O'Brien \"x\"", "É-7"), named("plain", "a\\b")]).await;
        for (text, names) in [
            ("%", vec!["50%_off"]),
            ("_", vec!["50%_off"]),
            ("%_", vec!["50%_off"]),
            ("ÜBUNG", vec!["Übung 🚀"]),
            ("🚀", vec!["Übung 🚀"]),
            ("'", vec!["O'Brien \"x\""]),
            ("\"X", vec!["O'Brien \"x\""]),
            ("ueb-", vec!["Übung 🚀"]),
            ("É-7", vec!["O'Brien \"x\""]),
            ("\\", vec!["plain"]),
            ("nothing", vec![]),
            ("a\0", vec![]),
            ("  ", vec!["50%_off", "O'Brien \"x\"", "plain", "Übung 🚀"]),
        ] {
            assert_eq!(searched(&team, text).await, names, "{text}");
        }
        assert_eq!(searched(&other, "plain").await, Vec::<String>::new());
    }

    async fn labels_of_one_key_widen_and_of_several_narrow(world: World) {
        let team = Team::new(&world, "acme").await;
        stocked(&team).await;
        for (labels, lacking, names) in [
            (vec!["environment:prod"], vec![], vec!["App", "Cart"]),
            (vec!["environment:prod", "environment:dev"], vec![], vec!["App", "Blog", "Cart"]),
            (vec!["environment:prod", "region:apac"], vec![], vec!["App"]),
            (vec![], vec!["region"], vec!["Blog", "Cart"]),
            (vec!["region:emea"], vec!["region"], vec!["Blog", "Cart", "Dome"]),
            (vec!["environment:prod"], vec!["region"], vec!["Cart"]),
            (vec!["team:data"], vec![], vec![]),
            (vec![], vec!["team"], vec!["App", "Blog", "Cart", "Dome"]),
        ] {
            assert_eq!(labelled(&team, &labels, &lacking).await, names, "{labels:?} {lacking:?}");
        }
    }

    async fn a_sight_leaves_out_all_else(world: World) {
        let team = Team::new(&world, "acme").await;
        let all = stocked(&team).await;
        let some = |types: &[&str], ids: &[usize]| Sight::Some {
            types: types.iter().map(|kind| ResourceType::new(kind)).collect(),
            resources: { let mut ids: Vec<ResourceId> = ids.iter().map(|n| all[*n].id).collect(); ids.sort(); ids },
            among: ids.iter().map(|n| all[*n].kind.clone()).collect(),
        };
        for (sight, names, types) in [
            (Sight::Everything, vec!["App", "Blog", "Cart", "Dome"], vec![("source", 3), ("space", 1)]),
            (some(&[], &[]), vec![], vec![]),
            (some(&["space"], &[]), vec!["Dome"], vec![("space", 1)]),
            (some(&[], &[1, 3]), vec!["Blog", "Dome"], vec![("source", 1), ("space", 1)]),
            (some(&["space"], &[0]), vec!["App", "Dome"], vec![("source", 1), ("space", 1)]),
        ] {
            assert_eq!(found(&team, ResourceQuery::default(), &sight).await, names);
            let counted = resources::by_type(&world.store, team.id, &sight).await.unwrap();
            assert_eq!(counted.iter().map(|(kind, count)| (kind.as_str(), *count)).collect::<Vec<_>>(), types);
        }
        // one page at a time, there and back
        let sight = some(&["space"], &[0, 2]);
        let query = |cursor: Option<&String>| ResourceQuery { cursor: cursor.map(|text| Cursor::decode(text).unwrap()), size: PageSize::new(2), ..ResourceQuery::default() };
        let first = resources::page(&world.store, team.id, &query(None), &sight).await.unwrap();
        assert_eq!((first.rows.len(), first.total), (2, None));
        let second = resources::page(&world.store, team.id, &query(first.next.as_ref()), &sight).await.unwrap();
        assert_eq!((second.rows[0].name.as_str(), second.next.clone()), ("Dome", None));
        assert_eq!(resources::page(&world.store, team.id, &query(second.previous.as_ref()), &sight).await.unwrap().rows, first.rows);
    }

    async fn resources_are_called_as_people_and_products_call_them(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let all = stocked(&team).await;
        let ids = [all[3].id, world.id(ResourceId::new)];
        let called = resources::references(&world.store, team.id, &ids).await.unwrap();
        assert_eq!(called, [all[3].reference()]);
        let keys = resources::keys(&world.store, team.id, &ids).await.unwrap();
        assert_eq!(keys.get(&all[3].id).map(String::as_str), Some("space:dome"));
        assert!(resources::references(&world.store, other.id, &ids).await.unwrap().is_empty());
        assert!(resources::keys(&world.store, other.id, &ids).await.unwrap().is_empty());
    }

    async fn very_many_can_be_named_in_a_sight(world: World) {
        let team = Team::new(&world, "acme").await;
        let all = stocked(&team).await;
        let mut ids: Vec<ResourceId> = (0..70_000).map(|_| world.id(ResourceId::new)).collect();
        ids.push(all[2].id);
        ids.sort();
        let sight = Sight::Some { types: BTreeSet::new(), resources: ids, among: BTreeSet::from([all[2].kind.clone()]) };
        assert_eq!(found(&team, ResourceQuery::default(), &sight).await, ["Cart"]);
    }

    async fn a_change_is_made_once_from_the_revision_it_knows(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let all = stocked(&team).await;
        let child = Resource { parent: Some(all[0].id), ..team.resource("destination", "CRM") };
        team.register(std::slice::from_ref(&child)).await;
        let name = ResourceName::parse("CRM of Acme").unwrap();
        let before = resources::find(&world.store, team.id, child.id).await.unwrap().unwrap();
        let tx = team.begin().await;
        assert!(!resources::change(&tx, other.id, child.id, before.revision, &name, None).await.unwrap());
        assert!(resources::change(&tx, team.id, child.id, before.revision, &name, Some(all[1].id)).await.unwrap());
        assert!(!resources::change(&tx, team.id, child.id, before.revision, &name, None).await.unwrap(), "it is another revision now");
        team.commit(tx).await;
        let after = resources::find(&world.store, team.id, child.id).await.unwrap().unwrap();
        assert_eq!((after.resource.name, after.resource.parent, after.revision), (name.clone(), Some(all[1].id), before.revision + 1));
        assert_eq!(resources::find(&world.store, other.id, child.id).await.unwrap(), None);
        for (parent, children) in [(all[0].id, vec![]), (all[1].id, vec!["CRM of Acme"])] {
            assert_eq!(found(&team, ResourceQuery { parent: Some(parent), ..ResourceQuery::default() }, &Sight::Everything).await, children);
        }
        let foreign = other.resource("source", "App");
        other.register(std::slice::from_ref(&foreign)).await;
        let tx = team.begin().await;
        let error = resources::change(&tx, team.id, child.id, after.revision, &name, Some(foreign.id)).await.unwrap_err();
        assert!(matches!(error, StoreError::Reference), "{error:?}");
    }

    async fn what_is_removed_is_gone_unless_something_hangs_on_it(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let all = stocked(&team).await;
        team.register(&[Resource { parent: Some(all[0].id), ..team.resource("destination", "CRM") }]).await;
        let tx = team.begin().await;
        assert!(matches!(resources::remove(&tx, team.id, all[0].id).await.unwrap_err(), StoreError::Reference));
        drop(tx);
        let tx = team.begin().await;
        assert!(!resources::remove(&tx, other.id, all[1].id).await.unwrap());
        assert!(resources::remove(&tx, team.id, all[1].id).await.unwrap());
        assert!(!resources::remove(&tx, team.id, all[1].id).await.unwrap());
        team.commit(tx).await;
        assert_eq!(resources::count(&world.store, team.id).await.unwrap(), 4);
        assert_eq!(labelled(&team, &["environment:dev"], &[]).await, Vec::<String>::new());
    }

    async fn a_label_takes_the_place_of_another_of_its_key(world: World) {
        let team = Team::new(&world, "acme").await;
        let all = stocked(&team).await;
        let ids: Vec<ResourceId> = all.iter().map(|it| it.id).collect();
        let version = store::workspaces::policy_version(&world.store, team.id).await.unwrap().unwrap();
        let tx = team.begin().await;
        resource_labels::put(&tx, team.id, &ids[1..], &label("region:apac")).await.unwrap();
        team.commit(tx).await;
        assert_eq!(labelled(&team, &["region:apac"], &[]).await, ["App", "Blog", "Cart", "Dome"]);
        assert_eq!(labelled(&team, &["environment:dev"], &[]).await, ["Blog"], "other keys stay");
        let CaughtUp::Updates { updates, .. } = policy::since(&world.store, team.id, version).await.unwrap() else { panic!("told") };
        let told: BTreeSet<ResourceId> = updates.iter().filter_map(|update| match update { Update::Resource(resource) => Some(resource.id), _ => None }).collect();
        assert_eq!(told, ids[1..].iter().copied().collect(), "policies in memory hear of it");

        assert_eq!(revisions(&team, &ids).await, [1, 2, 2, 2], "whoever saves from an older one is told");

        let borne = resource_labels::borne(&world.store, team.id, &ids, "environment").await.unwrap();
        assert_eq!((borne.get(&ids[0]).map(String::as_str), borne.get(&ids[3])), (Some("prod"), None));
        let tx = team.begin().await;
        resource_labels::put(&tx, team.id, &ids, &label("region:apac")).await.unwrap();
        resource_labels::take(&tx, team.id, &ids[3..], "environment").await.unwrap();
        resource_labels::take(&tx, team.id, &ids[..2], "region").await.unwrap();
        team.commit(tx).await;
        assert_eq!(labelled(&team, &["region:apac"], &[]).await, ["Cart", "Dome"]);
        assert_eq!(revisions(&team, &ids).await, [2, 3, 2, 2], "what was so already is no change");
    }

    async fn ten_thousand_are_labelled_in_one_change(world: World) {
        let team = Team::new(&world, "acme").await;
        team.labels(&["region:apac"]).await;
        let all: Vec<Resource> = (0..10_000).map(|n| team.resource("source", &format!("s{n}"))).collect();
        team.register(&all).await;
        let ids: Vec<ResourceId> = all.iter().map(|it| it.id).collect();
        let tx = team.begin().await;
        resource_labels::put(&tx, team.id, &ids, &label("region:apac")).await.unwrap();
        team.commit(tx).await;
        assert_eq!(resource_labels::borne(&world.store, team.id, &ids, "region").await.unwrap().len(), 10_000);
        let tx = team.begin().await;
        resource_labels::take(&tx, team.id, &ids, "region").await.unwrap();
        team.commit(tx).await;
        assert!(resource_labels::borne(&world.store, team.id, &ids, "region").await.unwrap().is_empty());
    }

    async fn labels_do_not_cross_a_workspace(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let all = stocked(&team).await;
        let mine = other.resource("source", "App");
        other.register(std::slice::from_ref(&mine)).await;
        for (id, text) in [(all[0].id, "environment:prod"), (mine.id, "environment:prod")] {
            let tx = other.begin().await;
            let error = resource_labels::put(&tx, other.id, &[id], &label(text)).await.unwrap_err();
            assert!(matches!(error, StoreError::Reference), "{error:?}");
        }
        let tx = other.begin().await;
        resource_labels::take(&tx, other.id, &[all[0].id], "region").await.unwrap();
        other.commit(tx).await;
        assert_eq!(labelled(&team, &["region:apac"], &[]).await, ["App"]);
        assert!(resource_labels::borne(&world.store, other.id, &[all[0].id], "region").await.unwrap().is_empty());
        assert_eq!(revisions(&team, &[all[0].id]).await, [1]);
    }

    async fn grants_that_name_a_resource_are_told_with_their_holders(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let all = stocked(&team).await;
        let ann = team.member("Ann", "ann@acme.test").await;
        let group = team.group("Data", &[ann]).await;
        let both = Scope::Only(BTreeSet::from([all[0].id, all[1].id]));
        team.give(Holder::Member(ann), &[team.grant("source_admin", both), team.grant("source_admin", Scope::All)]).await;
        team.give(Holder::Group(group), &[team.grant("source_read_only", Scope::Only(BTreeSet::from([all[0].id])))]).await;
        let page = held::page(&world.store, team.id, Naming::Resource(all[0].id), None, PageSize::new(1), None).await.unwrap();
        assert_eq!((page.rows[0].holder.name.as_str(), page.rows[0].holder.id, page.total), ("Ann", Holder::Member(ann), Some(2)));
        assert_eq!(page.rows[0].holder.email.as_ref().unwrap().as_str(), "ann@acme.test");
        let next = page.next.map(|text| Cursor::decode(&text).unwrap());
        let page = held::page(&world.store, team.id, Naming::Resource(all[0].id), next, PageSize::new(1), None).await.unwrap();
        assert_eq!((page.rows[0].holder.name.as_str(), page.rows[0].holder.id, page.next), ("Data", Holder::Group(group), None));
        assert_eq!(held::count(&world.store, team.id, Naming::Resource(all[1].id)).await.unwrap(), 1);
        assert_eq!(held::count(&world.store, team.id, Naming::Resource(all[2].id)).await.unwrap(), 0);
        assert_eq!(held::count(&world.store, other.id, Naming::Resource(all[0].id)).await.unwrap(), 0);
    }
}
