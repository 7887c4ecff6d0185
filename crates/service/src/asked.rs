//! Questions as products write them: `email:bea@acme.test`, `source:edit`, `source:web-site`. The policy in memory knows the names too, so
//! that no question touches the database, and all of a batch are answered by one version.

use crate::{
    access::ShownSecret,
    check::known_action,
    decisions::{self, About, Asks, MOST_QUESTIONS},
    meters::Count,
    refusal::stored,
    services::Services,
};
use domain::{
    catalog::{Action, Catalog},
    email::EmailAddress,
    failure::{Failure, FailureKind},
    id::TokenId,
    policy::{Decision, Missing, Policy, Subject, Target},
    question::{QuestionError, SubjectName, SubjectText, TargetName, TargetText},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::HashMap,
    fmt::Write as _,
    time::{Duration, Instant},
};
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
pub struct AllTold<H = Vec<Told>> {
    pub told: H,
    pub policy_version: i64,
}

/// Whoever hears answers, one after the other: to keep them, or to write them down at once.
pub trait Hears {
    fn hear(&mut self, decision: Decision, why: &str);
}

impl Hears for Vec<Told> {
    fn hear(&mut self, decision: Decision, why: &str) {
        self.push(Told { decision, why: why.to_owned() });
    }
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

/// Most reasons are told in no more bytes.
const WORDS: usize = 256;

/// A question that was read, before its names are looked up.
struct Read<'a> {
    subject: SubjectText<'a>,
    action: &'a Action,
    target: TargetText<'a>,
}

pub async fn check(services: &Services, asker: &impl Asks, wording: &Wording<impl AsRef<str> + Sync>, at_least: Option<i64>) -> Result<(Told, i64), Failure> {
    let answered = match read(services, wording) {
        Ok(read) => answer(services, asker, &[read], at_least, Vec::new).await,
        Err(failure) => Err(failure),
    };
    let AllTold { told, policy_version } = answered.map_err(|failure| mistake(services, wording).unwrap_or(failure))?;
    Ok((told.into_iter().next().ok_or_else(Failure::internal)?, policy_version))
}

/// What was heard of an answer, by which version, and whose question it was.
#[derive(Debug)]
pub struct ToldNow<H> {
    pub told: H,
    pub policy_version: i64,
    pub token: TokenId,
    /// From the question's beginning on.
    pub took: Duration,
    /// For [`Meters::decided`](crate::meters::Meters::decided), which hears of it once it is answered.
    pub count: Count,
}

/// As [`check`], where everything is in memory and nothing is wrong: `None` says that it is to be asked by that.
pub fn check_now<H: Hears>(
    services: &Services,
    secret: &ShownSecret,
    wording: &Wording<impl AsRef<str>>,
    at_least: Option<i64>,
    begun: Instant,
    hears: H,
) -> Option<ToldNow<H>> {
    let question = read(services, wording).ok()?;
    let answer = |held: &Loaded, about, now| {
        let is_new = at_least.is_none_or(|wanted| wanted <= held.version);
        let told = is_new.then(|| told(&held.policy, about, std::slice::from_ref(&question), now, hears))?;
        Some((told.ok()?, held.version))
    };
    let (((told, count), policy_version), token) = services.ask_now(secret, services.now(), answer)?;
    Some(ToldNow { told, policy_version, token, took: begun.elapsed(), count })
}

/// A mistake in any of them refuses all: its field names which, `checks[3].action`.
pub async fn check_all(
    services: &Services,
    asker: &impl Asks,
    wordings: &[Wording<impl AsRef<str> + Sync>],
    at_least: Option<i64>,
) -> Result<AllTold, Failure> {
    tell_all(services, asker, wordings, at_least, Vec::new).await
}

/// The same for whoever hears it: each time that the questions are asked, somebody new.
pub async fn tell_all<H: Hears + Send>(
    services: &Services,
    asker: &impl Asks,
    wordings: &[Wording<impl AsRef<str> + Sync>],
    at_least: Option<i64>,
    hears: impl Fn() -> H + Send + Sync,
) -> Result<AllTold<H>, Failure> {
    if wordings.len() > MOST_QUESTIONS {
        return Err(Failure::field("checks", format_args!("{} questions at once are too many; ask at most {MOST_QUESTIONS}", wordings.len())));
    }
    let answered = match read_all(services, wordings) {
        Ok(questions) => answer(services, asker, &questions, at_least, hears).await,
        Err(failure) => Err(failure),
    };
    answered.map_err(|failure| {
        let placed = |(place, wording)| {
            let mistake = mistake(services, wording)?;
            let field = mistake.field.as_deref().map(|field| format!("checks[{place}].{field}"));
            Some(Failure { field, ..mistake })
        };
        wordings.iter().enumerate().find_map(placed).unwrap_or(failure)
    })
}

