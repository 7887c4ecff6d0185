//! Grants as our own API words them: a role on all, on these, or with labels. Resources go by the product's ids.

use crate::api::at_most::maybe_at_most;
use domain::{
    catalog::RoleId,
    failure::Failure,
    grant::{Grant, GrantSpec, Scope},
    id::ResourceId,
    label::Label,
    labelling::MOST_LABELLED,
    resource::ResourceType,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use service::{Services, access::WorkspaceOwner, resources};
use std::collections::{BTreeSet, HashMap};
use utoipa::ToSchema;

/// How many labels a list may have.
pub const MOST_LABELS: usize = 1_000;

/// A role and where it applies: exactly one of `all`, `only` and `labels`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantBody {
    #[schema(example = "source_admin")]
    pub role: String,
    /// `true`: every resource of the role's types, those to come included.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// These and no others, each as `type:id`.
    #[serde(default, deserialize_with = "maybe_at_most::<_, _, MOST_LABELLED>", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 10000, example = json!(["source:web-site"]))]
    pub only: Option<Vec<String>>,
    /// Those that bear every one of these, each as `key:value`.
    #[serde(default, deserialize_with = "maybe_at_most::<_, _, MOST_LABELS>", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 1000, example = json!(["environment:dev"]))]
    pub labels: Option<Vec<String>>,
    /// When it ends (RFC 3339); missing: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    pub expires_at: Option<String>,
}

/// Reads what somebody is to hold; resources are looked up at once. A mistake is told with its place: `grants[1].only[0]`.
pub async fn read(services: &Services, owner: &WorkspaceOwner, bodies: &[GrantBody]) -> Result<Vec<GrantSpec>, Failure> {
    let mut named: Vec<(ResourceType, String)> = Vec::new();
    let mut places = Vec::new();
    for (place, body) in bodies.iter().enumerate() {
        for (inner, text) in body.only.iter().flatten().enumerate() {
            let field = format!("grants[{place}].only[{inner}]");
            named.push(keyed(text).ok_or_else(|| Failure::field(&field, "name it as its type, a colon and its id: `source:web-site`"))?);
            places.push(field);
        }
    }
    let ids = resources::ids(services, owner, &named).await.map_err(|failure| placed(failure, &places))?;
    let mut ids = ids.into_iter();
    let mut specs = Vec::with_capacity(bodies.len());
    for (place, body) in bodies.iter().enumerate() {
        let field = |name: &str| format!("grants[{place}].{name}");
        let scope = match (body.all, &body.only, &body.labels) {
            (true, None, None) => Scope::All,
            (false, Some(only), None) if !only.is_empty() => Scope::Only(ids.by_ref().take(only.len()).collect()),
            (false, None, Some(labels)) if !labels.is_empty() => Scope::Labelled(
                labels
                    .iter()
                    .map(|text| Label::parse(text).map_err(|error| Failure::field(&field("labels"), error)))
                    .collect::<Result<BTreeSet<Label>, _>>()?,
            ),
            (..) => {
                return Err(Failure::field(
                    &field("all"),
                    "say where the role applies: `all: true`, or a list in `only`, or a list in `labels`; one of the three",
                ));
            }
        };
        let end = |text: &String| {
            Timestamp::parse(text).ok_or_else(|| Failure::field(&field("expires_at"), format_args!("`{text}` is no moment; write it as 2026-11-23T09:30:00Z")))
        };
        let expires_at = body.expires_at.as_ref().map(end).transpose()?;
        specs.push(GrantSpec { expires_at, ..GrantSpec::new(RoleId::new(&body.role), scope) });
    }
    Ok(specs)
}

/// `resources[7]`, as they were looked up, as the place where it stood.
fn placed(failure: Failure, places: &[String]) -> Failure {
    let number = failure.field.as_deref().and_then(|field| field.strip_prefix("resources[")?.strip_suffix(']')?.parse::<usize>().ok());
    match number.and_then(|number| places.get(number)) {
        Some(place) => Failure { field: Some(place.clone()), ..failure },
        None => failure,
    }
}

/// Grants with the product's ids.
pub async fn tell<'a>(services: &Services, owner: &WorkspaceOwner, grants: impl Iterator<Item = &'a GrantSpec> + Clone) -> Result<Vec<GrantBody>, Failure> {
    let ids: BTreeSet<ResourceId> = grants
        .clone()
        .flat_map(|grant| match &grant.scope {
            Scope::Only(ids) => ids.iter().copied().collect(),
            Scope::All | Scope::Labelled(_) => Vec::new(),
        })
        .collect();
    let keys = resources::keys(services, owner, &ids.into_iter().collect::<Vec<_>>()).await?;
    Ok(told(grants, &keys))
}

/// The same where those are known already.
pub fn told<'a>(grants: impl Iterator<Item = &'a GrantSpec>, keys: &HashMap<ResourceId, String>) -> Vec<GrantBody> {
    grants.map(|grant| body(grant, keys)).collect()
}

pub async fn tell_held(services: &Services, owner: &WorkspaceOwner, grants: &[Grant]) -> Result<Vec<GrantBody>, Failure> {
    tell(services, owner, grants.iter().map(|grant| &grant.spec)).await
}

fn body(grant: &GrantSpec, keys: &HashMap<ResourceId, String>) -> GrantBody {
    let bare = GrantBody { role: grant.role.to_string(), expires_at: grant.expires_at.map(|end| end.to_string()), ..GrantBody::default() };
    match &grant.scope {
        Scope::All => GrantBody { all: true, ..bare },
        Scope::Only(ids) => GrantBody { only: Some(ids.iter().filter_map(|id| keys.get(id).cloned()).collect()), ..bare },
        Scope::Labelled(labels) => GrantBody { labels: Some(labels.iter().map(ToString::to_string).collect()), ..bare },
    }
}

/// `source:web-site` in its two parts.
pub fn keyed(text: &str) -> Option<(ResourceType, String)> {
    let (kind, key) = text.split_once(':')?;
    (!kind.is_empty() && !key.is_empty()).then(|| (ResourceType::new(kind), key.to_owned()))
}
