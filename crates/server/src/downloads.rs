//! Files that people take away: the user list as CSV, the audit trail as CSV and as JSON lines, the record of a review.

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    audit_query::AuditFilter,
    failure::{Failure, FailureKind},
    id::ReviewId,
    workspace::WorkspaceSlug,
};
use futures::{Stream, StreamExt as _};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use service::{Services, access::WorkspaceOwner, actor::Meta, audit};

/// `GET /w/{slug}/access/users.csv`, for owners.
pub async fn users_csv(State(services): State<Services>, Extension(meta): Extension<Meta>, Path(slug): Path<String>, headers: HeaderMap) -> Response {
    let file = async {
        let owner = owner(&services, meta, &slug, &headers).await?;
        let pieces = service::export::users_csv(&services, &owner).await?;
        attachment(pieces, "text/csv; charset=utf-8", &format!("{}-users.csv", owner.workspace().slug))
    };
    answer(file.await, &format!("/w/{slug}/access/users"))
}

/// `GET /w/{slug}/audit.csv`, for owners; `filter=NAME:VALUE` narrows it as on the page.
pub async fn audit_csv(state: State<Services>, meta: Extension<Meta>, path: Path<String>, query: Filters, headers: HeaderMap) -> Response {
    audit(state, meta, path, query, headers, audit::Format::Csv).await
}

/// `GET /w/{slug}/audit.jsonl`, likewise.
pub async fn audit_json_lines(state: State<Services>, meta: Extension<Meta>, path: Path<String>, query: Filters, headers: HeaderMap) -> Response {
    audit(state, meta, path, query, headers, audit::Format::JsonLines).await
}

type Filters = Query<Vec<(String, String)>>;

async fn audit(
    State(services): State<Services>,
    Extension(meta): Extension<Meta>,
    Path(slug): Path<String>,
    Query(query): Filters,
    headers: HeaderMap,
    format: audit::Format,
) -> Response {
    let file = async {
        let owner = owner(&services, meta, &slug, &headers).await?;
        let mut filter = AuditFilter::default();
        for (name, value) in query.iter().filter(|(key, _)| key == "filter").filter_map(|(_, value)| value.split_once(':')) {
            filter.take(name, value).map_err(|error| Failure::field("filter", error))?;
        }
        let pieces = audit::export(&services, &owner, filter, format).await?;
        let (kind, ending) = match format {
            audit::Format::Csv => ("text/csv; charset=utf-8", "csv"),
            audit::Format::JsonLines => ("application/jsonl; charset=utf-8", "jsonl"),
        };
        attachment(pieces, kind, &format!("{}-audit.{ending}", owner.workspace().slug))
    };
    answer(file.await, &format!("/w/{slug}/audit"))
}

/// `GET /w/{slug}/reviews/{review}/record.csv`, for owners, once the review has ended.
pub async fn review_csv(
    State(services): State<Services>,
    Extension(meta): Extension<Meta>,
    Path((slug, review)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let file = async {
        let owner = owner(&services, meta, &slug, &headers).await?;
        let id: ReviewId = review.parse().map_err(|_| Failure::not_found())?;
        let (_, pieces) = service::reviews::csv(&services, &owner, id).await?;
        attachment(pieces, "text/csv; charset=utf-8", &format!("{}-review-{id}.csv", owner.workspace().slug))
    };
    answer(file.await, &format!("/w/{slug}/reviews/{review}"))
}

async fn owner(services: &Services, meta: Meta, slug: &str, headers: &HeaderMap) -> Result<WorkspaceOwner, Failure> {
    let me = services.signed_in(&session_secret(services, headers), meta).await?;
    let slug = WorkspaceSlug::parse(slug).map_err(|_| Failure::not_found())?;
    services.owner(me, &slug).await
}

/// The pieces as a file of this name.
pub(crate) fn attachment(pieces: impl Stream<Item = Result<Vec<u8>, Failure>> + Send + 'static, kind: &'static str, name: &str) -> Result<Response, Failure> {
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(|_| Failure::internal())?;
    let mut response = Response::new(Body::from_stream(pieces.map(|piece| piece.map(Bytes::from))));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Who must sign in first is led to the page of the file after.
fn answer(file: Result<Response, Failure>, page: &str) -> Response {
    match file {
        Ok(response) => response,
        Err(failure) if matches!(failure.kind, FailureKind::SignedOut | FailureKind::SsoRequired) => {
            Redirect::to(&format!("/signin?next={page}")).into_response()
        }
        Err(failure) => {
            let status = StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, failure.message).into_response()
        }
    }
}

pub(crate) fn session_secret(services: &Services, headers: &HeaderMap) -> String {
    ui::rpc::context::cookie(headers, services.cookie_name()).unwrap_or_default()
}
