//! Who deletes their account leaves everything at once; who is the last owner somewhere stays.

use crate::{
    company::{Browser, Company, PASSWORD},
    resources::trail,
};
use domain::{
    audit::Chain,
    email::EmailAddress,
    failure::{Failure, FailureKind},
    member::MemberKind,
    text::WorkspaceName,
    token::TokenWish,
};
use service::{account_deletion, accounts, actor::Meta, closing, members, tokens};
use testkit::{World, on_both};

async fn goes(company: &Company, who: &Browser) -> Result<(), Failure> {
    let me = company.signed_in(who).await;
    account_deletion::delete(&company.services, &me, me.account().email.as_str(), PASSWORD).await
}

on_both! {
    async fn an_account_goes_with_its_places_and_what_it_made_stays(world: World) {
        let company = Company::new(world);
        let services = &company.services;
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let wish = TokenWish { name: "Nightly".to_owned(), owner_access: true, ..TokenWish::default() };
        let token = tokens::create(services, &company.owner(&bea).await, wish).await.unwrap();
        let me = company.signed_in(&bea).await;
        let found = account_deletion::preview(services, &me).await.unwrap();
        assert_eq!(found.leaves, [WorkspaceName::parse("Amara Inc").unwrap()]);
        assert!(found.needed_in.is_empty() && found.has_password);
        for (email, password, field) in [("amara@acme.test", PASSWORD, "email"), ("bea@acme.test", "not the password", "password")] {
            let refused = account_deletion::delete(services, &me, email, password).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{refused}");
        }
        // so far it was looked at only
        company.owner(&bea).await;
        account_deletion::delete(services, &me, " Bea@acme.test ", PASSWORD).await.unwrap();

        let anyone = services.anonymous(Meta::default());
        assert_eq!(services.signed_in(&bea.secret, Meta::default()).await.unwrap_err().kind, FailureKind::SignedOut);
        assert_eq!(accounts::sign_in(services, &anyone, "bea@acme.test", PASSWORD).await.unwrap_err().kind, FailureKind::Invalid);
        let owner = company.owner(&amara).await;
        assert_eq!(members::by_email(services, &owner, &EmailAddress::parse("bea@acme.test").unwrap()).await.unwrap(), None);
        assert_eq!(trail(&company, &amara).await[0], "left the workspace");
        let page = store::audit::page(&company.world.store, Chain::Accounts, &Default::default()).await.unwrap();
        assert_eq!(page.rows[0].event.sentence(), "deleted their account, bea@acme.test");
        services.token(token.secret.reveal(), &Meta::default()).await.unwrap();
        assert_eq!(tokens::find(services, &owner, token.id).await.unwrap().created_by, None);
        // the address is free
        company.founder("Bea").await;
    }

    async fn the_last_owner_stays_until_the_workspace_goes_too(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let found = account_deletion::preview(&company.services, &company.signed_in(&amara).await).await.unwrap();
        assert!(found.leaves.is_empty());
        assert_eq!(found.needed_in.iter().map(|needed| needed.workspace.as_str()).collect::<Vec<_>>(), ["Amara Inc"]);
        assert!(found.needed_in[0].why.contains("last owner"), "{found:?}");
        let refused = goes(&company, &amara).await.unwrap_err();
        assert!(refused.kind == FailureKind::Conflict && refused.message.contains("Amara Inc"), "{refused}");
        // nobody manages a workspace that is closed
        let owner = company.owner(&amara).await;
        closing::close(&company.services, &owner, "Amara Inc").await.unwrap();
        goes(&company, &amara).await.unwrap();
        assert!(company.services.signed_in(&amara.secret, Meta::default()).await.is_err());
    }

    async fn of_two_owners_who_go_at_once_one_stays(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let bea = company.joined(&amara, "Bea", MemberKind::Owner, Vec::new()).await;
        let (one, two) = tokio::join!(goes(&company, &amara), goes(&company, &bea));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let stays = if one.is_ok() { &bea } else { &amara };
        let owner = company.services.owner(company.signed_in(stays).await, &amara.slug).await.unwrap();
        assert_eq!(members::count(&company.services, &owner, &Default::default()).await.unwrap(), 1);
    }
}
