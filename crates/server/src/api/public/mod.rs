//! The API that follows the reference's public one, so that its published clients work with their base path set to `/api`.
//!
//! A token with owner access manages the workspace by the same use cases as the console; another learns which workspace it is of, and
//! no more. Three things are told in the reference's words:
//!
//! - **Owners** are members with the permission `workspace_owner` on the workspace. Who is given it becomes an owner; who has their
//!   permissions replaced without it is a member from then on. `workspace_member` gives nothing, and is never listed.
//! - **Scopes** are resources: the workspace stands for all of a role's types, with `labels` for those that bear them; anything else
//!   is a resource by its own id, and its type is ours in capitals.
//! - **A permission is a grant.** Who holds a role in two scopes has two. The end of one is told as `expiresAt`, and may be given so.

mod audit;
mod envelope;
mod group_people;
mod groups;
mod invites;
mod labels;
mod paging;
mod params;
mod permissions;
mod query;
mod refusal;
mod roles;
mod shapes;
mod users;
mod workspace;

use crate::{api::asking, app::AppState};
use axum::{
    Router, middleware,
    routing::{any, get},
};
use service::Services;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Addresses at which the same is answered as at others: the reference has them under both.
const ALIASES: [(&str, &str); 2] = [("/api/", "/api"), ("/api/group/{group}/users", "/api/groups/{group}/users")];

/// Every route with its description.
pub fn described() -> OpenApiRouter<AppState> {
    let people = get(group_people::users).post(group_people::add).put(group_people::replace).delete(group_people::remove);
    let mut described = OpenApiRouter::new()
        .routes(routes!(workspace::find))
        .routes(routes!(users::page, users::remove))
        .routes(routes!(users::find))
        .routes(routes!(users::groups))
        .routes(routes!(users::add_permissions, users::replace_permissions))
        .routes(routes!(invites::page, invites::send, invites::revoke))
        .routes(routes!(invites::detail))
        .routes(routes!(invites::resend))
        .routes(routes!(groups::page, groups::create))
        .routes(routes!(groups::find, groups::rename, groups::remove))
        .routes(routes!(groups::add_permissions, groups::replace_permissions))
        .routes(routes!(group_people::invites))
        .routes(routes!(group_people::users, group_people::add, group_people::replace, group_people::remove))
        .routes(routes!(roles::page))
        .routes(routes!(labels::page, labels::create))
        .routes(routes!(labels::remove))
        .routes(routes!(audit::page))
        .route("/api/", get(workspace::find))
        .route("/api/group/{group}/users", people);
    for (alias, path) in ALIASES {
        describe_again(described.get_openapi_mut(), alias, path);
    }
    described
}

/// Describes at `alias` what is at `path`; each operation has an id of its own there.
fn describe_again(document: &mut OpenApi, alias: &str, path: &str) {
    let Some(mut item) = document.paths.paths.get(path).cloned() else { return };
    for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten() {
        operation.operation_id = operation.operation_id.take().map(|id| format!("{id}Alias"));
    }
    document.paths.paths.insert(alias.to_owned(), item);
}

pub use refusal::{Errors, Refusal};

pub fn router(services: &Services) -> Router<AppState> {
    let (routes, _) = described().split_for_parts();
    routes
        .route_layer(middleware::from_fn_with_state(services.clone(), asking::pass))
        .route("/api/{*elsewhere}", any(refusal::no_such_route))
        .method_not_allowed_fallback(refusal::no_such_method)
        .layer(middleware::from_fn(asking::dress))
}
