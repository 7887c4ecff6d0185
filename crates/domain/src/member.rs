//! Members of a workspace: an account as owner or member, and how lists and the drawer show them.

use crate::{
    catalog::Catalog,
    effective::{Change, EffectiveAccess},
    email::EmailAddress,
    grant::{Grant, GrantSpec, GrantSummary},
    group::GroupRef,
    id::{GrantId, GroupId, InviteId, MemberId},
    invite::InviteState,
    page::PageSize,
    resource::Resource,
    text::PersonName,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    Owner,
    Member,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `owner` nor `member`")]
pub struct MemberKindError(pub String);

impl MemberKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
        }
    }

    /// As the reference names it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Owner => "Workspace owner",
            Self::Member => "Workspace member",
        }
    }
}

impl fmt::Display for MemberKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MemberKind {
    type Err = MemberKindError;
    fn from_str(text: &str) -> Result<Self, MemberKindError> {
        match text {
            "owner" => Ok(Self::Owner),
            "member" => Ok(Self::Member),
            other => Err(MemberKindError(other.to_owned())),
        }
    }
}

/// A row of the Users list: a member, or somebody invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    pub id: UserId,
    /// Empty for an invite.
    pub name: Option<PersonName>,
    pub email: EmailAddress,
    pub kind: MemberKind,
    pub pii: bool,
    pub grants: Vec<GrantSummary>,
    pub groups: Vec<GroupRef>,
    pub standing: UserStanding,
    pub revision: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserId {
    Member(MemberId),
    Invite(InviteId),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStanding {
    Active { joined_at: Timestamp, last_seen_at: Option<Timestamp> },
    Invited { state: InviteState, invited_by: Option<PersonName>, expires_at: Timestamp },
}

/// What the Users list is filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    Active,
    Invited,
    Expired,
}

impl UserStatus {
    pub const ALL: [Self; 3] = [Self::Active, Self::Invited, Self::Expired];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Expired => "expired",
        }
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Invited => "Invited",
            Self::Expired => "Expired",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserSort {
    #[default]
    Name,
    LastSeen,
}

impl UserSort {
    /// Reads `name`, `-name`, `last_seen`, `-last_seen`; the minus is "descending".
    #[must_use]
    pub fn parse(text: &str) -> Option<(Self, bool)> {
        let (descending, key) = text.strip_prefix('-').map_or((false, text), |key| (true, key));
        match key {
            "name" => Some((Self::Name, descending)),
            "last_seen" => Some((Self::LastSeen, descending)),
            _ => None,
        }
    }
}

/// Which users, in which order, which page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserQuery {
    /// Part of a name or address; matched as it stands, nothing in it is a wildcard.
    pub search: Option<String>,
    pub sort: UserSort,
    pub descending: bool,
    /// Any of these; empty is all.
    pub statuses: Vec<UserStatus>,
    pub kinds: Vec<MemberKind>,
    /// Holds any of these roles by a grant of their own.
    pub roles: Vec<crate::catalog::RoleId>,
    /// Is in any of these groups.
    pub groups: Vec<GroupId>,
    pub cursor: Option<crate::page::Cursor>,
    pub size: PageSize,
}

impl Default for UserQuery {
    fn default() -> Self {
        Self {
            search: None,
            sort: UserSort::Name,
            descending: false,
            statuses: Vec::new(),
            kinds: Vec::new(),
            roles: Vec::new(),
            groups: Vec::new(),
            cursor: None,
            size: PageSize::SCREEN,
        }
    }
}

impl UserQuery {
    /// Whether it leaves rows out.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.search.is_some() || !self.statuses.is_empty() || !self.kinds.is_empty() || !self.roles.is_empty() || !self.groups.is_empty()
    }
}

/// A member with all that the drawer edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: MemberId,
    pub name: PersonName,
    pub email: EmailAddress,
    pub kind: MemberKind,
    pub pii: bool,
    pub grants: Vec<Grant>,
    pub groups: Vec<GroupRef>,
    pub joined_at: Timestamp,
    pub last_seen_at: Option<Timestamp>,
    /// Grows with every change; a save names the one it was made from.
    pub revision: i64,
}

/// A member with what they hold by themselves, as programs read them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberGrants {
    pub id: MemberId,
    pub name: PersonName,
    pub email: EmailAddress,
    pub kind: MemberKind,
    pub grants: Vec<Grant>,
}

impl From<Member> for MemberGrants {
    fn from(member: Member) -> Self {
        let Member { id, name, email, kind, grants, .. } = member;
        Self { id, name, email, kind, grants }
    }
}

impl Member {
    /// The access they have, as an editor begins with it.
    #[must_use]
    pub fn access(&self) -> MemberAccess {
        MemberAccess {
            kind: self.kind,
            pii: self.pii,
            grants: self.grants.iter().map(GrantDraft::from).collect(),
            groups: self.groups.iter().map(|group| group.id).collect(),
        }
    }
}

/// What a save in the drawer wishes: the whole of a member's access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberAccess {
    pub kind: MemberKind,
    pub pii: bool,
    pub grants: Vec<GrantDraft>,
    pub groups: Vec<GroupId>,
}

