//! SAML 2.0 as a service provider: we ask at an identity provider's address and are answered by a form that the browser posts.
//!
//! What is supported: the web browser SSO profile, started by us (HTTP-Redirect) or by the provider, answers by HTTP-POST, and single logout that
//! the provider asks for, by redirect and POST. Signed responses or signed assertions are needed. **Encrypted assertions are not supported** and refused as
//! [`Refusal::Encrypted`](crate::Refusal::Encrypted); nor are artifacts, and our own messages are not signed.

mod assertion;
mod canonical;
mod certificate;
mod logout;
mod metadata;
mod names;
mod redirect;
mod request;
mod response;
mod signature;
mod xml;

pub use certificate::{certificate, fingerprint};
pub use logout::{Carried, LoggedOut, accept_logout, logout_response};
pub use metadata::{metadata, read_metadata};
pub use request::request;
pub use response::{Expected, accept};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Us, as one connection of one workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProvider {
    pub entity_id: String,
    /// The address that answers are posted to (Assertion Consumer Service).
    pub acs: String,
    /// The address for logout messages.
    pub slo: String,
}

/// The provider, as its metadata or a person's hand has described it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityProvider {
    pub entity_id: String,
    /// Where sign-in begins, by redirect.
    pub sso: String,
    /// Where logout goes, by redirect, if the provider has it.
    pub slo: Option<String>,
    /// In DER; several while a key is being renewed.
    #[serde(serialize_with = "as_base64", deserialize_with = "from_base64")]
    pub certificates: Vec<Vec<u8>>,
}

fn as_base64<S: Serializer>(certificates: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    serializer.collect_seq(certificates.iter().map(|der| STANDARD.encode(der)))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| certificate::base64(text).ok_or_else(|| serde::de::Error::custom("a certificate is not Base64"))).collect()
}
