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
mod ids;
mod invites;
mod labels;
mod paging;
mod permissions;
mod query;
mod refusal;
mod roles;
mod users;
mod workspace;

use crate::{api::asking, app::AppState};
use axum::{
    Router, middleware,
    routing::{MethodRouter, any, delete, get, patch, post, put},
};
use service::Services;

/// A method and an address, with what answers there.
struct Route(&'static str, &'static str, MethodRouter<AppState>);

/// Every route: the router is made of these, and a test asks each of them with every kind of token.
fn table() -> Vec<Route> {
    vec![
        Route("GET", "/api", get(workspace::find)),
        Route("GET", "/api/", get(workspace::find)),
        Route("GET", "/api/users", get(users::page)),
        Route("DELETE", "/api/users", delete(users::remove)),
        Route("GET", "/api/users/{user}", get(users::find)),
        Route("GET", "/api/users/{user}/groups", get(users::groups)),
        Route("POST", "/api/users/{user}/permissions", post(users::add_permissions)),
        Route("PUT", "/api/users/{user}/permissions", put(users::replace_permissions)),
        Route("GET", "/api/invites", get(invites::page)),
        Route("POST", "/api/invites", post(invites::send)),
        Route("DELETE", "/api/invites", delete(invites::revoke)),
        Route("GET", "/api/invites/detail", get(invites::detail)),
        Route("POST", "/api/invites/resend", post(invites::resend)),
        Route("GET", "/api/groups", get(groups::page)),
        Route("POST", "/api/groups", post(groups::create)),
        Route("GET", "/api/groups/{group}", get(groups::find)),
        Route("PATCH", "/api/groups/{group}", patch(groups::rename)),
        Route("DELETE", "/api/groups/{group}", delete(groups::remove)),
        Route("POST", "/api/groups/{group}/permissions", post(groups::add_permissions)),
        Route("PUT", "/api/groups/{group}/permissions", put(groups::replace_permissions)),
        Route("GET", "/api/groups/{group}/invites", get(group_people::invites)),
        Route("GET", "/api/groups/{group}/users", get(group_people::users)),
        Route("POST", "/api/groups/{group}/users", post(group_people::add)),
        Route("PUT", "/api/groups/{group}/users", put(group_people::replace)),
        Route("DELETE", "/api/groups/{group}/users", delete(group_people::remove)),
        // the reference has these two under another name
        Route("GET", "/api/group/{group}/users", get(group_people::users)),
        Route("POST", "/api/group/{group}/users", post(group_people::add)),
        Route("PUT", "/api/group/{group}/users", put(group_people::replace)),
        Route("DELETE", "/api/group/{group}/users", delete(group_people::remove)),
        Route("GET", "/api/roles", get(roles::page)),
        Route("GET", "/api/labels", get(labels::page)),
        Route("POST", "/api/labels", post(labels::create)),
        Route("DELETE", "/api/labels/{key}/{value}", delete(labels::remove)),
        Route("GET", "/api/audit-events", get(audit::page)),
    ]
}

/// The method and address of every route.
#[must_use]
pub fn routes() -> Vec<(&'static str, &'static str)> {
    table().into_iter().map(|Route(method, path, _)| (method, path)).collect()
}

pub use refusal::Refusal;

pub fn router(services: &Services) -> Router<AppState> {
    let routes = table().into_iter().fold(Router::new(), |router, Route(_, path, answer)| router.route(path, answer));
    routes
        .route_layer(middleware::from_fn_with_state(services.clone(), asking::pass))
        .route("/api/{*elsewhere}", any(refusal::no_such_route))
        .method_not_allowed_fallback(refusal::no_such_method)
        .layer(middleware::from_fn(asking::dress))
}
