//! Accounts: people who can sign in, and their sessions.

use crate::{
    email::EmailAddress,
    id::{AccountId, SessionId},
    text::{ConnectionName, PersonName, WorkspaceName},
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};

/// How long a sign-in lasts.
pub const SESSION_LIFETIME: Span = Span::days(7);

/// How long a link to set a new password lasts.
pub const RESET_LIFETIME: Span = Span::hours(1);

/// How long a link lasts that proves an address.
pub const PROOF_LIFETIME: Span = Span::days(7);

pub const PASSWORD_MIN: usize = 8;

/// Longer ones only cost hashing time.
pub const PASSWORD_MAX: usize = 256;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub name: PersonName,
    pub email: EmailAddress,
    pub email_verified: bool,
    pub created_at: Timestamp,
}

/// What a mailed link asks: whether whoever reads mail at this address holds the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressClaim {
    pub name: PersonName,
    pub email: EmailAddress,
    /// It was shown before; there is nothing left to do.
    pub proven: bool,
    /// Who is signed in where the link was opened.
    pub signed_in_as: Option<EmailAddress>,
    /// Whether they are the account's holder, in a session that speaks for it.
    pub may_confirm: bool,
}

/// Whether one's own name is to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnName {
    /// It is; and where a provider may set it again, a sentence that says so.
    Free(Option<String>),
    /// Not in this session; why, in a sentence.
    Kept(String),
}

/// What goes with an account when its holder deletes it, and what stands against that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionPreview {
    /// Workspaces that they leave.
    pub leaves: Vec<WorkspaceName>,
    /// Those that can't be without them: nothing is deleted while there is one.
    pub needed_in: Vec<NeededIn>,
    /// The password is asked for.
    pub has_password: bool,
}

/// A workspace that can't be without somebody, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededIn {
    pub workspace: WorkspaceName,
    pub why: String,
}

/// One sign-in, as its owner sees it in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    /// `Chrome on Linux`, as far as the browser said.
    pub device: String,
    pub address: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
    /// The one that asks.
    pub current: bool,
    /// How it came in, where that was by single sign-on.
    #[serde(default)]
    pub sso: Option<SsoOrigin>,
}

/// Whose identity provider let a session in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsoOrigin {
    pub connection: ConnectionName,
    pub workspace: WorkspaceName,
}

/// How strong a password is, as zxcvbn judges it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordStrength {
    /// 0 (guessed at once) to 4 (strong); 3 is enough.
    pub score: u8,
    /// What to do about it, in a sentence; empty when strong.
    pub advice: String,
}

impl PasswordStrength {
    pub const ENOUGH: u8 = 3;
}
