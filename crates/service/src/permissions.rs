//! Roles given to members and groups by programs, which hold no revision: what is wished is laid on what is held inside the change.

use crate::{access::WorkspaceOwner, groups, members, refusal::stored, services::Services};
use domain::{
    audit::Record,
    failure::{Failure, FailureKind},
    grant::{Grant, GrantSpec},
    group::{Group, GroupWish},
    id::{GroupId, MemberId, ResourceId},
    member::{GrantDraft, Member, MemberAccess, MemberKind},
    plan::Plan,
    resource::ResourceType,
    time::Timestamp,
};
use std::collections::HashMap;
use store::{WriteTx, policy::Loaded};

/// Whether what is held stays beside what is wished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Add,
    Replace,
}

/// What somebody is to hold.
#[derive(Clone, Debug)]
pub struct Wished {
    /// Whether they are to be an owner.
    pub owner: bool,
    pub grants: Vec<GrantSpec>,
}

pub async fn give_member(services: &Services, owner: &WorkspaceOwner, id: MemberId, way: Way, wished: &Wished) -> Result<Member, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = members::still_owner(services, &tx, owner).await?;
    let before = members::known(&tx, owner.workspace().id, id).await?;
    let kind = match (wished.owner, way) {
        (true, _) => MemberKind::Owner,
        (false, Way::Add) => before.kind,
        (false, Way::Replace) => MemberKind::Member,
    };
    let grants = laid(&before.grants, &wished.grants, way, services.now());
    if kind == before.kind && are_held(&grants, &before.grants) {
        return Ok(before);
    }
    let wish = MemberAccess { kind, grants, ..before.access() };
    let (after, saved) = members::write_access(services, owner, &tx, plan, &before, wish).await?.ok_or_else(changed)?;
    tx.commit(saved).await.map_err(stored)?;
    Ok(after)
}

/// Adds these within a change; `None` where the member holds them all.
pub(crate) async fn given(
    services: &Services,
    owner: &WorkspaceOwner,
    tx: &WriteTx,
    plan: Plan,
    id: MemberId,
    grants: &[GrantSpec],
) -> Result<Option<Record>, Failure> {
    let before = members::known(tx, owner.workspace().id, id).await?;
    let grants = laid(&before.grants, grants, Way::Add, services.now());
    if are_held(&grants, &before.grants) {
        return Ok(None);
    }
    let wish = MemberAccess { grants, ..before.access() };
    let (_, saved) = members::write_access(services, owner, tx, plan, &before, wish).await?.ok_or_else(changed)?;
    Ok(Some(saved))
}

pub async fn give_group(services: &Services, owner: &WorkspaceOwner, id: GroupId, way: Way, wished: &[GrantSpec]) -> Result<Group, Failure> {
    let tx = services.store.begin().await.map_err(stored)?;
    let plan = members::still_owner(services, &tx, owner).await?;
    let before = groups::known(&tx, owner.workspace().id, id).await?;
    let grants = laid(&before.grants, wished, way, services.now());
    if are_held(&grants, &before.grants) {
        return Ok(before);
    }
    let wish = GroupWish { name: before.name.to_string(), pii: before.pii, grants };
    let (after, saved) = groups::write(services, owner, &tx, plan, &before, before.name.clone(), &wish).await?.ok_or_else(changed)?;
    tx.commit(saved).await.map_err(stored)?;
    Ok(after)
}

/// Of which type these resources are; those that are not in the workspace are left out.
pub async fn kinds(services: &Services, owner: &WorkspaceOwner, resources: &[ResourceId]) -> Result<HashMap<ResourceId, ResourceType>, Failure> {
    let workspace = owner.workspace().id;
    let kind = |held: &Loaded, id: ResourceId| Some((id, held.policy.kind_of(id)?.clone()));
    match services.decisions.ask_now(workspace, services.now(), |held, _| Some(resources.iter().filter_map(|id| kind(held, *id)).collect())) {
        Some(known) => Ok(known),
        None => store::resources::kinds(&services.store, workspace, resources).await.map_err(stored),
    }
}

