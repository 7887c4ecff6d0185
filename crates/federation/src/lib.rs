//! What providers of sign-in say, believed only where it holds: SAML 2.0 and OpenID Connect.
//!
//! Pure protocol: it knows no table, no workspace and no session. Whoever calls keeps what must be kept between the way out and the way
//! back, sees to it that no message counts twice ([`Identity::message`]), and decides what a person may do. Each refusal has its reason.

mod instant;
pub mod oidc;
pub mod outgoing;
mod refusal;
pub mod saml;

pub use refusal::Refusal;

/// How long a name may be by which a provider knows somebody (OpenID Connect Core, 8).
const MOST_SUBJECT: usize = 255;

/// What a provider calls somebody or a session, if it can be kept and shown as it is.
fn known_by(what: &str, name: String) -> Result<String, Refusal> {
    if name.chars().count() > MOST_SUBJECT || name.chars().any(char::is_control) {
        return Err(Refusal::malformed(format!("its {what} is longer than {MOST_SUBJECT} characters, or holds some that can't be shown")));
    }
    Ok(name)
}

/// Who the provider says has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Never changes for a person at this provider: `sub`, or the NameID.
    pub subject: String,
    pub email: Option<String>,
    /// What OIDC says about the address; SAML says nothing.
    pub email_verified: Option<bool>,
    pub name: Option<String>,
    /// All claims or attributes, flat: of an object, `address.country`; of a list, each value.
    pub claims: Vec<(String, Vec<String>)>,
    /// What the provider calls this session when it ends it: `sid`, or the SessionIndex.
    pub session: Option<String>,
    /// What must not be accepted a second time from this provider: the assertion's ID, or the nonce.
    pub message: String,
    /// Until when it must be remembered, in microseconds since 1970, at most a day: later the message is refused by its age.
    pub message_ends: i64,
}
