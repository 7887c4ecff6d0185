//! Connecting: what can't work is told in one line that names the cure.

use std::path::Path;
use store::{Backend, Store, StoreError, workspaces};
use testkit::{World, on_both};

async fn refusal(url: &str) -> StoreError {
    Store::connect(url).await.unwrap_err()
}

on_both! {
    async fn the_database_answers(world: World) {
        world.store.ping().await.unwrap();
        assert!(matches!(world.store.backend(), Backend::Sqlite | Backend::Postgres));
        world.store.close().await.unwrap();
        assert!(world.store.ping().await.is_err());
    }

    async fn whatever_waits_to_change_something_reads_go_on(world: World) {
        let workspace = world.workspace("acme").await;
        let first = world.store.begin().await.unwrap();
        workspaces::lock(&first, workspace).await.unwrap();
        // more than there are connections, and each waits for the first
        let change = |store: Store| async move {
            let tx = store.begin().await?;
            workspaces::lock(&tx, workspace).await
        };
        let waiting: Vec<_> = (0..24).map(|_| tokio::spawn(change(world.store.clone()))).collect();
        for _ in 0..200 {
            assert!(workspaces::policy_version(&world.store, workspace).await.unwrap().is_some());
            tokio::task::yield_now().await;
        }
        assert!(waiting.iter().all(|change| !change.is_finished()));
        drop(first);
        for change in waiting {
            assert!(change.await.unwrap().unwrap().is_some());
        }
    }
}

#[tokio::test]
async fn an_unknown_scheme_is_refused_without_showing_the_password() {
    let error = refusal("mysql://root:secret@localhost/db").await.to_string();
    assert!(error.contains("`mysql:`") && error.contains("sqlite:///") && error.contains("postgres://"), "{error}");
    assert!(!error.contains("secret"), "{error}");
    assert!(matches!(refusal("rolecall.db").await, StoreError::Url { .. }));
    assert!(matches!(refusal("").await, StoreError::Url { .. }));
    assert!(matches!(refusal("sqlite::memory:").await, StoreError::Url { .. }));
}

#[tokio::test]
async fn a_postgres_that_is_not_there_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let error = refusal(&format!("postgres://amara:secret@localhost:1/rolecall?host={}", folder.path().display())).await;
    assert!(matches!(&error, StoreError::Unreachable { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("/rolecall") && text.contains("start it") && !text.contains("secret"), "{text}");
    assert!(!text.contains('\n'));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_without_the_database_says_so() {
    let error = refusal(&testkit::postgres::cluster().url("nothing_here")).await.to_string();
    assert!(error.contains("nothing_here") && error.contains("create the database"), "{error}");
}

#[tokio::test]
async fn the_file_and_its_folder_are_made_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/of ours/rolecall.db");
    let store = Store::connect(&url(&path)).await.unwrap();
    store.migrate().await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(store.backend(), Backend::Sqlite);
}

#[tokio::test]
async fn a_file_that_can_not_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // a file where the folder would have to be: refused to every user, even to root
    std::fs::write(folder.path().join("data"), "").unwrap();
    let error = refusal(&url(&folder.path().join("data/rolecall.db"))).await;
    assert!(matches!(&error, StoreError::File { .. }), "{error:?}");
    assert!(error.to_string().contains("data/rolecall.db"), "{error}");
    std::fs::write(folder.path().join("notes.txt"), "This is a text of more than sixteen bytes, and no database at all.".repeat(20)).unwrap();
    let error = refusal(&url(&folder.path().join("notes.txt"))).await;
    assert!(matches!(&error, StoreError::File { .. }), "{error:?}");
}

fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display().to_string().replace(' ', "%20"))
}
