//! Roles: what each allows, by the catalogue; and who holds it, for owners.

use crate::{
    access::{WorkspaceMember, WorkspaceOwner},
    refusal::stored,
    services::Services,
};
use domain::{
    catalog::RoleId,
    failure::{Failure, FailureKind},
    held::{HeldGrant, HolderKind, RolesOverview},
    member::MemberKind,
    page::{Cursor, Page, PageSize},
};
use store::held::{self, Naming};

/// The catalogue is for everybody; who holds what is for owners.
pub async fn overview(services: &Services, me: &WorkspaceMember) -> Result<RolesOverview, Failure> {
    let holders = match me.kind() {
        MemberKind::Owner => {
            let roles: Vec<RoleId> = services.catalog.roles.iter().map(|role| role.id.clone()).collect();
            Some(held::by_role(&services.store, me.workspace().id, &roles).await.map_err(stored)?)
        }
        MemberKind::Member => None,
    };
    Ok(RolesOverview { catalog: (*services.catalog).clone(), plan: me.workspace().plan, holders })
}

/// The grants of a role that holders of this kind have.
pub async fn holders(services: &Services, owner: &WorkspaceOwner, role: &RoleId, kind: HolderKind, cursor: Option<Cursor>) -> Result<Page<HeldGrant>, Failure> {
    if services.catalog.role(role).is_none() {
        return Err(Failure::new(FailureKind::NotFound, format_args!("the catalogue has no role `{role}`")));
    }
    held::page(&services.store, owner.workspace().id, Naming::Role(role, kind), cursor, PageSize::SCREEN).await.map_err(stored)
}
