//! `/api/v1/resources`: what products register, one by one or ten thousand at once.

use super::{
    grants::{MOST_LABELS, keyed},
    items::{Items, Tagged},
    params::{IfMatch, Params, cursor, page_size},
    problem::{Asked, Problem},
};
use crate::api::{
    asking::{Owner, Token},
    at_most::{at_most, maybe_at_most},
    ids::Pair,
};
use axum::{Json, extract::State};
use domain::{
    failure::Failure,
    id::ResourceId,
    label::Label,
    resource::{MOST_REGISTERED, Registration, Resource, ResourceQuery, ResourceType},
    save::Expected,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::{Acting, WorkspaceOwner},
    resources::{self, PlaceOf, RegisteredOne},
};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// Something that members may be given access to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceBody {
    #[schema(example = "source")]
    r#type: String,
    /// The product's id.
    #[schema(example = "web-site")]
    id: String,
    /// Ours.
    #[schema(value_type = String, format = "uuid")]
    resource_id: ResourceId,
    #[schema(example = "Website")]
    name: String,
    /// What it hangs on, where whoever asks may see that: `type:id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parent: Option<String>,
    #[schema(example = json!(["environment:dev"]))]
    labels: Vec<String>,
    /// Grows with every change of name, parent or labels.
    revision: i64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Listing {
    /// Of this type only.
    #[param(example = "source")]
    r#type: Option<String>,
    /// Part of a name or of an id.
    #[param(example = "web")]
    q: Option<String>,
    /// Bears this label, `key:value`.
    #[param(example = "environment:dev")]
    label: Option<String>,
    /// How many at most, 1 to 1,000; 100 without it.
    #[param(minimum = 1, maximum = 1000, example = 100)]
    limit: Option<u16>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// What a resource is from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Put {
    #[schema(example = "Website")]
    name: String,
    /// What it hangs on, `type:id`; missing: nothing.
    parent: Option<String>,
    /// All labels that it bears, each `key:value`; missing: those it has.
    #[serde(default, deserialize_with = "maybe_at_most::<_, _, MOST_LABELS>")]
    #[schema(max_items = 1000, example = json!(["environment:dev"]))]
    labels: Option<Vec<String>>,
}

/// Up to 10,000 resources: made where there are none of their ids, changed where there are; all or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutMany {
    #[serde(deserialize_with = "at_most::<_, _, MOST_REGISTERED>")]
    #[schema(min_items = 1, max_items = 10000)]
    resources: Vec<PutOne>,
}

/// One of many.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutOne {
    #[schema(example = "source")]
    r#type: String,
    /// The product's id.
    #[schema(example = "web-site")]
    id: String,
    #[schema(example = "Website")]
    name: String,
    /// What it hangs on, `type:id`; missing: nothing. It may be among the others here.
    parent: Option<String>,
    /// All labels that it bears, each `key:value`; missing: those it has.
    #[serde(default, deserialize_with = "maybe_at_most::<_, _, MOST_LABELS>")]
    #[schema(max_items = 1000)]
    labels: Option<Vec<String>>,
}

/// What came of many.
#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    created: u64,
    changed: u64,
    unchanged: u64,
    /// Pass it as `at_least`, and decisions know of all this.
    policy_version: i64,
}

/// These resources with the product's ids of their parents.
async fn tell(services: &Services, me: Acting<'_>, all: Vec<(Resource, bool, i64)>) -> Result<Vec<ResourceBody>, Failure> {
    let parents: Vec<ResourceId> = all.iter().filter(|(_, seen, _)| *seen).filter_map(|(resource, ..)| resource.parent).collect();
    let parents: HashMap<ResourceId, String> = if parents.is_empty() { HashMap::new() } else { resources::keys(services, me, &parents).await? };
    let told = |(resource, _, revision): (Resource, bool, i64)| {
        let parent = resource.parent.and_then(|id| parents.get(&id).cloned());
        body(&resource, parent, revision)
    };
    Ok(all.into_iter().map(told).collect())
}

fn body(resource: &Resource, parent: Option<String>, revision: i64) -> ResourceBody {
    ResourceBody {
        r#type: resource.kind.to_string(),
        id: resource.key.to_string(),
        resource_id: resource.id,
        name: resource.name.to_string(),
        parent,
        labels: resource.labels.iter().map(ToString::to_string).collect(),
        revision,
    }
}

async fn one(services: &Services, me: Acting<'_>, kind: &str, key: &str) -> Result<(i64, ResourceBody), Failure> {
    let found = resources::by_key(services, me, &ResourceType::new(kind), key).await?;
    let (seen, revision) = (found.parent.is_some(), found.revision);
    let body = tell(services, me, vec![(found.resource, seen, revision)]).await?.pop().ok_or_else(Failure::internal)?;
    Ok((revision, body))
}

/// List resources
///
/// In order of type and name, as far as the token may see them.
#[utoipa::path(get, operation_id = "listResources", path = "/api/v1/resources", tag = "Resources", params(Listing), responses((status = 200, description = "A page", body = Items<ResourceBody>)))]
pub async fn page(State(services): State<Services>, Token(token): Token, Params(params): Params<Listing>) -> Result<Json<Items<ResourceBody>>, Problem> {
    let labels = params.label.as_deref().filter(|text| !text.is_empty()).map(|text| Label::parse(text).map_err(|error| Failure::field("label", error)));
    let kind = params.r#type.as_deref().filter(|text| !text.is_empty()).map(ResourceType::new);
    if let Some(kind) = &kind {
        resources::known_type(&services, kind, "type")?;
    }
    let query = ResourceQuery {
        kind,
        search: params.q,
        labels: labels.transpose()?.into_iter().collect(),
        cursor: cursor(params.cursor.as_deref())?,
        size: page_size(params.limit)?,
        ..ResourceQuery::default()
    };
    let page = resources::list(&services, &token, &query).await?;
    let (next, total) = (page.next, page.total);
    let rows = page.rows.into_iter().map(|row| (row.resource, row.parent.is_some(), row.revision)).collect();
    Ok(Json(Items { items: tell(&services, (&token).into(), rows).await?, next, total }))
}

