//! Search in lists that are long: what is found is the same whichever way the list is read, and follows what becomes of people and things.

use crate::team::Team;
use domain::{
    catalog::RoleId,
    grant::{Holder, Scope},
    id::ResourceId,
    member::{UserQuery, UserSort},
    page::{Cursor, PageSize},
    policy::Sight,
    resource::{Resource, ResourceQuery, ResourceType},
    text::ResourceName,
};
use std::collections::BTreeSet;
use store::{grants, members, members::NewMember, resources, users};
use testkit::{World, on_both};

/// The names of a search, page by page.
async fn names(team: &Team<'_>, query: UserQuery) -> Vec<String> {
    let (mut found, mut query) = (Vec::new(), UserQuery { size: PageSize::new(1_000), ..query });
    loop {
        let page = users::page(&team.world.store, team.id, &query, team.world.now()).await.unwrap();
        found.extend(page.rows.into_iter().map(|row| row.name.unwrap().to_string()));
        let Some(next) = page.next else { return found };
        query.cursor = Some(Cursor::decode(&next).unwrap());
    }
}

fn search(text: &str) -> UserQuery {
    UserQuery { search: Some(text.to_owned()), ..UserQuery::default() }
}

on_both! {
    async fn a_long_list_is_searched_alike_from_either_end(world: World) {
        let team = Team::new(&world, "acme").await;
        let name = |n: u32| if n < 5_200 { format!("Ann {n:05}") } else { format!("Zoe {n:05}") };
        let seen = |n: u32| (!n.is_multiple_of(3)).then(|| team.at(i64::from(n % 7)));
        let people: Vec<NewMember> =
            (0..10_400).map(|n| NewMember { last_seen_at: seen(n), ..team.person(&name(n), &format!("p{n}@acme.test")) }).collect();
        team.join(&people).await;
        // every third holds a role
        let holders: Vec<_> = people.iter().step_by(3).map(|one| (Holder::Member(one.id), team.grant("auditor", Scope::All))).collect();
        let tx = team.begin().await;
        grants::insert_many(&tx, team.id, &holders, world.now()).await.unwrap();
        team.commit(tx).await;
        let found = |text: &str| {
            let key = text.to_lowercase();
            people.iter().enumerate().filter(move |(_, one)| one.name.key().contains(&key) || one.email.as_str().contains(&key)).collect::<Vec<_>>()
        };
        // very many from the start on, very many at the end, many, some and one of them, and none; names that all begin so, and not all
        for text in ["ann", "zoe", "ZOE 09", "zoe 0999", "zoe 09999", "p10399@", "nobody", "zoe 07", "e 07", "oe", "@a", "z", "q", "qx", "p9999@acme.te"] {
            let expected: Vec<String> = found(text).into_iter().map(|(_, one)| one.name.to_string()).collect();
            let auditors = UserQuery { roles: vec![RoleId::new("auditor")], ..search(text) };
            let expected_auditors: Vec<String> = found(text).into_iter().filter(|(n, _)| n % 3 == 0).map(|(_, one)| one.name.to_string()).collect();
            assert_eq!(names(&team, auditors.clone()).await, expected_auditors, "{text}");
            let small = UserQuery { size: PageSize::new(40), ..auditors };
            let first = users::page(&world.store, team.id, &small, world.now()).await.unwrap();
            let first: Vec<String> = first.rows.into_iter().map(|row| row.name.unwrap().to_string()).collect();
            assert_eq!(first, expected_auditors.iter().take(40).cloned().collect::<Vec<_>>(), "{text}");
            assert_eq!(names(&team, search(text)).await, expected, "{text}");
            let mut backward = names(&team, UserQuery { descending: true, ..search(text) }).await;
            backward.reverse();
            assert_eq!(backward, expected, "{text}");
            let mut by_last_seen = names(&team, UserQuery { sort: UserSort::LastSeen, ..search(text) }).await;
            by_last_seen.sort_unstable();
            assert_eq!(by_last_seen, expected, "{text}");
        }
    }

    async fn one_letter_or_two_find_whoever_has_them(world: World) {
        let team = Team::new(&world, "acme").await;
        let names_of_all = ["Ann \"Q\" Lee", "李小龍", "Ötzi Straße", "ΟΔΥΣΣΕΥΣ", "ſtefan µ", "İpek Işık", "Amélie 50%_off", "K'thar\\x"];
        let people: Vec<NewMember> = names_of_all.iter().enumerate().map(|(n, name)| team.person(name, &format!("p{n}.x@acme.test"))).collect();
        team.join(&people).await;
        let mut texts: BTreeSet<String> = ["qx", "ß", "ς", "σ", "s", "k", "t", "st", "te", ".x", "@a", "7", "𝒳"].map(str::to_owned).into();
        for name in people.iter().map(|one| one.name.key()) {
            let letters: Vec<char> = name.chars().collect();
            texts.extend([1, 2].into_iter().flat_map(|n| letters.windows(n)).map(|part| part.iter().collect::<String>().trim().to_owned()));
        }
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            let has = |one: &&NewMember| one.name.key().contains(&text) || one.email.as_str().contains(&text);
            let mut expected: Vec<String> = people.iter().filter(has).map(|one| one.name.key()).collect();
            expected.sort();
            let found: Vec<String> = names(&team, search(&text)).await.iter().map(|name| name.to_lowercase()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    async fn a_long_list_of_things_is_narrowed_alike_whichever_way_it_is_read(world: World) {
        let team = Team::new(&world, "acme").await;
        let [emea, data] = team.labels(&["region:emea", "team:data"]).await.try_into().unwrap();
        let kinds = ["function", "source", "space", "warehouse"];
        let things: Vec<Resource> = (0..3_200)
            .map(|n: usize| {
                let kind = kinds[n / 800];
                let mut labels = Vec::new();
                labels.extend((n.is_multiple_of(4) && kind != "function").then(|| emea.clone()));
                labels.extend(n.is_multiple_of(700).then(|| data.clone()));
                Resource { labels, ..team.resource(kind, &format!("{kind} {n:05}")) }
            })
            .collect();
        team.register(&things).await;
        let sees = |kinds: &[&str], seen: fn(usize) -> bool| {
            let some: Vec<&Resource> = things.iter().enumerate().filter(|(n, one)| seen(*n) && !kinds.contains(&one.kind.as_str())).map(|(_, one)| one).collect();
            let mut resources: Vec<ResourceId> = some.iter().map(|one| one.id).collect();
            resources.sort();
            Sight::Some { types: kinds.iter().map(|kind| ResourceType::new(kind)).collect(), resources, among: some.iter().map(|one| one.kind.clone()).collect() }
        };
        let sights =
            [Sight::Everything, sees(&[], |n| n.is_multiple_of(3)), sees(&["space"], |n| n > 3_000), sees(&["space"], |n| n > 1_000 && n % 5 < 2), sees(&[], |_| false)];
        let queries = [
            (None, None, vec![], vec![]),
            (None, Some("a"), vec![], vec![]),
            (None, Some("ou"), vec![], vec![]),
            (None, Some("source"), vec![], vec![]),
            (None, Some("SOURCE-009"), vec![], vec![]),
            (Some("source"), Some("a"), vec![], vec![]),
            (Some("space"), Some("2"), vec![], vec![]),
            (None, Some("qx"), vec![], vec![]),
            (None, None, vec![&emea], vec![]),
            (None, None, vec![&data], vec![]),
            (None, None, vec![], vec!["region"]),
            (Some("warehouse"), None, vec![], vec!["region"]),
            (Some("warehouse"), Some("e 03"), vec![&emea], vec!["team"]),
        ];
        for sight in &sights {
            for (kind, text, labels, lacking) in &queries {
                let query = ResourceQuery {
                    kind: kind.map(ResourceType::new),
                    search: text.map(str::to_owned),
                    labels: labels.iter().map(|label| (*label).clone()).collect(),
                    lacking: lacking.iter().map(|key| (*key).to_owned()).collect(),
                    ..ResourceQuery::default()
                };
                let has = |one: &&Resource| {
                    kind.is_none_or(|kind| one.kind.as_str() == kind)
                        && text.is_none_or(|text| one.name.key().contains(&text.to_lowercase()) || one.key.as_str().contains(&text.to_lowercase()))
                        && labels.iter().all(|label| one.labels.contains(label))
                        && lacking.iter().all(|key| one.labels.iter().all(|label| label.key() != *key))
                        && sight.sees(&one.kind, one.id)
                };
                let expected: Vec<&str> = things.iter().filter(has).map(|one| one.name.as_str()).collect();
                let read = async |size: u16, cursor: Option<Cursor>| {
                    let query = ResourceQuery { size: PageSize::new(size), cursor, ..query.clone() };
                    resources::page(&world.store, team.id, &query, sight).await.unwrap()
                };
                let mut page = read(1_000, None).await;
                let mut found: Vec<Resource> = page.rows;
                while let Some(next) = page.next {
                    page = read(1_000, Some(Cursor::decode(&next).unwrap())).await;
                    found.append(&mut page.rows);
                }
                assert_eq!(found.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), expected, "{query:?}");
                let first = read(20, None).await;
                assert_eq!(first.rows, found.iter().take(20).cloned().collect::<Vec<_>>(), "{query:?}");
                // from the middle on, and back
                if let Some(next) = first.next {
                    let second = read(20, Some(Cursor::decode(&next).unwrap())).await;
                    assert_eq!(second.rows, found.iter().skip(20).take(20).cloned().collect::<Vec<_>>(), "{query:?}");
                    assert_eq!(read(20, Some(Cursor::decode(&second.previous.unwrap()).unwrap())).await.rows, first.rows, "{query:?}");
                }
            }
        }
    }

    async fn a_thing_is_found_by_its_new_name(world: World) {
        let team = Team::new(&world, "acme").await;
        let thing = team.resource("source", "Web");
        team.register(std::slice::from_ref(&thing)).await;
        let tx = team.begin().await;
        assert!(resources::change(&tx, team.id, thing.id, 1, &ResourceName::parse("Zürich 7").unwrap(), None).await.unwrap());
        team.commit(tx).await;
        for text in ["7", "zü", "ürich", "WE", "web"] {
            let query = ResourceQuery { search: Some(text.to_owned()), ..ResourceQuery::default() };
            let page = resources::page(&world.store, team.id, &query, &Sight::Everything).await.unwrap();
            // its id stays
            assert_eq!(page.rows.len(), 1, "{text}");
        }
        let tx = team.begin().await;
        resources::set_many(&tx, team.id, &[Resource { name: ResourceName::parse("Qx").unwrap(), ..thing }]).await.unwrap();
        team.commit(tx).await;
        for (text, found) in [("q", 1), ("qx", 1), ("zü", 0)] {
            let query = ResourceQuery { search: Some(text.to_owned()), ..ResourceQuery::default() };
            assert_eq!(resources::page(&world.store, team.id, &query, &Sight::Everything).await.unwrap().rows.len(), found, "{text}");
        }
    }

    async fn a_search_follows_those_who_come_change_their_name_and_go(world: World) {
        let team = Team::new(&world, "acme").await;
        let ann = team.person("Ann \"Q\" Lee", "ann@acme.test");
        team.join(std::slice::from_ref(&ann)).await;
        assert_eq!(names(&team, search("\"q\"")).await, ["Ann \"Q\" Lee"]);
        let key = world.literal(ann.id.uuid());
        world.raw(&format!("UPDATE members SET name = 'Béa Lee', name_key = 'béa lee' WHERE id = {key}")).await;
        assert_eq!(names(&team, search("ann \"q\"")).await, Vec::<String>::new());
        assert_eq!(names(&team, search("BÉA")).await, ["Béa Lee"]);
        let tx = team.begin().await;
        assert!(members::remove(&tx, team.id, ann.id).await.unwrap());
        team.commit(tx).await;
        assert_eq!(names(&team, search("béa")).await, Vec::<String>::new());
    }

    async fn things_are_found_by_name_and_by_id_as_long_as_they_are_there(world: World) {
        let team = Team::new(&world, "acme").await;
        let thing = team.resource("source", "Web Shop");
        team.register(std::slice::from_ref(&thing)).await;
        let found = async |text: &str| {
            let query = ResourceQuery { search: Some(text.to_owned()), ..ResourceQuery::default() };
            resources::page(&team.world.store, team.id, &query, &Sight::Everything).await.unwrap().rows.len()
        };
        assert_eq!((found("b sh").await, found("WEB-S").await, found("web_").await), (1, 1, 0));
        let tx = team.begin().await;
        assert!(resources::remove(&tx, team.id, thing.id).await.unwrap());
        team.commit(tx).await;
        assert_eq!(found("b sh").await, 0);
    }
}
