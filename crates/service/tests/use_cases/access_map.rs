//! The access map says what the policy says, from afar and from near.

use crate::{
    company::Company,
    resources::{label, make, spec, wish},
};
use domain::{
    access_map::{MapCell, MapPage, MapQuery, MapRows, MapThing, MapWho},
    audit::{Chain, Event},
    catalog::RoleId,
    email::EmailAddress,
    grant::{GrantSpec, Scope},
    group::GroupWish,
    id::{MemberId, WorkspaceId},
    label::Bearing,
    member::{GrantDraft, MemberKind},
    page::Cursor,
    resource::{ResourceType, ResourceWish},
    text::PersonName,
};
use service::{access_map, groups};
use store::members::NewMember;
use testkit::{World, on_both};

fn query(rows: MapRows, kind: Option<&str>) -> MapQuery {
    MapQuery { rows, kind: kind.map(ResourceType::new), label: None, by: None, search: None, rows_at: None, columns_at: None }
}

fn heads(page: &MapPage) -> Vec<(&str, u32)> {
    page.columns.iter().map(|column| (column.name.as_str(), column.total)).collect()
}

/// Each row's cells: the level, and how many things.
fn cells(page: &MapPage) -> Vec<(&str, Vec<(u8, u32)>)> {
    page.rows.iter().map(|row| (row.name.as_str(), row.cells.iter().map(|cell| (cell.level, cell.reached)).collect())).collect()
}

/// Members without anything, in the order of their names.
async fn many(company: &Company, workspace: WorkspaceId, count: usize) -> Vec<MemberId> {
    let world = &company.world;
    let mut all = Vec::new();
    for n in 0..count {
        let email = format!("person-{n:02}@acme.test");
        all.push(NewMember {
            id: world.id(MemberId::new),
            account: world.account(&email).await,
            name: PersonName::parse(&format!("Person {n:02}")).unwrap(),
            email: EmailAddress::parse(&email).unwrap(),
            kind: MemberKind::Member,
            pii: false,
            joined_at: world.now(),
            last_seen_at: None,
            revision: 1,
        });
    }
    let tx = world.store.begin().await.unwrap();
    store::members::insert_many(&tx, workspace, &all).await.unwrap();
    tx.commit(world.record(Chain::Workspace(workspace), Event::UsersExported { count: 0 })).await.unwrap();
    all.into_iter().map(|member| member.id).collect()
}

