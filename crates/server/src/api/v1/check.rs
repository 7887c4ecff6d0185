//! `POST /api/v1/check` and `/check/batch`: may they, and why.

use super::{
    body::{Said, Text, read_now, told, written},
    problem::Problem,
    reasons::{Because, Lacking, lacking, reasons},
};
use crate::api::{asking::Asker, at_most::at_most};
use axum::{extract::State, response::Response};
use domain::{catalog::Catalog, id::TokenId, policy::Decision};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    asked::{self, Told, Wording},
    check::{Checked, in_words},
    decisions::MOST_QUESTIONS,
};
use utoipa::ToSchema;

/// A question: may this subject do this to that?
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes a `CheckText`, and says what is wrong with one")]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// `user:ID`, `email:ADDRESS`, `group:ID` or `token:ID`.
    #[schema(example = "email:bea@acme.test")]
    subject: String,
    /// What is to be done: a type of the catalogue and one of its verbs.
    #[schema(example = "source:edit")]
    action: String,
    /// `source:ID`, by the product's id or by ours; `source` alone for the type as a whole.
    #[schema(example = "source:web-site")]
    resource: String,
    /// The answer is at least as new as the change that returned this version.
    at_least: Option<i64>,
    /// Names people, groups and resources in `why` and `lines`. Only for tokens with owner access: to others they may be private.
    #[serde(default)]
    explain: bool,
}

/// One question, as products write it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the service reads")]
pub struct Question {
    /// `user:ID`, `email:ADDRESS`, `group:ID` or `token:ID`.
    #[schema(example = "email:bea@acme.test")]
    subject: String,
    /// What is to be done: a type of the catalogue and one of its verbs.
    #[schema(example = "source:edit")]
    action: String,
    /// `source:ID`, by the product's id or by ours; `source` alone for the type as a whole.
    #[schema(example = "source:web-site")]
    resource: String,
}

/// Up to 1,000 questions, each answered by itself, all by one version of the policy.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes a `ChecksText`, and says what is wrong with one")]
#[serde(deny_unknown_fields)]
pub struct Checks {
    #[serde(deserialize_with = "at_most::<_, _, MOST_QUESTIONS>")]
    #[schema(value_type = Vec<Question>, max_items = 1000)]
    checks: Vec<Wording>,
    /// The answers are at least as new as the change that returned this version.
    at_least: Option<i64>,
}

/// A [`Check`] as it lies in the body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckText<'a> {
    #[serde(borrow)]
    subject: Text<'a>,
    action: Text<'a>,
    resource: Text<'a>,
    at_least: Option<i64>,
    #[serde(default)]
    explain: bool,
}

/// [`Checks`] as they lie in the body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChecksText<'a> {
    #[serde(borrow, deserialize_with = "at_most::<_, _, MOST_QUESTIONS>")]
    checks: Vec<Wording<Text<'a>>>,
    at_least: Option<i64>,
}

/// The answer to one question.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verdict<'a> {
    allowed: bool,
    /// Why, in a sentence.
    #[schema(example = "Source Admin on all sources, held by the group Editors.")]
    why: String,
    /// The grants that allow it, up to 20 of them; empty when denied.
    #[schema(max_items = 20)]
    reasons: Vec<Because<'a>>,
    /// How many more such grants there are; missing: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reasons_more: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    missing: Option<Lacking<'a>>,
}

/// The answer, and the version of the policy that it rests on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer<'a> {
    #[serde(flatten)]
    verdict: Verdict<'a>,
    policy_version: i64,
    /// What a person reads, the answer first; only where names were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    lines: Option<Vec<String>>,
}

impl<'a> Answer<'a> {
    /// As the operator's command says it too.
    pub fn of(checked: Checked, catalog: &'a Catalog) -> Self {
        let Checked { decision, why, policy_version, lines, .. } = checked;
        Self { verdict: verdict(Told { decision, why }, catalog), policy_version, lines: Some(lines) }
    }
}

/// The answers in the order of the questions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answers<'a> {
    results: Vec<Verdict<'a>>,
    policy_version: i64,
}

/// May they?
///
/// Owner tokens ask about everybody, other tokens about themselves.
#[utoipa::path(post, operation_id = "check", path = "/api/v1/check", tag = "Decisions", request_body = Check, responses((status = 200, description = "The answer", body = Answer)))]
pub async fn check(State(services): State<Services>, Asker(token): Asker, said: Said) -> Result<Response, Problem> {
    let CheckText { subject, action, resource, at_least, explain } = said.read::<_, Check>()?;
    let question = Wording { subject, action, resource };
    if explain && let Some(owner) = services.owner_by_asking(&token).await? {
        let checked = in_words(&services, &owner, &question, at_least).await?;
        return Ok(told(&Answer::of(checked, &services.catalog), SIZE));
    }
    let (answer, policy_version) = asked::check(&services, &token, &question, at_least).await?;
    Ok(told(&Answer { verdict: verdict(answer, &services.catalog), policy_version, lines: None }, SIZE))
}

/// The answer to a question as it lies in a body, and whose question it was, where that takes memory alone and nothing is wrong with it.
/// Whoever gets none asks by [`check`].
pub fn check_now(services: &Services, secret: &str, body: &[u8]) -> Option<(Vec<u8>, TokenId)> {
    let CheckText { subject, action, resource, at_least, explain } = read_now(body)?;
    let now = (!explain).then(|| asked::check_now(services, secret, &Wording { subject, action, resource }, at_least)).flatten()?;
    let answer = Answer { verdict: verdict(now.told, &services.catalog), policy_version: now.policy_version, lines: None };
    Some((written(&answer, SIZE)?, now.token))
}

/// May they, many times over?
///
/// A mistake in any question refuses all of them; its field names which: `checks[3].action`.
#[utoipa::path(post, operation_id = "checkBatch", path = "/api/v1/check/batch", tag = "Decisions", request_body = Checks, responses((status = 200, description = "The answers", body = Answers)))]
pub async fn batch(State(services): State<Services>, Asker(token): Asker, said: Said) -> Result<Response, Problem> {
    let ChecksText { checks, at_least } = said.read::<_, Checks>()?;
    let answered = asked::check_all(&services, &token, &checks, at_least).await?;
    let results: Vec<Verdict<'_>> = answered.told.into_iter().map(|answer| verdict(answer, &services.catalog)).collect();
    let size = (results.len() + 1) * SIZE;
    Ok(told(&Answers { results, policy_version: answered.policy_version }, size))
}

/// About how many bytes an answer takes.
const SIZE: usize = 512;

fn verdict(told: Told, catalog: &Catalog) -> Verdict<'_> {
    let (allowed, why) = (told.decision.is_allowed(), told.why);
    match told.decision {
        Decision::Denied(missing) => Verdict { allowed, why, reasons: Vec::new(), reasons_more: None, missing: Some(lacking(missing, catalog)) },
        allowing @ Decision::Allowed(_) => {
            let (reasons, reasons_more) = reasons(allowing, catalog);
            Verdict { allowed, why, reasons, reasons_more, missing: None }
        }
    }
}
