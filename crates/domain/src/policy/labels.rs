//! Labels and the scopes made of them, each kept once, with what bears them and who holds them.

use super::set::{KeyOf, Set};
use crate::label::Label;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Clone, Debug)]
struct LabelRow {
    label: Label,
    /// The resources that bear it.
    resources: Set,
    /// The labelled scopes of which it is the first label.
    scopes: Vec<u32>,
    /// How many scopes have it at all.
    uses: u32,
    /// How many grants name it.
    grants: u32,
}

/// One set of labels with one role; grants share it.
#[derive(Clone, Debug, Default)]
pub(super) struct LabelledRow {
    pub role: u16,
    /// In the order of the labels, so that the same ones are the same scope. Empty reaches nothing.
    pub labels: Box<[u32]>,
    pub holders: Set,
    grants: u32,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    numbers: BTreeMap<Label, u32>,
    rows: Vec<Option<LabelRow>>,
    free: Vec<u32>,
    scope_numbers: BTreeMap<(u16, Box<[u32]>), u32>,
    scopes: Vec<LabelledRow>,
    free_scopes: Vec<u32>,
}

/// Sets of labels are in the order of their numbers.
pub(super) fn by_number(number: u32) -> (u8, Uuid) {
    (0, Uuid::from_u128(u128::from(number)))
}

impl Labels {
    pub fn find(&self, label: &Label) -> Option<u32> {
        self.numbers.get(label).copied()
    }

    pub fn at(&self, number: u32) -> Option<&Label> {
        self.rows.get(number as usize)?.as_ref().map(|row| &row.label)
    }

    pub fn scope(&self, number: u32) -> &LabelledRow {
        &self.scopes[number as usize]
    }

    /// The labels of a scope, in their own order.
    pub fn of_scope(&self, number: u32) -> Vec<Label> {
        self.scope(number).labels.iter().filter_map(|label| self.at(*label)).cloned().collect()
    }

    /// Whether these labels have every one that the scope asks for. A scope without labels covers nothing.
    pub fn covers(&self, scope: u32, borne: &Set) -> bool {
        let wanted = &self.scope(scope).labels;
        !wanted.is_empty() && wanted.iter().all(|label| borne.contains(*label, &by_number))
    }

    /// The resources with the scope's rarest label: all that it could cover.
    pub fn candidates(&self, scope: u32) -> Option<&Set> {
        let rows = self.scope(scope).labels.iter().filter_map(|label| self.rows.get(*label as usize)?.as_ref());
        rows.map(|row| &row.resources).min_by_key(|resources| resources.len())
    }

    /// The scopes that could cover what bears these labels.
    pub fn scopes_with<'a>(&'a self, borne: &'a Set) -> impl Iterator<Item = u32> + 'a {
        borne.iter().filter_map(|label| self.rows.get(label as usize)?.as_ref()).flat_map(|row| row.scopes.iter().copied())
    }

    /// Puts the label on a resource.
    pub fn bear(&mut self, label: &Label, resource: u32, key_of: KeyOf<'_>) -> u32 {
        let number = self.intern(label);
        if let Some(row) = self.row(number) {
            row.resources.insert(resource, key_of);
        }
        number
    }

    pub fn shed(&mut self, number: u32, resource: u32, key_of: KeyOf<'_>) {
        if let Some(row) = self.row(number) {
            row.resources.remove(resource, key_of);
        }
        self.release(number);
    }

