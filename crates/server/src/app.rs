//! The routes, and what every request passes on its way to them.

use crate::{
    api, assets,
    csrf::{self, OwnOrigins},
    downloads::{self, session_secret},
    events, headers, health, origin,
    site::Site,
    trace,
};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRef, Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Redirect, Response},
    routing::{any, get},
};
use domain::failure::{Failure, FailureKind};
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use service::{Services, actor::Meta};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
};

/// Forms are small; imports of files have a limit of their own.
const MOST_BODY: usize = 1024 * 1024;

/// A file of people as JSON, which writes some characters longer than they are.
const MOST_IMPORT: usize = 2 * domain::import::MOST_BYTES;

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
    let own = OwnOrigins::of(&state.services.settings.public_url);
    let https = state.services.is_https();
    let state_of_bounds = state.services.clone();
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/w/{slug}/access/users.csv", get(downloads::users_csv))
        .route("/w/{slug}/audit.csv", get(downloads::audit_csv))
        .route("/w/{slug}/audit.jsonl", get(downloads::audit_json_lines))
        .route("/w/{slug}/reviews/{review}/record.csv", get(downloads::review_csv))
        .route("/w/{slug}/events", get(events::events))
        .route("/rpc/{*function}", any(server_function))
        .merge(api::router(&state.services))
        .fallback(page)
        .with_state(state)
        .merge(assets::routes())
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(middleware::from_fn_with_state(state_of_bounds, bounded))
        .layer(middleware::from_fn(move |request: Request, next: Next| csrf::guard(own.clone(), request, next)))
        .layer(
            CompressionLayer::new()
                .quality(tower_http::CompressionLevel::Fastest)
                .compress_when(SizeAbove::new(1024).and(NotForContentType::const_new("text/event-stream"))),
        )
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(trace::trace))
        .layer(middleware::from_fn(move |request: Request, next: Next| async move {
            let mut response = next.run(request).await;
            headers::secure(response.headers_mut(), https);
            response
        }))
        .layer(middleware::from_fn(move |request: Request, next: Next| origin::mark(proxies, request, next)))
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

/// A file of people may be longer than all else, from whoever is signed in.
async fn most(services: &Services, path: &str, secret: &str) -> usize {
    let is_file = path.starts_with("/rpc/import/") && services.signed_in(secret, Meta::default()).await.is_ok();
    if is_file { MOST_IMPORT } else { MOST_BODY }
}

/// Refuses what is too long before it is read, in words; what lies about its length is cut off while it is read.
async fn bounded(State(services): State<Services>, request: Request, next: Next) -> Response {
    let (path, secret) = (request.uri().path().to_owned(), session_secret(&services, request.headers()));
    let most = most(&services, &path, &secret).await;
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length > most) {
        let failure = Failure::new(FailureKind::Invalid, format_args!("this is more than {} KB at once; send less", most / 1024));
        if let Some(refusal) = api::too_long(&path, &failure) {
            return refusal;
        }
        return (StatusCode::PAYLOAD_TOO_LARGE, axum::Json(failure)).into_response();
    }
    let (parts, body) = request.into_parts();
    next.run(Request::from_parts(parts, Body::new(http_body_util::Limited::new(body, most)))).await
}
