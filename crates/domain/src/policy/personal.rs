//! Personal data: a flag that never widens reach, and holds only inside it.

use super::{Policy, Subject, answer::Target, holder::Known};
use crate::{
    catalog::Action,
    id::{GroupId, ResourceId},
    time::Timestamp,
};

impl Policy {
    /// May the subject see personal data in this resource? Only inside what they already reach.
    #[must_use]
    pub fn sees_personal_data(&self, subject: Subject, resource: ResourceId, now: Timestamp) -> bool {
        let Some(kind) = self.kind_of(resource) else { return false };
        self.has_pii_access(subject) && self.allows(subject, &Action::new(kind, "read"), &Target::Resource(resource), now)
    }

    /// The same without what this group gives.
    #[must_use]
    pub fn has_pii_access_without(&self, subject: Subject, group: GroupId) -> bool {
        let Some(Known::Member(number)) = self.names.find(subject) else { return self.has_pii_access(subject) };
        let row = &self.members[number as usize];
        let left = self.names.groups.find(group.uuid());
        row.owner || row.pii || row.groups.iter().any(|group| Some(group) != left && self.groups[group as usize].pii)
    }

    #[must_use]
    pub fn has_pii_access(&self, subject: Subject) -> bool {
        match self.names.find(subject) {
            None => false,
            Some(Known::Member(number)) => {
                let row = &self.members[number as usize];
                row.owner || row.pii || row.groups.iter().any(|group| self.groups[group as usize].pii)
            }
            Some(Known::Group(number)) => self.groups[number as usize].pii,
            Some(Known::Token(number)) => self.tokens[number as usize].owner_access,
        }
    }
}
