//! The table `tokens`: a machine's key to one workspace.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub name: String,
    pub name_key: String,
    pub secret_hash: Vec<u8>,
    pub prefix: String,
    pub owner_access: bool,
    pub created_by: Option<Uuid>,
    pub created_by_name: Option<String>,
    pub created_at: i64,
    pub last_used_at: i64,
    pub last_used_from: Option<String>,
    pub expires_at: Option<i64>,
    pub revoked_at: Option<i64>,
    pub revision: i64,
    pub old_secret_hash: Option<Vec<u8>>,
    pub old_secret_until: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
