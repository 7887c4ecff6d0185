//! The table `sso_attempts`: a sign-in by single sign-on that is under way.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sso_attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub connection_id: Uuid,
    pub purpose: String,
    pub stage: String,
    pub secret_hash: Vec<u8>,
    pub browser_hash: Option<Vec<u8>>,
    pub sealed: Option<Vec<u8>>,
    pub next_path: String,
    pub account_id: Option<Uuid>,
    pub created_at: i64,
    pub expires_at: i64,
    pub refused_code: Option<String>,
    pub refused_as: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
