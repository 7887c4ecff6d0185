//! Roles: those of the catalogue, behind the two that tell owners from members.

use super::{
    envelope::Data,
    paging::{Pagination, Paging},
    params::Pages,
    permissions::{MEMBER, OWNER},
    query::Asked,
    refusal::Refusal,
};
use crate::api::asking::Owner;
use axum::extract::State;
use serde::Serialize;
use service::Services;
use utoipa::ToSchema;

/// A page of roles.
#[derive(Serialize, ToSchema)]
#[schema(as = RoleList)]
pub struct Roles {
    roles: Vec<Role>,
    pagination: Pagination,
}

/// What somebody may be given.
#[derive(Serialize, ToSchema)]
struct Role {
    /// What a permission names it by.
    #[schema(example = "source_admin")]
    id: String,
    #[schema(example = "Source Admin")]
    name: String,
    #[schema(example = "Edit all sources")]
    description: String,
}

fn built_in((id, name): (&str, &str), description: &str) -> Role {
    Role { id: id.to_owned(), name: name.to_owned(), description: description.to_owned() }
}

/// List roles
///
/// Those that tell owners from members, and behind them the catalogue's.
#[utoipa::path(get, operation_id = "listRoles", path = "/api/roles", tag = "IAM Roles", params(Pages),
    responses((status = 200, description = "A page", body = Data<Roles>)))]
pub async fn page(State(services): State<Services>, Owner(_owner): Owner, asked: Asked) -> Result<Data<Roles>, Refusal> {
    let paging = Paging::of(&asked)?;
    let mut roles = vec![built_in(OWNER, "Everything in the workspace"), built_in(MEMBER, "Nothing by itself")];
    let of_catalog = services.catalog.roles.iter();
    roles.extend(of_catalog.map(|role| Role { id: role.id.to_string(), name: role.name.clone(), description: role.description.clone() }));
    let page = paging.cut(roles);
    Ok(Data::of(Roles { pagination: paging.of_page(&page), roles: page.rows }))
}
