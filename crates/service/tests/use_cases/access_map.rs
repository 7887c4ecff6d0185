//! The access map says what the policy says, from afar and from near.

use crate::company::Company;
use domain::{
    access_map::{MapCell, MapQuery, MapRows},
    catalog::RoleId,
    grant::{GrantSpec, Scope},
    group::GroupWish,
    member::{GrantDraft, MemberKind},
    page::Cursor,
    resource::ResourceType,
};
use service::{access_map, groups};
use testkit::{World, on_both};

fn query(rows: MapRows, kind: Option<&str>) -> MapQuery {
    MapQuery { rows, kind: kind.map(ResourceType::new), search: None, rows_at: None, columns_at: None }
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
        let sources = afar.columns.iter().position(|column| column.kind.as_str() == "source").unwrap();
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
        assert_eq!((first.columns.len(), first.columns_before.is_none()), (40, true));
        asked.columns_at = Some(Cursor::decode(&first.columns_after.unwrap()).unwrap());
        let second = access_map::page(&company.services, &owner, &asked).await.unwrap();
        assert_eq!((second.columns.len(), second.columns_after, second.columns_before.is_some()), (2, None, true));
    }
}
