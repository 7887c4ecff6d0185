//! Providers end the sessions that came by them, and no others.

use super::{
    saml,
    stage::{Stage, connected, oidc},
};
use crate::resources::trail;
use domain::{
    failure::{Failure, FailureKind},
    id::ConnectionId,
    sso::log::{LOGOUT_REFUSED, SignInOutcome},
};
use serde_json::{Value, json};
use service::{
    actor::Meta,
    sso::logout::{self, LogoutMessage},
};
use testkit::{
    World, on_both,
    providers::{
        keys::{IDP, OTHER},
        oidc::{CLIENT, token},
        saml as provider,
    },
};

fn claims(stage: &Stage, jti: &str, edit: Value) -> Value {
    let now = stage.company.services.now().micros() / 1_000_000;
    let mut claims = json!({
        "iss": stage.provider.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": jti, "sub": "0001",
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    for (name, value) in edit.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

async fn tell(stage: &Stage, token: &str) -> Result<u64, Failure> {
    tell_of(stage, stage.connection, token).await
}

async fn tell_of(stage: &Stage, connection: ConnectionId, token: &str) -> Result<u64, Failure> {
    let services = &stage.company.services;
    logout::backchannel(services, &services.anonymous(Meta::default()), connection, token).await
}

/// Whether what can't be accepted is not looked at any more after a while.
async fn exhausted(stage: &Stage, connection: impl Fn() -> ConnectionId) -> bool {
    for _ in 0..200 {
        if tell_of(stage, connection(), "x").await.unwrap_err().kind == FailureKind::Limited {
            return true;
        }
    }
    false
}

on_both! {
    async fn a_logout_token_ends_the_sessions_of_its_subject(world: World) {
        let stage = Stage::set(world).await;
        let (one, two) = (stage.comes(json!({})).await, stage.comes(json!({})).await);
        let other = stage.comes(json!({ "sub": "0002", "email": "cai@acme.test" })).await;
        let word = token("logout+jwt", &claims(&stage, "a", json!({})), IDP);
        assert_eq!(tell(&stage, &word).await.unwrap(), 2);
        for gone in [&one, &two] {
            assert_eq!(stage.enters(gone, &gone.slug).await.unwrap_err().kind, FailureKind::SignedOut);
        }
        for there in [&other, &stage.owner] {
            stage.enters(there, &there.slug).await.unwrap();
        }
        assert_eq!(trail(&stage.company, &stage.owner).await[0], "ended 2 sessions of 0001, as Okta asked");
        let again = tell(&stage, &word).await.unwrap_err();
        assert_eq!(again.kind, FailureKind::Invalid, "once: {again}");
    }

    async fn a_logout_token_ends_the_session_that_it_names(world: World) {
        let stage = Stage::set(world).await;
        let (one, two) = (stage.comes(json!({ "sid": "one" })).await, stage.comes(json!({ "sid": "two" })).await);
        assert_eq!(tell(&stage, &token("logout+jwt", &claims(&stage, "a", json!({ "sid": "one" })), IDP)).await.unwrap(), 1);
        assert_eq!(stage.enters(&one, &one.slug).await.unwrap_err().kind, FailureKind::SignedOut);
        stage.enters(&two, &two.slug).await.unwrap();
    }

    async fn a_forged_logout_token_ends_nothing(world: World) {
        let stage = Stage::set(world).await;
        let bea = stage.comes(json!({})).await;
        for word in [
            token("logout+jwt", &claims(&stage, "a", json!({})), OTHER),
            token("logout+jwt", &claims(&stage, "b", json!({ "aud": "another" })), IDP),
            token("logout+jwt", &claims(&stage, "c", json!({ "iss": "https://elsewhere.test" })), IDP),
            token("logout+jwt", &claims(&stage, "d", json!({ "events": {} })), IDP),
            token("JWT", &claims(&stage, "e", json!({ "nonce": "x" })), IDP),
            "x".to_owned(),
        ] {
            assert_eq!(tell(&stage, &word).await.unwrap_err().kind, FailureKind::Invalid, "{word}");
        }
        stage.enters(&bea, &bea.slug).await.unwrap();
    }

    async fn a_message_that_is_not_accepted_stands_in_the_log_and_the_trail(world: World) {
        let stage = Stage::set(world).await;
        let word = token("logout+jwt", &claims(&stage, "a", json!({ "aud": "another" })), IDP);
        let refused = tell(&stage, &word).await.unwrap_err();
        let log = stage.log().await;
        let SignInOutcome::Refused { code, reason } = &log[0].outcome else { panic!("{log:?}") };
        assert!(log[0].is_logout() && code == LOGOUT_REFUSED && *reason == refused.message, "{code}: {reason}");
        let told = async || trail(&stage.company, &stage.owner).await.into_iter().filter(|said| said.contains("was not believed")).collect::<Vec<_>>();
        assert_eq!(told().await, ["was to end sessions of Okta, and was not believed"]);
        // what is repeated fills neither
        for _ in 0..20 {
            tell(&stage, &word).await.unwrap_err();
        }
        assert!(stage.log().await.len() <= 7 && told().await.len() <= 7, "{:?}", told().await);
    }

    async fn a_message_that_comes_twice_is_nobody_s_attack(world: World) {
        let stage = Stage::set(world).await;
        stage.comes(json!({})).await;
        let word = token("logout+jwt", &claims(&stage, "a", json!({})), IDP);
        assert_eq!(tell(&stage, &word).await.unwrap(), 1);
        let (log, told) = (stage.log().await.len(), trail(&stage.company, &stage.owner).await);
        // nor is it counted: another that is right is listened to
        for _ in 0..200 {
            assert_eq!(tell(&stage, &word).await.unwrap_err().kind, FailureKind::Invalid);
        }
        assert_eq!((stage.log().await.len(), trail(&stage.company, &stage.owner).await), (log, told));
        stage.comes(json!({})).await;
        assert_eq!(tell(&stage, &token("logout+jwt", &claims(&stage, "b", json!({})), IDP)).await.unwrap(), 1);
    }

    async fn a_single_logout_that_is_not_accepted_is_told_of_too(world: World) {
        let stage = saml::set(world).await;
        let services = &stage.company.services;
        let elsewhere = "https://elsewhere.test/slo";
        let message = provider::logout(services.now(), elsewhere, "_a", "bea-there", None);
        let anyone = services.anonymous(Meta::default());
        let done = logout::single_logout(services, &anyone, stage.connection, LogoutMessage::Form { message: &message, relay_state: None }).await;
        assert_eq!(done.unwrap_err().kind, FailureKind::Invalid);
        assert!(stage.log().await[0].is_logout());
        assert_eq!(trail(&stage.company, &stage.owner).await[0], "was to end sessions of Entra, and was not believed");
    }

    async fn messages_that_are_right_are_never_held_up(world: World) {
        let stage = Stage::set(world).await;
        let bea = stage.comes(json!({})).await;
        // however many come in from the provider's network at that moment
        let limits = &stage.company.services.limits;
        assert!((0..1_000).any(|_| limits.sso(None).is_err()));
        assert_eq!(tell(&stage, &token("logout+jwt", &claims(&stage, "a", json!({})), IDP)).await.unwrap(), 1);
        assert_eq!(stage.enters(&bea, &bea.slug).await.unwrap_err().kind, FailureKind::SignedOut);
    }

    async fn a_network_that_brings_what_is_wrong_is_not_listened_to_for_a_while(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let mut brought = 0;
        while tell(&stage, "x").await.unwrap_err().kind != FailureKind::Limited {
            brought += 1;
            assert!(brought < 200);
        }
        assert!(brought >= 60, "{brought}");
        let elsewhere = services.anonymous(Meta { address: Some("10.0.0.2".to_owned()), ..Meta::default() });
        let word = token("logout+jwt", &claims(&stage, "a", json!({})), IDP);
        logout::backchannel(services, &elsewhere, stage.connection, &word).await.unwrap();
    }

    async fn what_is_wrong_with_one_connection_holds_up_no_other(world: World) {
        let stage = Stage::set(world).await;
        stage.comes(json!({})).await;
        // another company has the same provider, which tells both from the same network
        let eve = stage.company.founder("Eve").await;
        let theirs = connected(&stage.company, &eve, &oidc("Theirs", &stage.provider)).await;
        assert!(exhausted(&stage, || theirs).await);
        // and what was removed is told of as before
        assert!(exhausted(&stage, || stage.company.world.id(ConnectionId::new)).await);
        assert_eq!(tell(&stage, &token("logout+jwt", &claims(&stage, "a", json!({})), IDP)).await.unwrap(), 1);
    }

    async fn a_single_logout_ends_the_session_and_is_answered(world: World) {
        let stage = saml::set(world).await;
        let (one, owner) = (saml::comes(&stage).await, &stage.owner);
        let services = &stage.company.services;
        let slo = format!("http://rolecall.test/sso/saml/{}/slo", stage.connection);
        let anyone = services.anonymous(Meta::default());
        for (id, subject, ended) in [("_a", "somebody else", 0), ("_b", "bea-there", 1)] {
            let message = provider::logout(services.now(), &slo, id, subject, Some("session-1"));
            let done = logout::single_logout(services, &anyone, stage.connection, LogoutMessage::Form { message: &message, relay_state: Some("there") }).await;
            let done = done.unwrap();
            assert_eq!(done.sessions, ended, "{subject}");
            assert!(done.url.is_some_and(|url| url.starts_with("https://idp.test/slo?") && url.contains("RelayState=there")));
        }
        assert_eq!(stage.enters(&one, &one.slug).await.unwrap_err().kind, FailureKind::SignedOut);
        stage.enters(owner, &owner.slug).await.unwrap();
        let message = provider::logout(services.now(), &slo, "_b", "bea-there", None);
        let again = logout::single_logout(services, &anyone, stage.connection, LogoutMessage::Form { message: &message, relay_state: None }).await;
        assert_eq!(again.unwrap_err().kind, FailureKind::Invalid);
    }
}
