//! Questions as products write them: `email:bea@acme.test`, `source:edit`, `source:web-site`. The policy in memory knows the names too, so
//! that no question touches the database, and all of a batch are answered by one version.

use crate::{
    check::known_action,
    decisions::{self, About, Asks, MOST_QUESTIONS},
    meters::Count,
    refusal::stored,
    services::Services,
};
use domain::{
    catalog::{Action, Catalog},
    failure::{Failure, FailureKind},
    id::TokenId,
    policy::{Decision, Missing, Policy, Subject, Target},
    question::{SubjectName, SubjectText, TargetName, TargetText},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::HashMap, time::Instant};
use store::policy::Loaded;

/// One question.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Wording<T = String> {
    /// `user:ID`, `email:ADDRESS`, `group:ID` or `token:ID`.
    pub subject: T,
    /// `source:edit`
    pub action: T,
    /// `source:ID`, by the product's id or by ours; `source` alone for the type as a whole.
    pub resource: T,
}

/// A decision with its reason in words.
#[derive(Clone, Debug)]
pub struct Told {
    pub decision: Decision,
    pub why: String,
}

/// Decisions in the order of the questions, all by one version of the policy.
#[derive(Clone, Debug)]
pub struct AllTold {
    pub told: Vec<Told>,
    pub policy_version: i64,
}

/// The catalogue's actions as they are written.
#[derive(Debug)]
pub(crate) struct Actions(HashMap<String, Action>);

impl Actions {
    pub(crate) fn new(catalog: &Catalog) -> Self {
        let actions = catalog.types.iter().flat_map(|entry| entry.actions.iter().map(|verb| Action::new(&entry.id, verb)));
        Self(actions.map(|action| (action.to_string(), action)).collect())
    }
}

/// A question that was read, before its names are looked up.
struct Read<'a> {
    subject: SubjectText<'a>,
    action: Cow<'a, Action>,
    target: TargetText<'a>,
}

pub async fn check(services: &Services, asker: &impl Asks, wording: &Wording<impl AsRef<str> + Sync>, at_least: Option<i64>) -> Result<(Told, i64), Failure> {
    let read = read(services, wording)?;
    let answered = answer(services, asker, &[read], at_least).await?;
    let told = answered.told.into_iter().next().ok_or_else(Failure::internal)?;
    Ok((told, answered.policy_version))
}

/// An answer, by which version, and whose question it was.
#[derive(Debug)]
pub struct ToldNow {
    pub told: Told,
    pub policy_version: i64,
    pub token: TokenId,
}

/// As [`check`], where everything is in memory and nothing is wrong: `None` says that it is to be asked by that.
pub fn check_now(services: &Services, secret: &str, wording: &Wording<impl AsRef<str>>, at_least: Option<i64>) -> Option<ToldNow> {
    let begun = Instant::now();
    let question = read(services, wording).ok()?;
    let answer = |held: &Loaded, about, now| {
        let told = at_least.is_none_or(|wanted| wanted <= held.version).then(|| tell(&held.policy, about, &question, now))?;
        Some((told.ok()?, held.version))
    };
    let ((told, policy_version), token) = services.ask_now(secret, services.now(), answer)?;
    services.meters.decided(begun.elapsed(), Count::of([&told.decision]));
    Some(ToldNow { told, policy_version, token })
}

/// A mistake in any of them refuses all: its field names which, `checks[3].action`.
pub async fn check_all(
    services: &Services,
    asker: &impl Asks,
    wordings: &[Wording<impl AsRef<str> + Sync>],
    at_least: Option<i64>,
) -> Result<AllTold, Failure> {
    if wordings.len() > MOST_QUESTIONS {
        return Err(Failure::field("checks", format_args!("{} questions at once are too many; ask at most {MOST_QUESTIONS}", wordings.len())));
    }
    let placed = |(place, wording)| {
        read(services, wording).map_err(|failure| {
            let field = failure.field.as_deref().map(|field| format!("checks[{place}].{field}"));
            Failure { field, ..failure }
        })
    };
    let questions = wordings.iter().enumerate().map(placed).collect::<Result<Vec<_>, _>>()?;
    answer(services, asker, &questions, at_least).await
}

