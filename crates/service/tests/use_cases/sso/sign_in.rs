//! People come in by OpenID Connect: as new accounts, as those that they have, with the groups of their claims; and are refused.

use super::stage::{Stage, connected, oidc};
use crate::{
    company::{Browser, PASSWORD},
    resources::trail,
};
use domain::{
    failure::FailureKind,
    group::GroupWish,
    id::GroupId,
    member::MemberKind,
    sso::{
        mapping::MappingRule,
        way_in::{WayIn, WaysIn},
    },
    time::Span,
};
use serde_json::json;
use service::{
    accounts,
    actor::Meta,
    groups, members, operator, sessions,
    sso::{self, Finished, OidcAnswer},
};
use testkit::{
    World, on_both,
    providers::{
        keys::OTHER,
        oidc::{Provider, token},
    },
};

pub async fn group(stage: &Stage, name: &str) -> GroupId {
    let wish = GroupWish { name: name.to_owned(), pii: false, grants: Vec::new() };
    groups::create(&stage.company.services, &stage.company.owner(&stage.owner).await, &wish).await.unwrap().id
}

pub async fn groups_of(stage: &Stage, who: &Browser) -> Vec<String> {
    let mine = members::mine(&stage.company.services, &stage.company.member(who).await).await.unwrap();
    mine.member.groups.iter().map(|group| group.name.to_string()).collect()
}

pub fn rule(value: &str, group: GroupId) -> MappingRule {
    MappingRule { claim: "groups".to_owned(), value: value.to_owned(), group, group_name: None }
}

