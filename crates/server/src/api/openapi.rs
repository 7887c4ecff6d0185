//! The description of the API: OpenAPI 3.1, made from the routes themselves. What holds for all of them is added here, in one place:
//! who may ask, how refusals look, what makes a write happen once.

mod headers;
mod refusals;

use super::{dialect::Dialect, public, v1};
use axum::{
    Router,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::header;
use refusals::Call;
use service::once::MOST_KEPT;
use std::sync::OnceLock;
use utoipa::openapi::{
    Components, Info, License, OpenApi, RefOr, Required, Tag,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
    schema::{ObjectBuilder, Type},
    security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
};
use utoipa::{PartialSchema as _, ToSchema as _};

const ABOUT: &str = "Access management for your product: who may do what to what, and why.

- Every call has a token: `Authorization: Bearer rc_ws_…`. One with owner access manages the workspace; another asks about itself, and sees and labels what its roles let it.
- What a token may not know of looks as if it weren't there (404).
- A write with an `Idempotency-Key` happens once, however often it is sent within a day, and is answered as the first time; only answers of more than 256 KiB are not kept.
- `If-Match` with the revision of an answer's `etag` lets a change be made only while it is still true; an address that takes none refuses it.
- A write tells the version of the policy that it led to (`policy-version`): passed as `at_least`, a decision knows of it. `GET /api/v1/events` tells of each new one.
- Answers tell how often the token may still call (`x-ratelimit-remaining`), and the id under which the audit trail knows the request (`request-id`).
- Addresses under `/api/v1` are ours. The others follow the reference's public API, so that its published clients work with their base path set to `/api`.";

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
    headers::describe(components);
    for (path, item) in &mut api.paths.paths {
        let dialect = Dialect::of(path);
        // a question has a body, and writes nothing
        let asks = path.starts_with("/api/v1/check");
        for (operation, has_body) in operations(item) {
            complete(operation, dialect, has_body, has_body && !asks);
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

fn complete(operation: &mut Operation, dialect: Dialect, has_body: bool, writes: bool) {
    operation.security = Some(vec![SecurityRequirement::new("token", [] as [&str; 0])]);
    let is_guarded = operation.parameters.iter().flatten().any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "If-Match"));
    let takes_json = matches!(&operation.request_body, Some(RefOr::T(body)) if body.content.contains_key("application/json"));
    for (status, refusal) in refusals::all(Call { dialect, has_body, takes_json, writes, is_guarded }) {
        operation.responses.responses.entry(status).or_insert(RefOr::T(refusal));
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            headers::name(status, writes, response);
        }
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
    let about = format!(
        "A name of your own for this write, new for each: sent again with it within a day, it happens once and is answered as before. \
         An answer of more than {} KiB is not kept: who sends the write again is told by 409 that it was done",
        MOST_KEPT / 1_024
    );
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .build()
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
