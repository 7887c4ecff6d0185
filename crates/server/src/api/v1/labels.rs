//! Labels of resources: of one, and of thousands in one call. Who may edit a resource may label it.

use super::{
    grants::{MOST_LABELS, keyed},
    items::Tagged,
    params::IfMatch,
    problem::{Asked, Problem},
};
use crate::api::{asking::Token, at_most::at_most, ids::Pair};
use axum::{Json, extract::State};
use domain::{
    failure::Failure,
    label::Label,
    labelling::{MOST_LABELLED, Relabel, ResourceSelection},
    resource::ResourceType,
};
use serde::{Deserialize, Serialize};
use service::{Services, resources};
use utoipa::ToSchema;

/// All labels that a resource bears, at most one of each key.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    #[serde(deserialize_with = "at_most::<_, _, MOST_LABELS>")]
    #[schema(max_items = 1000, example = json!(["environment:dev", "region:apac"]))]
    labels: Vec<String>,
}

/// A label for many resources: either put on, or taken off by its key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelMany {
    /// Each as `type:id`.
    #[serde(deserialize_with = "at_most::<_, _, MOST_LABELLED>")]
    #[schema(min_items = 1, max_items = 10000, example = json!(["source:web-site"]))]
    resources: Vec<String>,
    /// It takes the place of another of its key.
    #[schema(example = "environment:dev")]
    put: Option<String>,
    /// The label of this key goes, whatever its value.
    #[schema(example = "region")]
    take: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Relabelled {
    changed: u64,
    /// They were so already.
    unchanged: u64,
}

fn tell(revision: i64, labels: &[Label]) -> Tagged<Labels> {
    Tagged::of(revision, Labels { labels: labels.iter().map(ToString::to_string).collect() })
}

/// Read a resource's labels
///
/// The revision is the resource's.
#[utoipa::path(get, operation_id = "readResourceLabels", path = "/api/v1/resources/{type}/{id}/labels", tag = "Resources",
    params(("type" = String, Path, description = "Its type", example = "source"), ("id" = String, Path, description = "The product's id, or ours", example = "web-site")),
    responses((status = 200, description = "Its labels", body = Labels, headers(("etag" = String, description = "Its revision")))))]
pub async fn find(State(services): State<Services>, Token(token): Token, Pair(kind, key): Pair) -> Result<Tagged<Labels>, Problem> {
    let found = resources::by_key(&services, &token, &ResourceType::new(&kind), &key).await?;
    Ok(tell(found.revision, &found.resource.labels))
}

/// Replace a resource's labels
///
/// `If-Match` guards its name, parent and labels.
#[utoipa::path(put, operation_id = "replaceResourceLabels", path = "/api/v1/resources/{type}/{id}/labels", tag = "Resources", request_body = Labels,
    params(IfMatch, ("type" = String, Path, description = "Its type", example = "source"), ("id" = String, Path, description = "The product's id, or ours", example = "web-site")),
    responses((status = 200, description = "Its labels now", body = Labels, headers(("etag" = String, description = "Its revision")))))]
pub async fn put(
    State(services): State<Services>,
    IfMatch(expected): IfMatch,
    Token(token): Token,
    Pair(kind, key): Pair,
    Asked(body): Asked<Labels>,
) -> Result<Tagged<Labels>, Problem> {
    let read = |(place, text): (usize, &String)| Label::parse(text).map_err(|error| Failure::field(&format!("labels[{place}]"), error));
    let labels = body.labels.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    let found = resources::by_key(&services, &token, &ResourceType::new(&kind), &key).await?;
    // as they were written: whoever took away what let them see the resource may not read it again
    let (labels, revision) = resources::set_labels(&services, &token, found.resource.id, labels, expected).await??;
    Ok(tell(revision, &labels))
}

/// Label many resources
///
/// All in one change, or none.
#[utoipa::path(post, operation_id = "labelResources", path = "/api/v1/resources/labels", tag = "Resources", request_body = LabelMany, responses((status = 200, description = "What was done", body = Relabelled)))]
pub async fn put_many(State(services): State<Services>, Token(token): Token, Asked(body): Asked<LabelMany>) -> Result<Json<Relabelled>, Problem> {
    let relabel = match (&body.put, body.take) {
        (Some(text), None) => Relabel::Put(Label::parse(text).map_err(|error| Failure::field("put", error))?),
        (None, Some(key)) => Relabel::Take(key),
        (_, _) => return Err(Failure::field("put", "say what is to be done: a label to `put`, or the key of one to `take`; one of the two").into()),
    };
    if body.resources.is_empty() {
        return Err(Failure::field("resources", "nothing is named; name a resource at least, by its type, a colon and its id").into());
    }
    let read = |(place, text): (usize, &String)| {
        keyed(text).ok_or_else(|| Failure::field(&format!("resources[{place}]"), "name it as its type, a colon and its id: `source:web-site`"))
    };
    let keys = body.resources.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    let ids = resources::ids(&services, &token, &keys).await?;
    let told = resources::relabel(&services, &token, &ResourceSelection::These(ids), &relabel).await?;
    Ok(Json(Relabelled { changed: told.changed, unchanged: told.unchanged }))
}
