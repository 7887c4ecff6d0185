//! Pages of members with all that each holds by themselves, as programs read them.
//!
//! A page takes one statement where it can: the database says who is on it, how many there are, and by which version of the policy. By that version the
//! token is known still ([`ReadingOwner`]), and what the members hold is read from the policy in memory where it is of just this version: commits
//! raise the version with everything that a grant or a token hangs on, so it is what the database would say at the same moment. Where
//! the policy is not held, or is of another version, or a search narrows the page, the database is asked for what is missing.

use crate::{
    access::{ReadingOwner, WorkspaceOwner},
    permissions::kinds,
    refusal::stored,
    services::Services,
};
use domain::{
    failure::Failure,
    grant::{Grant, Scope},
    id::{MemberId, ResourceId, WorkspaceId},
    member::{MemberGrants, UserQuery, UserStatus},
    page::Page,
    policy::Policy,
    resource::ResourceType,
};
use std::collections::{BTreeSet, HashMap};
use store::users::Called;

/// Of which types the resources are that grants name.
type Kinds = HashMap<ResourceId, ResourceType>;

/// A page, and of which types the resources are that are named on it.
#[derive(Debug)]
pub struct Holding {
    pub owner: WorkspaceOwner,
    pub page: Page<MemberGrants>,
    pub kinds: Kinds,
}

/// Who is only invited is none of them.
pub async fn holding(services: &Services, owner: ReadingOwner, query: UserQuery) -> Result<Holding, Failure> {
    let query = UserQuery { statuses: vec![UserStatus::Active], ..query };
    let workspace = owner.workspace();
    let Called { mut page, version } = store::users::called(&services.store, workspace, &query, services.now()).await.map_err(stored)?;
    let owner = owner.proven_at(services, version).await?;
    let known = version.and_then(|version| services.decisions.ask_at(workspace, version, |policy| held(policy, &page.rows)));
    let kinds = match known {
        Some((grants, kinds)) => {
            page.rows.iter_mut().zip(grants).for_each(|(member, grants)| member.grants = grants);
            kinds
        }
        None => read(services, &owner, workspace, &mut page.rows).await?,
    };
    Ok(Holding { owner, page, kinds })
}

/// What these hold by the policy, in their order. `None` where it doesn't know all of them.
fn held(policy: &Policy, members: &[MemberGrants]) -> Option<(Vec<Vec<Grant>>, Kinds)> {
    let grants = members.iter().map(|member| policy.grants_of_member(member.id)).collect::<Option<Vec<_>>>()?;
    let kind = |id: ResourceId| Some((id, policy.kind_of(id)?.clone()));
    let kinds = named(grants.iter().flatten()).into_iter().filter_map(kind).collect();
    Some((grants, kinds))
}

/// The same by the database.
async fn read(services: &Services, owner: &WorkspaceOwner, workspace: WorkspaceId, members: &mut [MemberGrants]) -> Result<Kinds, Failure> {
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let mut grants = store::users::grants(&services.store, workspace, &ids).await.map_err(stored)?;
    members.iter_mut().for_each(|member| member.grants = grants.remove(&member.id).unwrap_or_default());
    let named: Vec<ResourceId> = named(members.iter().flat_map(|member| &member.grants)).into_iter().collect();
    kinds(services, owner, &named).await
}

/// The resources that these grants name.
fn named<'a>(grants: impl Iterator<Item = &'a Grant>) -> BTreeSet<ResourceId> {
    let mut named = BTreeSet::new();
    for grant in grants {
        if let Scope::Only(ids) = &grant.spec.scope {
            named.extend(ids.iter().copied());
        }
    }
    named
}
