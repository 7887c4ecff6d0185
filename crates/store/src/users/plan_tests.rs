//! How SQLite reads the Users list: along an index in the list's order, without sorting it, and without statistics to help it.

use super::select::{Filter, Key, Listing, Reading};
use crate::{Backend, Store, entity::grant, grant_rows, keyset::Window, sql::plan};
use domain::{
    catalog::RoleId,
    id::{GroupId, WorkspaceId},
    member::{MemberKind, UserQuery, UserSort},
    time::Timestamp,
};
use tempfile::TempDir;
use uuid::Uuid;

async fn empty() -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::connect(&format!("sqlite://{}", folder.path().join("plan.db").display())).await.unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

fn windows(sort: UserSort) -> [Window<Key>; 4] {
    let key = match sort {
        UserSort::Name => Key::Text("m".to_owned()),
        UserSort::LastSeen => Key::Moment(0),
    };
    [(false, false), (false, true), (true, false), (true, true)].map(|(cursor, backward)| Window {
        from: cursor.then(|| (key.clone(), Uuid::max())),
        backward,
        size: 50,
    })
}

#[tokio::test]
async fn the_list_is_read_in_the_order_of_an_index() {
    let (store, _folder) = empty().await;
    let workspace = WorkspaceId::from_uuid(Uuid::max());
    for (sort, of_members, of_invites) in
        [(UserSort::Name, "members_by_name", "invites_pending"), (UserSort::LastSeen, "members_by_last_seen", "invites_waiting")]
    {
        for descending in [false, true] {
            let listing = Listing { workspace, filter: Filter::new(&UserQuery::default(), Timestamp::default()), sort, descending };
            for window in windows(sort) {
                for (select, index) in [(listing.members(&window, &Reading::Along), of_members), (listing.invites(&window), of_invites)] {
                    let Some(select) = select else { continue };
                    let plan = plan(&store, &select).await;
                    assert!(plan.contains(&format!("USING INDEX {index} (workspace_id=?")), "{sort:?} {descending} {window:?}:\n{plan}");
                    assert!(!plan.contains("TEMP B-TREE"), "{sort:?} {descending} {window:?}:\n{plan}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_narrowed_list_is_read_from_its_narrowest_end() {
    let (store, _folder) = empty().await;
    let workspace = WorkspaceId::from_uuid(Uuid::max());
    let query = UserQuery {
        search: Some("okafor".to_owned()),
        roles: vec![RoleId::new("source_admin")],
        groups: vec![GroupId::from_uuid(Uuid::max())],
        ..UserQuery::default()
    };
    let listing = Listing { workspace, filter: Filter::new(&query, Timestamp::default()), sort: UserSort::Name, descending: false };
    let narrowed = listing.narrowed_to(Backend::Sqlite);
    assert_eq!(narrowed.len(), 3);
    for ids in narrowed {
        let plan = plan(&store, &listing.members(&windows(UserSort::Name)[0], &Reading::From(Box::new(ids))).unwrap()).await;
        assert!(plan.contains("members USING INDEX sqlite_autoindex_members_1 (id=?)"), "{plan}");
    }
    for ids in listing.narrowed_to(Backend::Sqlite) {
        // as many as are counted are read, and no set is made of all
        let plan = plan(&store, &ids).await;
        assert!(!plan.contains("LIST SUBQUERY") && !plan.contains("SCAN member_numbers") && !plan.contains("SCAN grants"), "{plan}");
    }
    let [first, ..] = windows(UserSort::Name);
    let plan = plan(&store, &listing.members(&first, &Reading::Until(Key::Text("n".to_owned()), Uuid::max())).unwrap()).await;
    for part in ["USING INDEX members_by_name (workspace_id=?", "USING INDEX grants_member (member_id=?)", "USING PRIMARY KEY (group_id=? AND member_id=?)"] {
        assert!(plan.contains(part), "{part}:\n{plan}");
    }
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    let invited = crate::sql::plan(&store, &listing.invites(&first).unwrap()).await;
    assert!(invited.contains("USING INDEX grants_invite (invite_id=?)"), "{invited}");
}

#[tokio::test]
async fn owners_have_an_order_of_their_own() {
    let (store, _folder) = empty().await;
    let query = UserQuery { kinds: vec![MemberKind::Owner], ..UserQuery::default() };
    let workspace = WorkspaceId::from_uuid(Uuid::max());
    for (sort, index) in [(UserSort::Name, "members_owners"), (UserSort::LastSeen, "members_owners_by_last_seen")] {
        let listing = Listing { workspace, filter: Filter::new(&query, Timestamp::default()), sort, descending: false };
        for window in windows(sort) {
            let plan = plan(&store, &listing.members(&window, &Reading::Along).unwrap()).await;
            assert!(plan.contains(&format!("USING INDEX {index} (workspace_id=?")) && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}

#[tokio::test]
async fn grants_of_a_page_are_found_by_their_holders() {
    let (store, _folder) = empty().await;
    let ids: Vec<Uuid> = (0..51).map(Uuid::from_u128).collect();
    for (column, index) in [
        (grant::Column::MemberId, "grants_member"),
        (grant::Column::GroupId, "grants_group"),
        (grant::Column::TokenId, "grants_token"),
        (grant::Column::InviteId, "grants_invite"),
    ] {
        let select = grant_rows::held_statement(WorkspaceId::from_uuid(Uuid::max()), column, &ids);
        let plan = plan(&store, &select).await;
        assert!(plan.contains(&format!("USING INDEX {index} (")), "{plan}");
    }
}
