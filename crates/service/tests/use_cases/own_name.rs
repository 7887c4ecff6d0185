//! One's own name: changed once, known everywhere.

use crate::{company::Company, resources::trail};
use domain::{
    account::OwnName,
    member::{MemberKind, UserQuery},
};
use service::{invites, members, own_name};
use testkit::{World, on_both};

on_both! {
    async fn a_new_name_is_known_in_every_workspace(world: World) {
        let company = Company::new(world);
        let services = &company.services;
        let (amara, bea) = (company.founder("Amara").await, company.founder("Bea").await);
        let link = company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        invites::accept(services, &company.signed_in(&bea).await, &link).await.unwrap();
        assert_eq!(own_name::standing(services, &company.signed_in(&bea).await).await.unwrap(), OwnName::Free(None));
        own_name::change(services, &company.signed_in(&bea).await, " Bea Brandt ").await.unwrap();
        assert_eq!(company.signed_in(&bea).await.account().name.as_str(), "Bea Brandt");
        for owner in [&amara, &bea] {
            let query = UserQuery { search: Some("brandt".to_owned()), ..UserQuery::default() };
            assert_eq!(members::users(services, &company.owner(owner).await, &query).await.unwrap().rows.len(), 1);
            assert_eq!(trail(&company, owner).await[0], "is called Bea Brandt now");
        }
        // said again, it is no change
        own_name::change(services, &company.signed_in(&bea).await, "Bea Brandt").await.unwrap();
        assert_eq!(trail(&company, &amara).await.iter().filter(|line| line.contains("Bea Brandt")).count(), 1);
    }

    async fn a_name_that_is_none_is_refused(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let me = company.signed_in(&amara).await;
        for wrong in [" ".to_owned(), "x".repeat(300), "a\u{202e}b".to_owned()] {
            assert_eq!(own_name::change(&company.services, &me, &wrong).await.unwrap_err().field.as_deref(), Some("name"));
        }
        assert_eq!(company.signed_in(&amara).await.account().name.as_str(), "Amara");
    }
}
