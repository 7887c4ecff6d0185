//! The table `grants`: a role and scope held by exactly one member, group, token or invite.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub role: String,
    pub scope: String,
    pub expires_at: Option<i64>,
    pub reason: Option<String>,
    pub granted_by: Option<Uuid>,
    pub created_at: i64,
    pub member_id: Option<Uuid>,
    pub group_id: Option<Uuid>,
    pub token_id: Option<Uuid>,
    pub invite_id: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
