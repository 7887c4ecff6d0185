//! Answers a question about access in words: who may do what to what, and why, as a person would say it.

use crate::{
    access::{Operator, WorkspaceOwner},
    asked::Wording,
    decisions::{self, Answer},
    refusal::stored,
    resources::no_such_type,
    services::Services,
};
use domain::{
    catalog::Action,
    failure::{Failure, FailureKind},
    id::ResourceId,
    policy::{Decision, Missing, Named, Question, Subject, Target},
    question::{Explained, SubjectName, TargetName},
    workspace::{Workspace, WorkspaceSlug},
};
use std::collections::HashMap;

/// An answer with its words.
#[derive(Debug)]
pub struct Checked {
    pub workspace: WorkspaceSlug,
    pub allowed: bool,
    pub decision: Decision,
    /// Why, with the names of groups and parents.
    pub why: String,
    pub policy_version: i64,
    /// What a person reads, the answer first.
    pub lines: Vec<String>,
}

/// May this subject do this, and why: for the owner who looks at them.
pub async fn by_owner(services: &Services, owner: &WorkspaceOwner, question: &Question) -> Result<Explained, Failure> {
    known_action(services, &question.action, &TargetName::Type(question.action.kind.clone()))?;
    let mut names = HashMap::new();
    person(services, owner.workspace(), question.subject, &mut names).await?;
    if let Target::Resource(id) = question.target {
        parent(services, owner.workspace(), id, &mut names).await?;
    }
    let (answer, why) = decisions::explained(services, owner.workspace().id, question, &names, None).await?;
    Ok(Explained { allowed: answer.decision.is_allowed(), why })
}

/// Answers what the operator typed. The workspace may be left out where there is only one.
pub async fn by_operator(
    services: &Services,
    _operator: &Operator,
    workspace: Option<&str>,
    subject: &str,
    action: &str,
    resource: &str,
) -> Result<Checked, Failure> {
    let read = Read::parse(services, subject, action, resource)?;
    let workspace = chosen(services, workspace).await?;
    told(services, &workspace, read, None).await
}

/// Answers what a program asks that manages the workspace, in the words that the operator reads.
pub async fn in_words<T: AsRef<str>>(services: &Services, owner: &WorkspaceOwner, wording: &Wording<T>, at_least: Option<i64>) -> Result<Checked, Failure> {
    let read = Read::parse(services, wording.subject.as_ref(), wording.action.as_ref(), wording.resource.as_ref())?;
    told(services, owner.workspace(), read, at_least).await
}

/// A question that was read, before its names are looked up.
struct Read {
    name: SubjectName,
    action: Action,
    target: TargetName,
}

impl Read {
    fn parse(services: &Services, subject: &str, action: &str, resource: &str) -> Result<Self, Failure> {
        let name = SubjectName::parse(subject).map_err(|error| Failure::field("subject", error))?;
        let action = Action::parse(action).map_err(|error| Failure::field("action", error))?;
        let target = TargetName::parse(resource).map_err(|error| Failure::field("resource", error))?;
        known_action(services, &action, &target)?;
        Ok(Self { name, action, target })
    }
}

/// Whoever calls it holds a proof for the workspace.
async fn told(services: &Services, workspace: &Workspace, read: Read, at_least: Option<i64>) -> Result<Checked, Failure> {
    let Read { name, action, target } = read;
    // first the version: who is not known is not known as of that
    let ((), policy_version) = services.decisions.ask(workspace.id, at_least, |_, _| ()).await?;
    let subject = subject_of(services, workspace, &name).await?;
    let (target, shown) = target_of(services, workspace, &target).await?;
    let (Some(subject), Some(target)) = (subject, target) else {
        let who = if subject.is_none() { who(&name) } else { shown };
        let why = format!("{who} is not in the workspace `{}`", workspace.slug);
        let (decision, lines) = (Decision::Denied(Missing::Unknown), vec![format!("denied: {why}")]);
        return Ok(Checked { workspace: workspace.slug.clone(), allowed: false, decision, why, policy_version, lines });
    };
    let mut names = HashMap::new();
    let who = person(services, workspace, subject, &mut names).await?.unwrap_or_else(|| who(&name));
    if let Target::Resource(id) = target {
        parent(services, workspace, id, &mut names).await?;
    }
    let question = Question { subject, action, target };
    let (Answer { decision, policy_version }, why) = decisions::explained(services, workspace.id, &question, &names, Some(policy_version)).await?;
    let allowed = decision.is_allowed();
    let (answer, may) = if allowed { ("allowed", "may") } else { ("denied", "may not") };
    let lines = vec![format!("{answer}: {who} {may} {} {shown}", question.action.verb), format!("  {why}")];
    Ok(Checked { workspace: workspace.slug.clone(), allowed, decision, why, policy_version, lines })
}

