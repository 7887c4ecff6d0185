//! Our own API, under `/api/v1`: what the reference's has no words for. The router is made of the descriptions of its routes.

mod access;
mod body;
pub mod check;
mod events;
mod grants;
mod invites;
mod items;
mod labels;
pub mod members;
mod params;
mod problem;
mod reasons;
mod requests;
mod resources;
pub mod tokens;
mod workspace;
mod writing;

pub use body::is_json;
pub use problem::{Body as ProblemBody, Problem};

use crate::{api::asking, app::AppState, front::MOST_BULK};
use axum::{Router, extract::DefaultBodyLimit, middleware, routing::any};
use service::Services;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Every route with its description.
pub fn described() -> OpenApiRouter<AppState> {
    questions().merge(managing())
}

/// What is asked thousands of times a second: answered from memory, and whose token it is found there too.
fn questions() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(check::check)).routes(routes!(check::batch))
}

fn managing() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(workspace::find))
        .routes(routes!(access::resources))
        .routes(routes!(access::subjects))
        .routes(routes!(resources::page, resources::put_many))
        .routes(routes!(labels::put_many))
        .routes(routes!(resources::find, resources::put, resources::remove))
        .routes(routes!(labels::find, labels::put))
        .routes(routes!(tokens::page, tokens::create))
        .routes(routes!(tokens::find, tokens::change, tokens::revoke))
        .routes(routes!(tokens::rotate))
        .routes(routes!(invites::page, invites::send))
        .routes(routes!(invites::find, invites::revoke))
        .routes(routes!(invites::resend))
        .routes(routes!(requests::page))
        .routes(routes!(requests::find))
        .routes(routes!(requests::approve))
        .routes(routes!(requests::decline))
        .routes(routes!(members::export))
        .routes(routes!(members::import))
        .routes(routes!(events::events))
}

pub fn router(services: &Services) -> Router<AppState> {
    let ((questions, _), (managing, _)) = (questions().split_for_parts(), managing().split_for_parts());
    managing
        .route_layer(middleware::from_fn_with_state(services.clone(), asking::pass))
        // what is taken at once is bounded before, address by address
        .layer(DefaultBodyLimit::max(MOST_BULK))
        .merge(questions.route_layer(middleware::from_fn_with_state(services.clone(), asking::ask)))
        .route("/api/v1/{*elsewhere}", any(problem::no_such_route))
        .route("/api/v1", any(problem::no_such_route))
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(middleware::from_fn(asking::dress))
}
