//! The table `reviews`: a look through who has access.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reviews")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub name: String,
    pub of_kind: String,
    /// The group's id, the role or the label; nothing for everyone.
    pub of_what: String,
    pub about: String,
    pub state: String,
    pub started_at: i64,
    pub started_by_name: String,
    pub due_at: i64,
    pub ended_at: Option<i64>,
    pub ended_by_name: Option<String>,
    pub items: i64,
    pub kept: i64,
    pub revoked: i64,
    pub revision: i64,
    pub decisions: i64,
    pub done_revoked: Option<i64>,
    pub done_stayed: Option<i64>,
    pub digest: Option<String>,
    /// How many of the reminders that come by time went out.
    pub reminders: i32,
    pub reminded_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
