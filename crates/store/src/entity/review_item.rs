//! The table `review_items`: each thing to decide in a review, as it was when the review began.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "review_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub review_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i64,
    pub holder_kind: String,
    pub holder_id: Uuid,
    pub name: String,
    pub search_key: String,
    pub email: Option<String>,
    pub access: String,
    pub grant_id: Option<Uuid>,
    /// SHA-256 of what it is about, by which a change since is seen.
    pub fingerprint: Option<Vec<u8>>,
    pub last_used_at: Option<i64>,
    pub decision: String,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<i64>,
    pub note: Option<String>,
    pub outcome: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
