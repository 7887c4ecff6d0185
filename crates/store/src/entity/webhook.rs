//! The table `webhooks`: an address that is told of a workspace's events. `events` are names with spaces between; none is all.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub url: String,
    pub description: String,
    pub events: String,
    pub enabled: bool,
    pub note: Option<String>,
    pub generation: i32,
    pub rotated_at: Option<i64>,
    pub created_by_name: Option<String>,
    pub created_at: i64,
    pub failures: i32,
    pub failing_since: Option<i64>,
    pub paused_until: i64,
    pub revision: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
