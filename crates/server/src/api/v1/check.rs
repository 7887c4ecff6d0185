//! `POST /api/v1/check` and `/check/batch`: may they, and why.

use super::problem::{Asked, Problem};
use crate::api::asking::Token;
use axum::{Json, extract::State};
use domain::{
    catalog::{Catalog, RoleId},
    id::{GrantId, GroupId, ResourceId},
    policy::{Arrival, But, Decision, Held, Missing, Reason},
};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    asked::{self, Told, Wording},
    check::{Checked, in_words},
};

#[derive(Debug, Deserialize)]
pub struct Check {
    #[serde(flatten)]
    question: Wording,
    /// The answer is at least as new as the change that returned this version.
    at_least: Option<i64>,
    /// Names people, groups and resources in `why` and `lines`. Only for tokens with owner access: to others they may be private.
    #[serde(default)]
    explain: bool,
}

#[derive(Debug, Deserialize)]
pub struct Checks {
    checks: Vec<Wording>,
    at_least: Option<i64>,
}

/// The answer to one question.
#[derive(Debug, Serialize)]
pub struct Verdict {
    allowed: bool,
    /// Why, in a sentence.
    why: String,
    /// Every grant that allows it; empty when denied.
    reasons: Vec<Because>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Lacking>,
}

#[derive(Debug, Serialize)]
pub struct Answer {
    #[serde(flatten)]
    verdict: Verdict,
    policy_version: i64,
    /// What a person reads, the answer first; only where names were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<Vec<String>>,
}

impl Answer {
    /// As the operator's command says it too.
    pub fn of(checked: Checked, catalog: &Catalog) -> Self {
        let Checked { decision, why, policy_version, lines, .. } = checked;
        Self { verdict: verdict(Told { decision, why }, catalog), policy_version, lines: Some(lines) }
    }
}

#[derive(Debug, Serialize)]
pub struct Answers {
    /// In the order of the questions.
    results: Vec<Verdict>,
    policy_version: i64,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Because {
    /// An owner may do anything in the workspace.
    Owner,
    Grant {
        grant: GrantId,
        role: RoleId,
        role_name: String,
        /// The group by which the grant came; absent for a grant of the subject's own.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<GroupId>,
        /// The parent by which the resource was reached.
        #[serde(skip_serializing_if = "Option::is_none")]
        through: Option<ResourceId>,
        /// When the grant ends by itself; the policy's version stays the same then.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<String>,
    },
}

/// What would have to be there for it to be allowed.
#[derive(Debug, Serialize)]
struct Lacking {
    /// The subject or the resource is not in the workspace.
    unknown: bool,
    /// Roles that would allow it, with a scope that covers the resource.
    roles: Vec<Wanted>,
    /// Grants that would allow it but for something.
    held: Vec<Short>,
}

#[derive(Debug, Serialize)]
struct Wanted {
    id: RoleId,
    name: String,
}

#[derive(Debug, Serialize)]
struct Short {
    grant: GrantId,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<GroupId>,
    but: But,
}

pub async fn check(State(services): State<Services>, Token(token): Token, Asked(check): Asked<Check>) -> Result<Json<Answer>, Problem> {
    if check.explain && token.has_owner_access() {
        let owner = services.owner_by_token(token)?;
        let checked = in_words(&services, &owner, &check.question, check.at_least).await?;
        return Ok(Json(Answer::of(checked, &services.catalog)));
    }
    let (told, policy_version) = asked::check(&services, &token, &check.question, check.at_least).await?;
    Ok(Json(Answer { verdict: verdict(told, &services.catalog), policy_version, lines: None }))
}

pub async fn batch(State(services): State<Services>, Token(token): Token, Asked(all): Asked<Checks>) -> Result<Json<Answers>, Problem> {
    let answered = asked::check_all(&services, &token, &all.checks, all.at_least).await?;
    let results = answered.told.into_iter().map(|told| verdict(told, &services.catalog)).collect();
    Ok(Json(Answers { results, policy_version: answered.policy_version }))
}

fn verdict(told: Told, catalog: &Catalog) -> Verdict {
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

fn because(reason: Reason, catalog: &Catalog) -> Because {
    match reason {
        Reason::Owner => Because::Owner,
        Reason::Grant { grant, role, arrival, through, expires_at } => {
            let expires_at = expires_at.map(|end| end.to_string());
            Because::Grant { grant, role_name: role_name(&role, catalog), role, group: group(arrival), through, expires_at }
        }
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

fn role_name(id: &RoleId, catalog: &Catalog) -> String {
    catalog.role(id).map_or_else(|| id.to_string(), |role| role.name.clone())
}
