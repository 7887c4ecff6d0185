//! How SQLite reads the lists of resources and of a role's holders: along an index in the list's order, without statistics to help it.

use super::{
    letters::Bounds,
    select::{Listing, Looking, Reading},
};
use crate::{
    Backend,
    held::{self, Naming},
    keyset::Window,
    plans::{empty, plan},
};
use domain::{
    catalog::RoleId,
    held::HolderKind,
    id::{ResourceId, WorkspaceId},
    label::Label,
    policy::Sight,
    resource::{ResourceQuery, ResourceType},
};
use sea_orm::{DbBackend, StatementBuilder};
use std::collections::BTreeSet;
use uuid::Uuid;

fn windows<K: Clone>(key: &K) -> Vec<Window<K>> {
    let window = |(cursor, backward): (bool, bool)| Window { from: cursor.then(|| (key.clone(), Uuid::max())), backward, size: 50 };
    [(false, false), (false, true), (true, false), (true, true)].into_iter().map(window).collect()
}

/// None, and those within which the window lies, or not.
fn bounds() -> [Bounds; 3] {
    [Bounds::default(), Bounds::of(["function", "space"]).unwrap(), Bounds::of(["space", "warehouse"]).unwrap()]
}

#[tokio::test]
async fn resources_are_read_in_the_order_of_their_index() {
    let (store, _folder) = empty().await;
    let source = ResourceType::new("source");
    let some = Sight::Some { types: BTreeSet::from([source.clone()]), resources: Vec::new(), among: BTreeSet::new() };
    let workspace = WorkspaceId::from_uuid(Uuid::max());
    for kind in [None, Some(source)] {
        for search in [None, Some("web".to_owned())] {
            for sight in [&Sight::Everything, &some] {
                let query = ResourceQuery { kind: kind.clone(), search: search.clone(), ..ResourceQuery::default() };
                for (window, bounds) in
                    windows(&("source".to_owned(), "m".to_owned())).into_iter().flat_map(|window| bounds().map(|bounds| (window.clone(), bounds)))
                {
                    let plan = plan(
                        &store,
                        &Listing { backend: Backend::Sqlite, workspace, query: &query, sight }.page(&window, &Reading::Along(Looking::Set), &bounds).unwrap(),
                    )
                    .await;
                    assert!(plan.contains("INDEX resources_by_name (workspace_id=?"), "{query:?} {window:?}:\n{plan}");
                    assert!(!plan.contains("TEMP B-TREE"), "{query:?} {window:?}:\n{plan}");
                }
            }
        }
    }
}

#[tokio::test]
async fn labels_of_a_page_are_found_by_what_bears_them_in_one_statement_for_any_number() {
    let (store, _folder) = empty().await;
    let ids: Vec<Uuid> = (0..501).map(Uuid::from_u128).collect();
    let of = |backend, count: usize| super::labels_statement(backend, WorkspaceId::from_uuid(Uuid::max()), &ids[..count]);
    for count in [1, 2, 501] {
        let plan = plan(&store, &of(Backend::Sqlite, count)).await;
        assert!(plan.contains("SEARCH resource_labels USING PRIMARY KEY (resource_id=?)"), "{plan}");
    }
    let said = |count| StatementBuilder::build(&of(Backend::Postgres, count), &DbBackend::Postgres).sql;
    assert_eq!(said(501), said(2), "of some hundred parameters PostgreSQL makes another plan");
}

#[tokio::test]
async fn what_hangs_on_a_thing_is_read_in_the_order_of_its_index() {
    let (store, _folder) = empty().await;
    let query = ResourceQuery { parent: Some(ResourceId::from_uuid(Uuid::max())), ..ResourceQuery::default() };
    for window in windows(&("source".to_owned(), "m".to_owned())) {
        let listing = Listing { backend: Backend::Sqlite, workspace: WorkspaceId::from_uuid(Uuid::max()), query: &query, sight: &Sight::Everything };
        let select = listing.page(&window, &Reading::Along(Looking::Set), &Bounds::default()).unwrap();
        let plan = plan(&store, &select).await;
        assert!(plan.contains("INDEX resources_parent (workspace_id=? AND parent_id=?") && !plan.contains("TEMP B-TREE"), "{window:?}:\n{plan}");
    }
}

#[tokio::test]
async fn labels_of_what_is_on_the_way_are_looked_up_one_by_one() {
    let (store, _folder) = empty().await;
    let query = ResourceQuery {
        labels: vec![Label::new("region", "emea").unwrap()],
        lacking: vec!["region".to_owned(), "team".to_owned()],
        ..ResourceQuery::default()
    };
    let listing = Listing { backend: Backend::Sqlite, workspace: WorkspaceId::from_uuid(Uuid::max()), query: &query, sight: &Sight::Everything };
    for window in windows(&("source".to_owned(), "m".to_owned())) {
        let end = Reading::Until(("space".to_owned(), "m".to_owned()), Uuid::max());
        let plan = plan(&store, &listing.page(&window, &end, &Bounds::default()).unwrap()).await;
        assert!(plan.contains("resource_labels USING PRIMARY KEY (resource_id=? AND key=?)"), "{plan}");
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("LIST SUBQUERY"), "{plan}");
        let places = crate::plans::plan(&store, &listing.place_behind(&window, &Bounds::default(), 1_000)).await;
        assert!(places.contains("USING COVERING INDEX resources_by_name (workspace_id=?") && !places.contains("TEMP B-TREE"), "{places}");
    }
}

#[tokio::test]
async fn uses_of_a_label_are_read_in_the_order_of_their_index() {
    let (store, _folder) = empty().await;
    let label = Label::new("region", "emea").unwrap();
    for window in windows(&7_i64) {
        let plan = plan(&store, &held::statement(WorkspaceId::from_uuid(Uuid::max()), Naming::Label(&label), &window)).await;
        assert!(plan.contains("INDEX grant_labels_label (workspace_id=? AND key=? AND value=?") && !plan.contains("TEMP B-TREE"), "{window:?}:\n{plan}");
    }
}

#[tokio::test]
async fn holders_of_a_role_are_read_in_the_order_of_their_index() {
    let (store, _folder) = empty().await;
    let role = RoleId::new("source_admin");
    for kind in [HolderKind::Member, HolderKind::Group, HolderKind::Token, HolderKind::Invite] {
        for window in windows(&7_i64) {
            let plan = plan(&store, &held::statement(WorkspaceId::from_uuid(Uuid::max()), Naming::Role(&role, kind), &window)).await;
            assert!(plan.contains("INDEX grants_by_role (role=? AND workspace_id=?"), "{kind:?} {window:?}:\n{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{kind:?} {window:?}:\n{plan}");
        }
    }
}
