//! The table `sessions`: one sign-in on one device.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub secret_hash: Vec<u8>,
    pub device: String,
    pub address: String,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub expires_at: i64,
    /// How long it went unused at the longest, in microseconds.
    pub longest_rest: i64,
    /// What it came by; a password where there is none.
    pub connection_id: Option<Uuid>,
    /// What the provider calls whose session it is, and its own session there.
    pub provider_subject: Option<String>,
    pub provider_session: Option<String>,
    /// Whether it reaches the connection's workspace alone.
    pub only_here: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
