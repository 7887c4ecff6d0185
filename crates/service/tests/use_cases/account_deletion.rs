//! Who deletes their account leaves everything at once; who is the last owner somewhere stays.

use crate::{
    company::{Browser, Company, PASSWORD},
    resources::trail,
};
use domain::{
    audit::{Chain, Event},
    bulk::{BulkChange, LeftOut, UserSelection},
    email::EmailAddress,
    failure::{Failure, FailureKind},
    member::{MemberKind, UserId},
    text::WorkspaceName,
    token::TokenWish,
    workspace::KEPT_FOR,
};
use service::{
    account_deletion,
    accounts::{self, SignUp},
    actor::Meta,
    bulk, closing, members, sessions, tokens,
};
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
        let told: Vec<String> = page.rows.iter().map(|entry| entry.event.sentence()).collect();
        assert!(told.iter().any(|sentence| sentence == "deleted their account, bea@acme.test"), "{told:?}");
        services.token(token.secret.reveal(), &Meta::default()).await.unwrap();
        assert_eq!(tokens::find(services, &owner, token.id).await.unwrap().created_by.unwrap().as_str(), "Bea");
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
        // for as long as it can be kept, there is somebody who may keep it
        let until = closing::close(&company.services, &company.owner(&amara).await, "Amara Inc").await.unwrap();
        let words = format!("Amara Inc: It is being deleted until {}; keep it and hand it over", until.to_the_minute());
        let refused = goes(&company, &amara).await.unwrap_err();
        assert!(refused.kind == FailureKind::Conflict && refused.message.contains(&words), "{refused}");
        let found = account_deletion::preview(&company.services, &company.signed_in(&amara).await).await.unwrap();
        assert!(found.leaves.is_empty() && words.ends_with(found.needed_in[0].why.trim_end_matches(", or wait until it is gone.")), "{found:?}");
        company.clock.advance(KEPT_FOR);
        let secret = accounts::sign_in(&company.services, &company.services.anonymous(Meta::default()), "amara@acme.test", PASSWORD).await.unwrap();
        let amara = Browser { secret, slug: amara.slug };
        goes(&company, &amara).await.unwrap();
        assert!(company.services.signed_in(&amara.secret, Meta::default()).await.is_err());
    }

    async fn whose_session_ended_meanwhile_deletes_nothing(world: World) {
        let company = Company::new(world);
        let (services, amara) = (&company.services, company.founder("Amara").await);
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let (one, two) = (company.signed_in(&bea).await, company.signed_in(&bea).await);
        sessions::end(services, &one, one.session()).await.unwrap();
        let refused = account_deletion::delete(services, &two, "bea@acme.test", PASSWORD).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::SignedOut, "{refused}");
        assert_eq!(members::count(services, &company.owner(&amara).await, &Default::default()).await.unwrap(), 2);
    }

    async fn whose_password_was_changed_meanwhile_types_the_new_one(world: World) {
        let company = Company::new(world);
        let (services, amara) = (&company.services, company.founder("Amara").await);
        let bea = company.signed_in(&company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await).await;
        let form = SignUp {
            name: "Cy".to_owned(),
            email: "cy@acme.test".to_owned(),
            password: "tulip-anchor-velvet".to_owned(),
            workspace_name: "Cy Inc".to_owned(),
        };
        let up = accounts::sign_up(services, &services.anonymous(Meta::default()), form).await.unwrap();
        let other = company.signed_in(&Browser { secret: up.session_secret, slug: up.slug }).await.account().id;
        let hash = store::accounts::password_hash(&company.world.store, other).await.unwrap().unwrap();
        let tx = company.world.store.begin().await.unwrap();
        store::accounts::set_password(&tx, bea.account().id, &hash).await.unwrap();
        let change = async {
            company.somebody_waits().await;
            tx.commit(company.world.record(Chain::Accounts, Event::PasswordChanged)).await.unwrap();
        };
        let (deleted, ()) = tokio::join!(account_deletion::delete(services, &bea, "bea@acme.test", PASSWORD), change);
        assert_eq!(deleted.unwrap_err().field.as_deref(), Some("password"));
        assert_eq!(members::count(services, &company.owner(&amara).await, &Default::default()).await.unwrap(), 2);
    }

    async fn who_goes_while_they_are_brought_back_is_no_fault_of_the_server(world: World) {
        let company = Company::new(world);
        let (services, amara) = (&company.services, company.founder("Amara").await);
        let bea = company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let account = company.signed_in(&bea).await.account().id;
        let owner = company.owner(&amara).await;
        let these = UserSelection::These(vec![UserId::Member(company.id(&bea).await)]);
        let seen = bulk::preview(services, &owner, &these, &BulkChange::Remove).await.unwrap().seen();
        let removed = bulk::apply(services, &owner, &these, &BulkChange::Remove, seen, None).await.unwrap().done.unwrap();
        let tx = company.world.store.begin().await.unwrap();
        assert!(store::accounts::delete(&tx, account).await.unwrap());
        let goes = async {
            company.somebody_waits().await;
            tx.commit(company.world.record(Chain::Accounts, Event::AccountDeleted { email: "bea@acme.test".to_owned(), workspaces: 0 })).await.unwrap();
        };
        let (undone, ()) = tokio::join!(bulk::undo(services, &owner, removed.id, None), goes);
        let outcome = match undone {
            Err(refused) => {
                assert!(refused.kind == FailureKind::Conflict && refused.message.contains("try again"), "{refused}");
                bulk::undo(services, &owner, removed.id, None).await.unwrap()
            }
            Ok(outcome) => outcome,
        };
        assert_eq!(outcome.left_out.iter().map(|(reason, _)| *reason).collect::<Vec<_>>(), [LeftOut::Gone]);
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
