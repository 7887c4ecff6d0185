//! Ways in: where an address signs in, what a test showed, and what is asked before an account is linked.

use crate::{
    email::EmailAddress,
    id::{AttemptId, ConnectionId},
    text::{ConnectionName, WorkspaceName},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};

/// How long somebody may take at their provider.
pub const ATTEMPT_LASTS: Span = Span::minutes(10);

/// How long somebody may take to sign in otherwise and agree to be linked.
pub const LINK_LASTS: Span = Span::minutes(30);

/// How long somebody who is signed in may take to say whether they go on as somebody else.
pub const SWITCH_LASTS: Span = Span::minutes(10);

/// How long an owner may look at what a test showed.
pub const TEST_KEPT: Span = Span::hours(1);

/// Where an address signs in. Its domain alone decides: nothing tells whether it has an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayIn {
    Password,
    Sso(Door),
}

/// A connection that one can sign in by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    pub connection: ConnectionId,
    pub name: ConnectionName,
    /// A path of ours; `next` can be added to its query.
    pub start_url: String,
}

/// What the page of the way in begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaysIn {
    /// Some domain leads to a provider: the address is asked for before the password.
    pub address_first: bool,
    /// The workspace that one goes on to lets nobody in who came as this one did.
    pub asks_for_sso: Option<AsksForSso>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsksForSso {
    pub workspace: WorkspaceName,
    /// A sentence.
    pub reason: String,
    pub doors: Vec<Door>,
}

/// A test that an owner began: the browser goes on to `url`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestStarted {
    pub attempt: AttemptId,
    pub url: String,
}

/// What a test showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    pub at: Timestamp,
    /// All that was received, as far as it came.
    pub received: Option<Received>,
    /// What was wrong, in a sentence, and its code; nothing where a sign-in would be accepted.
    pub refused: Option<TestRefusal>,
    /// What a sign-in would do, in sentences.
    pub would: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestRefusal {
    pub code: String,
    pub reason: String,
}

/// Who the provider says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    pub subject: String,
    pub email: Option<String>,
    pub email_verified: Option<bool>,
    pub name: Option<String>,
    /// Claims or attributes, each with its values.
    pub claims: Vec<(String, Vec<String>)>,
}

/// What somebody is told whose sign-in was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoRefusal {
    /// To try again.
    pub door: Door,
    pub workspace: WorkspaceName,
    pub code: String,
    /// A sentence.
    pub reason: String,
}

/// What somebody who is signed in is asked before a provider's answer makes them somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchOffer {
    /// Who is signed in; nobody any more, where they signed out meanwhile.
    pub signed_in_as: Option<EmailAddress>,
    /// Who they would be.
    pub as_whom: String,
    pub connection: ConnectionName,
    pub workspace: WorkspaceName,
}

/// A connection that an account is linked with, as its holder sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedWay {
    pub connection: ConnectionId,
    pub name: ConnectionName,
    pub workspace: WorkspaceName,
    pub linked_at: Timestamp,
    /// The present session came by it, and ends with it.
    pub here: bool,
    /// Why it can't be taken off; nothing where it can.
    pub kept_on: Option<String>,
}

/// What somebody is asked before their account is linked with a provider's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkOffer {
    /// The account to sign in as first.
    pub email: EmailAddress,
    pub connection: ConnectionName,
    pub workspace: WorkspaceName,
    /// What the provider calls them.
    pub subject: String,
    /// Whether the right account is signed in, so that they can agree.
    pub may_agree: bool,
    /// The provider does not speak for the address: the session that takes the place of theirs reaches its workspace alone.
    pub only_here: bool,
}
