//! Connections: made, changed, switched and removed by owners; a secret goes in and never comes out, nor to another server.

use super::stage::{Stage, oidc};
use crate::{
    company::{Browser, Company},
    resources::trail,
};
use domain::{
    failure::{Failure, FailureKind},
    id::GroupId,
    member::MemberKind,
    save::SaveOutcome,
    sso::{ConnectionDraft, ConnectionPage, MOST_CONNECTIONS, OidcDraft, Preset, Provider as Told, ProviderDraft, SamlDraft, mapping::MappingRule},
};
use serde_json::json;
use service::{
    operator,
    sso::{self, Finished},
};
use testkit::{
    World, on_both,
    providers::{keys::IDP, oidc::Provider},
};

fn saml(edit: impl FnOnce(&mut SamlDraft)) -> ConnectionDraft {
    let mut told = SamlDraft {
        metadata: None,
        entity_id: "https://idp.test/metadata".to_owned(),
        sso_url: "https://idp.test/sso".to_owned(),
        slo_url: String::new(),
        certificates: vec![IDP.1.to_owned()],
    };
    edit(&mut told);
    ConnectionDraft { name: "Entra".to_owned(), preset: Preset::EntraId, provider: ProviderDraft::Saml(told), allow_idp_initiated: false, mapping: Vec::new() }
}

fn of_oidc(edit: impl FnOnce(&mut OidcDraft)) -> ConnectionDraft {
    let mut told = OidcDraft { issuer: "https://idp.test".to_owned(), client_id: "rolecall".to_owned(), client_secret: Some("hunter2".to_owned()) };
    edit(&mut told);
    ConnectionDraft { name: "Okta".to_owned(), preset: Preset::Okta, provider: ProviderDraft::Oidc(told), allow_idp_initiated: false, mapping: Vec::new() }
}

async fn create(company: &Company, who: &Browser, draft: &ConnectionDraft) -> Result<ConnectionPage, Failure> {
    sso::connections::create(&company.services, &company.owner(who).await, draft).await
}

fn without_secret(provider: ProviderDraft) -> ProviderDraft {
    match provider {
        ProviderDraft::Oidc(told) => ProviderDraft::Oidc(OidcDraft { client_secret: None, ..told }),
        ProviderDraft::Saml(told) => ProviderDraft::Saml(told),
    }
}

