//! Answers a question about access in words: who may do what to what, and why, as a person would say it.

use crate::{access::Operator, decisions, refusal::stored, services::Services};
use domain::{
    catalog::{Action, RoleId},
    email::EmailAddress,
    failure::{Failure, FailureKind},
    grant::{Grant, Holder, ScopeSummary},
    group::GroupRef,
    id::{GrantId, MemberId, ResourceId},
    policy::{Arrival, But, Decision, Missing, Reason, Subject, Target},
    question::{SubjectName, TargetName},
    workspace::{Workspace, WorkspaceSlug},
};
use serde::Serialize;

/// An answer with its words.
#[derive(Debug, Serialize)]
pub struct Checked {
    pub workspace: WorkspaceSlug,
    pub allowed: bool,
    pub decision: Decision,
    pub policy_version: i64,
    /// What a person reads, the answer first.
    pub lines: Vec<String>,
}

/// Whom and what the words speak of.
struct Said {
    subject: String,
    target: String,
    grants: Vec<Grant>,
    groups: Vec<GroupRef>,
}

/// Answers what the operator typed. The workspace may be left out where there is only one.
pub async fn by_operator(
    services: &Services,
    operator: &Operator,
    workspace: Option<&str>,
    subject: &str,
    action: &str,
    resource: &str,
) -> Result<Checked, Failure> {
    let name = SubjectName::parse(subject).map_err(|error| Failure::field("subject", error))?;
    let action = Action::parse(action).map_err(|error| Failure::field("action", error))?;
    let target = TargetName::parse(resource).map_err(|error| Failure::field("resource", error))?;
    known_action(services, &action, &target)?;
    let workspace = chosen(services, workspace).await?;
    let subject = subject_of(services, &workspace, &name).await?;
    let (target, shown) = target_of(services, &workspace, &target).await?;
    let answer = match (subject, &target) {
        (Some(subject), Some(target)) => Some((subject, decisions::check_as_operator(services, operator, &workspace, subject, &action, target).await?)),
        _ => None,
    };
    let Some((subject, answer)) = answer else {
        let who = if subject.is_none() { who(&name) } else { shown };
        let lines = vec![format!("denied: {who} is not in the workspace `{}`", workspace.slug)];
        let decision = Decision::Denied(Missing::Unknown);
        return Ok(Checked { workspace: workspace.slug, allowed: false, decision, policy_version: workspace.policy_version, lines });
    };
    let said = said(services, &workspace, subject, &name, shown).await?;
    let lines = words(services, &action, &said, &answer.decision);
    Ok(Checked { workspace: workspace.slug, allowed: answer.decision.is_allowed(), decision: answer.decision, policy_version: answer.policy_version, lines })
}

fn known_action(services: &Services, action: &Action, target: &TargetName) -> Result<(), Failure> {
    let Some(entry) = services.catalog.kind(&action.kind) else {
        let kinds: Vec<String> = services.catalog.types.iter().map(|entry| format!("`{}`", entry.id)).collect();
        return Err(Failure::field("action", format_args!("the catalogue has no type `{}`; it has {}", action.kind, kinds.join(", "))));
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

async fn chosen(services: &Services, slug: Option<&str>) -> Result<Workspace, Failure> {
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

async fn said(services: &Services, workspace: &Workspace, subject: Subject, name: &SubjectName, target: String) -> Result<Said, Failure> {
    let db = &services.store;
    let mut said = Said { subject: who(name), target, grants: Vec::new(), groups: Vec::new() };
    match subject {
        Subject::Member(id) => {
            if let Some(member) = store::members::find(db, workspace.id, id).await.map_err(stored)? {
                said.subject = called(&member.name.to_string(), &member.email, id);
                said.grants = member.grants;
                said.groups = member.groups;
            }
        }
        Subject::Group(id) => said.grants = store::grants::of(db, workspace.id, Holder::Group(id)).await.map_err(stored)?,
        Subject::Token(id) => said.grants = store::grants::of(db, workspace.id, Holder::Token(id)).await.map_err(stored)?,
    }
    for group in &said.groups {
        said.grants.extend(store::grants::of(db, workspace.id, Holder::Group(group.id)).await.map_err(stored)?);
    }
    Ok(said)
}

fn called(name: &str, email: &EmailAddress, id: MemberId) -> String {
    if name == email.as_str() { format!("{email} (`{id}`)") } else { format!("{name} ({email})") }
}

fn words(services: &Services, action: &Action, said: &Said, decision: &Decision) -> Vec<String> {
    let Said { subject, target, .. } = said;
    let verb = &action.verb;
    match decision {
        Decision::Allowed(reasons) => {
            let mut lines = vec![format!("allowed: {subject} may {verb} {target}")];
            lines.extend(reasons.iter().map(|reason| match reason {
                Reason::Owner => "  as an owner, who may do anything in the workspace".to_owned(),
                Reason::Grant { grant, role, arrival, through } => {
                    let through = if through.is_some() { ", through the parent it hangs on" } else { "" };
                    format!("  by {}{}{through}", held(services, said, *grant, Some(role)), arrived(said, *arrival).trim_end_matches(','))
                }
            }));
            lines
        }
        Decision::Denied(Missing::Unknown) => {
            vec![format!("denied: {subject} may not {verb} {target}"), "  one of the two is not in the workspace, or no longer".to_owned()]
        }
        Decision::Denied(Missing::Roles { roles, held_but }) => {
            let mut lines = vec![format!("denied: {subject} may not {verb} {target}")];
            for it in held_but {
                let but = match it.but {
                    But::Expired => "has expired",
                    But::Locked => "is not part of the workspace's plan",
                    But::OutOfScope => "does not reach it",
                    But::NeedsAll => "would have to reach all of the type",
                };
                lines.push(format!("  {}{} {but}", held(services, said, it.grant, None), arrived(said, it.arrival)));
            }
            let names: Vec<&str> = roles.iter().map(|role| role_name(services, role)).collect();
            lines.push(match names.as_slice() {
                [] => "  no role on the workspace's plan allows it".to_owned(),
                [one] => format!("  the role that would allow it: {one}"),
                many => format!("  any of these roles would allow it: {}", many.join(", ")),
            });
            lines
        }
    }
}

fn role_name<'a>(services: &'a Services, role: &'a RoleId) -> &'a str {
    services.catalog.role(role).map_or(role.as_str(), |role| role.name.as_str())
}

/// `Source Admin (environment:prod)`
fn held(services: &Services, said: &Said, id: GrantId, role: Option<&RoleId>) -> String {
    let grant = said.grants.iter().find(|grant| grant.id == id);
    match (grant, role) {
        (Some(grant), _) => {
            let role = services.catalog.role(&grant.spec.role);
            let kind = role.and_then(|role| services.catalog.kind(role.main_type()?));
            let (one, many) = kind.map_or(("resource", "resources"), |kind| (kind.one.as_str(), kind.many.as_str()));
            format!("{} ({})", role_name(services, &grant.spec.role), ScopeSummary::from(&grant.spec.scope).words(one, many))
        }
        // taken away since the answer was given
        (None, Some(role)) => role_name(services, role).to_owned(),
        (None, None) => "a role".to_owned(),
    }
}

fn arrived(said: &Said, arrival: Arrival) -> String {
    match arrival {
        Arrival::Own => ", given directly,".to_owned(),
        Arrival::Group(id) => match said.groups.iter().find(|group| group.id == id) {
            Some(group) => format!(", through the group {},", group.name),
            None => ", through a group,".to_owned(),
        },
    }
}
