//! The table `workspaces`: a workspace, and how many there are of what its tabs count.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "workspaces")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub plan: String,
    pub policy_version: i64,
    pub members: i64,
    pub owners: i64,
    pub invites: i64,
    pub groups: i64,
    pub tokens: i64,
    pub resources: i64,
    pub created_at: i64,
    /// 0 is no limit.
    pub idle_minutes: i64,
    pub invite_days: i64,
    pub revision: i64,
    pub deleted_at: Option<i64>,
    pub deleting: bool,
    pub sso_required: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
