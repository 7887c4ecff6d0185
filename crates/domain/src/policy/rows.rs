//! What a compiled policy keeps of each thing: rows of numbers, by the thing's own number.

use super::set::Set;
use crate::{grant::ScopeKind, time::Timestamp};
use uuid::Uuid;

/// No thing has this number.
pub(super) const NONE: u32 = u32::MAX;

/// A grant in 48 bytes.
#[derive(Clone, Debug)]
pub(super) struct GrantRow {
    pub id: Uuid,
    /// In microseconds; the greatest is "never".
    expires: i64,
    pub scope: ScopeRow,
    pub role: u16,
}

impl GrantRow {
    pub fn new(id: Uuid, role: u16, scope: ScopeRow, expires_at: Option<Timestamp>) -> Self {
        Self { id, expires: expires_at.map_or(i64::MAX, Timestamp::micros), scope, role }
    }

    /// The expiry is the first moment at which it no longer holds.
    pub const fn is_expired(&self, now: Timestamp) -> bool {
        self.expires <= now.micros() && self.expires != i64::MAX
    }

    pub fn expires_at(&self) -> Option<Timestamp> {
        (self.expires != i64::MAX).then(|| Timestamp::from_micros(self.expires))
    }
}

#[derive(Clone, Debug)]
pub(super) enum ScopeRow {
    All,
    /// Resources, those not registered yet among them.
    Only(Set),
    /// A labelled scope by its number.
    Labelled(u32),
}

impl ScopeRow {
    pub const fn form(&self) -> ScopeKind {
        match self {
            Self::All => ScopeKind::All,
            Self::Only(_) => ScopeKind::Only,
            Self::Labelled(_) => ScopeKind::Labelled,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct MemberRow {
    pub grants: Box<[GrantRow]>,
    pub groups: Set,
    pub owner: bool,
    pub pii: bool,
}

/// A group that is not `present` is only named by members.
#[derive(Clone, Debug, Default)]
pub(super) struct GroupRow {
    pub grants: Box<[GrantRow]>,
    pub members: Set,
    pub present: bool,
    pub pii: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct TokenRow {
    pub grants: Box<[GrantRow]>,
    pub owner_access: bool,
    pub expires_at: Option<Timestamp>,
}

/// A resource that is not `present` is only named by scopes and children.
#[derive(Clone, Debug)]
pub(super) struct ResourceRow {
    pub present: bool,
    pub kind: u16,
    pub parent: u32,
    pub labels: Set,
    pub children: Set,
    /// Whose grants name it.
    pub holders: Set,
}

impl Default for ResourceRow {
    fn default() -> Self {
        Self { present: false, kind: 0, parent: NONE, labels: Set::default(), children: Set::default(), holders: Set::default() }
    }
}

/// Puts a row at its number, with empty ones before it where it is the first that far out.
pub(super) fn row_at<T: Clone + Default>(rows: &mut Vec<T>, number: u32) -> &mut T {
    let index = number as usize;
    if index >= rows.len() {
        rows.resize(index + 1, T::default());
    }
    &mut rows[index]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_small() {
        assert_eq!(size_of::<ScopeRow>(), 16);
        assert_eq!(size_of::<GrantRow>(), 48);
        assert_eq!(size_of::<MemberRow>(), 40);
        assert_eq!(size_of::<ResourceRow>(), 56);
    }
}