fn read<'a>(services: &'a Services, wording: &'a Wording<impl AsRef<str>>) -> Result<Read<'a>, Failure> {
    let subject = SubjectText::parse(wording.subject.as_ref()).map_err(|error| Failure::field("subject", error))?;
    let text = wording.action.as_ref();
    let action = match services.actions.0.get(text) {
        Some(action) => Cow::Borrowed(action),
        None => Cow::Owned(Action::parse(text).map_err(|error| Failure::field("action", error))?),
    };
    let target = TargetText::parse(wording.resource.as_ref()).map_err(|error| Failure::field("resource", error))?;
    if matches!(action, Cow::Owned(_)) || target.kind() != action.kind.as_str() {
        let target = TargetName::parse(wording.resource.as_ref()).map_err(|error| Failure::field("resource", error))?;
        known_action(services, &action, &target)?;
    }
    Ok(Read { subject, action, target })
}

async fn answer(services: &Services, asker: &impl Asks, questions: &[Read<'_>], at_least: Option<i64>) -> Result<AllTold, Failure> {
    let ask = async |about: Option<About>| {
        let tell = |held: &Loaded, now| {
            let about = about.or_else(|| asker.about_in(held, now))?;
            let told = questions.iter().map(|question| tell(&held.policy, about, question, now)).collect::<Result<Vec<_>, _>>();
            Some(told.map(|told| AllTold { told, policy_version: held.version }))
        };
        let count = |told: &Option<Result<AllTold, Failure>>| Count::of(told.iter().flatten().flat_map(|all| &all.told).map(|told| &told.decision));
        decisions::ask_held(services, asker.asks_in(), at_least, tell, count).await
    };
    match ask(None).await? {
        Some(told) => told,
        // what is in memory no longer knows who asks: the database says why, or that it does
        None => ask(Some(asker.about_by_database(services).await?)).await?.ok_or_else(Failure::internal)?,
    }
}

/// Whom a name means. Who may ask about few may not learn who is here.
pub(crate) async fn subject(services: &Services, asker: &impl Asks, name: &SubjectName) -> Result<Subject, Failure> {
    let found = match name {
        SubjectName::Id(subject) => Some(*subject),
        SubjectName::Email(email) => {
            let found = store::members::by_emails(&services.store, asker.asks_in(), &[email]).await.map_err(stored)?;
            found.get(email).map(|id| Subject::Member(*id))
        }
    };
    if !asker.about().covers(found) {
        return Err(decisions::may_not_ask());
    }
    found.ok_or_else(|| Failure::new(FailureKind::NotFound, "nobody in the workspace has this address; see who has in its users"))
}

fn tell(policy: &Policy, about: About, question: &Read<'_>, now: Timestamp) -> Result<Told, Failure> {
    let subject = match &question.subject {
        SubjectText::Id(subject) => Some(*subject),
        SubjectText::Email(address) => policy.member_by_address(address).map(Subject::Member),
    };
    // who may ask about few may not learn who is here
    if !about.covers(subject) {
        return Err(decisions::may_not_ask());
    }
    let target = match question.target {
        TargetText::Type(_) => Some(Target::Type),
        TargetText::Resource(_, key) => policy.resource_by_key(&question.action.kind, key).or_else(|| key.parse().ok()).map(Target::Resource),
    };
    let (Some(subject), Some(target)) = (subject, target) else {
        return Ok(unseen(policy, about, question, now)
            .unwrap_or_else(|| Told { decision: Decision::Denied(Missing::Unknown), why: "the subject or the resource is not in the workspace".to_owned() }));
    };
    let decision = policy.decide(subject, &question.action, &target, now);
    let hidden = |resource| !policy.has_in_sight(subject, resource, now);
    if !decision.is_allowed()
        && matches!(target, Target::Resource(resource) if hidden(resource))
        && let Some(unseen) = unseen(policy, about, question, now)
    {
        return Ok(unseen);
    }
    let why = policy.tell(subject, &question.action, &target, &decision, &|_| None);
    Ok(Told { decision, why })
}

/// What is told of a resource that is not here, and of one that is out of sight, to who may ask about few: they may not learn which there are.
fn unseen(policy: &Policy, about: About, question: &Read<'_>, now: Timestamp) -> Option<Told> {
    match (about, &question.target) {
        (About::Everybody, _) | (_, TargetText::Type(_)) => None,
        (About::Only(subject), TargetText::Resource(..)) => Some(Told {
            decision: policy.deny_unseen(subject, &question.action, now),
            why: format!("there is no such {}, or nothing that the subject holds allows {} on it", question.action.kind, *question.action),
        }),
    }
}
