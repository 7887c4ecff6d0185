//! Tokens: made once, known by their secret, ended by time or by hand.

use crate::company::Company;
use domain::{
    audit::Event,
    catalog::{Action, RoleId},
    failure::FailureKind,
    grant::{GrantSpec, Scope},
    member::GrantDraft,
    policy::{Subject, Target},
    resource::ResourceType,
    save::{Expected, SaveOutcome, Stale},
    time::Span,
    token::{TokenSecret, TokenWish},
};
use service::{actor::Meta, decisions, tokens};
use testkit::{World, on_both};

fn wish(name: &str, roles: &[&str]) -> TokenWish {
    let grants = roles.iter().map(|role| GrantDraft { id: None, spec: GrantSpec::new(RoleId::new(role), Scope::All) }).collect();
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
        let others = decisions::check(&company.services, &token, Subject::Member(owner.member().unwrap()), &read, &Target::Type, None).await.unwrap_err();
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

    async fn a_rotated_token_has_two_secrets_until_the_grace_is_over(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let made = tokens::create(&company.services, &owner, wish("Nightly", &["source_read_only"])).await.unwrap();
        let known = async |secret: &str| company.services.token(secret, &Meta::default()).await.map(|token| token.token());
        let second = tokens::rotate(&company.services, &owner, made.id, Span::hours(1)).await.unwrap();
        assert_ne!(second.secret, made.secret);
        // nothing has to be read once there is a secret, which is told this one time
        assert_eq!(second.token, tokens::find(&company.services, &owner, made.id).await.unwrap());
        for secret in [&made.secret, &second.secret] {
            assert_eq!(known(secret.reveal()).await.unwrap(), made.id);
        }
        let found = tokens::find(&company.services, &owner, made.id).await.unwrap();
        assert_eq!((found.prefix.as_str(), found.old_secret_until), (second.secret.prefix(), Some(company.services.now().plus(Span::hours(1)))));

        company.clock.advance(Span::hours(1));
        let refused = known(made.secret.reveal()).await.unwrap_err();
        assert!(refused.kind == FailureKind::SignedOut && refused.message.contains("new secret"), "{refused}");
        assert_eq!(known(second.secret.reveal()).await.unwrap(), made.id);

        // without grace the old one ends now, and one before it is forgotten
        let third = tokens::rotate(&company.services, &owner, made.id, Span::seconds(0)).await.unwrap();
        assert!(known(second.secret.reveal()).await.unwrap_err().message.contains("new secret"));
        assert!(known(made.secret.reveal()).await.unwrap_err().message.contains("not known"));
        assert_eq!(known(third.secret.reveal()).await.unwrap(), made.id);

        tokens::rotate(&company.services, &owner, made.id, Span::days(7)).await.unwrap();
        tokens::revoke(&company.services, &owner, made.id).await.unwrap();
        assert!(known(third.secret.reveal()).await.unwrap_err().message.contains("revoked"), "grace does not outlive the token");
    }

    /// Its proof is older than the change: what counts is the secret that works when the change is made.
    async fn a_secret_that_was_replaced_meanwhile_writes_nothing(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let made = tokens::create(&company.services, &owner, TokenWish { owner_access: true, ..wish("Deploy", &[]) }).await.unwrap();
        let proof = async |secret: &str| company.services.owner_by_token(company.services.token(secret, &Meta::default()).await.unwrap()).unwrap();
        let before = proof(made.secret.reveal()).await;
        let second = tokens::rotate(&company.services, &owner, made.id, Span::hours(1)).await.unwrap();
        tokens::create(&company.services, &before, wish("In grace", &[])).await.unwrap();
        let newer = proof(second.secret.reveal()).await;
        let SaveOutcome::Saved(_) = tokens::change(&company.services, &owner, made.id, 1, &TokenWish { owner_access: true, ..wish("Ship", &[]) }).await.unwrap() else {
            panic!("nobody else changed it")
        };
        assert_eq!(tokens::rotate_if(&company.services, &owner, made.id, Span::seconds(0), Expected::Revision(1)).await.unwrap().unwrap_err(), Stale(Some(2)));
        tokens::rotate_if(&company.services, &owner, made.id, Span::seconds(0), Expected::Revision(2)).await.unwrap().unwrap();
        for late in [before, newer] {
            assert_eq!(tokens::create(&company.services, &late, wish("Late", &[])).await.map(drop).unwrap_err().kind, FailureKind::SignedOut);
        }
        assert_eq!(tokens::revoke_if(&company.services, &owner, made.id, Expected::Revision(1)).await.unwrap(), Err(Stale(Some(2))));
        assert_eq!(tokens::revoke_if(&company.services, &owner, made.id, Expected::Something).await.unwrap(), Ok(()));
        let names: Vec<String> = tokens::page(&company.services, &owner, None, None).await.unwrap().rows.iter().map(|row| row.name.to_string()).collect();
        assert!(!names.contains(&"Late".to_owned()), "{names:?}");
    }

    async fn whoever_guesses_secrets_is_made_to_wait_and_known_ones_are_not(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let made = tokens::create(&company.services, &company.owner(&amara).await, wish("Nightly", &[])).await.unwrap();
        let meta = Meta { address: Some("10.0.0.7".to_owned()), ..Meta::default() };
        assert!(company.services.token(made.secret.reveal(), &meta).await.is_ok());
        let mut refused = FailureKind::SignedOut;
        for n in 0..=255 {
            refused = company.services.token(TokenSecret::new([n; 32]).reveal(), &meta).await.map(drop).unwrap_err().kind;
            if refused == FailureKind::Limited {
                break;
            }
        }
        assert_eq!(refused, FailureKind::Limited);
        assert!(company.services.token(made.secret.reveal(), &meta).await.is_ok());
        let elsewhere = Meta { address: Some("10.0.0.8".to_owned()), ..Meta::default() };
        assert_eq!(company.services.token(TokenSecret::new([1; 32]).reveal(), &elsewhere).await.map(drop).unwrap_err().kind, FailureKind::SignedOut);
    }

    /// Somebody else's draft may name one grant twice.
    async fn a_grant_stands_for_one_draft_and_another_is_new(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let made = tokens::create(&company.services, &owner, wish("Nightly", &["source_read_only"])).await.unwrap();
        let held = tokens::find(&company.services, &owner, made.id).await.unwrap().grants.remove(0);
        let until = Some(company.services.now().plus(Span::days(1)));
        let twice = vec![GrantDraft::from(&held), GrantDraft { id: Some(held.id), spec: GrantSpec { expires_at: until, ..held.spec.clone() } }];
        let SaveOutcome::Saved(after) = tokens::change(&company.services, &owner, made.id, 1, &TokenWish { grants: twice, ..wish("Nightly", &[]) }).await.unwrap() else {
            panic!("nobody else changed it")
        };
        assert_eq!(after.grants.len(), 2);
        assert_eq!(after.grants.iter().filter(|grant| **grant == held).count(), 1);
    }

    async fn only_a_working_token_is_rotated_and_changed(world: World) {
        let company = Company::new(world);
        let (amara, eve) = (company.founder("Amara").await, company.founder("Eve").await);
        let (owner, stranger) = (company.owner(&amara).await, company.owner(&eve).await);
        let until = company.services.now().plus(Span::days(1));
        let made = tokens::create(&company.services, &owner, TokenWish { expires_at: Some(until), ..wish("Nightly", &[]) }).await.unwrap();
        let rotate = async |by, grace| tokens::rotate(&company.services, by, made.id, grace).await.map(drop).unwrap_err();
        assert_eq!(rotate(&stranger, Span::hours(1)).await.kind, FailureKind::NotFound);
        for grace in [Span::days(8), Span::seconds(-1)] {
            assert_eq!(rotate(&owner, grace).await.field.as_deref(), Some("grace"));
        }
        company.clock.advance(Span::days(1));
        assert_eq!(rotate(&owner, Span::hours(1)).await.kind, FailureKind::Conflict, "it has expired");
        // a later end brings it back
        let later = TokenWish { expires_at: Some(until.plus(Span::days(1))), ..wish("Nightly", &[]) };
        assert!(matches!(tokens::change(&company.services, &owner, made.id, 1, &later).await.unwrap(), SaveOutcome::Saved(_)));
        assert!(company.services.token(made.secret.reveal(), &Meta::default()).await.is_ok());
        tokens::revoke(&company.services, &owner, made.id).await.unwrap();
        assert_eq!(rotate(&owner, Span::hours(1)).await.kind, FailureKind::Conflict);
        assert_eq!(tokens::change(&company.services, &owner, made.id, 3, &later).await.map(drop).unwrap_err().kind, FailureKind::Conflict);
        assert_eq!(tokens::change(&company.services, &stranger, made.id, 3, &later).await.map(drop).unwrap_err().kind, FailureKind::NotFound);
    }

    async fn a_changed_token_may_what_it_says_now(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let made = tokens::create(&company.services, &owner, wish("Nightly", &["source_read_only"])).await.unwrap();
        let allowed = async |verb| {
            let action = Action::new(&ResourceType::new("source"), verb);
            decisions::check(&company.services, &owner, Subject::Token(made.id), &action, &Target::Type, None).await.unwrap().decision.is_allowed()
        };
        assert!(allowed("read").await && !allowed("create").await);
        let SaveOutcome::Saved(after) = tokens::change(&company.services, &owner, made.id, 1, &wish("Weekly", &["source_admin"])).await.unwrap() else {
            panic!("nobody else changed it")
        };
        assert_eq!((after.name.as_str(), after.revision), ("Weekly", 2));
        assert!(allowed("create").await);
        let late = tokens::change(&company.services, &owner, made.id, 1, &wish("Mine", &[])).await.unwrap();
        assert_eq!(late, SaveOutcome::Conflict(after));
        let everything = TokenWish { owner_access: true, ..wish("Weekly", &[]) };
        assert!(matches!(tokens::change(&company.services, &owner, made.id, 2, &everything).await.unwrap(), SaveOutcome::Saved(token) if token.grants.is_empty()));
        assert!(company.services.token(made.secret.reveal(), &Meta::default()).await.unwrap().has_owner_access());

        let chain = domain::audit::Chain::Workspace(owner.workspace().id);
        let told = store::audit::of_object(&company.world.store, chain, made.id.uuid(), 10).await.unwrap();
        let sentences: Vec<String> = told.iter().map(|entry| entry.event.sentence()).collect();
        assert_eq!(
            sentences,
            ["changed what the token Weekly may do", "renamed the token Nightly to Weekly and changed what it may do", "created the token Nightly"]
        );
        assert!(matches!(&told[2].event, Event::TokenCreated { access, .. } if access.grants.len() == 1));
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