on_both! {
    async fn an_owner_makes_one_step_by_step(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let empty = saml(|told| *told = SamlDraft::default());
        let made = create(&company, &amara, &empty).await.unwrap();
        let id = made.connection.id;
        assert_eq!((made.connection.provider, made.connection.enabled, made.has_secret), (Told::Saml(None), false, false));
        assert_eq!(made.addresses.acs_url, format!("http://rolecall.test/sso/saml/{id}/acs"));
        let refused = sso::connections::switch(&company.services, &owner, id, true).await.unwrap_err();
        assert!(refused.kind == FailureKind::Conflict && refused.message.contains("tell it of its provider"), "{refused}");
        // the provider was told of us by our metadata; now it gives its own
        let xml = sso::metadata(&company.services, &company.services.anonymous(Default::default()), id).await.unwrap();
        assert!(xml.contains(&made.addresses.acs_url), "{xml}");
        let SaveOutcome::Saved(saved) = sso::connections::change(&company.services, &owner, id, 1, &saml(|_| {})).await.unwrap() else { panic!() };
        let Told::Saml(Some(told)) = &saved.connection.provider else { panic!() };
        assert_eq!((told.certificates.len(), told.certificates[0].fingerprint.len()), (1, 95));
        assert_eq!(saved.connection.draft(), ConnectionDraft { provider: ProviderDraft::Saml(SamlDraft::from(told)), ..saml(|_| {}) });
        sso::connections::switch(&company.services, &owner, id, true).await.unwrap();
        assert_eq!(trail(&company, &amara).await[..3], ["switched the connection Entra on", "changed the connection Entra", "made the connection Entra (SAML 2.0)"]);
        // by the same names, whoever looks
        assert_eq!(sso::connections::all(&company.services, &owner).await.unwrap().len(), 1);
    }

    async fn who_was_second_gets_what_the_first_left(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let id = create(&company, &amara, &of_oidc(|_| {})).await.unwrap().connection.id;
        let named = |name: &str| ConnectionDraft { name: name.to_owned(), ..of_oidc(|_| {}) };
        sso::connections::change(&company.services, &owner, id, 1, &named("First")).await.unwrap();
        let second = sso::connections::change(&company.services, &owner, id, 1, &named("Second")).await.unwrap();
        assert!(matches!(second, SaveOutcome::Conflict(theirs) if theirs.connection.name.as_str() == "First"));
    }

    async fn what_can_not_be_is_refused_by_field(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        create(&company, &amara, &of_oidc(|_| {})).await.unwrap();
        let rule = |claim: &str| MappingRule { claim: claim.to_owned(), value: "x".to_owned(), group: company.world.id(GroupId::new), group_name: None };
        for (draft, field, words) in [
            (of_oidc(|_| {}), "name", "has a connection called Okta"),
            (ConnectionDraft { name: " ".to_owned(), ..of_oidc(|_| {}) }, "name", "missing"),
            (of_oidc(|told| told.issuer = "idp.test".to_owned()), "issuer", "https://"),
            (of_oidc(|told| told.issuer = "http://idp.test".to_owned()), "issuer", "https://"),
            (of_oidc(|told| told.issuer = "https://127.0.0.1:8080".to_owned()), "issuer", "ROLECALL_SSO_TO_PRIVATE"),
            (of_oidc(|told| told.issuer = "https://[::1]".to_owned()), "issuer", "private network"),
            (of_oidc(|told| told.issuer = "https://localhost".to_owned()), "issuer", "private network"),
            (of_oidc(|told| told.issuer = "https://idp.test?x".to_owned()), "issuer", "behind a `?`"),
            (of_oidc(|told| told.client_id = " ".to_owned()), "client_id", "missing"),
            (of_oidc(|told| told.client_secret = Some("x".repeat(1_001))), "client_secret", "longer"),
            (saml(|told| told.entity_id = String::new()), "entity_id", "missing"),
            (saml(|told| told.sso_url = "http://10.0.0.1/".to_owned()), "sso_url", "https://"),
            (saml(|told| told.slo_url = "x".to_owned()), "slo_url", "https://"),
            (saml(|told| told.certificates.clear()), "certificates", "missing"),
            (saml(|told| told.certificates = vec!["x".to_owned()]), "certificates", "Base64"),
            (saml(|told| told.certificates = vec![IDP.0.to_owned()]), "certificates", "private key"),
            (saml(|told| told.metadata = Some("<html>".to_owned())), "metadata", ""),
            (ConnectionDraft { name: "A".to_owned(), mapping: vec![rule("")], ..of_oidc(|_| {}) }, "mapping", "missing"),
            (ConnectionDraft { name: "A".to_owned(), mapping: vec![rule("groups")], ..of_oidc(|_| {}) }, "mapping", "no longer exists"),
        ] {
            let refused = create(&company, &amara, &draft).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some(field), "{refused}");
            assert!(refused.message.contains(words), "{refused}");
        }
        assert_eq!(sso::connections::all(&company.services, &company.owner(&amara).await).await.unwrap().len(), 1);
    }

    async fn a_workspace_has_so_many_and_no_more(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let named = |number: usize| ConnectionDraft { name: format!("Okta {number}"), ..of_oidc(|_| {}) };
        let mut made = Vec::new();
        for number in 0..MOST_CONNECTIONS {
            made.push(create(&company, &amara, &named(number)).await.unwrap().connection.id);
        }
        let refused = create(&company, &amara, &named(MOST_CONNECTIONS)).await.unwrap_err();
        assert_eq!((refused.kind, refused.field.as_deref()), (FailureKind::Conflict, Some("name")), "{refused}");
        assert!(refused.message.contains("50 connections"), "{refused}");
        // another workspace has its own, and who deletes one makes room
        let eve = company.founder("Eve").await;
        create(&company, &eve, &named(0)).await.unwrap();
        sso::connections::delete(&company.services, &company.owner(&amara).await, made[0]).await.unwrap();
        create(&company, &amara, &named(MOST_CONNECTIONS)).await.unwrap();
        assert_eq!(sso::connections::all(&company.services, &company.owner(&amara).await).await.unwrap().len(), MOST_CONNECTIONS);
    }

    async fn a_secret_is_sealed_and_goes_to_no_other_server(world: World) {
        let stage = Stage::set(world).await;
        let page = sso::connections::page(&stage.company.services, &stage.company.owner(&stage.owner).await, stage.connection).await.unwrap();
        assert!(page.has_secret);
        assert!(!serde_json::to_string(&page).unwrap().contains("hunter2") && !format!("{page:?}").contains("hunter2"));
        let hex = stage.company.world.text(match stage.company.world.store.backend() {
            store::Backend::Sqlite => "SELECT hex(client_secret) AS text FROM sso_connections",
            store::Backend::Postgres => "SELECT encode(client_secret, 'hex') AS text FROM sso_connections",
        }).await.to_lowercase();
        let plain: String = b"hunter2".iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(hex.len() > 2 * 24 && !hex.contains(&plain));
        let evil = Provider::open().await;
        let refused = stage.edit(|draft| draft.provider = without_secret(oidc("", &evil).provider)).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("client_secret"), "{refused}");
        // kept where nothing of that changed
        let kept = stage.edit(|draft| draft.name = "Okta again".to_owned()).await.unwrap();
        assert!(kept.has_secret);
        stage.comes(json!({})).await;
    }

    async fn a_secret_goes_to_no_other_server_in_two_steps(world: World) {
        let stage = Stage::set(world).await;
        let (services, owner) = (&stage.company.services, stage.company.owner(&stage.owner).await);
        sso::connections::switch(services, &owner, stage.connection, false).await.unwrap();
        let emptied = stage.edit(|draft| draft.provider = ProviderDraft::Oidc(OidcDraft::default())).await.unwrap();
        assert!(!emptied.has_secret);
        let evil = Provider::open().await;
        let led = stage.edit(|draft| draft.provider = without_secret(oidc("", &evil).provider)).await.unwrap();
        assert!(!led.has_secret, "what was kept for the one is not shown to the other");
    }

    async fn another_provider_speaks_for_nobody_whom_the_one_before_has_shown(world: World) {
        let stage = Stage::set(world).await;
        let bea = stage.comes(json!({ "sub": "1" })).await;
        let account = stage.company.signed_in(&bea).await.account().id;
        let (waiting, other) = (stage.begin(stage.connection, None).await, Provider::open().await);
        // an owner leads the connection to a provider of their own, where somebody else has the same subject
        stage.edit(|draft| draft.provider = oidc("", &other).provider).await.unwrap();
        assert_eq!(stage.enters(&bea, &bea.slug).await.unwrap_err().kind, FailureKind::SignedOut);
        assert_eq!(store::sso::identities::find(&stage.company.world.store, stage.connection, "1").await.unwrap(), None);
        assert_eq!(stage.back(&waiting, Some(&waiting.cookie), None).await.unwrap_err().kind, FailureKind::Invalid, "what was under way is over");
        let owner = stage.company.owner(&stage.owner).await;
        let page = store::audit::page(&stage.company.world.store, domain::audit::Chain::Workspace(owner.workspace().id), &Default::default()).await.unwrap();
        let domain::audit::Event::Sso(domain::audit::SsoEvent::SsoConnectionChanged { let_go, .. }) = &page.rows[0].event else { panic!("{:?}", page.rows[0]) };
        assert_eq!(*let_go, Some(domain::audit::LetGo { links: 1, sessions: 1 }));
        let stage = Stage { provider: other, ..stage };
        let finished = stage.goes(json!({ "sub": "1", "email": "mallory@elsewhere.test" })).await;
        assert!(matches!(finished, Finished::LinkNeeded { .. }), "it is nobody's subject: {finished:?}");
        // whom it speaks for by a proven domain is linked anew
        let bea = stage.comes(json!({ "sub": "2" })).await;
        assert_eq!(stage.company.signed_in(&bea).await.account().id, account);
        // and what changes nothing of that lets go of nothing
        stage.edit(|draft| draft.name = "Okta again".to_owned()).await.unwrap();
        stage.enters(&bea, &bea.slug).await.unwrap();
    }

    async fn another_client_of_the_same_provider_begins_anew(world: World) {
        let stage = Stage::set(world).await;
        let bea = stage.comes(json!({ "sub": "pairwise-1" })).await;
        let account = stage.company.signed_in(&bea).await.account().id;
        let client = |draft: &mut ConnectionDraft| {
            let ProviderDraft::Oidc(told) = &mut draft.provider else { panic!() };
            told.client_id = "another-client".to_owned();
        };
        stage.edit(client).await.unwrap();
        assert_eq!(stage.enters(&bea, &bea.slug).await.unwrap_err().kind, FailureKind::SignedOut);
        assert_eq!(store::sso::identities::find(&stage.company.world.store, stage.connection, "pairwise-1").await.unwrap(), None);
        // the provider calls her otherwise to the new client, and she is who she was
        let bea = stage.comes(json!({ "sub": "pairwise-2", "aud": "another-client" })).await;
        assert_eq!(stage.company.signed_in(&bea).await.account().id, account);
        // the subject of before means nobody: somebody else may be called so now
        let finished = stage.goes(json!({ "sub": "pairwise-1", "email": "mallory@elsewhere.test", "aud": "another-client" })).await;
        assert!(matches!(finished, Finished::LinkNeeded { .. }), "{finished:?}");
    }

    async fn only_owners_see_them_and_only_their_own(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        let eve = stage.company.founder("Eve").await;
        let theirs = stage.company.owner(&eve).await;
        assert_eq!(sso::connections::all(services, &theirs).await.unwrap(), []);
        for refused in [
            sso::connections::page(services, &theirs, stage.connection).await.map(drop),
            sso::connections::switch(services, &theirs, stage.connection, false).await.map(drop),
            sso::connections::delete(services, &theirs, stage.connection).await,
            sso::log(services, &theirs, stage.connection).await.map(drop),
            sso::begin_test(services, &theirs, stage.connection, None).await.map(drop),
        ] {
            assert_eq!(refused.unwrap_err().kind, FailureKind::NotFound);
        }
        let bea = stage.company.joined(&stage.owner, "Bea", MemberKind::Member, Vec::new()).await;
        let member = services.owner(stage.company.signed_in(&bea).await, &bea.slug).await;
        assert_eq!(member.unwrap_err().kind, FailureKind::Forbidden);
    }

    async fn a_lesser_plan_makes_none_and_lets_go_of_what_is_there(world: World) {
        let stage = Stage::set(world).await;
        let services = &stage.company.services;
        operator::set_plan(services, &services.operator(), stage.owner.slug.as_str(), "free").await.unwrap();
        let owner = stage.company.owner(&stage.owner).await;
        for refused in [
            sso::connections::create(services, &owner, &of_oidc(|_| {})).await.map(drop),
            sso::domains::add(services, &owner, "other.test").await.map(drop),
            stage.edit(|draft| draft.name = "Other".to_owned()).await.map(drop),
        ] {
            let refused = refused.unwrap_err();
            assert!(refused.message.contains("Business plan"), "{refused}");
        }
        sso::connections::switch(services, &owner, stage.connection, false).await.unwrap();
        sso::connections::delete(services, &owner, stage.connection).await.unwrap();
    }

    async fn deleting_one_ends_the_sessions_that_came_by_it_and_no_others(world: World) {
        let stage = Stage::set(world).await;
        let bea = stage.comes(json!({})).await;
        let services = &stage.company.services;
        let owner = stage.company.owner(&stage.owner).await;
        assert_eq!(sso::connections::page(services, &owner, stage.connection).await.unwrap().sessions, 1);
        sso::connections::delete(services, &owner, stage.connection).await.unwrap();
        assert_eq!(stage.enters(&bea, &bea.slug).await.unwrap_err().kind, FailureKind::SignedOut);
        stage.enters(&stage.owner, &stage.owner.slug).await.unwrap();
        assert_eq!(trail(&stage.company, &stage.owner).await[0], "deleted the connection Okta");
    }

    async fn the_log_keeps_the_newest(world: World) {
        let stage = Stage::set(world).await;
        let entry = |n: i64| domain::sso::log::SignInEntry {
            id: stage.company.world.id(domain::id::SignInId::new),
            at: domain::time::Timestamp::from_micros(n),
            purpose: domain::sso::log::Purpose::SignIn,
            outcome: domain::sso::log::SignInOutcome::Accepted,
            who: None,
            address: None,
            more: 0,
        };
        let tx = stage.company.world.store.begin().await.unwrap();
        for n in 0..210 {
            store::sso::log::write(&tx, stage.connection, &entry(n)).await.unwrap();
        }
        tx.commit(stage.company.world.record(domain::audit::Chain::Accounts, domain::audit::Event::SignedOut)).await.unwrap();
        let log = stage.log().await;
        assert_eq!((log.len(), log[0].at.micros(), log[199].at.micros()), (200, 209, 10));
    }
}
