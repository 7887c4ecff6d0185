//! How SQLite reads the Users list: along an index in the list's order, without sorting it, and without statistics to help it.

use super::select::{Filter, Key, Listing, Reading};
use crate::{
    Backend,
    entity::grant,
    grant_rows,
    keyset::Window,
    plans::{empty, plan},
};
use domain::{
    catalog::RoleId,
    id::{GroupId, WorkspaceId},
    member::{MemberKind, UserQuery, UserSort},
    time::Timestamp,
};
use uuid::Uuid;

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
            let listing = Listing { backend: Backend::Sqlite, workspace, filter: Filter::new(&UserQuery::default(), Timestamp::default()), sort, descending };
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
async fn what_programs_read_is_in_the_order_of_an_index_and_looks_at_the_workspace_once() {
    let (store, _folder) = empty().await;
    let (workspace, filter) = (WorkspaceId::from_uuid(Uuid::max()), Filter::new(&UserQuery::default(), Timestamp::default()));
    let listing = Listing { backend: Backend::Sqlite, workspace, filter, sort: UserSort::Name, descending: false };
    for window in windows(UserSort::Name) {
        let plan = plan(&store, &listing.plain(&window)).await;
        assert!(plan.contains("USING INDEX members_by_name (workspace_id=?") && !plan.contains("TEMP B-TREE"), "{window:?}:\n{plan}");
        assert!(plan.contains("SCALAR SUBQUERY") && !plan.contains("CORRELATED"), "{window:?}:\n{plan}");
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
    let listing = Listing { backend: Backend::Sqlite, workspace, filter: Filter::new(&query, Timestamp::default()), sort: UserSort::Name, descending: false };
    let narrowed = listing.narrowed_to();
    assert_eq!(narrowed.len(), 3);
    for narrowed in narrowed {
        let read = plan(&store, &listing.members(&windows(UserSort::Name)[0], &Reading::From(Box::new(narrowed.ids))).unwrap()).await;
        assert!(read.contains("members USING INDEX sqlite_autoindex_members_1 (id=?)"), "{read}");
        // as many as are counted are read, and no set is made of all
        let counted = plan(&store, &narrowed.counted).await;
        assert!(!counted.contains("LIST SUBQUERY") && !counted.contains("SCAN member_numbers") && !counted.contains("SCAN grants"), "{counted}");
    }
    let [first, ..] = windows(UserSort::Name);
    let plan = plan(&store, &listing.members(&first, &Reading::Until(Key::Text("n".to_owned()), Uuid::max())).unwrap()).await;
    for part in ["USING INDEX members_by_name (workspace_id=?", "USING INDEX grants_member (member_id=?)", "USING PRIMARY KEY (group_id=? AND member_id=?)"] {
        assert!(plan.contains(part), "{part}:\n{plan}");
    }
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    let invited = crate::plans::plan(&store, &listing.invites(&first).unwrap()).await;
    assert!(invited.contains("USING INDEX grants_invite (invite_id=?)"), "{invited}");
}

#[tokio::test]
async fn owners_have_an_order_of_their_own() {
    let (store, _folder) = empty().await;
    let query = UserQuery { kinds: vec![MemberKind::Owner], ..UserQuery::default() };
    let workspace = WorkspaceId::from_uuid(Uuid::max());
    for (sort, index) in [(UserSort::Name, "members_owners"), (UserSort::LastSeen, "members_owners_by_last_seen")] {
        let listing = Listing { backend: Backend::Sqlite, workspace, filter: Filter::new(&query, Timestamp::default()), sort, descending: false };
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

#[tokio::test]
async fn what_is_searched_is_looked_up_and_put_in_order_by_numbers() {
    let (store, _folder) = empty().await;
    let workspace = WorkspaceId::from_uuid(Uuid::max());
    for text in ["okafor", "an", "a", "é"] {
        let query = UserQuery { search: Some(text.to_owned()), ..UserQuery::default() };
        let listing =
            Listing { backend: Backend::Sqlite, workspace, filter: Filter::new(&query, Timestamp::default()), sort: UserSort::Name, descending: false };
        let [found] = listing.narrowed_to().try_into().unwrap();
        for window in windows(UserSort::Name) {
            let plan = plan(&store, &listing.found_in_order(&found.counted, &window)).await;
            assert!(plan.contains("SEARCH member_numbers USING INTEGER PRIMARY KEY (rowid=?)"), "{text} {window:?}:\n{plan}");
            let beginning = crate::plans::plan(&store, &listing.members(&window, &Reading::Beginning(text.to_owned())).unwrap()).await;
            assert!(beginning.contains("USING INDEX members_by_name (workspace_id=? AND") && !beginning.contains("TEMP B-TREE"), "{beginning}");
        }
    }
    // kept as another letter by the index
    let query = UserQuery { search: Some("ς".to_owned()), ..UserQuery::default() };
    let listing = Listing { backend: Backend::Sqlite, workspace, filter: Filter::new(&query, Timestamp::default()), sort: UserSort::Name, descending: false };
    assert!(listing.narrowed_to().is_empty());
}

#[tokio::test]
async fn members_are_found_by_their_addresses() {
    let (store, _folder) = empty().await;
    let plan = plan(&store, &crate::members::with_emails(Backend::Sqlite, WorkspaceId::from_uuid(Uuid::max()), &["a@acme.test"])).await;
    assert!(plan.contains("USING COVERING INDEX members_by_email (workspace_id=? AND email=?)"), "{plan}");
}
