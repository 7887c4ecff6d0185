//! Showing by mail that an address is one's own: by a link that holds for this address, for seven days, and for who is signed in to its account.

use crate::company::{Browser, Company, PASSWORD};
use domain::{
    account::Account,
    audit::{Chain, Event},
    email::EmailAddress,
    failure::FailureKind,
    time::Span,
};
use service::{accounts, actor::Meta, address_proof, resets, sessions};
use testkit::{World, on_both};

async fn account(company: &Company, who: &Browser) -> Account {
    company.signed_in(who).await.account().clone()
}

/// Asks for the mail, and gives the last part of its link.
async fn mailed(company: &Company, who: &Browser) -> String {
    address_proof::send(&company.services, &company.signed_in(who).await).await.unwrap();
    crate::mail::links(company).await.pop().unwrap()
}

on_both! {
    async fn an_address_is_proven_by_the_link_that_was_mailed_to_it(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        assert!(crate::mail::links(&company).await.is_empty(), "nothing is sent that nobody asked for");
        let token = mailed(&company, &amara).await;
        let anyone = company.services.anonymous(Meta::default());
        let me = company.signed_in(&amara).await;
        let claim = address_proof::claim(&company.services, &anyone, Some(&me), &token).await.unwrap();
        assert_eq!((claim.name.as_str(), claim.email.as_str(), claim.proven, claim.may_confirm), ("Amara", "amara@acme.test", false, true));
        assert!(!account(&company, &amara).await.email_verified, "looking proves nothing");
        address_proof::confirm(&company.services, &me, &token).await.unwrap();
        assert!(account(&company, &amara).await.email_verified);
        assert_eq!(sessions::mine(&company.services, &company.signed_in(&amara).await).await.unwrap().len(), 1, "nobody was signed in");
        // opened again it says that it is done, and records nothing more
        assert!(address_proof::claim(&company.services, &anyone, None, &token).await.unwrap().proven);
        address_proof::confirm(&company.services, &me, &token).await.unwrap();
        let trail = store::audit::page(&company.world.store, Chain::Accounts, &Default::default()).await.unwrap();
        let told: Vec<String> = trail.rows.iter().map(|entry| entry.event.sentence()).collect();
        assert_eq!(told.iter().filter(|said| said.as_str() == "proved that amara@acme.test is theirs").count(), 1, "{told:?}");
        assert_eq!(told.iter().filter(|said| said.as_str() == "had a link mailed to prove amara@acme.test").count(), 1, "{told:?}");
        // and there is nothing left to ask for
        let refused = address_proof::send(&company.services, &company.signed_in(&amara).await).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
    }

    async fn nobody_s_click_proves_an_account_that_somebody_else_made_of_their_address(world: World) {
        let company = Company::new(world);
        let services = &company.services;
        // somebody signs up with Bea's address and has the link sent; Bea reads the mail
        let squatter = company.founder("Bea").await;
        let token = mailed(&company, &squatter).await;
        let cai = company.founder("Cai").await;
        let me = company.signed_in(&cai).await;
        let anyone = services.anonymous(Meta::default());
        for reader in [None, Some(&me)] {
            let claim = address_proof::claim(services, &anyone, reader, &token).await.unwrap();
            assert_eq!((claim.may_confirm, claim.signed_in_as), (false, reader.map(|me| me.account().email.clone())));
        }
        let refused = address_proof::confirm(services, &me, &token).await.unwrap_err();
        assert!(refused.kind == FailureKind::Forbidden && refused.message.contains("bea@acme.test"), "{refused}");
        for one in [&squatter, &cai] {
            assert!(!account(&company, one).await.email_verified);
        }
        // what she can do is take it: then nothing of it is the squatter's
        resets::request(services, &anyone, "bea@acme.test").await.unwrap();
        let reset = crate::mail::links(&company).await.pop().unwrap();
        let secret = resets::confirm(services, &anyone, &reset, "another-lantern-orbit").await.unwrap();
        assert!(services.signed_in(&secret, Meta::default()).await.unwrap().account().email_verified);
        assert!(services.signed_in(&squatter.secret, Meta::default()).await.is_err());
        assert!(accounts::sign_in(services, &anyone, "bea@acme.test", PASSWORD).await.is_err());
    }

    async fn a_link_ends_after_seven_days_and_with_the_address(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let anyone = company.services.anonymous(Meta::default());
        let late = mailed(&company, &amara).await;
        let me = company.signed_in(&amara).await;
        company.clock.advance(Span::days(6));
        address_proof::claim(&company.services, &anyone, None, &late).await.unwrap();
        company.clock.advance(Span::days(1));
        let refused = address_proof::confirm(&company.services, &me, &late).await.unwrap_err();
        assert!(refused.kind == FailureKind::NotFound && refused.message.contains("older than 7 days"), "{refused}");

        let bea = company.founder("Bea").await;
        let before = mailed(&company, &bea).await;
        let id = account(&company, &bea).await.id;
        let tx = company.world.store.begin().await.unwrap();
        store::accounts::readdress(&tx, id, &EmailAddress::parse("bea.brandt@acme.test").unwrap()).await.unwrap();
        tx.commit(company.world.record(Chain::Accounts, Event::SignedOut)).await.unwrap();
        let refused = address_proof::confirm(&company.services, &company.signed_in(&bea).await, &before).await.unwrap_err();
        assert!(refused.kind == FailureKind::NotFound && refused.message.contains("no longer has"), "{refused}");
        assert!(!account(&company, &bea).await.email_verified);
    }

    async fn nobody_makes_a_link(world: World) {
        let company = Company::new(world);
        let (amara, bea) = (company.founder("Amara").await, company.founder("Bea").await);
        let anyone = company.services.anonymous(Meta::default());
        let token = mailed(&company, &amara).await;
        let me = company.signed_in(&amara).await;
        // another account, another end, another seal; none; too much; of another key; and no link at all
        let other = service::secrets::SecretKey::parse(&"another key that is long enough".repeat(2)).unwrap();
        let forged = other.derive("address amara@acme.test", account(&company, &amara).await.id.uuid(), 1);
        let flipped = |at: usize| token.char_indices().map(|(place, letter)| if place != at { letter } else if letter == 'A' { 'B' } else { 'A' }).collect::<String>();
        for wrong in [flipped(3), flipped(24), flipped(40), token[..27].to_owned(), format!("{token}AAAA"), forged, String::new()] {
            for refused in [
                address_proof::claim(&company.services, &anyone, Some(&me), &wrong).await.map(drop),
                address_proof::confirm(&company.services, &me, &wrong).await,
            ] {
                assert_eq!(refused.unwrap_err().kind, FailureKind::NotFound, "{wrong}");
            }
        }
        for one in [&amara, &bea] {
            assert!(!account(&company, one).await.email_verified);
        }
    }

    async fn so_many_mails_go_to_an_address_and_no_more(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        for _ in 0..5 {
            address_proof::send(&company.services, &company.signed_in(&amara).await).await.unwrap();
        }
        let refused = address_proof::send(&company.services, &company.signed_in(&amara).await).await.unwrap_err();
        assert!(refused.kind == FailureKind::Limited && refused.message.contains("amara@acme.test"), "{refused}");
        assert_eq!(crate::mail::links(&company).await.len(), 5);
    }
}
