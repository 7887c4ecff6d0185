//! Signing up, in and out; passwords and sessions.

use crate::company::{Company, PASSWORD};
use domain::{failure::FailureKind, time::Span, workspace::KEPT_FOR};
use service::{
    account_deletion,
    accounts::{self, SignUp},
    actor::Meta,
    closing, resets, retention, sessions, workspaces,
};
use testkit::{World, on_both};

fn form(email: &str) -> SignUp {
    SignUp { name: "Bea".to_owned(), email: email.to_owned(), password: PASSWORD.to_owned(), workspace_name: "Bea's".to_owned() }
}

on_both! {
    async fn who_signs_up_owns_a_workspace_with_its_two_labels(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let mine = workspaces::mine(&company.services, &company.signed_in(&amara).await).await.unwrap();
        assert_eq!(mine.len(), 1);
        assert_eq!(mine[0].workspace.slug.as_str(), "amara-inc");
        let context = service::members::access_context(&company.services, &company.owner(&amara).await).await.unwrap();
        assert_eq!(context.labels.iter().map(ToString::to_string).collect::<Vec<_>>(), ["environment:dev", "environment:prod"]);
        let second = company.founder("Amara2").await;
        assert!(workspaces::mine(&company.services, &company.signed_in(&second).await).await.unwrap().iter().all(|it| it.workspace.slug != amara.slug));
    }

    async fn bad_sign_ups_are_refused_by_field_and_leave_nothing(world: World) {
        let company = Company::new(world);
        company.founder("Amara").await;
        let anyone = company.services.anonymous(Meta::default());
        for (form, field) in [
            (SignUp { name: " ".to_owned(), ..form("b@acme.test") }, "name"),
            (SignUp { name: "x".repeat(300), ..form("b@acme.test") }, "name"),
            (form("b c@acme.test"), "email"),
            (form("AMARA@acme.test"), "email"),
            (SignUp { password: "password".to_owned(), ..form("b@acme.test") }, "password"),
            (SignUp { workspace_name: "a\u{202e}b".to_owned(), ..form("b@acme.test") }, "workspace_name"),
        ] {
            let refused = accounts::sign_up(&company.services, &anyone, form).await.unwrap_err();
            assert_eq!((refused.field.as_deref(), refused.also.len()), (Some(field), 0), "{refused}");
        }
        let empty = SignUp { name: "Bea".to_owned(), email: "bea".to_owned(), password: "short".to_owned(), workspace_name: String::new() };
        let refused = accounts::sign_up(&company.services, &anyone, empty).await.unwrap_err();
        let also: Vec<&str> = refused.also.iter().map(|wrong| wrong.field.as_str()).collect();
        assert_eq!((refused.field.as_deref(), also.as_slice()), (Some("email"), ["password", "workspace_name"].as_slice()));
        assert_eq!(accounts::sign_in(&company.services, &anyone, "b@acme.test", PASSWORD).await.unwrap_err().kind, FailureKind::Invalid);
    }

    async fn the_first_visit_is_over_for_good_once_there_was_an_account(world: World) {
        let company = Company::by_invitation(world);
        let services = &company.services;
        let anyone = services.anonymous(Meta::default());
        // whoever tries to sign in makes no account
        accounts::sign_in(services, &anyone, "nobody@acme.test", PASSWORD).await.unwrap_err();
        assert!(accounts::is_first_visit(services, &anyone).await.unwrap());
        let amara = company.founder("Amara").await;
        assert!(!accounts::is_first_visit(services, &anyone).await.unwrap());
        closing::close(services, &company.owner(&amara).await, "Amara Inc").await.unwrap();
        company.clock.advance(KEPT_FOR);
        let secret = accounts::sign_in(services, &anyone, "amara@acme.test", PASSWORD).await.unwrap();
        let me = services.signed_in(&secret, Meta::default()).await.unwrap();
        account_deletion::delete(services, &me, "amara@acme.test", PASSWORD).await.unwrap();
        assert_eq!(store::accounts::count(&company.world.store).await.unwrap(), 0);
        let stays_closed = async || {
            assert!(!accounts::is_first_visit(services, &anyone).await.unwrap());
            assert_eq!(accounts::sign_up(services, &anyone, form("eve@acme.test")).await.unwrap_err().kind, FailureKind::Forbidden);
        };
        stays_closed().await;
        // nor does it begin again when the trail forgets
        company.clock.advance(Span::days(100));
        assert!(retention::round(services).await.unwrap() > 0);
        stays_closed().await;
    }

    async fn a_wrong_password_and_an_unknown_address_are_answered_alike(world: World) {
        let company = Company::new(world);
        company.founder("Amara").await;
        let anyone = company.services.anonymous(Meta::default());
        let wrong = accounts::sign_in(&company.services, &anyone, "amara@acme.test", "not the password").await.unwrap_err();
        let unknown = accounts::sign_in(&company.services, &anyone, "nobody@acme.test", PASSWORD).await.unwrap_err();
        assert_eq!(wrong, unknown);
        assert!(accounts::sign_in(&company.services, &anyone, "Amara@Acme.test", PASSWORD).await.is_ok());
    }

    async fn a_session_ends_after_seven_days_or_when_it_is_ended(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let anyone = company.services.anonymous(Meta::default());
        let second = accounts::sign_in(&company.services, &anyone, "amara@acme.test", PASSWORD).await.unwrap();
        let me = company.signed_in(&amara).await;
        let mine = sessions::mine(&company.services, &me).await.unwrap();
        assert_eq!(mine.len(), 2);
        assert_eq!(mine.iter().filter(|session| session.current).count(), 1);
        assert_eq!(sessions::end_others(&company.services, &me).await.unwrap(), 1);
        assert!(company.services.signed_in(&second, Meta::default()).await.is_err());
        company.clock.advance(Span::days(7));
        assert_eq!(company.services.signed_in(&amara.secret, Meta::default()).await.unwrap_err().kind, FailureKind::SignedOut);
    }

    async fn nobody_ends_another_persons_session(world: World) {
        let company = Company::new(world);
        let (amara, bea) = (company.founder("Amara").await, company.founder("Bea").await);
        let theirs = company.signed_in(&amara).await.session();
        let refused = sessions::end(&company.services, &company.signed_in(&bea).await, theirs).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::NotFound);
        assert!(company.services.signed_in(&amara.secret, Meta::default()).await.is_ok());
    }

    async fn a_new_password_ends_the_other_sessions(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let anyone = company.services.anonymous(Meta::default());
        let other = accounts::sign_in(&company.services, &anyone, "amara@acme.test", PASSWORD).await.unwrap();
        let me = company.signed_in(&amara).await;
        assert_eq!(accounts::change_password(&company.services, &me, "wrong", "tulip-anchor-velvet").await.unwrap_err().field.as_deref(), Some("current"));
        accounts::change_password(&company.services, &me, PASSWORD, "tulip-anchor-velvet").await.unwrap();
        assert!(company.services.signed_in(&other, Meta::default()).await.is_err());
        assert!(company.services.signed_in(&amara.secret, Meta::default()).await.is_ok());
        assert!(accounts::sign_in(&company.services, &anyone, "amara@acme.test", PASSWORD).await.is_err());
        assert!(accounts::sign_in(&company.services, &anyone, "amara@acme.test", "tulip-anchor-velvet").await.is_ok());
    }

    async fn a_reset_link_works_once_and_for_an_hour(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let anyone = company.services.anonymous(Meta::default());
        resets::request(&company.services, &anyone, "nobody@acme.test").await.unwrap();
        assert!(crate::mail::links(&company).await.is_empty(), "no mail to an address without account");
        resets::request(&company.services, &anyone, "amara@acme.test").await.unwrap();
        let first = crate::mail::links(&company).await.pop().unwrap();
        resets::request(&company.services, &anyone, "amara@acme.test").await.unwrap();
        let second = crate::mail::links(&company).await.pop().unwrap();
        assert_eq!(resets::check(&company.services, &anyone, &first).await.unwrap_err().kind, FailureKind::NotFound, "a newer link voids it");
        assert_eq!(resets::confirm(&company.services, &anyone, &second, "weak").await.unwrap_err().field.as_deref(), Some("password"));
        let secret = resets::confirm(&company.services, &anyone, &second, "tulip-anchor-velvet").await.unwrap();
        assert!(company.services.signed_in(&secret, Meta::default()).await.is_ok());
        assert!(company.services.signed_in(&amara.secret, Meta::default()).await.is_err(), "older sessions ended");
        assert!(resets::confirm(&company.services, &anyone, &second, "another-fine-password").await.is_err());
        resets::request(&company.services, &anyone, "amara@acme.test").await.unwrap();
        let third = crate::mail::links(&company).await.pop().unwrap();
        company.clock.advance(Span::hours(1));
        assert!(resets::check(&company.services, &anyone, &third).await.is_err());
    }
}
