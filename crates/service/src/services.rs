//! What every use case needs at hand: the store, the clock, chance, the catalogue, limits, and how this server is set up.

use crate::{
    access::KnownSecrets,
    asked::Actions,
    bulk::UnderWay,
    clock::{Clock, Entropy, SystemClock, SystemEntropy},
    decisions,
    ending::Ending,
    limits::{Limits, Rates},
    live::Live,
    meters::Meters,
    passwords::Passwords,
    secrets::SecretKey,
    sso::{
        Descriptions,
        outside::{Outside, World},
    },
};
use domain::{
    audit::{Actor, Chain, Event, Object, Origin, Record},
    catalog::Catalog,
    id::AuditId,
    time::Timestamp,
};
use federation::outgoing::Outgoing;
use std::{net::SocketAddr, ops::Deref, sync::Arc};
use store::{Store, policy_watch::Watcher};
use tokio::sync::Notify;

/// How the operator set this server up.
#[derive(Debug)]
pub struct Settings {
    /// Where people reach it, without a slash at the end: `https://rolecall.example.com`.
    pub public_url: String,
    pub secret_key: SecretKey,
    /// Whether anybody may sign up; otherwise only who is invited.
    pub signup_open: bool,
    /// Whether mail goes out.
    pub mail_is_on: bool,
    pub decisions: decisions::Limits,
    /// How often a token may call the REST API.
    pub rates: Rates,
    /// For how many days entries of the audit trail are kept; 0 keeps them for good.
    pub audit_days: u32,
    /// Whether webhooks may lead into private networks, and go without TLS.
    pub webhooks_to_private: bool,
    /// Whether identity providers and proofs of domains may be in private networks, and go without TLS.
    pub sso_to_private: bool,
    /// The server of names that proofs of domains are asked of; those of this machine where there is none.
    pub dns: Option<SocketAddr>,
}

impl Settings {
    /// Where the operator says nothing else: anybody may sign up, no mail goes out, and nothing leads into private networks.
    #[must_use]
    pub fn usual(public_url: String, secret_key: SecretKey) -> Self {
        Self {
            public_url,
            secret_key,
            signup_open: true,
            mail_is_on: false,
            decisions: decisions::Limits::default(),
            rates: Rates::USUAL,
            audit_days: 90,
            webhooks_to_private: false,
            sso_to_private: false,
            dns: None,
        }
    }
}

pub struct Inner {
    pub store: Store,
    pub catalog: Arc<Catalog>,
    pub settings: Settings,
    pub limits: Limits,
    pub passwords: Passwords,
    pub(crate) decisions: Arc<decisions::Cache>,
    pub(crate) secrets: KnownSecrets,
    pub(crate) actions: Actions,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub live: Arc<Live>,
    pub meters: Meters,
    pub ending: Ending,
    /// Changes of many, and how far they are.
    pub(crate) under_way: UnderWay,
    /// To identity providers.
    pub(crate) http: Arc<Outgoing>,
    /// Where proofs of domains are looked for.
    pub(crate) outside: Arc<dyn Outside>,
    pub(crate) descriptions: Descriptions,
    /// Rung when mail was put in the outbox.
    pub(crate) mail_waits: Notify,
}

/// Cheap to clone; one per server.
#[derive(Clone)]
pub struct Services(Arc<Inner>);

impl Deref for Services {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Services {
    #[must_use]
    pub fn new(store: Store, catalog: Arc<Catalog>, settings: Settings) -> Self {
        Self::with(store, catalog, settings, Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// The same with a world of one's own outside.
    #[must_use]
    pub fn in_world(
        store: Store,
        catalog: Arc<Catalog>,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        outside: Arc<dyn Outside>,
    ) -> Self {
        let http = outgoing(&settings);
        Self::made(store, catalog, settings, clock, entropy, http, outside)
    }

    /// With a clock and chance of one's own, as tests have them.
    #[must_use]
    pub fn with(store: Store, catalog: Arc<Catalog>, settings: Settings, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let http = outgoing(&settings);
        let outside = Arc::new(World::new(http.clone(), settings.dns));
        Self::made(store, catalog, settings, clock, entropy, http, outside)
    }

    fn made(
        store: Store,
        catalog: Arc<Catalog>,
        settings: Settings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        http: Arc<Outgoing>,
        outside: Arc<dyn Outside>,
    ) -> Self {
        let live = Arc::new(Live::default());
        let watcher: Arc<dyn Watcher> = live.clone();
        store.watch(Arc::downgrade(&watcher));
        let decisions = decisions::Cache::new(store.clone(), catalog.clone(), clock.clone(), settings.decisions);
        let (limits, actions) = (Limits::new(settings.rates), Actions::new(&catalog));
        Self(Arc::new(Inner {
            store,
            catalog,
            settings,
            limits,
            passwords: Passwords::default(),
            decisions,
            secrets: KnownSecrets::default(),
            actions,
            clock,
            entropy,
            live,
            meters: Meters::default(),
            ending: Ending::default(),
            under_way: UnderWay::default(),
            http,
            outside,
            descriptions: Descriptions::default(),
            mail_waits: Notify::new(),
        }))
    }

    /// The cookie by which a browser is known again that a sign-in sent to an identity provider.
    #[must_use]
    pub fn browser_cookie_name(&self) -> &'static str {
        if self.is_https() { "__Host-rolecall-sso" } else { "rolecall-sso" }
    }

    /// The whole `Set-Cookie` value of it. `Lax` is enough: browsers send it when they come back by an address.
    #[must_use]
    pub fn browser_cookie(&self, secret: &str) -> String {
        let secure = if self.is_https() { "; Secure" } else { "" };
        format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600{secure}", self.browser_cookie_name())
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    #[must_use]
    pub fn mail_is_on(&self) -> bool {
        self.settings.mail_is_on
    }

    #[must_use]
    pub fn signup_is_open(&self) -> bool {
        self.settings.signup_open
    }

    /// Whether people reach us by HTTPS; plain HTTP is for one's own machine.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.settings.public_url.starts_with("https://")
    }

    /// The session cookie's name. `__Host-` binds it to this host and to HTTPS (RFC 6265bis); plain HTTP can't have it.
    #[must_use]
    pub fn cookie_name(&self) -> &'static str {
        if self.is_https() { "__Host-rolecall" } else { "rolecall" }
    }

    /// The whole `Set-Cookie` value that keeps this secret in the browser, or makes it forget.
    #[must_use]
    pub fn cookie(&self, secret: Option<&str>) -> String {
        let age = secret.map_or(0, |_| domain::account::SESSION_LIFETIME.as_seconds());
        let secure = if self.is_https() { "; Secure" } else { "" };
        format!("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}", self.cookie_name(), secret.unwrap_or_default())
    }

    /// Ten random bytes for a new id.
    pub(crate) fn random(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.entropy.fill(&mut bytes);
        bytes
    }

    pub(crate) fn salt(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// What a write says of itself when it commits.
    pub(crate) fn record(&self, chain: Chain, actor: Actor, event: Event, object: Option<Object>, origin: Origin) -> Record {
        let at = self.now();
        Record { id: AuditId::new(at, self.random()), at, chain, actor, event, object, origin, once: None }
    }
}

/// What goes out to identity providers. It fails only where TLS itself can't be set up.
fn outgoing(settings: &Settings) -> Arc<Outgoing> {
    match Outgoing::new(settings.sso_to_private) {
        Ok(http) => Arc::new(http),
        Err(error) => {
            // the rings of TLS are compiled in: without them no server should begin
            tracing::error!(%error, "TLS can't be set up");
            std::process::abort();
        }
    }
}
