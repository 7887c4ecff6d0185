//! The subjects of a policy by number: a member, a group or a token in one `u32`, in the order in which lists give them.

use super::{Subject, ids::Ids, set::Key};
use crate::id::{GroupId, MemberId, ResourceId, TokenId};

/// The ids of all that a policy speaks of.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub members: Ids,
    pub groups: Ids,
    pub tokens: Ids,
    pub resources: Ids,
}

/// A subject that the policy knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Member(u32),
    Group(u32),
    Token(u32),
}

const KIND: u32 = 30;
const NUMBER: u32 = (1 << KIND) - 1;

impl Known {
    /// The kind in the two highest bits, the number in the others.
    pub const fn pack(self) -> u32 {
        match self {
            Self::Member(number) => number,
            Self::Group(number) => number | 1 << KIND,
            Self::Token(number) => number | 2 << KIND,
        }
    }

    pub const fn unpack(packed: u32) -> Self {
        let number = packed & NUMBER;
        match packed >> KIND {
            0 => Self::Member(number),
            1 => Self::Group(number),
            2.. => Self::Token(number),
        }
    }
}

impl Names {
    pub fn find(&self, subject: Subject) -> Option<Known> {
        match subject {
            Subject::Member(id) => self.members.find(id.uuid()).map(Known::Member),
            Subject::Group(id) => self.groups.find(id.uuid()).map(Known::Group),
            Subject::Token(id) => self.tokens.find(id.uuid()).map(Known::Token),
        }
    }

    pub fn subject(&self, known: Known) -> Subject {
        match known {
            Known::Member(number) => Subject::Member(MemberId::from_uuid(self.members.at(number))),
            Known::Group(number) => Subject::Group(self.group(number)),
            Known::Token(number) => Subject::Token(TokenId::from_uuid(self.tokens.at(number))),
        }
    }

    pub fn group(&self, number: u32) -> GroupId {
        GroupId::from_uuid(self.groups.at(number))
    }

    pub fn resource(&self, number: u32) -> ResourceId {
        ResourceId::from_uuid(self.resources.at(number))
    }

    /// The order of packed subjects: members, groups, tokens, each by id.
    pub fn holder_key(&self, packed: u32) -> Key {
        match Known::unpack(packed) {
            Known::Member(number) => (0, self.members.at(number)),
            Known::Group(number) => (1, self.groups.at(number)),
            Known::Token(number) => (2, self.tokens.at(number)),
        }
    }

    pub fn group_key(&self, number: u32) -> Key {
        (0, self.groups.at(number))
    }

    pub fn resource_key(&self, number: u32) -> Key {
        (0, self.resources.at(number))
    }
}
