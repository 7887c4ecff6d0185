//! What an editor of access needs to know of a workspace, so that the browser can decide with the same policy as the server.

use crate::{
    catalog::Catalog,
    grant::Grant,
    group::GroupRef,
    id::{GrantId, MemberId},
    label::Label,
    member::MemberAccess,
    plan::Plan,
    policy::{Policy, PolicyGroup, PolicyMember},
    resource::Resource,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// With more resources or groups than these, neither is sent to a browser: it asks for those it shows, and the server computes the preview.
pub const MOST_RESOURCES_IN_BROWSER: u64 = 2_000;
pub const MOST_GROUPS_IN_BROWSER: u64 = 200;

/// What a list needs to say access in words. Its size does not depend on the workspace's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub catalog: Catalog,
    pub plan: Plan,
    /// The server's clock, against which expiry is judged.
    pub now: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessContext {
    pub terms: Terms,
    pub labels: Vec<Label>,
    /// In order of names.
    pub groups: Vec<ContextGroup>,
    /// In order of type and name.
    pub resources: Vec<Resource>,
    /// All groups and resources are here. None is where there are more than a browser should hold.
    pub complete: bool,
}

/// A context is terms with what they apply to.
impl std::ops::Deref for AccessContext {
    type Target = Terms;
    fn deref(&self) -> &Terms {
        &self.terms
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextGroup {
    pub group: GroupRef,
    pub pii: bool,
    pub grants: Vec<Grant>,
}

impl AccessContext {
    /// The policy of this workspace, without members.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let mut policy = Policy::new(Arc::new(self.catalog.clone()), self.plan);
        for resource in &self.resources {
            policy.put_resource(resource.clone());
        }
        for group in &self.groups {
            policy.put_group(PolicyGroup { id: group.group.id, pii: group.pii, grants: group.grants.clone() });
        }
        policy
    }
}

impl MemberAccess {
    /// The member as a policy sees them with this access. Grants not stored yet get ids of their own, by their place.
    #[must_use]
    pub fn as_member(&self, id: MemberId) -> PolicyMember {
        let grants = self
            .grants
            .iter()
            .zip(0_u128..)
            .map(|(draft, place)| Grant { id: draft.id.unwrap_or_else(|| GrantId::from_uuid(uuid::Uuid::from_u128(place))), spec: draft.spec.clone() });
        PolicyMember { id, kind: self.kind, pii: self.pii, grants: grants.collect(), groups: self.groups.iter().copied().collect() }
    }
}
