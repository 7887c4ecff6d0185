//! `GET /api/v1/access/…`: what somebody may reach, and who may reach something, each with its reasons.

use super::{
    Problem,
    params::{Params, page_size},
    reasons::{Because, reasons},
};
use crate::api::asking::{Owner, Token};
use axum::{Json, extract::State};
use domain::{
    catalog::Catalog,
    failure::Failure,
    id::ResourceId,
    policy::{Decision, Subject},
    question::SubjectName,
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    reachers::{self, May, Reached, Stretch},
};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfSubject {
    /// `user:ID`, `email:ADDRESS`, `group:ID` or `token:ID`.
    #[param(example = "email:bea@acme.test")]
    subject: String,
    #[param(example = "source:edit")]
    action: String,
    /// The action's own type, where it is to be named besides: only what is of it can be acted on so.
    #[param(example = "source")]
    r#type: Option<String>,
    /// The answer is at least as new as the change that returned this version.
    #[param(example = 1)]
    at_least: Option<i64>,
    /// How many at most, 1 to 1,000; 100 without it.
    #[param(minimum = 1, maximum = 1000, example = 100)]
    limit: Option<u16>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfResource {
    /// `source:ID`, by the product's id or by ours.
    #[param(example = "source:web-site")]
    resource: String,
    #[param(example = "source:edit")]
    action: String,
    /// The answer is at least as new as the change that returned this version.
    #[param(example = 1)]
    at_least: Option<i64>,
    /// How many at most, 1 to 1,000; 100 without it.
    #[param(minimum = 1, maximum = 1000, example = 100)]
    limit: Option<u16>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Resources that somebody may do something to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reach {
    items: Vec<Within>,
    /// The `cursor` of the page behind this one; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
    /// Nothing comes after these.
    complete: bool,
    policy_version: i64,
}

/// A resource in reach, and by what.
#[derive(Debug, Serialize, ToSchema)]
struct Within {
    r#type: String,
    /// The product's id.
    id: String,
    /// Ours.
    #[schema(value_type = String, format = "uuid")]
    resource_id: ResourceId,
    name: String,
    why: String,
    /// Up to 20 of them.
    #[schema(max_items = 20)]
    reasons: Vec<Because<'static>>,
    /// How many more there are; missing: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reasons_more: Option<u32>,
}

/// Members and tokens that may do something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reachers {
    items: Vec<Reacher>,
    /// The `cursor` of the page behind this one; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
    /// Nothing comes after these.
    complete: bool,
    policy_version: i64,
}

/// Somebody who may, and by what.
#[derive(Debug, Serialize, ToSchema)]
struct Reacher {
    /// `user:ID` or `token:ID`.
    #[schema(example = "user:019a2c1e-6d5a-7b3c-8d4e-0123456789ab")]
    subject: String,
    name: String,
    /// A member's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    email: Option<String>,
    why: String,
    /// Up to 20 of them.
    #[schema(max_items = 20)]
    reasons: Vec<Because<'static>>,
    /// How many more there are; missing: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reasons_more: Option<u32>,
}

/// What may they reach?
///
/// Owner tokens ask about everybody, other tokens about themselves.
#[utoipa::path(get, operation_id = "listResourcesInReach", path = "/api/v1/access/resources", tag = "Decisions", params(OfSubject), responses((status = 200, description = "A page", body = Reach)))]
pub async fn resources(State(services): State<Services>, Token(token): Token, Params(params): Params<OfSubject>) -> Result<Json<Reach>, Problem> {
    let after = params.cursor.as_deref().filter(|text| !text.is_empty()).map(str::parse::<ResourceId>).transpose().map_err(|_| no_cursor())?;
    let stretch = Stretch { after, limit: page_size(params.limit)?.get().into(), at_least: params.at_least };
    let kind = params.r#type.as_deref().filter(|text| !text.is_empty());
    let told = reachers::resources(&services, &token, &params.subject, &params.action, kind, stretch).await?;
    let row = |Reached { resource, decision, why }: Reached| {
        let (reasons, reasons_more) = owned(decision, &services.catalog);
        let (kind, id, name) = (resource.kind.to_string(), resource.key.to_string(), resource.name.to_string());
        Within { r#type: kind, id, resource_id: resource.id, name, why, reasons, reasons_more }
    };
    Ok(Json(Reach {
        complete: told.next.is_none(),
        next: told.next.map(|id| id.to_string()),
        policy_version: told.policy_version,
        items: told.rows.into_iter().map(row).collect(),
    }))
}

/// Who may reach it?
#[utoipa::path(get, operation_id = "listSubjectsInReach", path = "/api/v1/access/subjects", tag = "Decisions", params(OfResource), responses((status = 200, description = "A page", body = Reachers)))]
pub async fn subjects(State(services): State<Services>, Owner(owner): Owner, Params(params): Params<OfResource>) -> Result<Json<Reachers>, Problem> {
    let after = params.cursor.as_deref().filter(|text| !text.is_empty()).map(read).transpose()?;
    let stretch = Stretch { after, limit: page_size(params.limit)?.get().into(), at_least: params.at_least };
    let told = reachers::of_resource(&services, &owner, &params.resource, &params.action, stretch).await?;
    let row = |May { reacher, decision }: May| {
        let (reasons, reasons_more) = owned(decision, &services.catalog);
        let email = reacher.email.map(|email| email.to_string());
        Reacher { subject: written(reacher.subject), name: reacher.name, email, why: reacher.why, reasons, reasons_more }
    };
    Ok(Json(Reachers {
        complete: told.next.is_none(),
        next: told.next.map(written),
        policy_version: told.policy_version,
        items: told.rows.into_iter().map(row).collect(),
    }))
}

/// Reasons with names of their own.
fn owned(decision: Decision, catalog: &Catalog) -> (Vec<Because<'static>>, Option<u32>) {
    let (reasons, more) = reasons(decision, catalog);
    (reasons.into_iter().map(Because::owned).collect(), more)
}

fn written(subject: Subject) -> String {
    match subject {
        Subject::Member(id) => format!("user:{id}"),
        Subject::Group(id) => format!("group:{id}"),
        Subject::Token(id) => format!("token:{id}"),
    }
}

fn read(text: &str) -> Result<Subject, Failure> {
    match SubjectName::parse(text) {
        Ok(SubjectName::Id(subject)) => Ok(subject),
        Ok(SubjectName::Email(_)) | Err(_) => Err(no_cursor()),
    }
}

fn no_cursor() -> Failure {
    Failure::field("cursor", "this is no place in the list; begin with the first page, and pass its `next`")
}
