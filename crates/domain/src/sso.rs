//! Single sign-on: how a workspace is connected to the identity provider of its people.
//!
//! A connection begins empty, because both sides must be told of each other: the provider needs our addresses before it has any to give.

mod address;
pub mod domains;
pub mod log;
pub mod mapping;
pub mod require;
pub mod way_in;

pub use address::{ProviderUrl, ProviderUrlError};

use crate::{
    id::ConnectionId,
    text::{ConnectionName, PersonName},
    time::Timestamp,
};
use mapping::MappingRule;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How many connections a workspace may have.
pub const MOST_CONNECTIONS: usize = 50;

/// How many certificates a provider may sign with: an old and a new one, and some to spare.
pub const MOST_CERTIFICATES: usize = 5;

/// How long a client id, a client secret and an entity id may be.
pub const MOST_TEXT: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    Oidc,
    Saml,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not known; use `oidc` or `saml`")]
pub struct ProtocolError(pub String);

impl Protocol {
    pub const ALL: [Self; 2] = [Self::Oidc, Self::Saml];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Saml => "saml",
        }
    }

    /// As its own people write it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Oidc => "OpenID Connect",
            Self::Saml => "SAML 2.0",
        }
    }
}

impl FromStr for Protocol {
    type Err = ProtocolError;
    fn from_str(text: &str) -> Result<Self, ProtocolError> {
        Self::ALL.into_iter().find(|protocol| protocol.as_str() == text).ok_or_else(|| ProtocolError(text.to_owned()))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whose product the provider is: it chooses the words of the guide, and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    Okta,
    EntraId,
    Google,
    OneLogin,
    Keycloak,
    #[default]
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no provider with a guide; use `other`")]
pub struct PresetError(pub String);

impl Preset {
    pub const ALL: [Self; 6] = [Self::Okta, Self::EntraId, Self::Google, Self::OneLogin, Self::Keycloak, Self::Other];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::EntraId => "entra_id",
            Self::Google => "google",
            Self::OneLogin => "one_login",
            Self::Keycloak => "keycloak",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Okta => "Okta",
            Self::EntraId => "Microsoft Entra ID",
            Self::Google => "Google Workspace",
            Self::OneLogin => "OneLogin",
            Self::Keycloak => "Keycloak",
            Self::Other => "Another provider",
        }
    }
}

impl FromStr for Preset {
    type Err = PresetError;
    fn from_str(text: &str) -> Result<Self, PresetError> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text).ok_or_else(|| PresetError(text.to_owned()))
    }
}

/// A connection as its owners see it: the client secret is never among it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub id: ConnectionId,
    pub name: ConnectionName,
    pub preset: Preset,
    pub provider: Provider,
    /// Whether people may sign in by it. It can be tested before.
    pub enabled: bool,
    /// Whether the provider may begin a sign-in by itself. Then nothing ties the answer to the browser that brings it.
    pub allow_idp_initiated: bool,
    pub mapping: Vec<MappingRule>,
    pub created_at: Timestamp,
    pub created_by: Option<PersonName>,
    /// When somebody last signed in by it.
    pub used_at: Option<Timestamp>,
    pub revision: i64,
}

impl Connection {
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        self.provider.protocol()
    }

    /// Whether all is known that a sign-in needs.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        matches!(self.provider, Provider::Oidc(Some(_)) | Provider::Saml(Some(_)))
    }

    #[must_use]
    pub fn snapshot(&self) -> ConnectionSnapshot {
        let (issuer, certificates) = match &self.provider {
            Provider::Oidc(told) => (told.as_ref().map(|told| told.issuer.to_string()), Vec::new()),
            Provider::Saml(told) => {
                let prints = told.iter().flat_map(|told| told.certificates.iter().map(|certificate| certificate.fingerprint.clone()));
                (told.as_ref().map(|told| told.entity_id.clone()), prints.collect())
            }
        };
        ConnectionSnapshot {
            name: self.name.to_string(),
            protocol: self.protocol(),
            issuer,
            certificates,
            allow_idp_initiated: self.allow_idp_initiated,
            mapping: self.mapping.iter().map(MappingRule::words).collect(),
        }
    }

    /// What an editor of it begins with.
    #[must_use]
    pub fn draft(&self) -> ConnectionDraft {
        let provider = match &self.provider {
            Provider::Oidc(told) => ProviderDraft::Oidc(OidcDraft {
                issuer: told.as_ref().map(|told| told.issuer.to_string()).unwrap_or_default(),
                client_id: told.as_ref().map(|told| told.client_id.clone()).unwrap_or_default(),
                client_secret: None,
            }),
            Provider::Saml(told) => ProviderDraft::Saml(told.as_ref().map(SamlDraft::from).unwrap_or_default()),
        };
        let name = self.name.to_string();
        ConnectionDraft { name, preset: self.preset, provider, allow_idp_initiated: self.allow_idp_initiated, mapping: self.mapping.clone() }
    }
}

/// What is known of the provider; nothing as long as nobody told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Oidc(Option<OidcProvider>),
    Saml(Option<SamlProvider>),
}

impl Provider {
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        match self {
            Self::Oidc(_) => Protocol::Oidc,
            Self::Saml(_) => Protocol::Saml,
        }
    }
}

