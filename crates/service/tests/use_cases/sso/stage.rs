//! A company with a provider, a connection to it and a proven domain; and somebody's way through it.

use super::outside::TestOutside;
use crate::company::{Browser, Company, PASSWORD};
use domain::{
    audit::{Chain, Entry, Event, SsoEvent},
    failure::Failure,
    id::ConnectionId,
    save::SaveOutcome,
    sso::{
        ConnectionDraft, ConnectionPage, OidcDraft, Preset, ProviderDraft,
        log::{SignInEntry, SignInOutcome},
    },
    workspace::WorkspaceSlug,
};
use serde_json::{Value, json};
use service::{
    access::SignedIn,
    actor::Meta,
    sso::{self, Begun, Finished, OidcAnswer},
};
use std::{collections::HashMap, sync::Arc};
use testkit::{
    World,
    providers::{
        oidc::{CLIENT, Provider},
        saml::query,
    },
};

pub struct Stage {
    pub company: Company,
    pub outside: Arc<TestOutside>,
    pub owner: Browser,
    pub provider: Provider,
    pub connection: ConnectionId,
}

/// A browser that was sent to its provider.
pub struct Sent {
    pub query: HashMap<String, String>,
    pub cookie: String,
}

pub fn oidc(name: &str, provider: &Provider) -> ConnectionDraft {
    let told = OidcDraft { issuer: provider.issuer.clone(), client_id: CLIENT.to_owned(), client_secret: Some("hunter2".to_owned()) };
    ConnectionDraft { name: name.to_owned(), preset: Preset::Okta, provider: ProviderDraft::Oidc(told), allow_idp_initiated: false, mapping: Vec::new() }
}

impl Stage {
    /// Amara's company, with a connection that is switched on, and `acme.test` proven.
    pub async fn set(world: World) -> Self {
        let stage = Self::bare(world).await;
        stage.proves(&stage.owner, "acme.test").await;
        stage
    }

    /// Without a proven domain.
    pub async fn bare(world: World) -> Self {
        let outside = Arc::new(TestOutside::default());
        let company = Company::in_world(world, outside.clone());
        let owner = company.founder("Amara").await;
        company.has_mail(&owner).await;
        let provider = Provider::open().await;
        let connection = connected(&company, &owner, &oidc("Okta", &provider)).await;
        Self { company, outside, owner, provider, connection }
    }

    pub async fn proves(&self, owner: &Browser, domain: &str) {
        let services = &self.company.services;
        let added = sso::domains::add(services, &self.company.owner(owner).await, domain).await.unwrap();
        self.outside.has_record(domain, &added.txt_record());
        assert!(sso::domains::check(services, &self.company.owner(owner).await, added.id).await.unwrap().found);
    }

    /// Changes the connection.
    pub async fn edit(&self, edit: impl FnOnce(&mut ConnectionDraft)) -> Result<ConnectionPage, Failure> {
        let services = &self.company.services;
        let owner = self.company.owner(&self.owner).await;
        let page = sso::connections::page(services, &owner, self.connection).await?;
        let mut draft = page.connection.draft();
        edit(&mut draft);
        match sso::connections::change(services, &owner, self.connection, page.connection.revision, &draft).await? {
            SaveOutcome::Saved(page) => Ok(page),
            SaveOutcome::Conflict(theirs) => panic!("nobody else saved: {theirs:?}"),
        }
    }

    pub async fn begin(&self, connection: ConnectionId, cookie: Option<&str>) -> Sent {
        let services = &self.company.services;
        match sso::begin(services, &services.anonymous(Meta::default()), connection, cookie, "/w/somewhere").await.unwrap() {
            Begun::Away { url, browser } => Sent { query: query(&url), cookie: browser },
            Begun::Refused(id) => panic!("it begins: {id}"),
        }
    }

    /// The claims of a token that is right in all.
    pub fn claims(&self, sent: &Sent) -> Value {
        let now = self.company.services.now().micros() / 1_000_000;
        json!({
            "iss": self.provider.issuer, "aud": CLIENT, "sub": "0001", "nonce": sent.query["nonce"], "iat": now - 10, "exp": now + 300,
            "email": "bea@acme.test", "email_verified": true, "name": "Bea Brandt", "sid": "session-1",
        })
    }

    /// Comes back with a code.
    pub async fn back(&self, sent: &Sent, cookie: Option<&str>, old: Option<SignedIn>) -> Result<Finished, Failure> {
        self.back_to(self.connection, sent, cookie, old).await
    }

