//! Roles: what each allows, by the catalogue; and who holds it, for owners.

use crate::{
    access::{WorkspaceMember, WorkspaceOwner},
    refusal::stored,
    services::Services,
};
use domain::{
    catalog::RoleId,
    failure::{Failure, FailureKind},
    held::{HeldGrant, HolderKind, RoleHolders, RolesOverview},
    id::WorkspaceId,
    member::MemberKind,
    page::{Cursor, Page, PageSize},
    policy::{Policy, RoleUse},
};
use store::held::{self, Naming};

/// The catalogue is for everybody; who holds what is for owners.
pub async fn overview(services: &Services, me: &WorkspaceMember) -> Result<RolesOverview, Failure> {
    let holders = match me.kind() {
        MemberKind::Owner => Some(held_by(services, me.workspace().id).await?),
        MemberKind::Member => None,
    };
    Ok(RolesOverview { catalog: (*services.catalog).clone(), plan: me.workspace().plan, holders })
}

/// The grants of a role that holders of this kind have.
pub async fn holders(services: &Services, owner: &WorkspaceOwner, role: &RoleId, kind: HolderKind, cursor: Option<Cursor>) -> Result<Page<HeldGrant>, Failure> {
    if services.catalog.role(role).is_none() {
        return Err(Failure::new(FailureKind::NotFound, format_args!("the catalogue has no role `{role}`")));
    }
    let workspace = owner.workspace().id;
    let (used, _) = services.decisions.ask(workspace, None, |policy, _| policy.role_use(role)).await?;
    let known = match kind {
        HolderKind::Member => Some(used.members.grants),
        HolderKind::Group => Some(used.groups.grants),
        HolderKind::Token => Some(used.tokens.grants),
        HolderKind::Invite => None,
    };
    held::page(&services.store, workspace, Naming::Role(role, kind), cursor, PageSize::SCREEN, known).await.map_err(stored)
}

/// Who holds each role: the policy has counted members, groups and tokens; invites it doesn't know. Roles that nobody holds are left out.
async fn held_by(services: &Services, workspace: WorkspaceId) -> Result<Vec<RoleHolders>, Failure> {
    let invites = held::roles_of_invites(&services.store, workspace).await.map_err(stored)?;
    let roles: Vec<RoleId> = services.catalog.roles.iter().map(|role| role.id.clone()).collect();
    let count = |policy: &Policy, _| roles.iter().map(|role| (role.clone(), policy.role_use(role))).collect::<Vec<_>>();
    let (used, _) = services.decisions.ask(workspace, None, count).await?;
    let whole = |(role, used): (RoleId, RoleUse)| {
        let invites = invites.get(&role).copied().unwrap_or(0);
        RoleHolders { role, members: used.members.holders, groups: used.groups.holders, tokens: used.tokens.holders, invites }
    };
    let anybody = |held: &RoleHolders| held.members + held.groups + held.tokens + held.invites > 0;
    Ok(used.into_iter().map(whole).filter(anybody).collect())
}
