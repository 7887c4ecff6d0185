//! Who can reach a resource, and what somebody can reach, and why: page by page from the policy in memory, in the words of every
//! other answer.

use crate::{
    access::WorkspaceOwner,
    asked,
    check::{self, known_action},
    decisions::{self, Asks},
    meters::Count,
    refusal::stored,
    services::Services,
};
use domain::{
    catalog::Action,
    email::EmailAddress,
    failure::{Failure, FailureKind},
    id::{GroupId, MemberId, ResourceId, TokenId, WorkspaceId},
    policy::{Arrival, Decision, Named, Policy, Question, Reason, Subject, Target},
    question::{Reacher, Reachers, SubjectName, TargetName},
    resource::Resource,
};
use std::collections::{BTreeSet, HashMap};

/// How many a page of the console tells at once.
const AT_ONCE: usize = 50;

/// Members or tokens that may do something, or resources that it may be done to; by one version of the policy.
#[derive(Clone, Debug)]
pub struct Told<T, Next> {
    pub rows: Vec<T>,
    /// Behind whom it goes on.
    pub next: Option<Next>,
    pub policy_version: i64,
}

/// Which part of an answer is told.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<Next> {
    /// Behind this one.
    pub after: Option<Next>,
    pub limit: usize,
    /// By this version of the policy, or a newer one.
    pub at_least: Option<i64>,
}

/// Somebody who may, and by what.
#[derive(Clone, Debug)]
pub struct May {
    pub reacher: Reacher,
    pub decision: Decision,
}

/// Something that it may be done to, and by what.
#[derive(Clone, Debug)]
pub struct Reached {
    pub resource: Resource,
    pub decision: Decision,
    pub why: String,
}

/// Members and tokens that may do this to the resource, behind `after`.
pub async fn page(services: &Services, owner: &WorkspaceOwner, resource: ResourceId, verb: &str, after: Option<Subject>) -> Result<Reachers, Failure> {
    let told = subjects(services, owner, resource, verb, Stretch { after, limit: AT_ONCE, at_least: None }).await?;
    Ok(Reachers { rows: told.rows.into_iter().map(|may| may.reacher).collect(), next: told.next })
}

/// The same of a question as programs write it, with the decision of each.
pub async fn of_resource(
    services: &Services,
    owner: &WorkspaceOwner,
    resource: &str,
    action: &str,
    stretch: Stretch<Subject>,
) -> Result<Told<May, Subject>, Failure> {
    let action = Action::parse(action).map_err(|error| Failure::field("action", error))?;
    let target = TargetName::parse(resource).map_err(|error| Failure::field("resource", error))?;
    known_action(services, &action, &target)?;
    let TargetName::Resource(kind, key) = target else {
        return Err(Failure::field("resource", "name one resource: its type, a colon and its id"));
    };
    let found = crate::resources::by_key(services, owner, &kind, key.as_str()).await?;
    subjects(services, owner, found.resource.id, &action.verb, stretch).await
}

async fn subjects(
    services: &Services,
    owner: &WorkspaceOwner,
    resource: ResourceId,
    verb: &str,
    stretch: Stretch<Subject>,
) -> Result<Told<May, Subject>, Failure> {
    let workspace = owner.workspace().id;
    let found = store::resources::by_id(&services.store, workspace, resource).await.map_err(stored)?;
    let gone = || Failure::new(FailureKind::NotFound, "this resource is not in the workspace, or was deleted meanwhile");
    let found = found.ok_or_else(gone)?;
    let action = Action::new(&found.kind, verb);
    known_action(services, &action, &TargetName::Type(found.kind.clone()))?;
    let ask = |policy: &Policy, now| {
        let listed = policy.subjects_for(resource, &action, now, stretch.after, stretch.limit);
        let question = |subject: &Subject| Question { subject: *subject, action: action.clone(), target: Target::Resource(resource) };
        let told = listed.found.iter().map(question).map(|question| (policy.decide(question.subject, &question.action, &question.target, now), question));
        (told.collect::<Vec<_>>(), listed.next)
    };
    let ((told, next), policy_version) =
        decisions::ask(services, workspace, stretch.at_least, ask, |(told, _)| Count::of(told.iter().map(|(one, _)| one))).await?;

    let mut names = group_names(services, workspace, told.iter().map(|(decision, _)| decision)).await?;
    check::parent(services, owner.workspace(), resource, &mut names).await?;
    let (mut members, mut tokens): (Vec<MemberId>, Vec<TokenId>) = (Vec::new(), Vec::new());
    for (_, question) in &told {
        match question.subject {
            Subject::Member(id) => members.push(id),
            Subject::Token(id) => tokens.push(id),
            Subject::Group(_) => {}
        }
    }
    let members = store::members::cards(&services.store, workspace, &members).await.map_err(stored)?;
    let tokens = store::tokens::named(&services.store, workspace, &tokens).await.map_err(stored)?;
    let speak = |policy: &Policy, _| {
        let name_of = |named: Named| names.get(&named).cloned();
        let row = |(decision, question): (Decision, Question)| {
            let (name, email): (String, Option<EmailAddress>) = match question.subject {
                Subject::Member(id) => members.get(&id).map(|(name, email)| (name.to_string(), Some(email.clone())))?,
                Subject::Token(id) => (tokens.get(&id)?.to_string(), None),
                Subject::Group(_) => return None,
            };
            let why = policy.because(&question, &decision, &name_of);
            Some(May { reacher: Reacher { subject: question.subject, name, email, why }, decision })
        };
        told.into_iter().filter_map(row).collect()
    };
    let (rows, _) = services.decisions.ask(workspace, None, speak).await?;
    Ok(Told { rows, next, policy_version })
}