on_both! {
    async fn a_stranger_of_a_proven_domain_becomes_a_member_with_minimal_access(world: World) {
        let stage = Stage::set(world).await;
        let bea = stage.comes(json!({})).await;
        let me = stage.company.signed_in(&bea).await;
        assert_eq!((me.account().name.as_str(), me.account().email.as_str(), me.account().email_verified), ("Bea Brandt", "bea@acme.test", true));
        let mine = members::mine(&stage.company.services, &stage.company.member(&bea).await).await.unwrap().member;
        assert_eq!((mine.kind, mine.grants.len(), mine.groups.len()), (MemberKind::Member, 0, 0));
        let sessions = sessions::mine(&stage.company.services, &me).await.unwrap();
        let origin = sessions[0].sso.as_ref().unwrap();
        assert_eq!((origin.connection.as_str(), origin.workspace.as_str()), ("Okta", "Amara Inc"));
        let told = trail(&stage.company, &stage.owner).await;
        assert!(told.contains(&"signed in as bea@acme.test by Okta".to_owned()) && told.contains(&"joined by Okta".to_owned()), "{told:?}");
        assert_eq!(stage.log().await[0].who.as_deref(), Some("bea@acme.test"));
        // and again: nobody is made twice
        let again = stage.comes(json!({})).await;
        assert_eq!(stage.company.signed_in(&again).await.account().id, me.account().id);
    }

    async fn a_pending_invite_is_accepted_by_coming_in(world: World) {
        let stage = Stage::set(world).await;
        stage.company.invite(&stage.owner, "bea@acme.test", MemberKind::Owner, Vec::new()).await;
        let bea = stage.comes(json!({})).await;
        assert_eq!(stage.company.member(&bea).await.kind(), MemberKind::Owner);
        assert!(trail(&stage.company, &stage.owner).await.contains(&"accepted the invite to bea@acme.test".to_owned()));
    }

    async fn groups_follow_the_claims_and_others_are_left_alone(world: World) {
        let stage = Stage::set(world).await;
        let (data, ops, own) = (group(&stage, "Data").await, group(&stage, "Ops").await, group(&stage, "By hand").await);
        stage.edit(|draft| draft.mapping = vec![rule("data", data), rule("ops", ops)]).await.unwrap();
        let bea = stage.comes(json!({ "groups": ["data", "else"] })).await;
        assert_eq!(groups_of(&stage, &bea).await, ["Data"]);
        let id = stage.company.id(&bea).await;
        groups::add_members(&stage.company.services, &stage.company.owner(&stage.owner).await, own, &[id]).await.unwrap();
        let bea = stage.comes(json!({ "groups": "ops" })).await;
        assert_eq!(groups_of(&stage, &bea).await, ["By hand", "Ops"]);
        let bea = stage.comes(json!({})).await;
        assert_eq!(groups_of(&stage, &bea).await, ["By hand"]);
        assert!(trail(&stage.company, &stage.owner).await.contains(&"took Bea Brandt out of the group Ops".to_owned()));
    }

    async fn who_only_came_this_way_is_called_what_the_provider_says(world: World) {
        let stage = Stage::set(world).await;
        stage.comes(json!({})).await;
        let bea = stage.comes(json!({ "name": "Bea Okafor", "email": "bea.okafor@acme.test" })).await;
        let me = stage.company.signed_in(&bea).await;
        assert_eq!((me.account().name.as_str(), me.account().email.as_str()), ("Bea Okafor", "bea.okafor@acme.test"));
        let member = members::mine(&stage.company.services, &stage.company.member(&bea).await).await.unwrap().member;
        assert_eq!((member.name.as_str(), member.email.as_str()), ("Bea Okafor", "bea.okafor@acme.test"));
        // not to an address that somebody has, nor one that isn't the workspace's to give
        for email in ["amara@acme.test", "bea@elsewhere.test"] {
            let bea = stage.comes(json!({ "name": "Bea Okafor", "email": email })).await;
            assert_eq!(stage.company.signed_in(&bea).await.account().email.as_str(), "bea.okafor@acme.test");
        }
    }

    async fn a_name_that_is_too_long_is_shortened_by_whole_characters(world: World) {
        let stage = Stage::set(world).await;
        let called = |text: &str| json!({ "name": text });
        let bea = stage.comes(called(&format!("{}éé", "x".repeat(99)))).await;
        assert_eq!(stage.company.signed_in(&bea).await.account().name.as_str(), format!("{}é", "x".repeat(99)), "as they are made");
        let bea = stage.comes(called(&"李".repeat(300))).await;
        assert_eq!(stage.company.signed_in(&bea).await.account().name.as_str(), "李".repeat(100), "and as they are renamed");
        // the same long name is no change
        stage.comes(called(&"李".repeat(300))).await;
        let page = store::audit::page(&stage.company.world.store, domain::audit::Chain::Accounts, &Default::default()).await.unwrap();
        assert_eq!(page.rows.iter().filter(|entry| entry.event.name() == "sso_account_renamed").count(), 1);
    }

    async fn who_has_a_password_keeps_name_and_address(world: World) {
        let stage = Stage::set(world).await;
        stage.comes(json!({ "sub": "amara", "email": "amara@acme.test" })).await;
        let amara = stage.comes(json!({ "sub": "amara", "email": "other@acme.test", "name": "Somebody" })).await;
        let me = stage.company.signed_in(&amara).await;
        assert_eq!((me.account().email.as_str(), me.account().name.as_str()), ("amara@acme.test", "Amara"));
    }

    async fn whom_an_owner_removed_comes_again_as_somebody_new(world: World) {
        let stage = Stage::set(world).await;
        let bea = stage.comes(json!({})).await;
        let id = stage.company.id(&bea).await;
        members::remove(&stage.company.services, &stage.company.owner(&stage.owner).await, id).await.unwrap();
        assert_eq!(stage.enters(&bea, &stage.owner.slug).await.unwrap_err().kind, FailureKind::NotFound);
        let bea = stage.comes(json!({})).await;
        assert_ne!(stage.company.id(&bea).await, id);
    }

    async fn a_state_is_used_once(world: World) {
        let stage = Stage::set(world).await;
        let sent = stage.begin(stage.connection, None).await;
        stage.provider.gives(&stage.claims(&sent));
        stage.came(stage.back(&sent, Some(&sent.cookie), None).await.unwrap());
        let again = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
        assert_eq!(stage.refused(again).await, "used-already");
        assert_eq!(stage.provider.codes(), 1, "the second code is not shown to the provider");
    }

    async fn a_state_of_another_browser_is_refused(world: World) {
        let stage = Stage::set(world).await;
        for cookie in [None, Some("a".repeat(43))] {
            let sent = stage.begin(stage.connection, None).await;
            stage.provider.gives(&stage.claims(&sent));
            let finished = stage.back(&sent, cookie.as_deref(), None).await.unwrap();
            assert_eq!(stage.refused(finished).await, "other-browser");
            // nor does it work afterwards in the right one
            let again = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
            assert_eq!(stage.refused(again).await, "used-already");
        }
        assert_eq!(stage.provider.codes(), 0);
    }

    async fn two_windows_of_one_browser_come_back_in_any_order(world: World) {
        let stage = Stage::set(world).await;
        let one = stage.begin(stage.connection, None).await;
        let two = stage.begin(stage.connection, Some(&one.cookie)).await;
        assert_eq!(one.cookie, two.cookie);
        for sent in [&two, &one] {
            stage.provider.gives(&stage.claims(sent));
            stage.came(stage.back(sent, Some(&one.cookie), None).await.unwrap());
        }
    }

    async fn a_state_that_nobody_sent_is_recorded_among_the_accounts(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        for query in ["", "code=x", "code=x&state=made-up"] {
            let refused = sso::finish_oidc(services, &anyone, stage.connection, None, None, OidcAnswer { query }).await.unwrap_err();
            assert_eq!(refused.kind, FailureKind::Invalid, "{refused}");
        }
        let page = store::audit::page(&stage.company.world.store, domain::audit::Chain::Accounts, &Default::default()).await.unwrap();
        assert_eq!(page.rows.iter().filter(|entry| entry.event.name() == "sso_answer_refused").count(), 3);
    }

    async fn answers_that_nobody_sent_bar_no_password_and_fill_no_trail(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        let mut refused = Vec::new();
        for _ in 0..100 {
            let answer = OidcAnswer { query: "code=x&state=made-up" };
            refused.push(sso::finish_oidc(services, &anyone, stage.connection, None, None, answer).await.unwrap_err().kind);
        }
        assert_eq!((refused[0], refused[99]), (FailureKind::Invalid, FailureKind::Limited));
        let page = store::audit::page(&stage.company.world.store, domain::audit::Chain::Accounts, &Default::default()).await.unwrap();
        assert!(page.rows.iter().filter(|entry| entry.event.name() == "sso_answer_refused").count() < 10);
        stage.by_password("amara@acme.test", &stage.owner.slug).await;
    }

    async fn who_takes_too_long_begins_again(world: World) {
        let stage = Stage::set(world).await;
        let sent = stage.begin(stage.connection, None).await;
        stage.company.clock.advance(Span::minutes(11));
        stage.provider.gives(&stage.claims(&sent));
        let finished = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
        assert_eq!(stage.refused(finished).await, "too-late");
        assert!(sso::forget(&stage.company.services).await.unwrap() > 0);
    }

    async fn what_the_provider_says_is_checked(world: World) {
        let stage = Stage::set(world).await;
        let now = stage.company.services.now().micros() / 1_000_000;
        for (claims, code) in [
            (json!({ "nonce": "another" }), "nonce-mismatch"),
            (json!({ "aud": "somebody else" }), "wrong-audience"),
            (json!({ "iss": "https://elsewhere.test" }), "wrong-issuer"),
            (json!({ "exp": now - 3_600 }), "expired"),
            // clocks may be a minute apart
            (json!({ "iat": now + 61 }), "not-yet-valid"),
            (json!({ "nbf": now + 61 }), "not-yet-valid"),
        ] {
            let finished = stage.goes(claims).await;
            assert_eq!(stage.refused(finished).await, code);
        }
        let told = trail(&stage.company, &stage.owner).await;
        assert_eq!(told.iter().filter(|line| line.starts_with("was refused as")).count(), 6, "{told:?}");
        stage.comes(json!({ "iat": now + 60, "nbf": now + 60 })).await;
    }

    async fn what_can_not_be_kept_is_refused_and_written_down_without_it(world: World) {
        let stage = Stage::set(world).await;
        for claims in [json!({ "sub": "x".repeat(256) }), json!({ "sub": "a\0b" }), json!({ "sid": "a\0b" })] {
            let finished = stage.goes(claims).await;
            assert_eq!(stage.refused(finished).await, "malformed");
        }
        let finished = stage.goes(json!({ "email": "bea\0\n@acme.test" })).await;
        assert_eq!(stage.refused(finished).await, "no-address");
        assert!(stage.log().await.iter().any(|entry| entry.who.as_deref() == Some("bea  @acme.test")));
    }

    async fn who_cancels_is_told_so(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let sent = stage.begin(stage.connection, None).await;
        let query = format!("error=access_denied&state={}", sent.query["state"]);
        let anyone = services.anonymous(Meta::default());
        let finished = sso::finish_oidc(services, &anyone, stage.connection, Some(&sent.cookie), None, OidcAnswer { query: &query }).await.unwrap();
        let Finished::Refused(id) = finished else { panic!("{finished:?}") };
        let told = sso::refusal(services, &anyone, id).await.unwrap();
        assert_eq!((told.code.as_str(), told.door.name.as_str(), told.workspace.as_str()), ("cancelled", "Okta", "Amara Inc"));
    }

    async fn a_code_of_one_connection_is_not_redeemed_at_another(world: World) {
        let stage = Stage::set(world).await;
        let evil = Provider::open().await;
        connected(&stage.company, &stage.owner, &oidc("Other", &evil)).await;
        // the browser was sent to the one, and an answer of the other names itself
        let sent = stage.begin(stage.connection, None).await;
        stage.provider.gives(&stage.claims(&sent));
        let services = &stage.company.services;
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs([("code", "c"), ("state", &sent.query["state"]), ("iss", &evil.issuer)]).finish();
        let anyone = services.anonymous(Meta::default());
        let finished = sso::finish_oidc(services, &anyone, stage.connection, Some(&sent.cookie), None, OidcAnswer { query: &query }).await.unwrap();
        assert_eq!(stage.refused(finished).await, "wrong-issuer");
        assert_eq!((stage.provider.codes(), evil.codes()), (0, 0));
    }

    async fn a_code_that_a_provider_has_brought_to_another_s_address_is_shown_to_nobody(world: World) {
        let stage = Stage::set(world).await;
        let honest = Provider::open().await;
        let other = connected(&stage.company, &stage.owner, &oidc("Other", &honest)).await;
        // sent to the one, which led on to the other with the state that it had got; neither names itself in its answers
        let sent = stage.begin(stage.connection, None).await;
        assert_ne!(sent.query["redirect_uri"], stage.begin(other, None).await.query["redirect_uri"]);
        stage.provider.gives(&stage.claims(&sent));
        let finished = stage.back_to(other, &sent, Some(&sent.cookie), None).await.unwrap();
        assert_eq!(stage.refused(finished).await, "wrong-connection");
        assert_eq!((stage.provider.codes(), honest.codes()), (0, 0));
        let told = trail(&stage.company, &stage.owner).await;
        assert_eq!(told[0], "was refused as nobody known by Okta", "{told:?}");
    }

    async fn a_token_of_another_key_is_refused(world: World) {
        let stage = Stage::set(world).await;
        let sent = stage.begin(stage.connection, None).await;
        stage.provider.gives_token(&token("JWT", &stage.claims(&sent), OTHER));
        let finished = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
        assert_eq!(stage.refused(finished).await, "bad-signature");
    }

    async fn a_closed_workspace_lets_nobody_in(world: World) {
        let stage = Stage::set(world).await;
        let sent = stage.begin(stage.connection, None).await;
        stage.provider.gives(&stage.claims(&sent));
        service::closing::close(&stage.company.services, &stage.company.owner(&stage.owner).await, "Amara Inc").await.unwrap();
        assert_eq!(stage.back(&sent, Some(&sent.cookie), None).await.unwrap_err().kind, FailureKind::NotFound);
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        assert_eq!(sso::begin(services, &anyone, stage.connection, None, "").await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(sso::ways::where_to_sign_in(services, &anyone, "bea@acme.test").await.unwrap(), WayIn::Password);
    }

    async fn a_plan_without_it_lets_nobody_in(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let sent = stage.begin(stage.connection, None).await;
        stage.provider.gives(&stage.claims(&sent));
        operator::set_plan(services, &services.operator(), stage.owner.slug.as_str(), "team").await.unwrap();
        let finished = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
        assert_eq!(stage.refused(finished).await, "plan");
        let anyone = services.anonymous(Meta::default());
        assert_eq!(sso::ways::where_to_sign_in(services, &anyone, "bea@acme.test").await.unwrap(), WayIn::Password);
    }

    async fn a_connection_that_is_switched_off_lets_nobody_in(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let bea = stage.comes(json!({})).await;
        let sent = stage.begin(stage.connection, None).await;
        stage.provider.gives(&stage.claims(&sent));
        sso::connections::switch(services, &stage.company.owner(&stage.owner).await, stage.connection, false).await.unwrap();
        let finished = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
        assert_eq!(stage.refused(finished).await, "switched-off");
        // who came by it is out, too
        assert_eq!(stage.enters(&bea, &stage.owner.slug).await.unwrap_err().kind, FailureKind::SignedOut);
        assert!(matches!(sso::begin(services, &services.anonymous(Meta::default()), stage.connection, None, "").await.unwrap(), sso::Begun::Refused(_)));
    }

    async fn a_provider_that_is_down_is_told_of(world: World) {
        let stage = Stage::set(world).await;
        stage.edit(|draft| {
            let domain::sso::ProviderDraft::Oidc(told) = &mut draft.provider else { panic!() };
            (told.issuer, told.client_secret) = ("http://127.0.0.1:1".to_owned(), Some("new".to_owned()));
        }).await.unwrap();
        let services = &stage.company.services;
        let begun = sso::begin(services, &services.anonymous(Meta::default()), stage.connection, None, "").await.unwrap();
        let sso::Begun::Refused(id) = begun else { panic!("{begun:?}") };
        assert_eq!(stage.refused(Finished::Refused(id)).await, "provider-down");
    }

    async fn a_provider_that_goes_down_while_somebody_is_there_is_told_of(world: World) {
        let stage = Stage::set(world).await;
        let sent = stage.begin(stage.connection, None).await;
        stage.provider.goes_down();
        let people = stage.people().await;
        let finished = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
        assert_eq!(stage.refused(finished).await, "provider-down");
        assert_eq!((stage.people().await, stage.provider.codes()), (people, 0));
        // with a password one comes in all the same
        stage.by_password("amara@acme.test", &stage.owner.slug).await;
    }

    async fn an_address_tells_its_way_by_its_domain_alone(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let anyone = services.anonymous(Meta::default());
        let ask = async |email: &str| sso::ways::where_to_sign_in(services, &anyone, email).await;
        let WayIn::Sso(door) = ask("amara@acme.test").await.unwrap() else { panic!("by Okta") };
        assert_eq!((door.connection, door.start_url), (stage.connection, format!("/sso/oidc/{}/start", stage.connection)));
        assert!(matches!(ask("nobody@ACME.test").await, Ok(WayIn::Sso(_))), "whether there is an account or not");
        assert_eq!(ask("eve@elsewhere.test").await.unwrap(), WayIn::Password);
        assert_eq!(ask("nobody@sub.acme.test").await.unwrap(), WayIn::Password, "another domain");
        assert_eq!(ask("acme.test").await.unwrap_err().field.as_deref(), Some("email"));
        let first = async || sso::ways::ways_in(services, &anyone, None, Some(&stage.owner.slug)).await.unwrap();
        assert_eq!(first().await, WaysIn { address_first: true, asks_for_sso: None });
        sso::connections::switch(services, &stage.company.owner(&stage.owner).await, stage.connection, false).await.unwrap();
        assert_eq!(ask("amara@acme.test").await.unwrap(), WayIn::Password);
        assert_eq!(first().await, WaysIn::default(), "no address leads anywhere");
    }

    async fn the_session_of_the_same_account_ends_with_a_sign_in(world: World) {
        let stage = Stage::set(world).await;
        let sent = stage.begin(stage.connection, None).await;
        let mut claims = stage.claims(&sent);
        claims["email"] = json!("amara@acme.test");
        stage.provider.gives(&claims);
        let old = stage.company.signed_in(&stage.owner).await;
        let amara = stage.came(stage.back(&sent, Some(&sent.cookie), Some(old)).await.unwrap());
        assert_eq!(sessions::mine(&stage.company.services, &stage.company.signed_in(&amara).await).await.unwrap().len(), 1);
        let anyone = stage.company.services.anonymous(Meta::default());
        accounts::sign_in(&stage.company.services, &anyone, "amara@acme.test", PASSWORD).await.unwrap();
    }
}
