//! Tokens: a machine's key to one workspace.

use crate::{
    grant::GrantSummary,
    id::TokenId,
    text::{PersonName, TokenName},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A row of the Tokens list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    pub id: TokenId,
    pub name: TokenName,
    /// The first characters of the secret, by which a person knows it again.
    pub prefix: String,
    pub owner_access: bool,
    pub grants: Vec<GrantSummary>,
    pub created_by: Option<PersonName>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub last_used_from: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub revision: i64,
}