/// A role that is held in the same scope is kept, not given twice. One that names no end keeps the end it has where it is replaced, and
/// loses it where it is added: who gives a role for good means it.
fn laid(held: &[Grant], wished: &[GrantSpec], way: Way, now: Timestamp) -> Vec<GrantDraft> {
    let mut drafts: Vec<GrantDraft> = match way {
        Way::Add => held.iter().map(GrantDraft::from).collect(),
        Way::Replace => Vec::new(),
    };
    for spec in wished {
        let lives = |grant: &&Grant| grant.spec.expires_at.is_none_or(|end| end > now);
        let same = held.iter().filter(lives).find(|grant| grant.spec.role == spec.role && grant.spec.scope == spec.scope);
        let draft = match same {
            None => GrantDraft { id: None, spec: spec.clone() },
            Some(same) => {
                let mut kept = GrantDraft::from(same);
                kept.spec.expires_at = match (way, spec.expires_at) {
                    (Way::Replace, None) => kept.spec.expires_at,
                    (Way::Add, None) => None,
                    (_, Some(end)) => Some(end),
                };
                kept
            }
        };
        let place = drafts.iter().position(|other| *other == draft || (draft.id.is_some() && other.id == draft.id));
        match place.and_then(|place| drafts.get_mut(place)) {
            Some(other) => *other = draft,
            None => drafts.push(draft),
        }
    }
    drafts
}

/// Whether these are just what is held, in whatever order.
fn are_held(drafts: &[GrantDraft], held: &[Grant]) -> bool {
    drafts.len() == held.len() && held.iter().all(|grant| drafts.contains(&GrantDraft::from(grant)))
}

fn changed() -> Failure {
    Failure::new(FailureKind::Conflict, "somebody else changed it at the same moment; nothing was changed, try again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{catalog::RoleId, grant::Scope, id::GrantId, time::Span};

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    fn spec(role: &str, ends: Option<Span>) -> GrantSpec {
        GrantSpec { expires_at: ends.map(|span| NOW.plus(span)), ..GrantSpec::new(RoleId::new(role), Scope::All) }
    }

    fn held(spec: GrantSpec) -> Grant {
        Grant { id: GrantId::new(NOW, [7; 10]), spec }
    }

    #[test]
    fn what_is_held_is_not_given_twice() {
        let has = [held(spec("a", None))];
        let both = laid(&has, &[spec("a", None), spec("b", None), spec("b", None)], Way::Add, NOW);
        assert_eq!(both, [GrantDraft::from(&has[0]), GrantDraft { id: None, spec: spec("b", None) }]);
        assert_eq!(laid(&has, &[spec("b", None)], Way::Replace, NOW), [GrantDraft { id: None, spec: spec("b", None) }]);
    }

    #[test]
    fn what_is_held_already_changes_nothing_in_whatever_order() {
        let has = [held(spec("a", None)), Grant { id: GrantId::new(NOW, [8; 10]), spec: spec("b", None) }];
        let wished = [spec("b", None), spec("a", None)];
        assert!(are_held(&laid(&has, &wished, Way::Replace, NOW), &has) && are_held(&laid(&has, &wished[..1], Way::Add, NOW), &has));
        assert!(!are_held(&laid(&has, &wished[..1], Way::Replace, NOW), &has) && !are_held(&laid(&has, &[spec("c", None)], Way::Add, NOW), &has));
    }

    #[test]
    fn an_end_is_kept_where_it_is_replaced_and_lifted_where_it_is_added() {
        let has = [held(spec("a", Some(Span::days(1))))];
        assert_eq!(laid(&has, &[spec("a", None)], Way::Replace, NOW), [GrantDraft::from(&has[0])]);
        assert_eq!(laid(&has, &[spec("a", None)], Way::Add, NOW), [GrantDraft { id: Some(has[0].id), spec: spec("a", None) }]);
    }

    #[test]
    fn what_has_ended_stands_for_nothing() {
        let ended = [Grant { spec: GrantSpec { expires_at: Some(NOW), ..spec("a", None) }, ..held(spec("a", None)) }];
        assert_eq!(laid(&ended, &[spec("a", None)], Way::Replace, NOW), [GrantDraft { id: None, spec: spec("a", None) }]);
    }
}