/// The resources to which the subject may do this, all of the action's type, which may be named too. Owners ask about everybody, others about
/// themselves.
pub async fn resources(
    services: &Services,
    asker: &impl Asks,
    subject: &str,
    action: &str,
    kind: Option<&str>,
    stretch: Stretch<ResourceId>,
) -> Result<Told<Reached, ResourceId>, Failure> {
    let workspace = asker.asks_in();
    let name = SubjectName::parse(subject).map_err(|error| Failure::field("subject", error))?;
    let action = Action::parse(action).map_err(|error| Failure::field("action", error))?;
    known_action(services, &action, &TargetName::Type(action.kind.clone()))?;
    if let Some(kind) = kind.filter(|kind| *kind != action.kind.as_str()) {
        let message = format_args!("`{action}` is done to what is of the type `{}`, and not to a `{kind}`; leave the type out, or name that", action.kind);
        return Err(Failure::field("type", message));
    }
    let subject = asked::subject(services, asker, &name).await?;
    let ask = |policy: &Policy, now| {
        let listed = policy.resources_for(subject, &action, now, stretch.after, stretch.limit);
        let decided = listed.found.iter().map(|id| (*id, policy.decide(subject, &action, &Target::Resource(*id), now))).collect::<Vec<_>>();
        (decided, listed.next)
    };
    let ((decided, next), policy_version) =
        decisions::ask(services, workspace, stretch.at_least, ask, |(all, _)| Count::of(all.iter().map(|(_, one)| one))).await?;

    let ids: Vec<ResourceId> = decided.iter().map(|(id, _)| *id).collect();
    let found = store::resources::these(&services.store, workspace, &ids).await.map_err(stored)?;
    let mut found: HashMap<ResourceId, Resource> = found.into_iter().map(|resource| (resource.id, resource)).collect();
    let mut names = group_names(services, workspace, decided.iter().map(|(_, decision)| decision)).await?;
    let parents: BTreeSet<ResourceId> = found.values().filter_map(|resource| resource.parent).collect();
    let parents = store::resources::references(&services.store, workspace, &parents.into_iter().collect::<Vec<_>>()).await.map_err(stored)?;
    names.extend(parents.into_iter().map(|parent| (Named::Resource(parent.id), parent.name.to_string())));
    let speak = |policy: &Policy, _| {
        let name_of = |named: Named| names.get(&named).cloned();
        let row = |(id, decision): (ResourceId, Decision)| {
            let question = Question { subject, action: action.clone(), target: Target::Resource(id) };
            let why = policy.because(&question, &decision, &name_of);
            Some(Reached { resource: found.remove(&id)?, decision, why })
        };
        decided.into_iter().filter_map(row).collect()
    };
    let (rows, _) = services.decisions.ask(workspace, None, speak).await?;
    Ok(Told { rows, next, policy_version })
}

async fn group_names(services: &Services, workspace: WorkspaceId, decisions: impl Iterator<Item = &Decision>) -> Result<HashMap<Named, String>, Failure> {
    let groups: Vec<GroupId> = decisions.flat_map(groups_of).collect::<BTreeSet<_>>().into_iter().collect();
    let groups = store::groups::named(&services.store, workspace, &groups).await.map_err(stored)?;
    Ok(groups.into_iter().map(|group| (Named::Group(group.id), group.name.to_string())).collect())
}

fn groups_of(decision: &Decision) -> Vec<GroupId> {
    let Decision::Allowed(reasons) = decision else { return Vec::new() };
    let group = |reason: &Reason| match reason {
        Reason::Grant { arrival: Arrival::Group(id), .. } => Some(*id),
        Reason::Grant { arrival: Arrival::Own, .. } | Reason::Owner { .. } => None,
    };
    reasons.iter().filter_map(group).collect()
}
