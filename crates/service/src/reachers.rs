//! Who can reach a resource, and why: page by page from the policy in memory, in the words of every other answer.

use crate::{access::WorkspaceOwner, check, refusal::stored, services::Services};
use domain::{
    catalog::Action,
    failure::{Failure, FailureKind},
    id::{GroupId, MemberId, ResourceId, TokenId},
    policy::{Arrival, Decision, Named, Policy, Question, Reason, Subject, Target},
    question::{Reacher, Reachers, TargetName},
};
use std::collections::{BTreeSet, HashMap};

/// How many are told at once.
const AT_ONCE: usize = 50;

/// Members and tokens that may do this to the resource, behind `after`.
pub async fn page(services: &Services, owner: &WorkspaceOwner, resource: ResourceId, verb: &str, after: Option<Subject>) -> Result<Reachers, Failure> {
    let workspace = owner.workspace().id;
    let found = store::resources::by_id(&services.store, workspace, resource).await.map_err(stored)?;
    let gone = || Failure::new(FailureKind::NotFound, "this resource is not in the workspace, or was deleted meanwhile");
    let found = found.ok_or_else(gone)?;
    let action = Action::new(&found.kind, verb);
    check::known_action(services, &action, &TargetName::Type(found.kind.clone()))?;
    let ask = |policy: &Policy, now| {
        let listed = policy.subjects_for(resource, &action, now, after, AT_ONCE);
        let question = |subject: &Subject| Question { subject: *subject, action: action.clone(), target: Target::Resource(resource) };
        let told = listed.found.iter().map(question).map(|question| (policy.decide(question.subject, &question.action, &question.target, now), question));
        (told.collect::<Vec<_>>(), listed.next)
    };
    let ((told, next), _) = services.decisions.ask(workspace, None, ask).await?;

    let mut names: HashMap<Named, String> = HashMap::new();
    let groups: Vec<GroupId> = told.iter().flat_map(|(decision, _)| groups_of(decision)).collect::<BTreeSet<_>>().into_iter().collect();
    let groups = store::groups::named(&services.store, workspace, &groups).await.map_err(stored)?;
    names.extend(groups.into_iter().map(|group| (Named::Group(group.id), group.name.to_string())));
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
        let row = |(decision, question): &(Decision, Question)| {
            let (name, email) = match question.subject {
                Subject::Member(id) => members.get(&id).map(|(name, email)| (name.to_string(), Some(email.clone())))?,
                Subject::Token(id) => (tokens.get(&id)?.to_string(), None),
                Subject::Group(_) => return None,
            };
            Some(Reacher { subject: question.subject, name, email, why: policy.because(question, decision, &name_of) })
        };
        told.iter().filter_map(row).collect()
    };
    let (rows, _) = services.decisions.ask(workspace, None, speak).await?;
    Ok(Reachers { rows, next })
}

fn groups_of(decision: &Decision) -> Vec<GroupId> {
    let Decision::Allowed(reasons) = decision else { return Vec::new() };
    let group = |reason: &Reason| match reason {
        Reason::Grant { arrival: Arrival::Group(id), .. } => Some(*id),
        Reason::Grant { arrival: Arrival::Own, .. } | Reason::Owner => None,
    };
    reasons.iter().filter_map(group).collect()
}