/// OpenID Connect finds all else by the issuer (OpenID Connect Discovery 1.0). The client secret is kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OidcProvider {
    pub issuer: ProviderUrl,
    pub client_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlProvider {
    pub entity_id: String,
    /// Where browsers are sent to sign in (binding HTTP-Redirect).
    pub sso_url: ProviderUrl,
    /// Where sign-outs are answered, if the provider has that.
    pub slo_url: Option<ProviderUrl>,
    /// What it signs with; more than one while it changes over.
    pub certificates: Vec<ProviderCertificate>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderCertificate {
    /// DER in Base64.
    pub der: String,
    /// SHA-256 of it as providers show it: `AB:CD:…`
    pub fingerprint: String,
}

/// A connection as somebody wishes it, as typed. All of the provider's part empty is one that is not told yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionDraft {
    pub name: String,
    pub preset: Preset,
    pub provider: ProviderDraft,
    pub allow_idp_initiated: bool,
    pub mapping: Vec<MappingRule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderDraft {
    Oidc(OidcDraft),
    Saml(SamlDraft),
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OidcDraft {
    pub issuer: String,
    pub client_id: String,
    /// `None` keeps the one that there is.
    pub client_secret: Option<String>,
}

/// A secret is in no log.
impl fmt::Debug for OidcDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcDraft").field("issuer", &self.issuer).field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamlDraft {
    /// The provider's metadata, in place of all that follows.
    pub metadata: Option<String>,
    pub entity_id: String,
    pub sso_url: String,
    pub slo_url: String,
    /// PEM, or DER in Base64.
    pub certificates: Vec<String>,
}

impl From<&SamlProvider> for SamlDraft {
    fn from(told: &SamlProvider) -> Self {
        Self {
            metadata: None,
            entity_id: told.entity_id.clone(),
            sso_url: told.sso_url.to_string(),
            slo_url: told.slo_url.as_ref().map(ToString::to_string).unwrap_or_default(),
            certificates: told.certificates.iter().map(|certificate| certificate.der.clone()).collect(),
        }
    }
}

/// What the provider must be told of us, to be copied there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OurAddresses {
    /// Where a sign-in begins: what a tile in the provider's list of apps may lead to.
    pub start_url: String,
    /// OpenID Connect: where browsers come back to; another for each connection, so that no provider is shown the code of another.
    pub redirect_uri: String,
    pub backchannel_logout_uri: String,
    /// SAML: what we are called, where answers are posted, and where sign-outs go.
    pub entity_id: String,
    pub acs_url: String,
    pub slo_url: String,
    pub metadata_url: String,
}

/// A connection with what its guide shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionPage {
    pub connection: Connection,
    pub addresses: OurAddresses,
    /// Whether a client secret is kept.
    pub has_secret: bool,
    /// How many sessions came by it: they end when it is switched off or deleted.
    pub sessions: u64,
    /// Why it can't be switched off or deleted; nothing where it can.
    pub kept_on: Option<String>,
}

/// What of a connection is recorded as before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionSnapshot {
    pub name: String,
    pub protocol: Protocol,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    pub allow_idp_initiated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mapping: Vec<String>,
}

impl ConnectionSnapshot {
    /// What became different, a line each.
    #[must_use]
    pub fn changes(&self, after: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.name != after.name {
            lines.push(format!("called {} instead of {}", after.name, self.name));
        }
        if self.issuer != after.issuer {
            let words = |issuer: &Option<String>| issuer.clone().unwrap_or_else(|| "nothing".to_owned());
            lines.push(format!("provider {} instead of {}", words(&after.issuer), words(&self.issuer)));
        }
        if self.allow_idp_initiated != after.allow_idp_initiated {
            lines.push(if after.allow_idp_initiated { "+ the provider may begin" } else { "− the provider may begin" }.to_owned());
        }
        let lists = [("certificate", &self.certificates, &after.certificates), ("mapping", &self.mapping, &after.mapping)];
        for (what, before, after) in lists {
            lines.extend(after.iter().filter(|one| !before.contains(one)).map(|one| format!("+ {what} {one}")));
            lines.extend(before.iter().filter(|one| !after.contains(one)).map(|one| format!("− {what} {one}")));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        assert!(Protocol::ALL.iter().all(|protocol| protocol.as_str().parse() == Ok(*protocol)));
        assert!(Preset::ALL.iter().all(|preset| preset.as_str().parse() == Ok(*preset)));
        assert_eq!("ldap".parse::<Protocol>(), Err(ProtocolError("ldap".to_owned())));
    }

    #[test]
    fn a_change_is_told_line_by_line() {
        let before = ConnectionSnapshot {
            name: "Okta".to_owned(),
            protocol: Protocol::Saml,
            issuer: None,
            certificates: vec!["AA".to_owned()],
            allow_idp_initiated: false,
            mapping: Vec::new(),
        };
        let after = ConnectionSnapshot {
            issuer: Some("https://idp.test".to_owned()),
            certificates: vec!["BB".to_owned()],
            allow_idp_initiated: true,
            mapping: vec!["groups = data".to_owned()],
            ..before.clone()
        };
        let said =
            ["provider https://idp.test instead of nothing", "+ the provider may begin", "+ certificate BB", "− certificate AA", "+ mapping groups = data"];
        assert_eq!(before.changes(&after), said);
        assert!(before.changes(&before).is_empty());
    }

    #[test]
    fn a_secret_is_not_shown() {
        let draft = OidcDraft { client_secret: Some("hunter2".to_owned()), ..OidcDraft::default() };
        assert!(!format!("{draft:?}").contains("hunter2"));
    }
}
