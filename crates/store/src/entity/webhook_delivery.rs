//! The table `webhook_deliveries`: an event on its way to a webhook, or the log of how that went.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub webhook_id: Uuid,
    pub event: String,
    pub payload: String,
    pub created_at: i64,
    pub posted_at: i64,
    pub attempts: i32,
    pub next_at: i64,
    pub status: Option<i32>,
    pub answer: Option<String>,
    pub delivered_at: Option<i64>,
    pub failed_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