    pub async fn back_to(&self, connection: ConnectionId, sent: &Sent, cookie: Option<&str>, old: Option<SignedIn>) -> Result<Finished, Failure> {
        let services = &self.company.services;
        let query = format!("code=code&state={}", sent.query["state"]);
        sso::finish_oidc(services, &services.anonymous(Meta::default()), connection, cookie, old, OidcAnswer { query: &query }).await
    }

    /// The whole way, with these claims set, or left out where they are null.
    pub async fn goes(&self, claims: Value) -> Finished {
        self.goes_by(self.connection, claims).await
    }

    pub async fn goes_by(&self, connection: ConnectionId, claims: Value) -> Finished {
        let sent = self.begin(connection, None).await;
        let mut all = self.claims(&sent);
        for (name, value) in claims.as_object().unwrap() {
            match value {
                Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
                value => all[name] = value.clone(),
            }
        }
        self.provider.gives(&all);
        self.back_to(connection, &sent, Some(&sent.cookie), None).await.unwrap()
    }

    /// The session of whoever comes in.
    pub async fn comes(&self, claims: Value) -> Browser {
        self.came(self.goes(claims).await)
    }

    pub fn came(&self, finished: Finished) -> Browser {
        let Finished::SignedIn { session_secret, .. } = finished else { panic!("they come in: {finished:?}") };
        Browser { secret: session_secret, slug: self.owner.slug.clone() }
    }

    /// The code by which a sign-in was refused; the connection's log tells of it, and so does the newest of the workspace's trail.
    pub async fn refused(&self, finished: Finished) -> String {
        let Finished::Refused(id) = finished else { panic!("they are refused: {finished:?}") };
        let entry = self.log().await.into_iter().find(|entry| entry.id == id).unwrap();
        let SignInOutcome::Refused { code, reason } = entry.outcome else { panic!("the log says so") };
        assert!(reason.ends_with('.') && reason.len() > 20, "{reason}");
        let newest = self.newest().await;
        let Event::Sso(SsoEvent::SsoSignInRefused { code: recorded, reason: why, who, .. }) = &newest.event else {
            panic!("{code} is not the newest: {newest:?}")
        };
        assert_eq!((recorded, why, who), (&code, &reason, &entry.who), "the trail tells the same");
        code
    }

    /// The newest of the workspace's trail.
    pub async fn newest(&self) -> Entry {
        let chain = Chain::Workspace(self.company.owner(&self.owner).await.workspace().id);
        let page = store::audit::page(&self.company.world.store, chain, &Default::default()).await.unwrap();
        page.rows.into_iter().next().unwrap()
    }

    pub async fn log(&self) -> Vec<SignInEntry> {
        sso::log(&self.company.services, &self.company.owner(&self.owner).await, self.connection).await.unwrap()
    }

    /// How many accounts, members, links and sessions there are.
    pub async fn people(&self) -> String {
        let count = |table: &str| format!("CAST((SELECT COUNT(*) FROM {table}) AS TEXT) || ' {table} '");
        let all = ["accounts", "members", "sso_identities", "sessions"].map(count).join(" || ");
        self.company.world.text(&format!("SELECT {all} AS text")).await
    }

    /// Signs in anew by password, after a long time.
    pub async fn again(&self, who: &Browser) -> Browser {
        self.by_password("amara@acme.test", &who.slug).await
    }

    pub async fn by_password(&self, email: &str, slug: &WorkspaceSlug) -> Browser {
        let services = &self.company.services;
        let secret = service::accounts::sign_in(services, &services.anonymous(Meta::default()), email, PASSWORD).await.unwrap();
        Browser { secret, slug: slug.clone() }
    }

    /// How a request to a workspace would be answered.
    pub async fn enters(&self, who: &Browser, slug: &WorkspaceSlug) -> Result<(), Failure> {
        let services = &self.company.services;
        let me = services.signed_in(&who.secret, Meta::default()).await?;
        services.member(me, slug).await.map(drop)
    }
}

/// Makes a connection and switches it on.
pub async fn connected(company: &Company, owner: &Browser, draft: &ConnectionDraft) -> ConnectionId {
    let made = sso::connections::create(&company.services, &company.owner(owner).await, draft).await.unwrap();
    let id = made.connection.id;
    assert!(!made.connection.enabled);
    sso::connections::switch(&company.services, &company.owner(owner).await, id, true).await.unwrap();
    id
}
