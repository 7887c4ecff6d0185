//! `POST /api/v1/check` and `/check/batch`: may they, and why.

use super::{
    body::{Said, Text, told},
    problem::Problem,
};
use crate::api::asking::Asker;
use axum::{extract::State, response::Response};
use domain::{
    catalog::{Catalog, RoleId},
    id::{GrantId, GroupId, ResourceId},
    policy::{Arrival, But, Decision, Held, Missing, Reason},
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    asked::{self, Told, Wording},
};
use std::borrow::Cow;

/// One question by itself: a [`Wording`], and how new the answer is to be.
#[derive(Debug, Deserialize)]
pub struct Check<T = String> {
    subject: T,
    action: T,
    resource: T,
    /// The answer is at least as new as the change that returned this version.
    at_least: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct Checks<T = String> {
    checks: Vec<Wording<T>>,
    at_least: Option<i64>,
}

/// The answer to one question among others.
#[derive(Debug, Serialize)]
pub struct Verdict<'a> {
    allowed: bool,
    /// Why, in a sentence.
    why: String,
    /// Every grant that allows it; empty when denied.
    reasons: Vec<Because<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Lacking<'a>>,
}

/// The answer to a question by itself.
#[derive(Debug, Serialize)]
pub struct Answer<'a> {
    allowed: bool,
    why: String,
    reasons: Vec<Because<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Lacking<'a>>,
    policy_version: i64,
}

#[derive(Debug, Serialize)]
pub struct Answers<'a> {
    /// In the order of the questions.
    results: Vec<Verdict<'a>>,
    policy_version: i64,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Because<'a> {
    /// An owner may do anything in the workspace.
    Owner,
    Grant {
        grant: GrantId,
        role: RoleId,
        role_name: Cow<'a, str>,
        /// The group by which the grant came; absent for a grant of the subject's own.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<GroupId>,
        /// The parent by which the resource was reached.
        #[serde(skip_serializing_if = "Option::is_none")]
        through: Option<ResourceId>,
    },
}

/// What would have to be there for it to be allowed.
#[derive(Debug, Serialize)]
struct Lacking<'a> {
    /// The subject or the resource is not in the workspace.
    unknown: bool,
    /// Roles that would allow it, with a scope that covers the resource.
    roles: Vec<Wanted<'a>>,
    /// Grants that would allow it but for something.
    held: Vec<Short>,
}

#[derive(Debug, Serialize)]
struct Wanted<'a> {
    id: RoleId,
    name: Cow<'a, str>,
}

#[derive(Debug, Serialize)]
struct Short {
    grant: GrantId,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<GroupId>,
    but: But,
}

/// About how many bytes an answer takes.
const SIZE: usize = 512;

pub async fn check(State(services): State<Services>, Asker(token): Asker, said: Said) -> Result<Response, Problem> {
    let Check { subject, action, resource, at_least } = said.read::<Check<Text<'_>>, Check>()?;
    let (answer, policy_version) = asked::check(&services, &token, &Wording { subject, action, resource }, at_least).await?;
    let Verdict { allowed, why, reasons, missing } = verdict(answer, &services.catalog);
    Ok(told(&Answer { allowed, why, reasons, missing, policy_version }, SIZE))
}

pub async fn batch(State(services): State<Services>, Asker(token): Asker, said: Said) -> Result<Response, Problem> {
    let Checks { checks, at_least } = said.read::<Checks<Text<'_>>, Checks>()?;
    let answered = asked::check_all(&services, &token, &checks, at_least).await?;
    let results: Vec<Verdict<'_>> = answered.told.into_iter().map(|answer| verdict(answer, &services.catalog)).collect();
    let size = (results.len() + 1) * SIZE;
    Ok(told(&Answers { results, policy_version: answered.policy_version }, size))
}

fn verdict(told: Told, catalog: &Catalog) -> Verdict<'_> {
    let (mut reasons, mut missing) = (Vec::new(), None);
    let allowed = told.decision.is_allowed();
    match told.decision {
        Decision::Allowed(found) => reasons = found.into_iter().map(|reason| because(reason, catalog)).collect(),
        Decision::Denied(Missing::Unknown) => missing = Some(Lacking { unknown: true, roles: Vec::new(), held: Vec::new() }),
        Decision::Denied(Missing::Roles { roles, held_but }) => {
            let roles = roles.into_iter().map(|id| Wanted { name: role_name(&id, catalog), id }).collect();
            missing = Some(Lacking { unknown: false, roles, held: held_but.into_iter().map(short).collect() });
        }
    }
    Verdict { allowed, why: told.why, reasons, missing }
}

fn because(reason: Reason, catalog: &Catalog) -> Because<'_> {
    match reason {
        Reason::Owner => Because::Owner,
        Reason::Grant { grant, role, arrival, through } => Because::Grant { grant, role_name: role_name(&role, catalog), role, group: group(arrival), through },
    }
}

const fn short(held: Held) -> Short {
    Short { grant: held.grant, group: group(held.arrival), but: held.but }
}

const fn group(arrival: Arrival) -> Option<GroupId> {
    match arrival {
        Arrival::Own => None,
        Arrival::Group(id) => Some(id),
    }
}

fn role_name<'a>(id: &RoleId, catalog: &'a Catalog) -> Cow<'a, str> {
    catalog.role(id).map_or_else(|| Cow::Owned(id.to_string()), |role| Cow::Borrowed(role.name.as_str()))
}
