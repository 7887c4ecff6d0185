//! Groups, resources, labels, tokens and requests: their lists page alike and stay in their workspace.

use crate::team::Team;
use domain::{
    catalog::RoleId,
    grant::{Holder, Scope},
    id::{GroupId, RequestId, ResourceId, TokenId},
    label::Label,
    page::{Cursor, PageSize},
    policy::Sight,
    resource::{Resource, ResourceQuery, ResourceType},
    text::{GroupName, PersonName, Reason, ResourceKey, TokenName},
};
use store::{
    Constraint, StoreError,
    groups::{self, NewGroup},
    labels,
    requests::{self, NewRequest, Settled},
    resources,
    tokens::{self, NewToken},
};
use testkit::{World, on_both};

fn cursor(text: Option<&String>) -> Option<Cursor> {
    text.map(|text| Cursor::decode(text).unwrap())
}

fn all_of(size: PageSize) -> ResourceQuery {
    ResourceQuery { size, ..ResourceQuery::default() }
}

on_both! {
    async fn groups_page_by_name_and_are_searched(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        for name in ["beta", "Alpha", "50%_off", "Übung", "zeta"] {
            team.group(name, &[]).await;
        }
        let size = PageSize::new(2);
        let mut names = Vec::new();
        let mut page = groups::page(&world.store, team.id, None, None, size).await.unwrap();
        assert_eq!((page.total, page.previous.as_ref()), (Some(5), None));
        let first = page.clone();
        loop {
            names.extend(page.rows.iter().map(|row| row.name.to_string()));
            let Some(next) = cursor(page.next.as_ref()) else { break };
            page = groups::page(&world.store, team.id, None, Some(next), size).await.unwrap();
        }
        assert_eq!(names, ["50%_off", "Alpha", "beta", "zeta", "Übung"]);
        page = groups::page(&world.store, team.id, None, cursor(page.previous.as_ref()), size).await.unwrap();
        page = groups::page(&world.store, team.id, None, cursor(page.previous.as_ref()), size).await.unwrap();
        assert_eq!(page.rows, first.rows);
        for (search, found) in [("ÜB", vec!["Übung"]), ("%_", vec!["50%_off"]), ("ETA", vec!["beta", "zeta"]), ("__", vec![])] {
            let page = groups::page(&world.store, team.id, Some(search), None, PageSize::SCREEN).await.unwrap();
            assert_eq!(page.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), found, "{search}");
            assert_eq!(page.total, Some(found.len() as u64));
        }
        assert_eq!(groups::page(&world.store, other.id, None, None, size).await.unwrap(), domain::page::Page::empty());
        assert_eq!(team.count("groups").await, "5");
    }

    async fn a_group_s_name_is_taken_whatever_the_case(world: World) {
        let team = Team::new(&world, "acme").await;
        team.group("Übung", &[]).await;
        let tx = team.begin().await;
        let new = NewGroup { id: world.id(GroupId::new), name: GroupName::parse("ÜBUNG").unwrap(), pii: false, created_at: world.now() };
        let error = groups::insert(&tx, team.id, &new).await.unwrap_err();
        assert!(error.is_conflict(Constraint::GroupName), "{error:?}");
    }

    async fn resources_page_by_type_and_name(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let labels = team.labels(&["environment:prod", "area:eu"]).await;
        let mut all: Vec<Resource> = [("source", "web"), ("source", "App"), ("space", "Main"), ("source", "zulu"), ("function", "Fix")]
            .map(|(kind, name)| team.resource(kind, name)).to_vec();
        all[0].labels = labels;
        all[0].labels.sort();
        all[3].parent = Some(all[0].id);
        team.register(&all).await;
        let order = [4, 1, 0, 3, 2].map(|n: usize| all[n].clone());
        assert_eq!(resources::all(&world.store, team.id).await.unwrap(), order);
        let size = PageSize::new(2);
        let mut found = Vec::new();
        let mut page = resources::page(&world.store, team.id, &all_of(size), &Sight::Everything).await.unwrap();
        loop {
            found.extend(page.rows.clone());
            let Some(next) = cursor(page.next.as_ref()) else { break };
            page = resources::page(&world.store, team.id, &ResourceQuery { cursor: Some(next), ..all_of(size) }, &Sight::Everything).await.unwrap();
        }
        assert_eq!(found, order);
        let back = ResourceQuery { cursor: cursor(page.previous.as_ref()), ..all_of(size) };
        page = resources::page(&world.store, team.id, &back, &Sight::Everything).await.unwrap();
        assert_eq!(page.rows, order[2..4]);
        let source = ResourceType::new("source");
        let some = ResourceQuery { kind: Some(source.clone()), search: Some("A".to_owned()), ..all_of(size) };
        let page = resources::page(&world.store, team.id, &some, &Sight::Everything).await.unwrap();
        assert_eq!(page.rows, order[1..2]);
        let key = ResourceKey::parse("web").unwrap();
        assert_eq!(resources::by_key(&world.store, team.id, &source, &key).await.unwrap(), Some(all[0].clone()));
        let ids: Vec<ResourceId> = [all[0].id, world.id(ResourceId::new)].to_vec();
        assert_eq!(resources::known(&world.store, team.id, &ids).await.unwrap(), [all[0].id]);
        assert_eq!(resources::count(&world.store, team.id).await.unwrap(), 5);

        assert_eq!(resources::all(&world.store, other.id).await.unwrap(), []);
        assert_eq!(resources::page(&world.store, other.id, &all_of(size), &Sight::Everything).await.unwrap().rows, []);
        assert_eq!(resources::by_key(&world.store, other.id, &source, &key).await.unwrap(), None);
        assert_eq!(resources::known(&world.store, other.id, &ids).await.unwrap(), []);
        assert_eq!(resources::count(&world.store, other.id).await.unwrap(), 0);
    }

    async fn a_resource_takes_nothing_from_another_workspace(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let parent = team.resource("source", "Web");
        team.register(std::slice::from_ref(&parent)).await;
        let labels = team.labels(&["environment:prod"]).await;
        let foreign = [Resource { parent: Some(parent.id), ..other.resource("source", "App") }, Resource { labels, ..other.resource("source", "App") }];
        for resource in foreign {
            let tx = other.begin().await;
            let error = resources::insert_many(&tx, other.id, &[resource], world.now()).await.unwrap_err();
            assert!(matches!(error, StoreError::Reference), "{error:?}");
        }
        let tx = team.begin().await;
        let error = resources::insert_many(&tx, team.id, &[team.resource("source", "Web")], world.now()).await.unwrap_err();
        assert!(error.is_conflict(Constraint::ResourceKey), "{error:?}");
    }

    async fn labels_stay_in_their_workspace_in_order(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        team.labels(&["environment:prod", "area:eu", "environment:dev"]).await;
        let found: Vec<String> = labels::all(&world.store, team.id).await.unwrap().iter().map(Label::to_string).collect();
        assert_eq!(found, ["area:eu", "environment:dev", "environment:prod"]);
        assert_eq!(labels::all(&world.store, other.id).await.unwrap(), []);
    }

    async fn tokens_list_the_newest_first(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let mut new = Vec::new();
        for name in ["deploy", "CI", "backup"] {
            new.push(NewToken {
                id: world.id(TokenId::new),
                name: TokenName::parse(name).unwrap(),
                secret_hash: world.hash(),
                prefix: "rc_live_ab".to_owned(),
                owner_access: false,
                created_by: None,
                created_by_name: None,
                created_at: team.at(7),
                expires_at: Some(team.at(60)),
            });
        }
        let tx = team.begin().await;
        for token in &new {
            tokens::insert(&tx, team.id, token).await.unwrap();
        }
        team.commit(tx).await;
        let grant = team.grant("source_admin", Scope::All);
        team.give(Holder::Token(new[1].id), std::slice::from_ref(&grant)).await;
        let first = tokens::page(&world.store, team.id, None, None, PageSize::new(2)).await.unwrap();
        assert_eq!(first.rows.iter().map(|row| (row.name.as_str(), row.grants.len())).collect::<Vec<_>>(), [("backup", 0), ("CI", 1)]);
        assert_eq!(first.total, Some(3));
        let second = tokens::page(&world.store, team.id, None, cursor(first.next.as_ref()), PageSize::new(2)).await.unwrap();
        assert_eq!(second.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [new[0].id]);
        let back = tokens::page(&world.store, team.id, None, cursor(second.previous.as_ref()), PageSize::new(2)).await.unwrap();
        assert_eq!(back.rows, first.rows);
        let found = tokens::page(&world.store, team.id, Some("ci"), None, PageSize::SCREEN).await.unwrap();
        assert_eq!(found.rows, first.rows[1..]);
        assert_eq!(tokens::page(&world.store, other.id, None, None, PageSize::SCREEN).await.unwrap().rows, []);
        let signed_in = tokens::by_secret(&world.store, &new[1].secret_hash).await.unwrap().unwrap();
        assert_eq!((signed_in.workspace, signed_in.id, signed_in.expires_at), (team.id, new[1].id, Some(team.at(60))));
        assert_eq!(tokens::by_secret(&world.store, &world.hash()).await.unwrap(), None);
    }

    async fn a_rotated_token_is_found_by_both_of_its_secrets(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let (id, first, second) = (world.id(TokenId::new), world.hash(), world.hash());
        let new = NewToken {
            id,
            name: TokenName::parse("CI").unwrap(),
            secret_hash: first,
            prefix: "rc_ws_aaaa".to_owned(),
            owner_access: false,
            created_by: None,
            created_by_name: None,
            created_at: team.at(7),
            expires_at: None,
        };
        let tx = team.begin().await;
        tokens::insert(&tx, team.id, &new).await.unwrap();
        assert!(!tokens::rotate(&tx, other.id, id, world.hash(), "rc_ws_bbbb", team.at(9)).await.unwrap());
        assert!(tokens::rotate(&tx, team.id, id, second, "rc_ws_cccc", team.at(9)).await.unwrap());
        team.commit(tx).await;
        let until = async |hash: &[u8; 32]| tokens::by_secret(&world.store, hash).await.unwrap().map(|found| (found.id, found.replaced_until));
        assert_eq!((until(&first).await, until(&second).await), (Some((id, Some(team.at(9)))), Some((id, None))));
        let found = tokens::find(&world.store, team.id, id).await.unwrap().unwrap();
        assert_eq!((found.prefix.as_str(), found.old_secret_until, found.revision), ("rc_ws_cccc", Some(team.at(9)), 1));
        assert_eq!(tokens::find(&world.store, other.id, id).await.unwrap(), None);
    }

    async fn a_request_is_answered_once(world: World) {
        let (team, other) = (Team::new(&world, "acme").await, Team::new(&world, "other").await);
        let ann = team.member("Ann", "ann@acme.test").await;
        let wish = |member| NewRequest {
            id: world.id(RequestId::new),
            member,
            role: Some(RoleId::new("source_admin")),
            resource: None,
            resource_text: None,
            reason: Reason::parse("for the launch").unwrap(),
            created_at: world.now(),
        };
        let (first, second) = (wish(ann), wish(ann));
        let waiting = async |team: &Team<'_>| {
            requests::pending(&world.store, team.id, 10).await.unwrap().iter().map(|request| request.id).collect::<Vec<_>>()
        };
        let by = PersonName::parse("Amara").unwrap();
        let settled = |approved| Settled { approved, by: &by, answer: None, at: team.at(9) };
        let tx = team.begin().await;
        requests::insert(&tx, team.id, &first).await.unwrap();
        requests::insert(&tx, team.id, &second).await.unwrap();
        team.commit(tx).await;
        assert_eq!(waiting(&team).await, [first.id, second.id]);
        assert_eq!(waiting(&other).await, []);
        let page = async |from: Option<String>| requests::page(&world.store, team.id, cursor(from.as_ref()), PageSize::new(1)).await.unwrap();
        let oldest = page(None).await;
        let newest = page(oldest.next.clone()).await;
        assert_eq!((oldest.rows[0].id, oldest.total, newest.rows[0].id, newest.next), (first.id, Some(2), second.id, None));
        assert_eq!(page(newest.previous).await.rows, oldest.rows);
        assert_eq!(requests::page(&world.store, other.id, None, PageSize::SCREEN).await.unwrap().rows, []);
        let tx = team.begin().await;
        assert!(!requests::settle(&tx, other.id, first.id, settled(false)).await.unwrap());
        assert!(requests::settle(&tx, team.id, first.id, settled(true)).await.unwrap());
        assert!(!requests::settle(&tx, team.id, first.id, settled(false)).await.unwrap());
        team.commit(tx).await;
        assert_eq!(waiting(&team).await, [second.id]);
        assert_eq!(requests::count_pending(&world.store, team.id).await.unwrap(), 1);
        assert_eq!(requests::find_pending(&world.store, team.id, first.id).await.unwrap(), None);
        let answered = requests::settled(&world.store, team.id, ann, first.id).await.unwrap().unwrap();
        assert_eq!((answered.settled_at, answered.settled_by), (Some(team.at(9)), Some(by.clone())));
        assert_eq!(requests::settled(&world.store, other.id, ann, first.id).await.unwrap(), None);
        let tx = other.begin().await;
        let error = requests::insert(&tx, other.id, &wish(ann)).await.unwrap_err();
        assert!(matches!(error, StoreError::Reference), "{error:?}");
    }
}
