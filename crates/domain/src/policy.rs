//! The one policy: may this subject do this to that, and why. Everything that asks "may?" asks here, in the browser and on the server.
//!
//! A policy holds what a workspace's decisions rest on, compiled: every id a number, every grant a row of 48 bytes, the catalogue one
//! byte per role and action. What changes in the workspace changes it in place. It knows no clock: `now` is passed in. Nothing is
//! allowed by default; grants add up and nothing subtracts.
#![deny(clippy::wildcard_enum_match_arm)]

mod answer;
mod by_label;
mod change;
mod crowd;
mod decide;
mod holder;
mod ids;
mod known;
mod labels;
mod lists;
mod personal;
mod reach;
mod rows;
mod rules;
mod sentence;
mod set;
mod sight;
mod strength;
mod texts;
mod unseen;
mod uses;

pub use answer::{Arrival, But, Decision, Held, Listed, Missing, Question, Reason, Remedy, Target};
pub use by_label::ByLabel;
pub use crowd::Crowd;
pub use known::{Counts, PolicyResource};
pub use reach::Covering;
pub use sentence::{NameOf, Named};
pub use sight::Sight;
pub use uses::{LabelUse, RoleUse, Tally};

use crate::{
    catalog::Catalog,
    grant::Grant,
    id::{GroupId, MemberId, TokenId},
    member::MemberKind,
    plan::Plan,
    time::Timestamp,
};
use holder::Names;
use labels::Labels;
use rows::{GroupRow, MemberRow, ResourceRow, TokenRow};
use rules::Rules;
use serde::{Deserialize, Serialize};
use set::Set;
use std::{collections::BTreeSet, sync::Arc};
use texts::Texts;
use uses::RoleUses;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Member(MemberId),
    Group(GroupId),
    Token(TokenId),
}

/// A member, as decisions need them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyMember {
    pub id: MemberId,
    pub kind: MemberKind,
    pub pii: bool,
    pub grants: Vec<Grant>,
    pub groups: BTreeSet<GroupId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyGroup {
    pub id: GroupId,
    pub pii: bool,
    pub grants: Vec<Grant>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyToken {
    pub id: TokenId,
    pub owner_access: bool,
    pub expires_at: Option<Timestamp>,
    pub grants: Vec<Grant>,
}

/// What the decisions of one workspace rest on.
#[derive(Clone, Debug)]
pub struct Policy {
    catalog: Arc<Catalog>,
    plan: Plan,
    rules: Rules,
    names: Names,
    /// Of members: their addresses, where they were told.
    addresses: Texts,
    /// Of resources: the ids by which the product knows them, type by type, where they were told.
    keys: Texts,
    // by number; a row whose number is free is empty
    members: Vec<MemberRow>,
    groups: Vec<GroupRow>,
    tokens: Vec<TokenRow>,
    resources: Vec<ResourceRow>,
    labels: Labels,
    /// By type: the resources that are there.
    by_kind: Vec<Set>,
    /// By role: who holds it on all.
    held_on_all: Vec<Set>,
    /// Members and tokens that may do anything.
    owners: Set,
    grants: usize,
    role_uses: RoleUses,
}

impl Policy {
    #[must_use]
    pub fn new(catalog: Arc<Catalog>, plan: Plan) -> Self {
        let rules = Rules::new(&catalog, plan);
        let by_kind = vec![Set::default(); catalog.types.len()];
        Self {
            catalog,
            plan,
            rules,
            names: Names::default(),
            addresses: Texts::default(),
            keys: Texts::default(),
            members: Vec::new(),
            groups: Vec::new(),
            tokens: Vec::new(),
            resources: Vec::new(),
            labels: Labels::default(),
            by_kind,
            held_on_all: Vec::new(),
            owners: Set::default(),
            grants: 0,
            role_uses: RoleUses::default(),
        }
    }

    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    #[must_use]
    pub const fn plan(&self) -> Plan {
        self.plan
    }
}

#[cfg(test)]
mod tests;