pub(crate) fn known_action(services: &Services, action: &Action, target: &TargetName) -> Result<(), Failure> {
    let Some(entry) = services.catalog.kind(&action.kind) else {
        return Err(no_such_type(&services.catalog, &action.kind, "action"));
    };
    if !services.catalog.has_action(action) {
        let message = format!("`{}` can't be done to a {}; what can is {}", action.verb, entry.one, entry.actions.join(", "));
        return Err(Failure::field("action", message));
    }
    if *target.kind() != action.kind {
        let message = format!("the action is about a {} and the resource is a {}; name two of one type", action.kind, target.kind());
        return Err(Failure::field("resource", message));
    }
    Ok(())
}

/// The workspace that a command means; it may be left out where there is only one.
pub async fn chosen(services: &Services, slug: Option<&str>) -> Result<Workspace, Failure> {
    let Some(slug) = slug else {
        let mut all = store::workspaces::list(&services.store).await.map_err(stored)?;
        return match (all.pop(), all.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => Err(Failure::new(FailureKind::NotFound, "there is no workspace yet; the first sign-up makes one")),
            (Some(_), false) => Err(Failure::field("workspace", "there are several; name one with --workspace, `workspace list` shows them")),
        };
    };
    let slug = WorkspaceSlug::parse(slug).map_err(|error| Failure::field("workspace", error))?;
    let found = store::workspaces::by_slug(&services.store, &slug).await.map_err(stored)?;
    found.ok_or_else(|| Failure::field("workspace", format_args!("no workspace is called `{slug}`; `workspace list` shows them")))
}

async fn subject_of(services: &Services, workspace: &Workspace, name: &SubjectName) -> Result<Option<Subject>, Failure> {
    match name {
        SubjectName::Id(subject) => Ok(Some(*subject)),
        SubjectName::Email(email) => {
            let found = store::members::by_email(&services.store, workspace.id, email).await.map_err(stored)?;
            Ok(found.map(|(id, _)| Subject::Member(id)))
        }
    }
}

/// The target and how it is called; the product's id first, then ours.
async fn target_of(services: &Services, workspace: &Workspace, name: &TargetName) -> Result<(Option<Target>, String), Failure> {
    match name {
        TargetName::Type(kind) => {
            let many = services.catalog.kind(kind).map_or_else(|| kind.to_string(), |entry| entry.many.clone());
            Ok((Some(Target::Type), format!("{many} as a whole")))
        }
        TargetName::Resource(kind, key) => {
            let found = store::resources::by_key(&services.store, workspace.id, kind, key).await.map_err(stored)?;
            let one = services.catalog.kind(kind).map_or_else(|| kind.to_string(), |entry| entry.one.clone());
            Ok(match (found, key.as_str().parse::<ResourceId>()) {
                (Some(resource), _) => (Some(Target::Resource(resource.id)), format!("the {one} {} (`{key}`)", resource.name)),
                (None, Ok(id)) => (Some(Target::Resource(id)), format!("the {one} `{id}`")),
                (None, Err(_)) => (None, format!("the {one} `{key}`")),
            })
        }
    }
}

fn who(name: &SubjectName) -> String {
    match name {
        SubjectName::Id(Subject::Member(id)) => format!("the user `{id}`"),
        SubjectName::Id(Subject::Group(id)) => format!("the group `{id}`"),
        SubjectName::Id(Subject::Token(id)) => format!("the token `{id}`"),
        SubjectName::Email(email) => email.to_string(),
    }
}

/// How the person is called, if it is one, and the names of their groups.
async fn person(services: &Services, workspace: &Workspace, subject: Subject, names: &mut HashMap<Named, String>) -> Result<Option<String>, Failure> {
    let Subject::Member(id) = subject else { return Ok(None) };
    let Some(member) = store::members::find(&services.store, workspace.id, id).await.map_err(stored)? else { return Ok(None) };
    names.extend(member.groups.iter().map(|group| (Named::Group(group.id), group.name.to_string())));
    let (name, email) = (member.name.to_string(), &member.email);
    Ok(Some(if name == email.as_str() { format!("{email} (`{id}`)") } else { format!("{name} ({email})") }))
}

/// The name of what the resource hangs on, by which it may be reached.
pub(crate) async fn parent(services: &Services, workspace: &Workspace, id: ResourceId, names: &mut HashMap<Named, String>) -> Result<(), Failure> {
    let find = |id| store::resources::by_id(&services.store, workspace.id, id);
    if let Some(parent) = find(id).await.map_err(stored)?.and_then(|resource| resource.parent)
        && let Some(found) = find(parent).await.map_err(stored)?
    {
        names.insert(Named::Resource(parent), found.name.to_string());
    }
    Ok(())
}
