//! What one grant reaches: read from the indexes, in the order of ids, from any place on.

use super::{
    Policy, Subject,
    answer::Arrival,
    decide::Standing,
    rows::{GrantRow, ScopeRow},
    rules::Say,
    set::{Key, Set},
};
use crate::{
    catalog::RoleId,
    grant::{ScopeKind, ScopeSummary},
    id::{GrantId, ResourceId},
    resource::ResourceType,
    time::Timestamp,
};
use std::{collections::BTreeMap, sync::Arc};

/// A grant as it reaches a subject, with effect.
#[derive(Clone, Copy)]
pub(crate) struct Reaching<'a> {
    policy: &'a Policy,
    pub(super) row: &'a GrantRow,
    pub arrival: Arrival,
}

impl Reaching<'_> {
    pub fn id(&self) -> GrantId {
        GrantId::from_uuid(self.row.id)
    }

    pub fn role(&self) -> &RoleId {
        self.policy.rules.role_at(self.row.role)
    }

    pub fn on_all(&self) -> bool {
        self.row.scope.form() == ScopeKind::All
    }

    pub fn scope(&self) -> ScopeSummary {
        self.policy.scope_summary(self.row)
    }
}

/// What the labelled scopes of a policy cover, each found once: for those who look at many subjects, who share them.
pub struct Covering<'a> {
    policy: &'a Policy,
    found: BTreeMap<(u32, u16, bool), Arc<[ResourceId]>>,
}

impl<'a> Covering<'a> {
    #[must_use]
    pub const fn of(policy: &'a Policy) -> Self {
        Self { policy, found: BTreeMap::new() }
    }

    pub(crate) const fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// All of this type that a grant of the policy covers, in order. `through`: its role reaches the type through the parent.
    pub(crate) fn resources(&mut self, held: &Reaching<'a>, kind: &ResourceType, through: bool) -> Arc<[ResourceId]> {
        let policy = self.policy;
        let Some(kind) = policy.rules.find_kind(kind) else { return Arc::default() };
        let find = || policy.covered(&held.row.scope, through, kind, None, usize::MAX).into_iter().map(|number| policy.names.resource(number)).collect();
        match &held.row.scope {
            ScopeRow::Labelled(scope) => self.found.entry((*scope, kind, through)).or_insert_with(find).clone(),
            ScopeRow::All | ScopeRow::Only(_) => find(),
        }
    }
}

