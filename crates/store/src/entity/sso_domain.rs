//! The table `sso_domains`: a domain that a workspace says is its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sso_domains")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub name: String,
    pub token: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub proven_at: Option<i64>,
    pub proven_by: Option<String>,
    pub checked_at: Option<i64>,
    pub note: Option<String>,
    pub failing_since: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
