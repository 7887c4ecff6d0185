//! Files that people take away: the user list as CSV.

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    failure::{Failure, FailureKind},
    workspace::WorkspaceSlug,
};
use futures::StreamExt as _;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use service::{Services, actor::Meta};

/// `GET /w/{slug}/access/users.csv`, for owners.
pub async fn users_csv(State(services): State<Services>, Extension(meta): Extension<Meta>, Path(slug): Path<String>, headers: HeaderMap) -> Response {
    match csv(&services, meta, &slug, &headers).await {
        Ok(response) => response,
        Err(failure) if failure.kind == FailureKind::SignedOut => Redirect::to(&format!("/signin?next=/w/{slug}/access/users")).into_response(),
        Err(failure) => {
            let status = StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, failure.message).into_response()
        }
    }
}

async fn csv(services: &Services, meta: Meta, slug: &str, headers: &HeaderMap) -> Result<Response, Failure> {
    let me = services.signed_in(&session_secret(services, headers), meta).await?;
    let slug = WorkspaceSlug::parse(slug).map_err(|_| Failure::not_found())?;
    let owner = services.owner(me, &slug).await?;
    let pieces = service::export::users_csv(services, &owner).await?;
    let body = Body::from_stream(pieces.map(|piece| piece.map(Bytes::from)));
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{slug}-users.csv\"")).map_err(|_| Failure::internal())?;
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

fn session_secret(services: &Services, headers: &HeaderMap) -> String {
    ui::rpc::context::cookie(headers, services.cookie_name()).unwrap_or_default()
}
