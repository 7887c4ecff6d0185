//! Doing the same to many users at once: which ones, what, what it would change and what it changed, and taking it back.

use crate::{
    catalog::RoleId,
    grant::GrantSpec,
    id::{AccountId, GroupId, InviteId, OperationId},
    member::{Member, UserId, UserQuery},
    number::grouped,
    page::Selection,
    time::{Span, Timestamp},
};
use serde::{Deserialize, Serialize};

/// How many users one change may touch.
pub const MOST_AT_ONCE: usize = 10_000;

/// For how long a change can be taken back.
pub const UNDO_WITHIN: Span = Span::minutes(10);

/// How many of a kind are named; the others are counted.
pub const NAMED: usize = 5;

pub type UserSelection = Selection<UserId, UserQuery>;

/// What is done to each of them. Access is changed for members, invites are sent again and revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkChange {
    JoinGroups(Vec<GroupId>),
    LeaveGroups(Vec<GroupId>),
    /// Somebody who holds a role in the same scope for a shorter time holds it for longer then; nobody for a shorter one.
    GiveRoles(Vec<GrantSpec>),
    /// Every grant of this role that somebody holds by themselves.
    TakeRole(RoleId),
    /// Of the grants of one role, or of all that somebody holds by themselves.
    SetExpiry {
        role: Option<RoleId>,
        expires_at: Option<Timestamp>,
    },
    Remove,
    ResendInvites,
    RevokeInvites,
}

impl BulkChange {
    /// A mail can't be called back.
    #[must_use]
    pub const fn can_be_undone(&self) -> bool {
        !matches!(self, Self::ResendInvites)
    }
}

/// Why somebody of the selection stays as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// Who does it is never removed by it.
    Yourself,
    /// Owners have everything already.
    Owner,
    /// Access is given to members; this one is invited only.
    Invited,
    /// A member; only invites are sent again or revoked.
    Member,
    TooManyGrants,
    /// The plan locks what would change.
    Locked,
    /// No longer in the workspace.
    Gone,
    /// Somebody changed them since.
    Changed,
    /// What they had names a group, resource or label that is gone.
    Missing,
    /// Was invited again since, or is a member again.
    Back,
}

impl LeftOut {
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Yourself => "that is you; to leave, open your own entry in the list and remove it there",
            Self::Owner => "owners have everything already",
            Self::Invited => "invited, not a member yet",
            Self::Member => "members already, not invited",
            Self::TooManyGrants => "as many roles as anybody may have",
            Self::Locked => "the plan has none of it",
            Self::Gone => "no longer in the workspace",
            Self::Changed => "changed by somebody since",
            Self::Missing => "what they had is partly deleted",
            Self::Back => "back already",
        }
    }
}

/// So many, the first of them by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub count: u64,
    pub names: Vec<String>,
}

impl Counted {
    pub fn add(&mut self, name: &str) {
        self.count += 1;
        if self.names.len() < NAMED {
            self.names.push(name.to_owned());
        }
    }

    /// `Amara Okafor, Bo Lind and 310 more`.
    #[must_use]
    pub fn words(&self) -> String {
        let rest = self.count.saturating_sub(self.names.len() as u64);
        match (self.names.as_slice(), rest) {
            (names, 1..) => format!("{} and {} more", names.join(", "), grouped(rest)),
            ([names @ .., last], 0) if !names.is_empty() => format!("{} and {last}", names.join(", ")),
            (names, 0) => names.join(", "),
        }
    }
}

/// What a change would do, or has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkOutcome {
    pub changed: Counted,
    /// Of those, who had been removed and are members again.
    pub restored: u64,
    /// Owners among those who change.
    pub owners: u64,
    /// A mark of who changes: another as soon as somebody else does, though they are as many.
    pub mark: u64,
    /// So already.
    pub unchanged: Counted,
    pub left_out: Vec<(LeftOut, Counted)>,
}

/// How much somebody was shown that a change would do, and to whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkSeen {
    pub changed: u64,
    pub owners: u64,
    pub mark: u64,
}

impl BulkOutcome {
    #[must_use]
    pub const fn seen(&self) -> BulkSeen {
        BulkSeen { changed: self.changed.count, owners: self.owners, mark: self.mark }
    }
}

/// What a browser calls a change that it waits for, to ask how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BulkTicket(pub u32);