on_both! {
    async fn groups_and_types_members_and_things(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let (site, _) = (company.source(&amara, "site").await, company.source(&amara, "shop").await);
        let only = GrantSpec::new(RoleId::new("source_admin"), Scope::Only([site].into()));
        let bea = company.id(&company.joined(&amara, "Bea", MemberKind::Member, vec![only]).await).await;
        company.joined(&amara, "Cy", MemberKind::Member, Vec::new()).await;
        let owner = company.owner(&amara).await;
        let grants = vec![GrantDraft { id: None, spec: GrantSpec::new(RoleId::new("source_read_only"), Scope::All) }];
        let group = groups::create(&company.services, &owner, &GroupWish { name: "Readers".to_owned(), pii: false, grants }).await.unwrap().id;
        groups::add_members(&company.services, &owner, group, &[bea]).await.unwrap();

        let afar = access_map::page(&company.services, &owner, &query(MapRows::Groups, None)).await.unwrap();
        let sources = afar.columns.iter().position(|column| column.thing == MapThing::Type(ResourceType::new("source"))).unwrap();
        assert_eq!((afar.rows.len(), afar.rows[0].name.as_str(), afar.rows[0].note.as_str()), (1, "Readers", "1 member"));
        assert_eq!((afar.rows[0].cells[sources], afar.columns[sources].total), (MapCell { level: 1, reached: 2 }, 2));

        let near = access_map::page(&company.services, &owner, &query(MapRows::Members { group: None }, Some("source"))).await.unwrap();
        let told: Vec<_> = near.rows.iter().map(|row| (row.name.as_str(), row.owner, row.cells.iter().map(|cell| cell.level).collect::<Vec<_>>())).collect();
        let edit = u8::try_from(near.columns[0].verbs.iter().position(|verb| verb == "edit").unwrap() + 1).unwrap();
        let most = u8::try_from(near.columns[0].verbs.len()).unwrap();
        assert_eq!(near.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["shop", "site"]);
        assert_eq!(told, [("Amara", true, vec![most, most]), ("Bea", false, vec![1, edit]), ("Cy", false, vec![0, 0])]);

        let group_rows = access_map::page(&company.services, &owner, &query(MapRows::Members { group: Some(group) }, None)).await.unwrap();
        assert_eq!((group_rows.rows.len(), group_rows.group.unwrap().name.as_str()), (1, "Readers"));
        assert_eq!((afar.rows_total, near.rows_total, near.columns_total, group_rows.rows_total), (Some(1), Some(3), 2, Some(1)));
        let unknown = access_map::page(&company.services, &owner, &query(MapRows::Groups, Some("dragon"))).await.unwrap_err();
        assert_eq!(unknown.field.as_deref(), Some("type"));
        let theirs = access_map::page(&company.services, &company.owner(&eve).await, &query(MapRows::Members { group: Some(group) }, None)).await.unwrap();
        assert!(theirs.rows.is_empty() && theirs.group.is_none(), "nothing crosses a workspace");
    }

    async fn both_sides_come_in_pages(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        for n in 0..42 {
            company.source(&amara, &format!("source-{n:02}")).await;
        }
        let owner = company.owner(&amara).await;
        let mut asked = query(MapRows::Members { group: None }, Some("source"));
        let first = access_map::page(&company.services, &owner, &asked).await.unwrap();
        assert_eq!((first.columns.len(), first.columns_before.is_none(), first.columns_total), (40, true, 42));
        asked.columns_at = Some(Cursor::decode(&first.columns_after.unwrap()).unwrap());
        let second = access_map::page(&company.services, &owner, &asked).await.unwrap();
        assert_eq!((second.columns.len(), second.columns_after, second.columns_before.is_some()), (2, None, true));
    }

    async fn the_values_of_a_key_and_the_things_that_bear_one(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let labelled = |kind: &str, name: &str, text: &str| ResourceWish { labels: vec![label(text)], ..wish(kind, name) };
        make(&company, &amara, labelled("source", "App", "environment:dev")).await;
        let shop = make(&company, &amara, labelled("source", "Shop", "environment:prod")).await.resource.id;
        make(&company, &amara, labelled("warehouse", "House", "environment:prod")).await;
        make(&company, &amara, ResourceWish { parent: Some(shop), ..wish("destination", "CRM") }).await;
        company.joined(&amara, "Bea", MemberKind::Member, vec![spec("source_read_only", Scope::Labelled([label("environment:prod")].into()))]).await;
        let owner = company.owner(&amara).await;
        let members = query(MapRows::Members { group: None }, None);
        let draw = async |asked: MapQuery| access_map::page(&company.services, &owner, &asked).await.unwrap();

        let by = MapQuery { by: Some("environment".to_owned()), ..members.clone() };
        let afar = draw(by.clone()).await;
        assert_eq!((afar.keys.as_slice(), afar.columns_total), (&["environment".to_owned()][..], 3));
        assert_eq!(heads(&afar), [("dev", 1), ("prod", 2), ("no environment", 1)]);
        assert!(afar.columns.iter().all(|column| column.verbs == ["read", "edit"]), "of the types that there are");
        // what hangs on a source is reached through it, whatever it bears itself
        assert_eq!(cells(&afar), [("Amara", vec![(2, 1), (2, 2), (2, 1)]), ("Bea", vec![(0, 0), (1, 1), (1, 1)])]);
        let sources = draw(MapQuery { kind: Some(ResourceType::new("source")), ..by }).await;
        assert_eq!(heads(&sources), [("dev", 1), ("prod", 1), ("no environment", 0)]);
        assert_eq!(cells(&sources)[1].1, [(0, 0), (1, 1), (0, 0)]);
        let of_prod = MapQuery { label: Bearing::parse("environment:prod"), ..members.clone() };
        let none_of_another = draw(MapQuery { by: Some("region".to_owned()), ..of_prod.clone() }).await;
        assert_eq!((heads(&none_of_another), cells(&none_of_another)[1].1.clone()), (vec![("no region", 2)], vec![(1, 1)]));

        let near = draw(of_prod.clone()).await;
        assert_eq!((heads(&near), near.columns_total), (vec![("Shop", 1), ("House", 1)], 2), "across types");
        assert_eq!(cells(&near), [("Amara", vec![(2, 1), (2, 1)]), ("Bea", vec![(1, 1), (0, 0)])]);
        let of_one_type = draw(MapQuery { kind: Some(ResourceType::new("warehouse")), ..of_prod }).await;
        assert_eq!((heads(&of_one_type), of_one_type.columns_total), (vec![("House", 1)], 1));
        let without = draw(MapQuery { label: Bearing::parse("environment:"), ..members }).await;
        assert_eq!((heads(&without), without.columns_total), (vec![("CRM", 1)], 1));
        assert_eq!(cells(&without)[1].1, [(1, 1)]);
    }

    async fn all_members_at_once_by_how_many_reach_what(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let (site, _) = (company.source(&amara, "site").await, company.source(&amara, "shop").await);
        company.joined(&amara, "Bea", MemberKind::Member, vec![spec("source_read_only", Scope::Only([site].into()))]).await;
        company.joined(&amara, "Cy", MemberKind::Member, Vec::new()).await;
        let owner = company.owner(&amara).await;
        let draw = async |asked: MapQuery| access_map::page(&company.services, &owner, &asked).await.unwrap();

        let afar = draw(query(MapRows::Bands, None)).await;
        assert_eq!((afar.rows.len(), afar.rows_total, afar.rows[0].name.as_str(), afar.rows[0].note.as_str()), (1, Some(1), "Amara – Cy", "3 members"));
        assert_eq!(afar.rows[0].who, MapWho::Band { count: 3, after: None, place: 1 });
        let sources = afar.columns.iter().position(|column| column.thing == MapThing::Type(ResourceType::new("source"))).unwrap();
        assert_eq!(afar.rows[0].cells[sources], MapCell { level: 2, reached: 2 });
        // of each thing, and of each value
        let near = draw(query(MapRows::Bands, Some("source"))).await;
        assert_eq!((heads(&near), &cells(&near)[0].1[..]), (vec![("shop", 1), ("site", 1)], &[(2, 1), (2, 2)][..]));
        let by = draw(MapQuery { by: Some("environment".to_owned()), ..query(MapRows::Bands, None) }).await;
        assert_eq!((heads(&by), &cells(&by)[0].1[..]), (vec![("no environment", 2)], &[(2, 2)][..]));
        // where a name is searched, they stand one by one
        let found = draw(MapQuery { search: Some("bea".to_owned()), ..query(MapRows::Bands, Some("source")) }).await;
        assert_eq!(cells(&found), [("Bea", vec![(0, 0), (1, 1)])]);
    }

    async fn a_band_leads_to_its_members_and_holds_what_their_group_gives(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let (site, _) = (company.source(&amara, "site").await, company.source(&amara, "shop").await);
        let owner = company.owner(&amara).await;
        let grants = vec![GrantDraft { id: None, spec: spec("source_read_only", Scope::Only([site].into())) }];
        let group = groups::create(&company.services, &owner, &GroupWish { name: "Readers".to_owned(), pii: false, grants }).await.unwrap().id;
        // 25 with Amara, who comes first
        let ids = many(&company, owner.workspace().id, 24).await;
        groups::add_members(&company.services, &owner, group, &ids[..14]).await.unwrap();
        let draw = async |asked: MapQuery| access_map::page(&company.services, &owner, &asked).await.unwrap();

        let afar = draw(query(MapRows::Bands, Some("source"))).await;
        let sizes: Vec<&str> = afar.rows.iter().map(|row| row.note.as_str()).collect();
        assert_eq!((sizes, heads(&afar)), (vec!["10 members", "10 members", "5 members"], vec![("shop", 1), ("site", 1)]));
        let reached: Vec<_> = cells(&afar).into_iter().map(|(_, cells)| cells).collect();
        assert_eq!(reached, [[(2, 1), (2, 10)], [(0, 0), (1, 5)], [(0, 0), (0, 0)]], "of the group are 9, 5 and none");
        for row in &afar.rows {
            let MapWho::Band { count, after, .. } = &row.who else { panic!("no band: {row:?}") };
            let rows_at = after.as_deref().map(|after| Cursor::decode(after).unwrap());
            let near = draw(MapQuery { rows_at, ..query(MapRows::Members { group: None }, Some("source")) }).await;
            let last = near.rows.get(*count as usize - 1).unwrap();
            assert_eq!(row.name, format!("{} – {}", near.rows[0].name, last.name));
        }
        // no column is there to be looked for
        let nothing = draw(query(MapRows::Bands, Some("warehouse"))).await;
        assert!(nothing.columns.is_empty() && nothing.rows.iter().all(|row| row.cells.is_empty()));
    }
}
