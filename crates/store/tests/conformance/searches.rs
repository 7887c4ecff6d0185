//! Search in lists that are long: what is found is the same whichever way the list is read, and follows what becomes of people and things.

use crate::team::Team;
use domain::{
    member::{UserQuery, UserSort},
    page::{Cursor, PageSize},
    policy::Sight,
    resource::ResourceQuery,
};
use store::{members, members::NewMember, resources, users};
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
        // very many from the start on, very many at the end, many, some and one of them, and none
        for text in ["ann", "zoe", "ZOE 09", "zoe 0999", "zoe 09999", "p10399@", "nobody"] {
            let key = text.to_lowercase();
            let expected: Vec<String> =
                people.iter().filter(|one| one.name.key().contains(&key) || one.email.as_str().contains(&key)).map(|one| one.name.to_string()).collect();
            assert_eq!(names(&team, search(text)).await, expected, "{text}");
            let mut backward = names(&team, UserQuery { descending: true, ..search(text) }).await;
            backward.reverse();
            assert_eq!(backward, expected, "{text}");
            let mut by_last_seen = names(&team, UserQuery { sort: UserSort::LastSeen, ..search(text) }).await;
            by_last_seen.sort_unstable();
            assert_eq!(by_last_seen, expected, "{text}");
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