/// What a change of many is at, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkStage {
    /// Reading what everybody of the selection is, to know what becomes of them.
    Looking,
    /// Writing what they will be.
    Writing,
    /// Sealing the entries of the audit trail.
    Recording,
}

/// How far a change of many is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkProgress {
    pub stage: BulkStage,
    pub done: u64,
    /// How many there are in this stage.
    pub of: u64,
}

impl BulkProgress {
    /// How much of the whole that is, in hundredths; each stage is a third.
    #[must_use]
    pub fn percent(self) -> u32 {
        let before = match self.stage {
            BulkStage::Looking => 0,
            BulkStage::Writing => 1,
            BulkStage::Recording => 2,
        };
        let done = self.done.min(self.of) * 100 / self.of.max(1);
        u32::try_from((before * 100 + done) / 3).unwrap_or(100)
    }
}

/// What somebody was before a change of many, for taking it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// Their roles or groups were changed, which made this revision of them.
    Access {
        member: Member,
        revision: i64,
    },
    Removed {
        account: AccountId,
        member: Member,
        /// From single sign-on.
        #[serde(default)]
        excepted: bool,
    },
    Revoked(InviteId),
}

impl Before {
    #[must_use]
    pub const fn uuid(&self) -> uuid::Uuid {
        match self {
            Self::Access { member, .. } | Self::Removed { member, .. } => member.id.uuid(),
            Self::Revoked(id) => id.uuid(),
        }
    }
}

/// A change that was made and can be taken back for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkDone {
    pub id: OperationId,
    /// `Source Admin given to 312 members`.
    pub summary: String,
    pub undo_until: Timestamp,
}

/// What came of a change of many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkAnswer {
    pub outcome: BulkOutcome,
    /// `None` where nothing changed, or nothing can be taken back.
    pub done: Option<BulkDone>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{email::EmailAddress, id::MemberId, member::MemberKind, text::PersonName};

    #[test]
    fn the_first_are_named_and_the_rest_counted() {
        let mut counted = Counted::default();
        assert_eq!(counted.words(), "");
        counted.add("Amara");
        assert_eq!(counted.words(), "Amara");
        counted.add("Bo");
        assert_eq!(counted.words(), "Amara and Bo");
        for name in ["Cy", "Di", "Ed", "Fa", "Gil"] {
            counted.add(name);
        }
        assert_eq!(counted.words(), "Amara, Bo, Cy, Di, Ed and 2 more");
        counted.count = 9_636;
        assert_eq!(counted.words(), "Amara, Bo, Cy, Di, Ed and 9,631 more");
    }

    #[test]
    fn a_bar_grows_through_all_stages() {
        let at = |stage, done| BulkProgress { stage, done, of: 10_000 }.percent();
        let all = [at(BulkStage::Looking, 0), at(BulkStage::Looking, 9_000), at(BulkStage::Writing, 0), at(BulkStage::Writing, 5_000)];
        assert_eq!(all, [0, 30, 33, 50]);
        assert_eq!([at(BulkStage::Recording, 0), at(BulkStage::Recording, 10_000), at(BulkStage::Recording, 20_000)], [66, 100, 100]);
        assert_eq!(BulkProgress { stage: BulkStage::Writing, done: 0, of: 0 }.percent(), 33);
    }

    #[test]
    fn what_was_kept_without_a_word_on_exceptions_says_there_was_none() {
        let member = Member {
            id: MemberId::from_uuid(uuid::Uuid::nil()),
            name: PersonName::parse("Bea").unwrap(),
            email: EmailAddress::parse("bea@acme.test").unwrap(),
            kind: MemberKind::Owner,
            pii: false,
            grants: Vec::new(),
            groups: Vec::new(),
            joined_at: Timestamp::from_micros(0),
            last_seen_at: None,
            revision: 1,
        };
        let removed = |excepted| Before::Removed { account: AccountId::from_uuid(uuid::Uuid::nil()), member: member.clone(), excepted };
        let mut kept = serde_json::to_value(removed(true)).unwrap();
        assert_eq!(serde_json::from_value::<Before>(kept.clone()).unwrap(), removed(true));
        kept["removed"].as_object_mut().unwrap().remove("excepted").unwrap();
        assert_eq!(serde_json::from_value::<Before>(kept).unwrap(), removed(false));
    }

    #[test]
    fn a_mail_is_not_called_back() {
        assert!(!BulkChange::ResendInvites.can_be_undone() && BulkChange::Remove.can_be_undone());
    }
}
