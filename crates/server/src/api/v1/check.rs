//! `POST /api/v1/check` and `/check/batch`: may they, and why.

use super::{
    body::{Said, Text, as_json, read_now, told},
    problem::Problem,
    reasons::{Because, Lacking, lacking, reasons, write_lacking, write_reasons},
    writing::Json,
};
use crate::api::{asking::Asker, at_most::at_most};
use axum::{extract::State, response::Response};
use domain::{catalog::Catalog, id::TokenId, policy::Decision};
use serde::{Deserialize, Serialize};
use service::{
    Services,
    access::ShownSecret,
    asked::{self, Hears, Told, Wording},
    check::{Checked, in_words},
    decisions::MOST_QUESTIONS,
    meters::Count,
};
use std::time::{Duration, Instant};
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

/// An answer as it is sent, whose question it was, and how long that took.
pub struct AnsweredNow {
    pub answer: Vec<u8>,
    pub token: TokenId,
    pub took: Duration,
    pub count: Count,
}

/// The answer to a question as it lies in a body, where that takes memory alone and nothing is wrong with it. Whoever gets none asks by [`check`].
pub fn check_now(services: &Services, secret: &ShownSecret, body: &[u8], begun: Instant) -> Option<AnsweredNow> {
    let CheckText { subject, action, resource, at_least, explain } = read_now(body)?;
    let question = (!explain).then_some(Wording { subject, action, resource })?;
    let now = asked::check_now(services, secret, &question, at_least, begun, Written::new("", SIZE, &services.catalog))?;
    Some(AnsweredNow { answer: now.told.by("", now.policy_version), token: now.token, took: now.took, count: now.count })
}

/// May they, many times over?
///
/// A mistake in any question refuses all of them; its field names which: `checks[3].action`.
#[utoipa::path(post, operation_id = "checkBatch", path = "/api/v1/check/batch", tag = "Decisions", request_body = Checks, responses((status = 200, description = "The answers", body = Answers)))]
pub async fn batch(State(services): State<Services>, Asker(token): Asker, said: Said) -> Result<Response, Problem> {
    let ChecksText { checks, at_least } = said.read::<_, Checks>()?;
    let written = || Written::new("{\"results\":[", (checks.len() + 1) * SIZE, &services.catalog);
    let answered = asked::tell_all(&services, &token, &checks, at_least, written).await?;
    let end = if checks.is_empty() { "]" } else { "}]" };
    Ok(as_json(answered.told.by(end, answered.policy_version)))
}

/// Verdicts that are written down as they are heard, as [`Verdict`] says. The last one is left open.
struct Written<'a> {
    json: Json,
    catalog: &'a Catalog,
    any: bool,
}

impl<'a> Written<'a> {
    /// Behind this, and for about so many bytes.
    fn new(start: &str, size: usize, catalog: &'a Catalog) -> Self {
        let mut json = Json::with_capacity(size);
        json.put(start);
        Self { json, catalog, any: false }
    }

    /// All of it, with this behind the last and the version of the policy.
    fn by(mut self, end: &str, policy_version: i64) -> Vec<u8> {
        self.json.put(end);
        self.json.put(",\"policy_version\":");
        self.json.number(policy_version);
        self.json.put("}");
        self.json.into_bytes()
    }
}

impl Hears for Written<'_> {
    fn hear(&mut self, decision: Decision, why: &str) {
        let json = &mut self.json;
        json.put(if self.any { "},{\"allowed\":" } else { "{\"allowed\":" });
        self.any = true;
        json.put(if decision.is_allowed() { "true,\"why\":" } else { "false,\"why\":" });
        json.text(why);
        json.put(",");
        match &decision {
            Decision::Allowed(found) => write_reasons(found, self.catalog, json),
            Decision::Denied(missing) => {
                json.put("\"reasons\":[],\"missing\":");
                write_lacking(missing, self.catalog, json);
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        catalog::RoleId,
        id::{GrantId, GroupId, ResourceId},
        policy::{Arrival, But, Held, Missing, Reason},
        time::Timestamp,
    };
    use uuid::Uuid;

    /// Of each kind, with all that may be missing and with more than is told.
    fn decisions() -> Vec<Decision> {
        let id = Uuid::from_u128;
        let end = |n: usize| n.is_multiple_of(3).then(|| Timestamp::from_micros(1_764_300_000_000_000));
        let arrival = |n: usize| if n.is_multiple_of(2) { Arrival::Own } else { Arrival::Group(GroupId::from_uuid(id(n as u128))) };
        let reason = |n: usize| Reason::Grant {
            grant: GrantId::from_uuid(id(n as u128)),
            role: RoleId::new(if n.is_multiple_of(5) { "no \"such\" role" } else { "source_admin" }),
            arrival: arrival(n),
            through: n.is_multiple_of(4).then(|| ResourceId::from_uuid(id(n as u128 + 7))),
            expires_at: end(n),
        };
        let held = |n: usize| Held {
            grant: GrantId::from_uuid(id(n as u128)),
            arrival: arrival(n),
            but: [But::Expired, But::Locked, But::OutOfScope, But::NeedsAll][n % 4],
        };
        let denied =
            |n| Decision::Denied(Missing::Roles { roles: vec![RoleId::new("source_admin"), RoleId::new("nobody's")], held_but: (0..n).map(held).collect() });
        let mut all = vec![
            Decision::Denied(Missing::Unknown),
            Decision::Denied(Missing::Roles { roles: Vec::new(), held_but: Vec::new() }),
            Decision::Allowed(vec![Reason::Owner { expires_at: None }]),
            Decision::Allowed(vec![Reason::Owner { expires_at: end(0) }]),
        ];
        for n in [1, 20, 21, 300] {
            all.extend([Decision::Allowed((0..n).map(reason).collect()), denied(n)]);
        }
        all
    }

    #[test]
    fn what_is_written_at_once_is_what_the_description_says() {
        let catalog = Catalog::parse(Catalog::BUILT_IN).unwrap();
        let why = |decision: &Decision| format!("\u{201c}why\u{201d} \"{}\"\n", decision.is_allowed());
        let text = |json: Vec<u8>| String::from_utf8(json).unwrap();
        let verdict = |decision: Decision| verdict(Told { why: why(&decision), decision }, &catalog);
        for decision in decisions() {
            let mut written = Written::new("", 1, &catalog);
            written.hear(decision.clone(), &why(&decision));
            let answer = Answer { verdict: verdict(decision), policy_version: 42, lines: None };
            assert_eq!(text(written.by("", 42)), serde_json::to_string(&answer).unwrap());
        }
        let mut written = Written::new("{\"results\":[", 1, &catalog);
        decisions().into_iter().for_each(|decision| written.hear(decision.clone(), &why(&decision)));
        let answers = Answers { results: decisions().into_iter().map(verdict).collect(), policy_version: -1 };
        assert_eq!(text(written.by("}]", -1)), serde_json::to_string(&answers).unwrap());
        let none = Answers { results: Vec::new(), policy_version: 0 };
        assert_eq!(text(Written::new("{\"results\":[", 1, &catalog).by("]", 0)), serde_json::to_string(&none).unwrap());
    }
}