    /// Counts one more grant with this role on these labels, which come in their order.
    pub fn hold<'a>(&mut self, role: u16, labels: impl Iterator<Item = &'a Label>) -> u32 {
        let key = (role, labels.map(|label| self.intern(label)).collect());
        let number = if let Some(number) = self.scope_numbers.get(&key) {
            *number
        } else {
            let number = self.free_scopes.pop().unwrap_or_else(|| {
                self.scopes.push(LabelledRow::default());
                u32::try_from(self.scopes.len() - 1).unwrap_or(u32::MAX)
            });
            for (place, label) in key.1.iter().enumerate() {
                if let Some(row) = self.row(*label) {
                    row.uses += 1;
                    if place == 0 {
                        row.scopes.push(number);
                    }
                }
            }
            self.scopes[number as usize] = LabelledRow { role, labels: key.1.clone(), holders: Set::default(), grants: 0 };
            self.scope_numbers.insert(key, number);
            number
        };
        self.scopes[number as usize].grants += 1;
        self.count_grant(number, true);
        number
    }

    /// How many resources bear the label, and how many grants name it.
    pub fn uses(&self, label: &Label) -> (usize, u32) {
        let row = self.find(label).and_then(|number| self.rows.get(number as usize)?.as_ref());
        row.map_or((0, 0), |row| (row.resources.len(), row.grants))
    }

    /// The keys of labels that some resource bears, in order.
    pub fn keys_in_use(&self) -> BTreeSet<&str> {
        self.rows.iter().flatten().filter(|row| !row.resources.is_empty()).map(|row| row.label.key()).collect()
    }

    /// The resources that bear it.
    pub fn bearers(&self, label: &Label) -> Option<&Set> {
        let number = self.find(label)?;
        self.rows.get(number as usize)?.as_ref().map(|row| &row.resources)
    }

    /// The labels of this key that some resource bears, in order, with those that bear them.
    pub fn of_key<'a>(&'a self, key: &'a str) -> impl Iterator<Item = (&'a Label, &'a Set)> {
        let of_key = self.numbers.keys().filter(move |label| label.key() == key);
        of_key.filter_map(move |label| Some((label, self.bearers(label)?))).filter(|(_, bearers)| !bearers.is_empty())
    }

    fn count_grant(&mut self, scope: u32, comes: bool) {
        for label in self.scopes[scope as usize].labels.clone() {
            if let Some(row) = self.row(label) {
                row.grants = if comes { row.grants + 1 } else { row.grants - 1 };
            }
        }
    }

    /// Counts one grant less; the scope goes with its last.
    pub fn drop_grant(&mut self, scope: u32) {
        self.count_grant(scope, false);
        let row = &mut self.scopes[scope as usize];
        row.grants -= 1;
        if row.grants > 0 {
            return;
        }
        let gone = std::mem::take(row);
        self.free_scopes.push(scope);
        self.scope_numbers.remove(&(gone.role, gone.labels.clone()));
        for label in &gone.labels {
            if let Some(row) = self.row(*label) {
                row.uses -= 1;
                row.scopes.retain(|known| *known != scope);
            }
            self.release(*label);
        }
    }

    pub fn holders(&mut self, scope: u32) -> &mut Set {
        &mut self.scopes[scope as usize].holders
    }

    pub fn bytes(&self) -> usize {
        let rows: usize = self.rows.iter().flatten().map(|row| row.resources.bytes() + row.scopes.capacity() * 4 + row.label.key().len() * 2 + 96).sum();
        let scopes: usize = self.scopes.iter().map(|row| row.labels.len() * 8 + row.holders.bytes() + 24).sum();
        rows + scopes + self.rows.capacity() * size_of::<Option<LabelRow>>() + self.scopes.capacity() * size_of::<LabelledRow>()
    }

    fn row(&mut self, number: u32) -> Option<&mut LabelRow> {
        self.rows.get_mut(number as usize)?.as_mut()
    }

    fn intern(&mut self, label: &Label) -> u32 {
        if let Some(number) = self.find(label) {
            return number;
        }
        let row = Some(LabelRow { label: label.clone(), resources: Set::default(), scopes: Vec::new(), uses: 0, grants: 0 });
        let number = if let Some(number) = self.free.pop() {
            self.rows[number as usize] = row;
            number
        } else {
            self.rows.push(row);
            u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX)
        };
        self.numbers.insert(label.clone(), number);
        number
    }

    /// Forgets a label that nothing bears and no scope has.
    fn release(&mut self, number: u32) {
        let idle = self.row(number).is_some_and(|row| row.uses == 0 && row.resources.is_empty());
        if idle && let Some(row) = self.rows[number as usize].take() {
            self.numbers.remove(&row.label);
            self.free.push(number);
        }
    }
}
