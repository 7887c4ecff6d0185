//! Decisions: may this subject do this to that, and why, answered from a policy in memory that commits keep true.
//!
//! Each answer carries the policy's version. A caller who has just written passes the version that the write returned as `at_least`,
//! and the answer is at least that new, on whichever node.

mod cache;
mod listening;
mod meters;
mod slot;

pub(crate) use cache::Cache;
pub use listening::listen;

use crate::{
    access::{Operator, WorkspaceMember, WorkspaceOwner},
    meters::Count,
    services::Services,
};
use domain::{
    catalog::Action,
    failure::{Failure, FailureKind},
    id::{ResourceId, WorkspaceId},
    policy::{Decision, Named, Policy, Question, Subject, Target},
    time::{Span, Timestamp},
};
use serde::Serialize;
use std::{collections::HashMap, future::Future, time::Instant};
use store::policy::Loaded;

/// How many questions are answered at once.
pub const MOST_QUESTIONS: usize = 1_000;

/// How far decisions may trust what they hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long answers are given from what is known while the database can't be asked whether it still holds.
    pub staleness: Span,
    /// About how many bytes of policies are held; beyond it the workspaces that were least recently asked about leave.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { staleness: Span::seconds(10), memory: 512 << 20 }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    pub decision: Decision,
    pub policy_version: i64,
}

/// Answers to several questions, all by one version, in the questions' order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answers {
    pub decisions: Vec<Decision>,
    pub policy_version: i64,
}

/// Whom somebody may ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Whomever, those who aren't here among them.
    Everybody,
    Only(Subject),
}

impl About {
    /// Whether they may ask about this one; nobody stands for who isn't here.
    #[must_use]
    pub fn covers(self, subject: Option<Subject>) -> bool {
        match self {
            Self::Everybody => true,
            Self::Only(only) => subject == Some(only),
        }
    }
}

/// Whoever may ask about access in a workspace: owners about everybody, members and tokens about themselves.
pub trait Asks: sealed::Sealed + Sync {
    fn asks_in(&self) -> WorkspaceId;

    fn about(&self) -> About;

    /// The same by what is held in memory, which may be newer than the proof; nothing where only the database can say.
    fn about_in(&self, _held: &Loaded, _now: Timestamp) -> Option<About> {
        Some(self.about())
    }

    fn about_by_database(&self, _services: &Services) -> impl Future<Output = Result<About, Failure>> + Send {
        std::future::ready(Ok(self.about()))
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::access::WorkspaceOwner {}
    impl Sealed for crate::access::WorkspaceMember {}
    impl Sealed for crate::access::WorkspaceToken {}
    impl Sealed for crate::access::AskingToken {}
}

impl Asks for WorkspaceOwner {
    fn asks_in(&self) -> WorkspaceId {
        self.workspace().id
    }
    fn about(&self) -> About {
        About::Everybody
    }
}

impl Asks for WorkspaceMember {
    fn asks_in(&self) -> WorkspaceId {
        self.workspace().id
    }
    fn about(&self) -> About {
        About::Only(Subject::Member(self.member()))
    }
}

pub(crate) fn may_not_ask() -> Failure {
    Failure::new(FailureKind::Forbidden, "you may ask about your own access only; about others ask as an owner, or with a token that has owner access")
}

/// May this subject do this?
pub async fn check(
    services: &Services,
    asker: &impl Asks,
    subject: Subject,
    action: &Action,
    target: &Target,
    at_least: Option<i64>,
) -> Result<Answer, Failure> {
    one(services, asker, subject, at_least, |policy, now| policy.decide(subject, action, target, now)).await
}

/// May this subject connect the one to the other?
pub async fn check_connect(
    services: &Services,
    asker: &impl Asks,
    subject: Subject,
    from: ResourceId,
    to: ResourceId,
    at_least: Option<i64>,
) -> Result<Answer, Failure> {
    one(services, asker, subject, at_least, |policy, now| policy.decide_connect(subject, from, to, now)).await
}

/// Many questions, each answered by itself.
pub async fn check_all(services: &Services, asker: &impl Asks, questions: &[Question], at_least: Option<i64>) -> Result<Answers, Failure> {
    if questions.len() > MOST_QUESTIONS {
        return Err(Failure::field("checks", format_args!("{} questions at once are too many; ask at most {MOST_QUESTIONS}", questions.len())));
    }
    if !questions.iter().all(|question| asker.about().covers(Some(question.subject))) {
        return Err(may_not_ask());
    }
    let (decisions, policy_version) = ask(services, asker.asks_in(), at_least, |policy, now| policy.decide_all(questions, now), |all| Count::of(all)).await?;
    Ok(Answers { decisions, policy_version })
}

/// As [`check`], and why in a sentence with these names. Whoever calls it holds a proof for the workspace.
pub(crate) async fn explained(
    services: &Services,
    workspace: WorkspaceId,
    question: &Question,
    names: &HashMap<Named, String>,
    at_least: Option<i64>,
) -> Result<(Answer, String), Failure> {
    let decide = |policy: &Policy, now| {
        let decision = policy.decide(question.subject, &question.action, &question.target, now);
        let why = policy.because(question, &decision, &|named| names.get(&named).cloned());
        (decision, why)
    };
    let ((decision, why), policy_version) = ask(services, workspace, at_least, decide, |(one, _)| Count::of([one])).await?;
    Ok((Answer { decision, policy_version }, why))
}

/// Which workspaces' policies are in memory.
#[must_use]
pub fn held(services: &Services, _operator: &Operator) -> Vec<WorkspaceId> {
    services.decisions.held()
}

async fn one(
    services: &Services,
    asker: &impl Asks,
    subject: Subject,
    at_least: Option<i64>,
    question: impl FnOnce(&Policy, Timestamp) -> Decision,
) -> Result<Answer, Failure> {
    if !asker.about().covers(Some(subject)) {
        return Err(may_not_ask());
    }
    let (decision, policy_version) = ask(services, asker.asks_in(), at_least, question, |one| Count::of([one])).await?;
    Ok(Answer { decision, policy_version })
}

/// Asks the workspace's policy for decisions, and counts them.
pub(crate) async fn ask<T>(
    services: &Services,
    workspace: WorkspaceId,
    at_least: Option<i64>,
    question: impl FnOnce(&Policy, Timestamp) -> T,
    count: impl FnOnce(&T) -> Count,
) -> Result<(T, i64), Failure> {
    ask_held(services, workspace, at_least, |held, now| (question(&held.policy, now), held.version), |(answer, _)| count(answer)).await
}

/// The same of all that is held of the workspace.
pub(crate) async fn ask_held<T>(
    services: &Services,
    workspace: WorkspaceId,
    at_least: Option<i64>,
    question: impl FnOnce(&Loaded, Timestamp) -> T,
    count: impl FnOnce(&T) -> Count,
) -> Result<T, Failure> {
    let begun = Instant::now();
    let answered = services.decisions.ask_held(workspace, at_least, question).await;
    match &answered {
        Ok(answer) => services.meters.decided(begun.elapsed(), count(answer)),
        Err(failure) => services.meters.undecided(failure),
    }
    answered
}

fn unavailable() -> Failure {
    Failure::new(FailureKind::Unavailable, "access can't be decided now: the database does not answer and what is known is too old; try again in a moment")
}