impl Policy {
    /// The subject's grants that have effect, own ones first, then those of their groups in the groups' order.
    /// Empty for owners and strangers.
    pub(crate) fn reaching(&self, subject: Subject, now: Timestamp) -> Vec<Reaching<'_>> {
        self.in_effect(subject, now).collect()
    }

    /// The same one by one, for looks at very many subjects.
    pub(super) fn in_effect(&self, subject: Subject, now: Timestamp) -> impl Iterator<Item = Reaching<'_>> {
        self.holding(subject, now).filter(move |held| !held.row.is_expired(now) && self.is_unlocked(held.row))
    }

    /// All of the subject's grants, those without effect too.
    fn holding(&self, subject: Subject, now: Timestamp) -> impl Iterator<Item = Reaching<'_>> {
        let nothing: (&[GrantRow], Option<&Set>) = (&[], None);
        let (own, groups) = match self.standing(subject, now) {
            Standing::Grants(own, groups) => (own, groups),
            Standing::Owner | Standing::Unknown => nothing,
        };
        let by_groups = groups.into_iter().flat_map(Set::iter).flat_map(move |group| {
            let arrival = Arrival::Group(self.names.group(group));
            self.groups[group as usize].grants.iter().map(move |row| Reaching { policy: self, row, arrival })
        });
        own.iter().map(move |row| Reaching { policy: self, row, arrival: Arrival::Own }).chain(by_groups)
    }

    /// A grant of the subject's own or of one of their groups, whether it has effect or not.
    pub(super) fn find_grant(&self, subject: Subject, grant: GrantId) -> Option<&GrantRow> {
        let Standing::Grants(own, groups) = self.standing(subject, Timestamp::from_micros(i64::MIN)) else { return None };
        let among = |rows: &'_ [GrantRow]| rows.iter().position(|row| row.id == grant.uuid());
        let in_group = |group: u32| {
            let rows = &self.groups[group as usize].grants;
            among(rows).map(|place| &rows[place])
        };
        among(own).map(|place| &own[place]).or_else(|| groups.into_iter().flat_map(Set::iter).find_map(in_group))
    }

    /// How many resources of this type there are.
    #[must_use]
    pub fn count_of_kind(&self, kind: &ResourceType) -> u32 {
        let set = self.rules.find_kind(kind).and_then(|kind| self.by_kind.get(usize::from(kind)));
        set.map_or(0, |set| u32::try_from(set.len()).unwrap_or(u32::MAX))
    }

    /// The first resources of this type behind `after` that the scope covers, at most so many, in the order of their ids.
    pub(super) fn covered(&self, scope: &ScopeRow, through: bool, kind: u16, after: Option<Key>, most: usize) -> Vec<u32> {
        let key_of = |number: u32| self.names.resource_key(number);
        let is_of_kind = |number: &u32| {
            let row = &self.resources[*number as usize];
            row.present && row.kind == kind
        };
        let all = &self.by_kind[usize::from(kind)];
        match scope {
            ScopeRow::All => all.after(after, &key_of).take(most).collect(),
            ScopeRow::Only(named) => {
                if !through {
                    return named.after(after, &key_of).filter(is_of_kind).take(most).collect();
                }
                self.with_children(named.iter(), kind, after, most)
            }
            ScopeRow::Labelled(scope) => {
                let Some(bearers) = self.labels.candidates(*scope) else { return Vec::new() };
                let covers = |number: &u32| self.labels.covers(*scope, &self.resources[*number as usize].labels);
                if !through {
                    return bearers.after(after, &key_of).filter(is_of_kind).filter(covers).take(most).collect();
                }
                // few bear the label: go from them to what hangs on them; many do: go along the type, which needs no sorting
                if bearers.len() * 8 < all.len() {
                    return self.with_children(bearers.iter().filter(covers), kind, after, most);
                }
                let through = Say::through_parent();
                let scope = ScopeRow::Labelled(*scope);
                all.after(after, &key_of).filter(|number| self.coverage(&scope, through, *number).is_some()).take(most).collect()
            }
        }
    }

    /// These, where they are of the type, and what hangs on them.
    fn with_children(&self, named: impl Iterator<Item = u32>, kind: u16, after: Option<Key>, most: usize) -> Vec<u32> {
        let key_of = |number: u32| self.names.resource_key(number);
        let mut found: Vec<u32> = Vec::new();
        for number in named {
            let row = &self.resources[number as usize];
            if !row.present {
                continue;
            }
            let children = row.children.after(after, &key_of).filter(|child| self.resources[*child as usize].kind == kind);
            found.extend(children.take(most));
            if row.kind == kind && after.is_none_or(|after| key_of(number) > after) {
                found.push(number);
            }
        }
        // only what can be on the page is put in order; twice as many, as a thing may be found by itself and by what it hangs on
        let enough = most.saturating_mul(2);
        if (1..found.len()).contains(&enough) {
            found.select_nth_unstable_by_key(enough - 1, |number| key_of(*number));
            found.truncate(enough);
        }
        found.sort_unstable_by_key(|number| key_of(*number));
        found.dedup();
        found.truncate(most);
        found
    }

    pub(super) fn scope_summary(&self, row: &GrantRow) -> ScopeSummary {
        match &row.scope {
            ScopeRow::All => ScopeSummary::All,
            ScopeRow::Only(named) => ScopeSummary::Only(u32::try_from(named.len()).unwrap_or(u32::MAX)),
            ScopeRow::Labelled(scope) => ScopeSummary::Labelled(self.labels.of_scope(*scope)),
        }
    }

    fn is_unlocked(&self, row: &GrantRow) -> bool {
        let role = self.catalog.roles.get(usize::from(row.role));
        role.is_some_and(|role| role.is_unlocked(self.plan) && role.takes_on(row.scope.form(), self.plan))
    }
}
