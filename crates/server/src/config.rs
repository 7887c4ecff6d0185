//! The options, on the command line or in the environment, and how they become settings.

use clap::{Args, ValueEnum, builder::FalseyValueParser};
use domain::{catalog::Catalog, time::Span};
use secrecy::{ExposeSecret as _, SecretString};
use service::{
    Services, Settings,
    decisions::Limits,
    limits::Rates,
    postman::Postman,
    secrets::SecretKey,
    setup::{self, OtherKey},
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Why the server or a command could not go on, in one line.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}")]
    Store(#[from] service::setup::OpenError),
    #[error("the catalogue {path}: {error}")]
    Catalog { path: String, error: String },
    #[error("stored grants use roles that the catalogue doesn't have: {0}; put them back, or take those grants away first")]
    RolesMissing(String),
    #[error("{0}")]
    SecretKey(#[from] service::secrets::SecretKeyError),
    #[error("the key file {path} can't be used: {error}; set ROLECALL_SECRET_KEY, or make the folder writable")]
    KeyFile { path: String, error: std::io::Error },
    #[error("ROLECALL_SECRET_KEY is not set; with PostgreSQL every node needs the same key: make one with `openssl rand -base64 32`")]
    NoKey,
    #[error("ROLECALL_PUBLIC_URL `{0}` is no address of a server; write it as https://rolecall.example.com")]
    PublicUrl(String),
    #[error("{0}")]
    Mail(#[from] service::postman::PostmanError),
    #[error("{0}")]
    Webhooks(#[from] service::webhooks::CourierError),
    #[error("{address} can't be listened on: {error}; choose another with {option}")]
    Address { address: SocketAddr, error: std::io::Error, option: &'static str },
    #[error("{0}")]
    Backup(#[from] service::backup::BackupError),
    #[error("ROLECALL_METRICS_TOKEN has fewer than 16 characters; make one with `openssl rand -hex 16`, or leave it out")]
    MetricsToken,
    /// A server that was asked by its API.
    #[error("{0}")]
    Remote(String),
    #[error("{0}")]
    Failed(domain::failure::Failure),
    /// What was typed can't be taken: ends with 2.
    #[error("{0}")]
    Usage(domain::failure::Failure),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl From<domain::failure::Failure> for ConfigError {
    fn from(failure: domain::failure::Failure) -> Self {
        Self::Failed(failure)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Signup {
    /// Anybody who reaches the server may make an account and a workspace.
    Open,
    /// Only who is invited; the very first account may always be made.
    Invite,
}

/// What every command takes.
#[derive(Args, Debug)]
pub struct StoreOptions {
    /// Where the data is: `sqlite://path/to/file.db` or `postgres://user:password@host/database`.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://data/rolecall.db", global = true, hide_env_values = true)]
    pub database_url: SecretString,

    /// A catalogue of your own, in place of the built-in one: a TOML file of resource types and roles.
    #[arg(long, env = "ROLECALL_CATALOG", global = true)]
    pub catalog: Option<PathBuf>,

    /// What is logged: `error`, `warn`, `info`, `debug`, or by part as `server=debug,info`.
    #[arg(long, env = "ROLECALL_LOG", default_value = "info", global = true)]
    pub log: String,

    /// At least 32 characters from which invite and reset links are derived. With SQLite, made and kept beside the database where not given.
    #[arg(long, env = "ROLECALL_SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<SecretString>,
}

/// What `serve` takes beside that.
#[derive(Args, Debug)]
pub struct ServeOptions {
    /// The address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "ROLECALL_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// Where people reach the server; links in mails begin with it. The listening address where not given.
    #[arg(long, env = "ROLECALL_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Takes the secret key that is set though the database was used with another one, which is lost: links that were sent work no more then, and client
    /// secrets of identity providers must be entered again. For one start: later ones notice another key only without it.
    #[arg(long, env = "ROLECALL_ACCEPT_KEY", value_parser = FalseyValueParser::new())]
    pub accept_key: bool,

    /// The server that takes mail: `smtp://user:password@host:587?tls=required` or `smtps://user:password@host:465`. No mail goes out without it.
    #[arg(long, env = "ROLECALL_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<SecretString>,

    /// Whom mail comes from.
    #[arg(long, env = "ROLECALL_MAIL_FROM", default_value = "Rolecall <rolecall@localhost>")]
    pub mail_from: String,

    /// Who may sign up.
    #[arg(long, env = "ROLECALL_SIGNUP", value_enum, default_value = "open")]
    pub signup: Signup,

    /// How many proxies stand in front and add to `X-Forwarded-For`: the caller's address is read that many places from its end.
    #[arg(long, env = "ROLECALL_PROXIES", default_value_t = 0)]
    pub proxies: usize,

    /// How many seconds a connection may take to send the head of a request, and may rest between two; then it is closed. Longer than a proxy in front
    /// keeps its connections, or requests by those that it believes open fail now and then.
    #[arg(long, env = "ROLECALL_HEADER_TIMEOUT", default_value_t = 75, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub header_timeout: u32,

    /// How many seconds access is still decided from what is known when the database does not answer; then those who ask get 503.
    #[arg(long, env = "ROLECALL_DECISION_STALENESS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub decision_staleness: u32,

    /// How many MiB of memory the policies of workspaces may take, about; beyond it those not asked about lately are read again when they are.
    #[arg(long, env = "ROLECALL_DECISION_MEMORY", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..))]
    pub decision_memory: u32,

    /// How many calls of the API a token may make in a minute, and at once after a rest; further ones get 429. 0 counts none.
    #[arg(long, env = "ROLECALL_API_RATE", default_value_t = Rates::USUAL.calls)]
    pub api_rate: u32,

    /// The same for questions about access, `/api/v1/check` and `/check/batch`, which are counted by themselves.
    #[arg(long, env = "ROLECALL_CHECK_RATE", default_value_t = Rates::USUAL.questions)]
    pub check_rate: u32,

    /// For how many days entries of the audit trail are kept; older ones go, the oldest first, and that is recorded. 0 keeps all for good.
    #[arg(long, env = "ROLECALL_AUDIT_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub audit_days: u32,

    /// Webhooks may lead to addresses of private networks, this machine's own among them, and may go without TLS. Not where owners of
    /// workspaces aren't to reach into your network.
    #[arg(long, env = "ROLECALL_WEBHOOKS_TO_PRIVATE", value_parser = FalseyValueParser::new())]
    pub webhooks_to_private: bool,

    /// Identity providers, and pages that prove a domain, may be at addresses of private networks, this machine's own among them, and may go without
    /// TLS. Where providers stand in your own network; not where owners of workspaces aren't to reach into it.
    #[arg(long, env = "ROLECALL_SSO_TO_PRIVATE", value_parser = FalseyValueParser::new())]
    pub sso_to_private: bool,

    /// The server of names that is asked for the proof of a domain, such as `192.0.2.53:53`; those that this machine asks where not given. For networks
    /// in which domains look otherwise than from outside.
    #[arg(long, env = "ROLECALL_DNS")]
    pub dns: Option<SocketAddr>,

    #[command(flatten)]
    pub metrics: MetricsOptions,

    #[command(flatten)]
    pub drain: DrainOptions,
}

/// Who may read what the server counts.
#[derive(Args, Debug, Default)]
pub struct MetricsOptions {
    /// An address of its own for `/metrics`, with `/healthz` and `/readyz`, such as `127.0.0.1:9464`: whoever reaches it may read them. Without it they
    /// are read on the address that people use, with the token; and without a token only by programs of this machine, while people use
    /// no other address and no proxy.
    #[arg(long, env = "ROLECALL_METRICS_ADDR")]
    pub metrics_addr: Option<SocketAddr>,

    /// What must be sent as `Authorization: Bearer …` to read `/metrics`, wherever it is.
    #[arg(long, env = "ROLECALL_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<SecretString>,
}

impl MetricsOptions {
    /// A token that can be guessed guards nothing.
    pub fn token(&self) -> Result<Option<&SecretString>, ConfigError> {
        let token = self.metrics_token.as_ref();
        if token.is_some_and(|token| token.expose_secret().len() < 16) { Err(ConfigError::MetricsToken) } else { Ok(token) }
    }
}

/// How the server ends when it is asked to.
#[derive(Args, Clone, Copy, Debug)]
pub struct DrainOptions {
    /// For how many seconds `/readyz` says 503 before new requests are refused, so that a load balancer sends none.
    #[arg(long, env = "ROLECALL_DRAIN_DELAY", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=600))]
    pub drain_delay: u32,

    /// For how many seconds after that requests that were begun may still be answered; then the server ends.
    #[arg(long, env = "ROLECALL_DRAIN_LIMIT", default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=3_600))]
    pub drain_limit: u32,
}

impl DrainOptions {
    pub fn delay(&self) -> Duration {
        Duration::from_secs(self.drain_delay.into())
    }

    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.drain_limit.into())
    }
}

impl StoreOptions {
    pub fn database(&self) -> &str {
        self.database_url.expose_secret()
    }

    pub fn read_catalog(&self) -> Result<Arc<Catalog>, ConfigError> {
        let (path, text) = match &self.catalog {
            None => ("built-in".to_owned(), Catalog::BUILT_IN.to_owned()),
            Some(path) => (path.display().to_string(), read(path)?),
        };
        let catalog = Catalog::parse(&text).map_err(|error| ConfigError::Catalog { path, error: error.to_string() })?;
        Ok(Arc::new(catalog))
    }

    fn key(&self) -> Result<SecretKey, ConfigError> {
        if let Some(key) = &self.secret_key {
            return Ok(SecretKey::parse(key.expose_secret())?);
        }
        if !setup::is_file(self.database())? {
            return Err(ConfigError::NoKey);
        }
        let (_, file) = self.database().split_once(':').unwrap_or_default();
        let file = file.trim_start_matches("//").split('?').next().unwrap_or_default();
        let path = Path::new(file).with_extension("key");
        let failed = |error| ConfigError::KeyFile { path: path.display().to_string(), error };
        Ok(SecretKey::parse(&kept_key(&path).map_err(failed)?)?)
    }

    /// The services on a migrated store, for commands that need no browser or mail. With another key than the server's, what they write would be
    /// nothing that it can read: the links of invites, and what is sealed.
    pub async fn services(&self) -> Result<Services, ConfigError> {
        let catalog = self.read_catalog()?;
        let settings = Settings { signup_open: false, audit_days: 0, ..Settings::usual("http://127.0.0.1:3000".to_owned(), self.key()?) };
        let services = setup::open(self.database(), catalog, settings).await?;
        setup::check_key(&services).await?;
        Ok(services)
    }

    /// The services as `serve` runs them, and the postman where mail is on.
    pub async fn serving(&self, options: &ServeOptions, public_url: String) -> Result<(Services, Option<Postman>), ConfigError> {
        let catalog = self.read_catalog()?;
        let postman = options.smtp_url.as_ref().map(|url| Postman::new(url.expose_secret(), &options.mail_from)).transpose()?;
        let settings = Settings {
            public_url,
            secret_key: self.key()?,
            signup_open: options.signup == Signup::Open,
            mail_is_on: postman.is_some(),
            decisions: options.decisions(),
            rates: Rates { calls: options.api_rate, questions: options.check_rate },
            audit_days: options.audit_days,
            webhooks_to_private: options.webhooks_to_private,
            sso_to_private: options.sso_to_private,
            dns: options.dns,
        };
        let services = setup::open(self.database(), catalog, settings).await?;
        setup::keep_to_key(&services, if options.accept_key { OtherKey::Accepted } else { OtherKey::Refused }).await?;
        let missing = service::operator::roles_missing_from_catalog(&services, &services.operator()).await?;
        if !missing.is_empty() {
            return Err(ConfigError::RolesMissing(missing.join(", ")));
        }
        Ok((services, postman))
    }
}

impl ServeOptions {
    fn decisions(&self) -> Limits {
        Limits { staleness: Span::seconds(i64::from(self.decision_staleness)), memory: u64::from(self.decision_memory) << 20 }
    }

    pub fn header_timeout(&self) -> Duration {
        Duration::from_secs(self.header_timeout.into())
    }

    /// The public address without a slash at its end; the listening one where none is set.
    pub fn public_url(&self, listening: SocketAddr) -> Result<String, ConfigError> {
        let Some(url) = &self.public_url else { return Ok(format!("http://{listening}")) };
        let wrong = || ConfigError::PublicUrl(url.clone());
        let trimmed = url.trim().trim_end_matches('/');
        let uri: http::Uri = trimmed.parse().map_err(|_| wrong())?;
        let is_plain = uri.path() == "/" || uri.path().is_empty();
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        if known && is_plain && uri.query().is_none() && uri.host().is_some() { Ok(trimmed.to_owned()) } else { Err(wrong()) }
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::Catalog { path: path.display().to_string(), error: format!("can't be read: {error}") })
}

/// The key of this database: read, or made once, for its owner's eyes only.
fn kept_key(path: &Path) -> Result<String, std::io::Error> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        read => return read,
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let key = service::secrets::random(&service::clock::SystemEntropy);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(key.as_bytes())?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept() {
        let folder = std::env::temp_dir().join(format!("rolecall-key-{}", std::process::id()));
        let path = folder.join("rolecall.key");
        let first = kept_key(&path).unwrap();
        assert_eq!(kept_key(&path).unwrap(), first);
        assert!(SecretKey::parse(&first).is_ok());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_public_address_is_checked() {
        let options = |url: Option<&str>| ServeOptions {
            addr: "127.0.0.1:0".parse().unwrap(),
            public_url: url.map(str::to_owned),
            accept_key: false,
            smtp_url: None,
            mail_from: String::new(),
            signup: Signup::Open,
            proxies: 0,
            header_timeout: 75,
            decision_staleness: 10,
            decision_memory: 512,
            api_rate: Rates::USUAL.calls,
            check_rate: Rates::USUAL.questions,
            audit_days: 90,
            webhooks_to_private: false,
            sso_to_private: false,
            dns: None,
            metrics: MetricsOptions::default(),
            drain: DrainOptions { drain_delay: 0, drain_limit: 30 },
        };
        let listening = "127.0.0.1:3000".parse().unwrap();
        assert_eq!(options(Some("https://rolecall.test/")).public_url(listening).unwrap(), "https://rolecall.test");
        assert_eq!(options(None).public_url(listening).unwrap(), "http://127.0.0.1:3000");
        for bad in ["rolecall.test", "ftp://x.test", "https://x.test/path", "https://x.test?q"] {
            assert!(options(Some(bad)).public_url(listening).is_err(), "{bad}");
        }
    }
}
