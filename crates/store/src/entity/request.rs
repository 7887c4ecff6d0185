//! The table `requests`: a member's wish for more access.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub member_id: Uuid,
    pub role: Option<String>,
    pub resource_id: Option<Uuid>,
    pub reason: String,
    pub state: String,
    pub created_at: i64,
    pub settled_at: Option<i64>,
    pub resource_text: Option<String>,
    pub settled_by_name: Option<String>,
    pub answer: Option<String>,
    pub withdrawn: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
