//! A workspace with a provider of each protocol, met by its addresses alone.

use axum::{Router, body::Body};
use domain::{
    catalog::Catalog,
    id::ConnectionId,
    sso::{ConnectionDraft, OidcDraft, Preset, ProviderDraft, SamlDraft},
    workspace::WorkspaceSlug,
};
use futures::future::BoxFuture;
use http::{Request, StatusCode, header, request::Builder};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use server::{
    app::{AppState, router},
    site::Site,
};
use service::{
    Services, Settings, accounts,
    actor::Meta,
    clock::{SystemClock, SystemEntropy},
    secrets::SecretKey,
    sso::{
        self,
        outside::{Looked, Outside},
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use testkit::{
    Database, World,
    providers::{
        keys::IDP,
        oidc::{CLIENT, Provider},
        saml::{Answer, ISSUER, query},
    },
};
use tower::ServiceExt as _;

pub const HERE: &str = "http://127.0.0.1:3000";

/// Every TXT record that is asked for is there.
#[derive(Default)]
struct Proofs(Mutex<Vec<String>>);

impl Outside for Proofs {
    fn records<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Looked<Vec<String>>> {
        let records = self.0.lock().unwrap().clone();
        Box::pin(async move { Ok(records) })
    }

    fn page<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Looked<String>> {
        Box::pin(async move { Err(format!("nobody answers at {domain}")) })
    }
}

pub struct Stage {
    app: Router,
    pub services: Services,
    pub slug: WorkspaceSlug,
    pub owner: String,
    pub provider: Provider,
    pub oidc: ConnectionId,
    pub saml: ConnectionId,
    _world: World,
}

pub struct Answered {
    pub status: StatusCode,
    pub location: String,
    pub cookies: HashMap<String, String>,
    pub body: String,
}

async fn set(world: World) -> Stage {
    let settings = Settings { sso_to_private: true, ..Settings::usual(HERE.to_owned(), SecretKey::parse(&"k".repeat(32)).unwrap()) };
    let (catalog, proofs) = (Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap()), Arc::new(Proofs::default()));
    let services = Services::in_world(world.store.clone(), catalog, settings, Arc::new(SystemClock), Arc::new(SystemEntropy), proofs.clone());
    let form = accounts::SignUp {
        name: "Owner".to_owned(),
        email: "owner@acme.test".to_owned(),
        password: "vexing-lantern-orbit".to_owned(),
        workspace_name: "Acme".to_owned(),
    };
    let up = accounts::sign_up(&services, &services.anonymous(Meta::default()), form).await.unwrap();
    let account = services.signed_in(&up.session_secret, Meta::default()).await.unwrap().account().id;
    world.gets_mail(account).await;
    let provider = Provider::open().await;
    let oidc = OidcDraft { issuer: provider.issuer.clone(), client_id: CLIENT.to_owned(), client_secret: Some("hunter2".to_owned()) };
    let saml = SamlDraft {
        metadata: None,
        entity_id: ISSUER.to_owned(),
        sso_url: "https://idp.test/sso".to_owned(),
        slo_url: String::new(),
        certificates: vec![IDP.1.to_owned()],
    };
    let mut ids = Vec::new();
    for (name, told) in [("Oidc", ProviderDraft::Oidc(oidc)), ("Saml", ProviderDraft::Saml(saml))] {
        let draft = ConnectionDraft { name: name.to_owned(), preset: Preset::Other, provider: told, allow_idp_initiated: false, mapping: Vec::new() };
        let owner = owner(&services, &up.session_secret, &up.slug).await;
        let made = sso::connections::create(&services, &owner, &draft).await.unwrap().connection.id;
        sso::connections::switch(&services, &owner, made, true).await.unwrap();
        ids.push(made);
    }
    let mine = owner(&services, &up.session_secret, &up.slug).await;
    let added = sso::domains::add(&services, &mine, "acme.test").await.unwrap();
    proofs.0.lock().unwrap().push(added.txt_record());
    assert!(sso::domains::check(&services, &mine, added.id).await.unwrap().found);
    let app = router(AppState { services: services.clone(), site: Site::find() }, 0);
    Stage { app, services, slug: up.slug, owner: up.session_secret, provider, oidc: ids[0], saml: ids[1], _world: world }
}

pub async fn owner(services: &Services, secret: &str, slug: &WorkspaceSlug) -> service::access::WorkspaceOwner {
    services.owner(services.signed_in(secret, Meta::default()).await.unwrap(), slug).await.unwrap()
}

impl Stage {
    pub async fn send(&self, request: Builder, body: impl Into<Body>) -> Answered {
        let response = self.app.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let cookies = response.headers().get_all(header::SET_COOKIE).iter().map(|value| {
            let (name, rest) = value.to_str().unwrap().split_once('=').unwrap();
            (name.to_owned(), rest.split(';').next().unwrap().to_owned())
        });
        let (status, cookies) = (response.status(), cookies.collect());
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answered { status, location, cookies, body: String::from_utf8_lossy(&body).into_owned() }
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Answered {
        self.send(Request::get(path).header(header::COOKIE, cookie).header("sec-fetch-site", "cross-site"), Body::empty()).await
    }

    /// As a page of another site posts a form: browsers say where from, and send no cookie of ours.
    pub async fn posted_from_elsewhere(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        let request = Request::post(path).header(header::ORIGIN, "https://idp.test").header("sec-fetch-site", "cross-site");
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.send(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), body).await
    }

    pub async fn rpc(&self, function: &str, cookie: &str, arguments: &Value) -> (StatusCode, String) {
        let request = Request::post(format!("/rpc/{function}")).header(header::ORIGIN, HERE).header(header::COOKIE, cookie);
        let answered = self.send(request.header(header::CONTENT_TYPE, "application/json"), arguments.to_string()).await;
        (answered.status, answered.body)
    }

    /// Begins at the provider of OpenID; gives the state, and the cookie to come back with.
    pub async fn begun(&self, next: &str) -> (String, String) {
        let path = format!("/sso/oidc/{}/start?next={}", self.oidc, ui::path::encode(next));
        let away = self.get(&path, "").await;
        assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
        assert!(away.location.starts_with(&format!("{}/authorize?", self.provider.issuer)), "{}", away.location);
        let asked = query(&away.location);
        assert_eq!(asked["redirect_uri"], format!("{HERE}{}", self.callback("")));
        self.provider.gives(&self.claims(&asked["nonce"]));
        (asked["state"].clone(), format!("rolecall-sso={}", away.cookies["rolecall-sso"]))
    }

    /// Where its provider sends browsers back to.
    pub fn callback(&self, query: &str) -> String {
        format!("/sso/oidc/{}/callback{query}", self.oidc)
    }

    /// What its provider of SAML says, and signs.
    pub fn answer(&self, id: &str, request: Option<String>) -> Answer {
        let at = |end: &str| format!("{HERE}/sso/saml/{}/{end}", self.saml);
        Answer {
            now: self.services.now(),
            acs: at("acs"),
            audience: at("metadata"),
            request,
            id: id.to_owned(),
            subject: "bea".to_owned(),
            attributes: vec![("email".to_owned(), "bea@acme.test".to_owned())],
            key: IDP,
        }
    }

    pub fn claims(&self, nonce: &str) -> Value {
        let now = self.services.now().micros() / 1_000_000;
        json!({ "iss": self.provider.issuer, "aud": CLIENT, "sub": "bea", "nonce": nonce, "iat": now, "exp": now + 300, "email": "bea@acme.test" })
    }
}

pub fn on_sqlite<T: Future<Output = ()>>(test: impl FnOnce(Stage) -> T) {
    testkit::run(Database::Sqlite, async |world| test(set(world).await).await);
}
