//! The table `sso_log`: what came of the last sign-ins by a connection. Without a code it was accepted. `more` like it were
//! refused after it, and are told of by it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sso_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub connection_id: Uuid,
    pub at: i64,
    pub purpose: String,
    pub code: Option<String>,
    pub reason: Option<String>,
    pub who: Option<String>,
    pub address: Option<String>,
    pub more: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
