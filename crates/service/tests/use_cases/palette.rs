//! The command palette finds a few things of each kind, and for each person what they may see.

use crate::{
    company::{Browser, Company},
    resources::{make, spec, wish},
};
use domain::{
    grant::Scope,
    group::GroupWish,
    member::{MemberKind, UserId},
    palette::{Found, MOST_FOUND},
    token::TokenWish,
};
use service::{groups, palette, tokens};
use testkit::{World, on_both};

async fn find(company: &Company, who: &Browser, text: &str) -> Found {
    palette::find(&company.services, &company.member(who).await, text).await.unwrap()
}

fn names(found: &Found) -> (Vec<String>, Vec<String>, Vec<String>, Vec<String>) {
    (
        found.users.iter().map(|one| one.email.to_string()).collect(),
        found.groups.iter().map(|one| one.name.to_string()).collect(),
        found.tokens.iter().map(|one| one.name.to_string()).collect(),
        found.resources.iter().map(|one| one.name.to_string()).collect(),
    )
}

fn all(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

on_both! {
    async fn an_owner_finds_everything_by_name_address_or_key(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        company.joined(&amara, "Shopna", MemberKind::Member, Vec::new()).await;
        company.invite(&amara, "shop@acme.test", MemberKind::Member, Vec::new()).await;
        groups::create(&company.services, &owner, &GroupWish { name: "Shop floor".to_owned(), pii: false, grants: Vec::new() }).await.unwrap();
        tokens::create(&company.services, &owner, TokenWish { name: "Shop backend".to_owned(), ..TokenWish::default() }).await.unwrap();
        make(&company, &amara, wish("source", "Shop")).await;
        make(&company, &amara, wish("source", "Else")).await;
        let found = find(&company, &amara, " SHOP ").await;
        assert_eq!(names(&found), (all(&["shop@acme.test", "shopna@acme.test"]), all(&["Shop floor"]), all(&["Shop backend"]), all(&["Shop"])));
        assert!(matches!(found.users[0].id, UserId::Invite(_)) && found.users[0].name.is_none());
        for nothing in ["", "   ", "no such thing", "%", "a\0"] {
            assert_eq!(find(&company, &amara, nothing).await, Found::default(), "{nothing:?}");
        }
    }

    async fn a_member_finds_the_resources_they_may_see_and_nothing_else(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let shop = make(&company, &amara, wish("source", "Shop one")).await;
        make(&company, &amara, wish("source", "Shop two")).await;
        let only = Scope::Only([shop.resource.id].into());
        let dora = company.joined(&amara, "Dora", MemberKind::Member, vec![spec("source_admin", only)]).await;
        assert_eq!(names(&find(&company, &dora, "shop").await).3, ["Shop one"]);
        assert_eq!(find(&company, &dora, "amara").await, Found::default());
        let bare = company.joined(&amara, "Bare", MemberKind::Member, Vec::new()).await;
        assert_eq!(find(&company, &bare, "shop").await, Found::default());
    }

    async fn roles_are_found_by_everybody(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bare = company.joined(&amara, "Bare", MemberKind::Member, Vec::new()).await;
        for who in [&amara, &bare] {
            for text in ["source ADMIN", "source_admin"] {
                let found = find(&company, who, text).await.roles;
                assert_eq!(found.iter().map(|role| role.name.as_str()).collect::<Vec<_>>(), ["Source Admin"], "{text}");
            }
            assert_eq!(find(&company, who, "read-only").await.roles.len(), usize::from(MOST_FOUND));
        }
    }

    async fn a_few_of_each_are_found_and_none_of_another_workspace(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        for n in 0..MOST_FOUND + 2 {
            make(&company, &amara, wish("source", &format!("Shop {n}"))).await;
        }
        assert_eq!(find(&company, &amara, "shop").await.resources.len(), usize::from(MOST_FOUND));
        assert_eq!(find(&company, &eve, "shop").await, Found::default());
        assert_eq!(names(&find(&company, &eve, "acme.test").await).0, ["eve@acme.test"]);
    }
}
