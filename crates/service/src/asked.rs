//! Questions as products write them: `email:bea@acme.test`, `source:edit`, `source:web-site`. Names become ids by one query for
//! all addresses and one for each type of resource, however many are asked at once; then the policy in memory answers.

use crate::{
    check::known_action,
    decisions::{self, Asks, MOST_QUESTIONS},
    meters::Count,
    refusal::stored,
    services::Services,
};
use domain::{
    catalog::Action,
    email::EmailAddress,
    failure::{Failure, FailureKind},
    id::{MemberId, ResourceId, WorkspaceId},
    policy::{Decision, Missing, Question, Subject, Target},
    question::{SubjectName, TargetName},
    resource::ResourceType,
    text::ResourceKey,
};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// One question.
#[derive(Clone, Debug, Deserialize)]
pub struct Wording {
    /// `user:ID`, `email:ADDRESS`, `group:ID` or `token:ID`.
    pub subject: String,
    /// `source:edit`
    pub action: String,
    /// `source:ID`, by the product's id or by ours; `source` alone for the type as a whole.
    pub resource: String,
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

/// A question that was read, before its names are looked up.
struct Read {
    subject: SubjectName,
    action: Action,
    target: TargetName,
}

pub async fn check(services: &Services, asker: &impl Asks, wording: &Wording, at_least: Option<i64>) -> Result<(Told, i64), Failure> {
    let read = read(services, wording)?;
    let answered = answer(services, asker, &[read], at_least).await?;
    let told = answered.told.into_iter().next().ok_or_else(Failure::internal)?;
    Ok((told, answered.policy_version))
}

/// A mistake in any of them refuses all: its field names which, `checks[3].action`.
pub async fn check_all(services: &Services, asker: &impl Asks, wordings: &[Wording], at_least: Option<i64>) -> Result<AllTold, Failure> {
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

fn read(services: &Services, wording: &Wording) -> Result<Read, Failure> {
    let subject = SubjectName::parse(&wording.subject).map_err(|error| Failure::field("subject", error))?;
    let action = Action::parse(&wording.action).map_err(|error| Failure::field("action", error))?;
    let target = TargetName::parse(&wording.resource).map_err(|error| Failure::field("resource", error))?;
    known_action(services, &action, &target)?;
    Ok(Read { subject, action, target })
}

async fn answer(services: &Services, asker: &impl Asks, questions: &[Read], at_least: Option<i64>) -> Result<AllTold, Failure> {
    let workspace = asker.asks_in();
    let members = members(services, workspace, questions).await?;
    let resources = resources(services, workspace, questions).await?;
    let mut asked: Vec<Option<Question>> = Vec::with_capacity(questions.len());
    for question in questions {
        let subject = match &question.subject {
            SubjectName::Id(subject) => Some(*subject),
            SubjectName::Email(email) => members.get(email).map(|id| Subject::Member(*id)),
        };
        // who may ask about few may not learn who is here
        if !subject.map_or_else(|| asker.may_ask_about_all(), |subject| asker.may_ask_about(subject)) {
            return Err(decisions::may_not_ask());
        }
        let target = match &question.target {
            TargetName::Type(_) => Some(Target::Type),
            TargetName::Resource(kind, key) => resources.get(&(kind, key)).copied().or_else(|| key.as_str().parse().ok()).map(Target::Resource),
        };
        asked.push(subject.zip(target).map(|(subject, target)| Question { subject, action: question.action.clone(), target }));
    }
    let told = |policy: &domain::policy::Policy, now| {
        let tell = |question: &Option<Question>| {
            let Some(question) = question else {
                return Told { decision: Decision::Denied(Missing::Unknown), why: "the subject or the resource is not in the workspace".to_owned() };
            };
            let decision = policy.decide(question.subject, &question.action, &question.target, now);
            let why = policy.because(question, &decision, &|_| None);
            Told { decision, why }
        };
        asked.iter().map(tell).collect::<Vec<_>>()
    };
    let (told, policy_version) = decisions::ask(services, workspace, at_least, told, |all| Count::of(all.iter().map(|told| &told.decision))).await?;
    Ok(AllTold { told, policy_version })
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
    if !found.map_or_else(|| asker.may_ask_about_all(), |subject| asker.may_ask_about(subject)) {
        return Err(decisions::may_not_ask());
    }
    found.ok_or_else(|| Failure::new(FailureKind::NotFound, "nobody in the workspace has this address; see who has in its users"))
}

async fn members(services: &Services, workspace: WorkspaceId, questions: &[Read]) -> Result<HashMap<EmailAddress, MemberId>, Failure> {
    let emails: HashSet<&EmailAddress> = questions
        .iter()
        .filter_map(|question| match &question.subject {
            SubjectName::Email(email) => Some(email),
            SubjectName::Id(_) => None,
        })
        .collect();
    store::members::by_emails(&services.store, workspace, &emails.into_iter().collect::<Vec<_>>()).await.map_err(stored)
}

/// By the product's ids.
async fn resources<'a>(
    services: &Services,
    workspace: WorkspaceId,
    questions: &'a [Read],
) -> Result<HashMap<(&'a ResourceType, &'a ResourceKey), ResourceId>, Failure> {
    let mut keys: HashMap<&ResourceType, HashSet<&ResourceKey>> = HashMap::new();
    for question in questions {
        if let TargetName::Resource(kind, key) = &question.target {
            keys.entry(kind).or_default().insert(key);
        }
    }
    let mut found = HashMap::new();
    for (kind, keys) in keys {
        let by_text: HashMap<&str, &ResourceKey> = keys.into_iter().map(|key| (key.as_str(), key)).collect();
        let texts: Vec<&str> = by_text.keys().copied().collect();
        for (key, id) in store::resources::ids_by_key(&services.store, workspace, kind, &texts).await.map_err(stored)? {
            found.extend(by_text.get(key.as_str()).map(|key| ((kind, *key), id)));
        }
    }
    Ok(found)
}