/// Read a resource
#[utoipa::path(get, operation_id = "readResource", path = "/api/v1/resources/{type}/{id}", tag = "Resources",
    params(("type" = String, Path, description = "Its type", example = "source"), ("id" = String, Path, description = "The product's id, or ours", example = "web-site")),
    responses((status = 200, description = "The resource", body = ResourceBody, headers(("etag" = String, description = "Its revision")))))]
pub async fn find(State(services): State<Services>, Token(token): Token, Pair(kind, key): Pair) -> Result<Tagged<ResourceBody>, Problem> {
    let (revision, body) = one(&services, (&token).into(), &kind, &key).await?;
    Ok(Tagged::of(revision, body))
}

/// Register or change a resource
///
/// Made where there is none of this id. `If-Match` guards name, parent and labels.
#[utoipa::path(put, operation_id = "putResource", path = "/api/v1/resources/{type}/{id}", tag = "Resources", request_body = Put,
    params(IfMatch, ("type" = String, Path, description = "Its type", example = "source"), ("id" = String, Path, description = "The product's id", example = "web-site")),
    responses(
        (status = 200, description = "As it is now", body = ResourceBody, headers(("etag" = String, description = "Its revision"))),
        (status = 201, description = "It was made", body = ResourceBody, headers(("etag" = String, description = "Its revision"))),
    ))]
pub async fn put(
    State(services): State<Services>,
    IfMatch(expected): IfMatch,
    Owner(owner): Owner,
    Pair(kind, key): Pair,
    Asked(put): Asked<Put>,
) -> Result<Tagged<ResourceBody>, Problem> {
    let wish = registration(ResourceType::new(&kind), key, put.name, put.parent.as_deref(), put.labels.as_deref(), 0, &only)?;
    let RegisteredOne { is_new, resource, parent, revision } = resources::register_one(&services, &owner, &wish, expected, &only).await??;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Tagged { status, revision, body: body(&resource, parent, revision) })
}

/// Register or change many resources
///
/// All in one change, or none: a mistake is told with its place, `resources[3].name`.
#[utoipa::path(post, operation_id = "putResources", path = "/api/v1/resources", tag = "Resources", request_body = PutMany, responses((status = 200, description = "What was done", body = Registered)))]
pub async fn put_many(State(services): State<Services>, Owner(owner): Owner, Asked(body): Asked<PutMany>) -> Result<Json<Registered>, Problem> {
    let place_of: PlaceOf<'_> = &|place, field| format!("resources[{place}].{field}");
    let read = |(place, one): (usize, PutOne)| {
        registration(ResourceType::new(&one.r#type), one.id, one.name, one.parent.as_deref(), one.labels.as_deref(), place, place_of)
    };
    let all = body.resources.into_iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    let registered = resources::register(&services, &owner, &all, Expected::Anything, place_of).await?.map_err(|_| Failure::internal())?;
    let domain::resource::Registered { created, changed, unchanged, policy_version } = registered;
    Ok(Json(Registered { created, changed, unchanged, policy_version }))
}

/// Delete a resource
///
/// Refused while anything hangs on it or a grant names it; the refusal says what. `If-Match` guards name, parent and labels.
#[utoipa::path(delete, operation_id = "removeResource", path = "/api/v1/resources/{type}/{id}", tag = "Resources",
    params(IfMatch, ("type" = String, Path, description = "Its type", example = "source"), ("id" = String, Path, description = "The product's id, or ours", example = "web-site")),
    responses((status = 204, description = "It is gone")))]
pub async fn remove(State(services): State<Services>, IfMatch(expected): IfMatch, Owner(owner): Owner, Pair(kind, key): Pair) -> Result<StatusCode, Problem> {
    let id = id_of(&services, &owner, &kind, &key).await?;
    resources::delete_if(&services, &owner, id, expected).await??;
    Ok(StatusCode::NO_CONTENT)
}

async fn id_of(services: &Services, owner: &WorkspaceOwner, kind: &str, key: &str) -> Result<ResourceId, Failure> {
    Ok(resources::by_key(services, owner, &ResourceType::new(kind), key).await?.resource.id)
}

fn only(_: usize, field: &str) -> String {
    field.to_owned()
}

fn registration(
    kind: ResourceType,
    key: String,
    name: String,
    parent: Option<&str>,
    labels: Option<&[String]>,
    place: usize,
    place_of: PlaceOf<'_>,
) -> Result<Registration, Failure> {
    let parent =
        parent.map(|text| keyed(text).ok_or_else(|| Failure::field(&place_of(place, "parent"), "name it as its type, a colon and its id: `space:main`")));
    let read = |text: &String| Label::parse(text).map_err(|error| Failure::field(&place_of(place, "labels"), error));
    let labels = labels.map(|labels| labels.iter().map(read).collect::<Result<Vec<_>, _>>()).transpose()?;
    Ok(Registration { kind, key, name, parent: parent.transpose()?, labels })
}