/// A grant in an editor: one that is held already, or a new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantDraft {
    pub id: Option<GrantId>,
    pub spec: GrantSpec,
}

impl From<&Grant> for GrantDraft {
    fn from(grant: &Grant) -> Self {
        Self { id: Some(grant.id), spec: grant.spec.clone() }
    }
}

impl GrantDraft {
    /// These in place of those held, from somebody who knows nothing of ids and reasons: what is held in the same role and scope is kept with
    /// both, each once. What is asked for twice is given once.
    #[must_use]
    pub fn of_held(held: &[Grant], asked: Vec<GrantSpec>) -> Vec<Self> {
        let alike = |one: &GrantSpec, other: &GrantSpec| one.role == other.role && one.scope == other.scope;
        let same = |one: &GrantSpec, other: &GrantSpec| alike(one, other) && one.expires_at == other.expires_at;
        let mut free: Vec<&Grant> = held.iter().collect();
        let mut take = |fits: &dyn Fn(&GrantSpec) -> bool| free.iter().position(|grant| fits(&grant.spec)).map(|place| free.remove(place));
        // those that stay as they are first, so that none of them is taken for one whose end changes
        let staying: Vec<Option<&Grant>> = asked.iter().map(|spec| take(&|held| same(held, spec))).collect();
        let mut drafts: Vec<Self> = Vec::with_capacity(asked.len());
        for (spec, staying) in asked.into_iter().zip(staying) {
            let before = staying.or_else(|| take(&|held| alike(held, &spec)));
            match before {
                Some(before) => drafts.push(Self { id: Some(before.id), spec: GrantSpec { reason: before.spec.reason.clone(), ..spec } }),
                None if drafts.iter().any(|draft| same(&draft.spec, &spec)) => {}
                None => drafts.push(Self { id: None, spec }),
            }
        }
        drafts
    }
}

/// What removing somebody would take away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovalPreview {
    pub grants: u32,
    pub groups: Vec<GroupRef>,
    pub access: EffectiveAccess,
}

/// What an access would reach, and what that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessPreview {
    pub access: EffectiveAccess,
    pub changes: Vec<Change>,
}

/// What a member sees of themselves: who they are here and what they reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyAccess {
    pub member: Member,
    pub access: EffectiveAccess,
    pub catalog: Catalog,
    pub things: Vec<MyThing>,
    /// Whether `things` holds all of them; otherwise the first ones in order of type and name.
    pub complete: bool,
}

/// A resource that a member reaches, and the strongest thing they may do with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyThing {
    pub resource: Resource,
    pub verb: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::RoleId, grant::Scope, text::Reason, time::Span};

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    fn spec(role: &str, days: i64) -> GrantSpec {
        let expires_at = (days > 0).then(|| NOW.plus(Span::days(days)));
        GrantSpec { expires_at, ..GrantSpec::new(RoleId::new(role), Scope::All) }
    }

    fn held(n: u8, spec: GrantSpec) -> Grant {
        Grant { id: GrantId::new(NOW, [n; 10]), spec }
    }

    #[test]
    fn what_is_held_keeps_its_id_and_its_reason() {
        let why = Reason::parse("For the launch").unwrap();
        let has = [held(1, GrantSpec { reason: Some(why.clone()), ..spec("a", 0) })];
        assert_eq!(GrantDraft::of_held(&has, vec![spec("a", 0)]), [GrantDraft::from(&has[0])]);
        let sooner = GrantDraft { id: Some(has[0].id), spec: GrantSpec { reason: Some(why), ..spec("a", 3) } };
        assert_eq!(GrantDraft::of_held(&has, vec![spec("a", 3)]), [sooner]);
        assert_eq!(GrantDraft::of_held(&has, vec![spec("b", 0)]), [GrantDraft { id: None, spec: spec("b", 0) }]);
        assert!(GrantDraft::of_held(&has, Vec::new()).is_empty());
    }

    #[test]
    fn each_that_is_held_is_kept_once() {
        let has = [held(1, spec("a", 1)), held(2, spec("a", 0))];
        // in whatever order: what stays as it is leaves the other for what changes
        assert_eq!(
            GrantDraft::of_held(&has, vec![spec("a", 0), spec("a", 9)]),
            [GrantDraft::from(&has[1]), GrantDraft { id: Some(has[0].id), spec: spec("a", 9) }]
        );
        let third = GrantDraft::of_held(&has, vec![spec("a", 9), spec("a", 0), spec("a", 7)]);
        assert_eq!(third.iter().filter_map(|draft| draft.id).collect::<Vec<_>>(), [has[0].id, has[1].id]);
        assert_eq!(third.len(), 3);
        // the same twice is given once
        assert_eq!(GrantDraft::of_held(&has[1..], vec![spec("a", 0), spec("a", 0)]), [GrantDraft::from(&has[1])]);
        assert_eq!(GrantDraft::of_held(&[], vec![spec("a", 0), spec("a", 0)]).len(), 1);
    }
}
