//! What every request passes, in one place: where it comes from, its line in the log, whether it may come at all, and what every answer carries.
//!
//! One layer and not five: each layer of middleware copies all those below it for every request, which soon costs more than what they do.

use crate::{
    api,
    csrf::{self, OwnOrigins},
    downloads::session_secret,
    headers::{self, Reader},
    origin, trace,
};
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::failure::{Failure, FailureKind};
use http::{HeaderMap, StatusCode, header};
use service::{Services, actor::Meta};
use std::sync::Arc;

/// Forms are small; imports of files have a limit of their own.
pub const MOST_BODY: usize = 1024 * 1024;

/// A file of people as JSON, which writes some characters longer than they are.
const MOST_IMPORT: usize = 2 * domain::import::MOST_BYTES;

/// Ten thousand resources with their names and labels, or a file of people: read only once a token was shown.
pub const MOST_BULK: usize = domain::import::MOST_BYTES;

/// Where so much is taken.
const BULK: [&str; 3] = ["/api/v1/resources", "/api/v1/resources/labels", "/api/v1/members/import"];

#[derive(Debug)]
pub struct Front {
    services: Services,
    own: OwnOrigins,
    /// How many of them stand before us.
    proxies: usize,
}

impl Front {
    #[must_use]
    pub fn new(services: &Services, proxies: usize) -> Arc<Self> {
        Arc::new(Self { services: services.clone(), own: OwnOrigins::of(&services.settings.public_url), proxies })
    }
}

pub async fn pass(State(front): State<Arc<Front>>, mut request: Request, next: Next) -> Response {
    let id = origin::mark(front.proxies, &mut request);
    let reader = if api::is_data(request.uri().path()) { Reader::Program } else { Reader::Browser };
    let mut response = trace::trace(request, |request| answered(&front, request, next)).await;
    headers::secure(response.headers_mut(), reader, front.services.is_https());
    origin::tell(id, reader, response.headers_mut());
    response
}

async fn answered(front: &Front, request: Request, next: Next) -> Response {
    match let_in(front, request).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => refusal,
    }
}

async fn let_in(front: &Front, request: Request) -> Result<Request, Response> {
    if let Some(refusal) = csrf::refusal(&front.own, &request) {
        return Err(refusal);
    }
    bounded(&front.services, request).await
}

/// A file of people may be longer than all else, from whoever is signed in.
async fn most(services: &Services, path: &str, headers: &HeaderMap) -> usize {
    if BULK.contains(&path) {
        return MOST_BULK;
    }
    let is_file = path.starts_with("/rpc/import/") && services.signed_in(&session_secret(services, headers), Meta::default()).await.is_ok();
    if is_file { MOST_IMPORT } else { MOST_BODY }
}

/// Refuses what is too long before it is read, in words; what lies about its length is cut off while it is read.
async fn bounded(services: &Services, request: Request) -> Result<Request, Response> {
    let most = most(services, request.uri().path(), request.headers()).await;
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length > most) {
        let failure = Failure::new(FailureKind::Invalid, format_args!("this is more than {} KB at once; send less", most / 1024));
        let refusal = api::too_long(request.uri().path(), &failure);
        return Err(refusal.unwrap_or_else(|| (StatusCode::PAYLOAD_TOO_LARGE, axum::Json(failure)).into_response()));
    }
    Ok(request.map(|body| Body::new(http_body_util::Limited::new(body, most))))
}
