//! The schema is made step by step, once, and a schema from another version is told.

use store::{Store, StoreError};
use testkit::{Database, World, databases::run_empty, on_both};

const STEPS: u32 = 29;

on_both! {
    async fn a_schema_that_is_there_is_left_alone(world: World) {
        world.account("amara@acme.test").await;
        assert_eq!(world.store.migrate().await.unwrap(), 0);
        world.store.check_schema().await.unwrap();
        assert_eq!(store::accounts::count(&world.store).await.unwrap(), 1);
    }

    async fn a_newer_schema_is_refused_by_name(world: World) {
        world.raw("INSERT INTO seaql_migrations (version, applied_at) VALUES ('0099_from_the_future', 1)").await;
        for result in [world.store.check_schema().await, world.store.migrate().await.map(drop)] {
            let error = result.unwrap_err();
            assert!(matches!(&error, StoreError::SchemaNewer { found, .. } if found == "0099_from_the_future"), "{error:?}");
            assert!(error.to_string().contains("0099_from_the_future") && error.to_string().contains("0029_secret_key"), "{error}");
        }
    }

    async fn a_missing_step_is_named(world: World) {
        world.raw("DELETE FROM seaql_migrations WHERE version = '0028_folded_refusals'").await;
        let error = world.store.check_schema().await.unwrap_err();
        assert!(matches!(&error, StoreError::SchemaOlder { missing: "0028_folded_refusals" }), "{error:?}");
        // the step can't be taken again: nothing of the attempt stays
        assert!(world.store.migrate().await.is_err());
        assert!(world.store.check_schema().await.is_err());
    }
}

async fn every_step_is_taken(url: String) {
    let store = Store::connect(&url).await.unwrap();
    assert!(matches!(store.check_schema().await, Err(StoreError::SchemaOlder { .. })));
    assert_eq!(store.migrate().await.unwrap(), STEPS);
    store.check_schema().await.unwrap();
}

async fn nodes_that_start_together_take_each_step_once(url: String) {
    let nodes = [Store::connect(&url).await.unwrap(), Store::connect(&url).await.unwrap(), Store::connect(&url).await.unwrap()];
    let tasks = nodes.map(|node| tokio::spawn(async move { node.migrate().await.unwrap() }));
    let mut taken = Vec::new();
    for task in tasks {
        taken.push(task.await.unwrap());
    }
    taken.sort_unstable();
    assert_eq!(taken, [0, 0, STEPS]);
}

mod on_an_empty_database {
    use super::*;

    #[test]
    fn every_step_is_taken_sqlite() {
        run_empty(Database::Sqlite, every_step_is_taken);
    }

    #[test]
    fn every_step_is_taken_postgres() {
        run_empty(Database::Postgres, every_step_is_taken);
    }

    #[test]
    fn nodes_that_start_together_take_each_step_once_sqlite() {
        run_empty(Database::Sqlite, nodes_that_start_together_take_each_step_once);
    }

    #[test]
    fn nodes_that_start_together_take_each_step_once_postgres() {
        run_empty(Database::Postgres, nodes_that_start_together_take_each_step_once);
    }
}
