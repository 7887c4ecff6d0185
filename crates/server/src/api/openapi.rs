//! The description of the API: OpenAPI 3.1, made from the routes themselves. What holds for all of them is added here, in one place:
//! who may ask, how refusals look, what makes a write happen once.

use super::{public, v1};
use axum::{
    Router,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{StatusCode, header};
use serde_json::{Value, json};
use std::sync::OnceLock;
use utoipa::openapi::{
    Components, Info, License, OpenApi, Ref, RefOr, Required, Tag,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
    schema::{ObjectBuilder, Type},
    security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
};
use utoipa::{PartialSchema as _, ToSchema as _};

const ABOUT: &str = "Access management for your product: who may do what to what, and why.

- Every call has a token: `Authorization: Bearer rc_ws_…`. One with owner access manages the workspace; another asks about itself, and sees and labels what its roles let it.
- What a token may not know of looks as if it weren't there (404).
- A write with an `Idempotency-Key` happens once, however often it is sent within a day.
- `If-Match` with the revision of an answer's `etag` lets a change be made only while it is still true; an address that takes none refuses it.
- A write tells the version of the policy that it led to (`policy-version`): passed as `at_least`, a decision knows of it. `GET /api/v1/events` tells of each new one.
- Answers tell how often the token may still call (`x-ratelimit-remaining`), and the id under which the audit trail knows the request (`request-id`).
- Addresses under `/api/v1` are ours. The others follow the reference's public API, so that its published clients work with their base path set to `/api`.";

/// What can be refused: status, kind, and what it means.
const REFUSALS: [(u16, &str, &str); 11] = [
    (400, "malformed", "It can't be read as a request"),
    (401, "unauthorized", "No token, or one that doesn't work"),
    (403, "forbidden", "The token may not do this"),
    (404, "not-found", "It isn't there, or the token may not know of it"),
    (409, "conflict", "Something stands against it: the sentence says what"),
    (413, "too-long", "More than is taken at once"),
    (415, "invalid", "The body is of another type than this address takes"),
    (422, "invalid", "A field can't be taken: the answer names it, and the cure"),
    (429, "limited", "Called too often: wait as long as `retry-after` says"),
    (500, "internal", "Ours to mend; nothing was changed"),
    (503, "unavailable", "Not now: try again in a moment"),
];

/// Refusals of what reads nothing from a body.
const OF_READS: [u16; 8] = [400, 401, 403, 404, 422, 429, 500, 503];

/// A stale `If-Match`.
const STALE: (u16, &str, &str) = (412, "stale", "It was changed since the revision in `If-Match`");

/// The whole description.
#[must_use]
pub fn document() -> OpenApi {
    let license = License::builder().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build();
    let info = Info::builder().title("Rolecall").version(env!("CARGO_PKG_VERSION")).description(Some(ABOUT)).license(Some(license)).build();
    let mut api = OpenApi::new(info, utoipa::openapi::Paths::new());
    api.merge(v1::described().into_openapi());
    api.merge(public::described().into_openapi());
    let components = api.components.get_or_insert_with(Components::new);
    let mut schemas = Vec::new();
    for (name, schema) in [(v1::ProblemBody::name(), v1::ProblemBody::schema()), (public::Errors::name(), public::Errors::schema())] {
        components.schemas.insert(name.into_owned(), schema);
    }
    v1::ProblemBody::schemas(&mut schemas);
    public::Errors::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("rc_ws_…").description(Some("A token of the workspace")).build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    for (path, item) in &mut api.paths.paths {
        let ours = path.starts_with("/api/v1");
        // a question has a body, and writes nothing
        let asks = path.starts_with("/api/v1/check");
        for (operation, has_body) in operations(item) {
            complete(operation, ours, has_body, has_body && !asks);
        }
    }
    let mut tags: Vec<String> = api
        .paths
        .paths
        .values_mut()
        .flat_map(|item| operations(item).into_iter().flat_map(|(one, _)| one.tags.clone().unwrap_or_default()).collect::<Vec<_>>())
        .collect();
    tags.sort();
    tags.dedup();
    api.tags = Some(tags.into_iter().map(Tag::new).collect());
    api
}

/// The method and address of every route.
#[must_use]
pub fn routes() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (path, mut item) in document().paths.paths {
        let names =
            [("GET", item.get.take()), ("PUT", item.put.take()), ("POST", item.post.take()), ("PATCH", item.patch.take()), ("DELETE", item.delete.take())];
        all.extend(names.into_iter().filter(|(_, operation)| operation.is_some()).map(|(method, _)| (method.to_owned(), path.clone())));
    }
    all
}

/// The operations of an address, and whether each may have a body.
fn operations(item: &mut PathItem) -> Vec<(&mut Operation, bool)> {
    let all = [(&mut item.get, false), (&mut item.put, true), (&mut item.post, true), (&mut item.patch, true), (&mut item.delete, true)];
    all.into_iter().filter_map(|(operation, writes)| Some((operation.as_mut()?, writes))).collect()
}

fn complete(operation: &mut Operation, ours: bool, has_body: bool, writes: bool) {
    operation.security = Some(vec![SecurityRequirement::new("token", [] as [&str; 0])]);
    let mut refuse = |(status, kind, meaning): &(u16, &str, &str)| {
        let taken = operation.responses.responses.contains_key(&status.to_string());
        if !taken {
            operation.responses.responses.insert(status.to_string(), RefOr::T(refusal(ours, *status, kind, meaning)));
        }
    };
    REFUSALS.iter().filter(|(status, ..)| has_body || OF_READS.contains(status)).for_each(&mut refuse);
    let takes_revision = operation.parameters.iter().flatten().any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "If-Match"));
    if takes_revision {
        refuse(&STALE);
    }
    // refused before anybody of ours sees it, and without words
    let too_long = utoipa::openapi::ResponseBuilder::new().description("The address is too long").build();
    operation.responses.responses.insert("414".to_owned(), RefOr::T(too_long));
    if writes {
        operation.parameters.get_or_insert_with(Vec::new).push(RefOr::T(idempotency_key()));
    }
}

fn idempotency_key() -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255)).pattern(Some("^[!-~]+$")).build();
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("A name of your own for this write, new for each: sent again with it, it happens once and is answered as before"))
        .schema(Some(schema))
        .build()
}

fn refusal(ours: bool, status: u16, kind: &str, meaning: &str) -> utoipa::openapi::Response {
    let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default();
    let (media, schema, example): (&str, &str, Value) = if ours {
        let example = json!({ "type": format!("urn:rolecall:problem:{kind}"), "title": title, "status": status, "detail": format!("{meaning}.") });
        ("application/problem+json", "Problem", example)
    } else {
        ("application/json", "Errors", json!({ "errors": [{ "type": kind, "message": format!("{meaning}."), "status": status }] }))
    };
    let content = utoipa::openapi::Content::builder().schema(Some(Ref::from_schema_name(schema))).example(Some(example)).build();
    utoipa::openapi::ResponseBuilder::new().description(meaning).content(media, content).build()
}

/// As it is served.
fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| document().to_json().unwrap_or_default())
}

async fn description() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text()).into_response()
}

/// The description, for programs and for the page to try it.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/api/openapi.json", get(description)).merge(super::docs::router())
}