/// Reads it but for its address, which is checked only where nobody is known by it.
fn read<'a>(services: &'a Services, wording: &'a Wording<impl AsRef<str>>) -> Result<Read<'a>, Failure> {
    let subject = SubjectText::parse(wording.subject.as_ref()).map_err(|error| Failure::field("subject", error))?;
    let text = wording.action.as_ref();
    let known = services.actions.0.get(text);
    let spelled = if known.is_none() { Some(Action::parse(text).map_err(|error| Failure::field("action", error))?) } else { None };
    let target = TargetText::parse(wording.resource.as_ref()).map_err(|error| Failure::field("resource", error))?;
    if let Some(meant) = known.or(spelled.as_ref())
        && (spelled.is_some() || target.kind() != meant.kind.as_str())
    {
        let target = TargetName::parse(wording.resource.as_ref()).map_err(|error| Failure::field("resource", error))?;
        known_action(services, meant, &target)?;
    }
    // one that is known by now is among them, however it was spelled
    let action = known.or_else(|| services.actions.0.get(&spelled.as_ref()?.to_string())).ok_or_else(Failure::internal)?;
    Ok(Read { subject, action, target })
}

fn read_all<'a>(services: &'a Services, wordings: &'a [Wording<impl AsRef<str>>]) -> Result<Vec<Read<'a>>, Failure> {
    let mut all = Vec::with_capacity(wordings.len());
    for wording in wordings {
        all.push(read(services, wording)?);
    }
    Ok(all)
}

/// What is wrong with how it is written, be it that somebody may not ask it besides: that is told first, and of an address before all else.
fn mistake(services: &Services, wording: &Wording<impl AsRef<str>>) -> Option<Failure> {
    if let Ok(SubjectText::Email(address)) = SubjectText::parse(wording.subject.as_ref())
        && let Err(failure) = checked(address)
    {
        return Some(failure);
    }
    read(services, wording).err()
}

fn checked(address: &str) -> Result<Cow<'_, str>, Failure> {
    EmailAddress::check(address).map_err(|error| Failure::field("subject", QuestionError::from(error)))
}

async fn answer<H: Hears + Send>(
    services: &Services,
    asker: &impl Asks,
    questions: &[Read<'_>],
    at_least: Option<i64>,
    hears: impl Fn() -> H + Send + Sync,
) -> Result<AllTold<H>, Failure> {
    let ask = async |about: Option<About>| {
        let tell = |held: &Loaded, now| {
            let about = about.or_else(|| asker.about_in(held, now))?;
            let told = told(&held.policy, about, questions, now, hears());
            Some(told.map(|(told, count)| (AllTold { told, policy_version: held.version }, count)))
        };
        let count = |told: &Option<Result<(AllTold<H>, Count), Failure>>| told.iter().flatten().map(|(_, count)| *count).next().unwrap_or_default();
        decisions::ask_held(services, asker.asks_in(), at_least, tell, count).await
    };
    let told = match ask(None).await? {
        Some(told) => told,
        // what is in memory no longer knows who asks: the database says why, or that it does
        None => ask(Some(asker.about_by_database(services).await?)).await?.ok_or_else(Failure::internal)?,
    };
    told.map(|(told, _)| told)
}

/// Tells the answers to all of these, and how many were which.
fn told<H: Hears>(policy: &Policy, about: About, questions: &[Read<'_>], now: Timestamp, mut hears: H) -> Result<(H, Count), Failure> {
    let (mut count, mut why) = (Count::default(), String::with_capacity(WORDS));
    for question in questions {
        why.clear();
        let decision = tell(policy, about, question, now, &mut why)?;
        count.add(&decision);
        hears.hear(decision, &why);
    }
    Ok((hears, count))
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

/// The decision, and why: behind what stands in the text already.
fn tell(policy: &Policy, about: About, question: &Read<'_>, now: Timestamp, why: &mut String) -> Result<Decision, Failure> {
    // what is asked most
    if let (About::Everybody, SubjectText::Email(address), TargetText::Resource(_, key)) = (about, &question.subject, question.target)
        && let Some((subject, resource, decision)) = policy.decide_called(address, question.action, key, now)
    {
        policy.tell(why, subject, question.action, &Target::Resource(resource), &decision, &|_| None);
        return Ok(decision);
    }
    let subject = match question.subject {
        SubjectText::Id(subject) => Some(subject),
        SubjectText::Email(written) => match policy.member_by_address(written) {
            Some(member) => Some(Subject::Member(member)),
            // perhaps in capitals
            None => policy.member_by_address(&checked(written)?).map(Subject::Member),
        },
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
        if let Some(unseen) = unseen(policy, about, question, now, why) {
            return Ok(unseen);
        }
        why.push_str("the subject or the resource is not in the workspace");
        return Ok(Decision::Denied(Missing::Unknown));
    };
    let decision = policy.decide(subject, question.action, &target, now);
    // looked for only where it matters: to find out takes longer than to decide
    if let (About::Only(_), Target::Resource(resource)) = (about, &target)
        && !decision.is_allowed()
        && !policy.has_in_sight(subject, *resource, now)
        && let Some(unseen) = unseen(policy, about, question, now, why)
    {
        return Ok(unseen);
    }
    policy.tell(why, subject, question.action, &target, &decision, &|_| None);
    Ok(decision)
}

/// What is told of a resource that is not here, and of one that is out of sight, to who may ask about few: they may not learn which there are.
fn unseen(policy: &Policy, about: About, question: &Read<'_>, now: Timestamp, why: &mut String) -> Option<Decision> {
    match (about, &question.target) {
        (About::Everybody, _) | (_, TargetText::Type(_)) => None,
        (About::Only(subject), TargetText::Resource(..)) => {
            // a text takes all
            let _ = write!(why, "there is no such {}, or nothing that the subject holds allows {} on it", question.action.kind, question.action);
            Some(policy.deny_unseen(subject, question.action, now))
        }
    }
}
