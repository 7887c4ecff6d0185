//! Tokens: made once, known by their secret, ended by time or by hand.

use crate::company::Company;
use domain::{
    catalog::{Action, RoleId},
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    policy::{Subject, Target},
    resource::ResourceType,
    time::Span,
};
use service::{
    actor::Meta,
    decisions,
    tokens::{self, TokenWish},
};
use testkit::{World, on_both};

fn wish(name: &str, roles: &[&str]) -> TokenWish {
    let grants = roles.iter().map(|role| GrantSpec::new(RoleId::new(role), Scope::All)).collect();
    TokenWish { name: name.to_owned(), grants, ..TokenWish::default() }
}

on_both! {
    async fn a_token_is_known_by_its_secret_until_it_is_revoked(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let made = tokens::create(&company.services, &owner, wish("Nightly", &["source_read_only"])).await.unwrap();
        let meta = Meta { address: Some("10.0.0.7".to_owned()), ..Meta::default() };
        let token = company.services.token(made.secret.reveal(), &meta).await.unwrap();
        assert_eq!((token.token(), token.workspace().id, token.has_owner_access()), (made.id, owner.workspace().id, false));

        let read = Action::new(&ResourceType::new("source"), "read");
        let own = decisions::check(&company.services, &token, Subject::Token(made.id), &read, &Target::Type, None).await.unwrap();
        assert!(own.decision.is_allowed());
        let others = decisions::check(&company.services, &token, Subject::Member(owner.member()), &read, &Target::Type, None).await.unwrap_err();
        assert_eq!(others.kind, FailureKind::Forbidden);

        let listed = tokens::page(&company.services, &owner, None, None).await.unwrap().rows.remove(0);
        assert_eq!(listed.prefix, made.secret.prefix());
        assert_eq!((listed.last_used_from.as_deref(), listed.last_used_at), (Some("10.0.0.7"), Some(company.services.now())));
        assert!(listed.created_by.is_some_and(|by| by.as_str() == "Amara"));

        tokens::revoke(&company.services, &owner, made.id).await.unwrap();
        let refused = company.services.token(made.secret.reveal(), &meta).await.unwrap_err();
        assert!(refused.kind == FailureKind::SignedOut && refused.message.contains("revoked"), "{refused}");
        let after = decisions::check(&company.services, &owner, Subject::Token(made.id), &read, &Target::Type, None).await.unwrap();
        assert!(!after.decision.is_allowed(), "a proof made before means nothing after");
        assert_eq!(tokens::revoke(&company.services, &owner, made.id).await.unwrap_err().kind, FailureKind::NotFound);
    }

    async fn a_token_ends_at_its_expiry(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let until = company.services.now().plus(Span::days(1));
        let made = tokens::create(&company.services, &owner, TokenWish { owner_access: true, expires_at: Some(until), ..wish("Terraform", &[]) }).await.unwrap();
        assert!(company.services.token(made.secret.reveal(), &Meta::default()).await.unwrap().has_owner_access());
        company.clock.advance(Span::days(1));
        let refused = company.services.token(made.secret.reveal(), &Meta::default()).await.unwrap_err();
        assert!(refused.message.contains("expired"), "{refused}");
    }

    async fn bad_wishes_are_refused_by_field(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let past = Some(company.services.now());
        for (wish, field) in [
            (wish("", &[]), "name"),
            (wish("x", &["no_such_role"]), "roles"),
            (TokenWish { owner_access: true, ..wish("x", &["source_admin"]) }, "roles"),
            (TokenWish { expires_at: past, ..wish("x", &[]) }, "expires"),
        ] {
            let refused = tokens::create(&company.services, &owner, wish).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{refused}");
        }
        assert!(tokens::page(&company.services, &owner, None, None).await.unwrap().rows.is_empty());
    }

    async fn nothing_crosses_a_workspace(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let made = tokens::create(&company.services, &company.owner(&amara).await, wish("Nightly", &["source_admin"])).await.unwrap();
        let stranger = company.owner(&eve).await;
        assert_eq!(tokens::revoke(&company.services, &stranger, made.id).await.unwrap_err().kind, FailureKind::NotFound);
        let read = Action::new(&ResourceType::new("source"), "read");
        let theirs = decisions::check(&company.services, &stranger, Subject::Token(made.id), &read, &Target::Type, None).await.unwrap();
        assert!(!theirs.decision.is_allowed());
        assert!(company.services.token(made.secret.reveal(), &Meta::default()).await.is_ok());
    }
}
