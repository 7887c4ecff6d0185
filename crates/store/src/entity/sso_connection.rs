//! The table `sso_connections`: an identity provider of a workspace. `certificates` are Base64, with spaces between.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sso_connections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub name: String,
    pub name_key: String,
    pub protocol: String,
    pub preset: String,
    pub issuer: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<Vec<u8>>,
    pub sso_url: Option<String>,
    pub slo_url: Option<String>,
    pub certificates: Option<String>,
    pub enabled: bool,
    pub allow_idp_initiated: bool,
    pub created_at: i64,
    pub created_by_name: Option<String>,
    pub used_at: Option<i64>,
    pub revision: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
