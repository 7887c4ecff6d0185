//! The routes, and what every request passes on its way to them.

use crate::{
    api, assets, downloads, events,
    front::{self, Front, MOST_BODY},
    headers, health,
    site::Site,
    sso,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, Request, State},
    middleware,
    response::{IntoResponse as _, Redirect, Response},
    routing::{any, get},
};
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use service::Services;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
};

#[derive(Clone, Debug)]
pub struct AppState {
    pub services: Services,
    pub site: Site,
}

impl FromRef<AppState> for Services {
    fn from_ref(state: &AppState) -> Self {
        state.services.clone()
    }
}

/// The whole application, ready to be served.
pub fn router(state: AppState, proxies: usize) -> Router {
    // what pages wait for is driven by tokio; a second router in the same process finds that already said
    let _ = any_spawner::Executor::init_tokio();
    let front = Front::new(&state.services, proxies);
    let compression = CompressionLayer::new()
        .quality(tower_http::CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(1024).and(NotForContentType::const_new("text/event-stream")));
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/w/{slug}/access/users.csv", get(downloads::users_csv))
        .route("/w/{slug}/audit.csv", get(downloads::audit_csv))
        .route("/w/{slug}/audit.jsonl", get(downloads::audit_json_lines))
        .route("/w/{slug}/reviews/{review}/record.csv", get(downloads::review_csv))
        .route("/w/{slug}/events", get(events::events))
        .route("/rpc/{*function}", any(server_function))
        .merge(sso::routes())
        .merge(api::router(&state.services))
        .fallback(page)
        .with_state(state)
        .merge(assets::routes())
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(front, front::pass))
                .layer(CatchPanicLayer::new())
                .layer(compression)
                .layer(DefaultBodyLimit::max(MOST_BODY)),
        )
}

/// Server functions, with the services in their context.
async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let services = state.services.clone();
    leptos_axum::handle_server_fns_with_context(move || provide_context(services.clone()), request).await.into_response()
}

/// Every other path is a page, the one that says "not found" among them. Who must sign in first is sent there, and back here after.
async fn page(State(state): State<AppState>, request: Request) -> Response {
    let here = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let services = state.services.clone();
    let site = state.site.clone();
    let document = move || {
        strict(site.reload());
        ui::app::shell(site.names(), site.options())
    };
    // the router's pages wait for their data, so that status and content are right when the answer begins
    let response = leptos_axum::render_app_async_with_context(move || provide_context(services.clone()), document)(request).await;
    if response.status() == StatusCode::UNAUTHORIZED { Redirect::to(&ui::path::sign_in_then(&here)).into_response() } else { response }
}

/// Gives the page its policy, with the nonce of its scripts.
fn strict(reload: Option<&str>) {
    let (Some(nonce), Some(response)) = (leptos::nonce::use_nonce(), use_context::<ResponseOptions>()) else { return };
    if let Ok(policy) = HeaderValue::from_str(&headers::page_policy(&nonce, reload)) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
