//! The two lists: what a subject reaches, and who reaches a resource. Page by page in the order of ids, from the indexes.

use super::{
    Policy, Subject,
    answer::{Listed, Target},
    decide::{Asked, Standing},
    holder::Known,
    rows::{GrantRow, NONE},
    set::{Iter, Key, Set},
};
use crate::{catalog::Action, grant::ScopeKind, id::ResourceId, time::Timestamp};
use std::{cmp::Reverse, collections::BinaryHeap};

impl Policy {
    /// The resources to which the subject may do this, in the order of their ids, behind `after`, at most `limit` (at least one).
    /// `after` need not be there any more. A question about something unknown has the empty answer.
    #[must_use]
    pub fn resources_for(&self, subject: Subject, action: &Action, now: Timestamp, after: Option<ResourceId>, limit: usize) -> Listed<ResourceId> {
        let Some(asked) = self.asked(action, &Target::Type) else { return nothing() };
        let after: Option<Key> = after.map(|id| (0, id.uuid()));
        // one more than is given, to know whether there is more
        let most = limit.max(1).saturating_add(1);
        let kind = asked.action.kind;
        let mut found: Vec<u32> = Vec::new();
        match self.standing(subject, now) {
            Standing::Unknown => return nothing(),
            Standing::Owner => found = self.covered(&super::rows::ScopeRow::All, false, kind, after, most),
            Standing::Grants(own, groups) => {
                let mut add = |rows: &[GrantRow]| {
                    for row in rows {
                        let say = self.rules.says(asked.action).get(usize::from(row.role)).copied().unwrap_or_default();
                        let form = row.scope.form();
                        let idle = !say.allows() || !say.unlocked(form) || row.is_expired(now);
                        if !idle && (form == ScopeKind::All || !asked.action.create) {
                            found.extend(self.covered(&row.scope, say.through(), kind, after, most));
                        }
                    }
                };
                add(own);
                for group in groups.into_iter().flat_map(Set::iter) {
                    add(&self.groups[group as usize].grants);
                }
                // each grant gave its first ones in order: the first of all are among them
                found.sort_unstable_by_key(|number| self.names.resource_key(*number));
                found.dedup();
            }
        }
        listed(found.into_iter().map(|number| self.names.resource(number)), limit)
    }

    /// Who may do this to the resource: members, then tokens, each in the order of their ids, behind `after`, at most `limit`
    /// (at least one). Groups are not listed, their members are. `after` need not be there any more.
    #[must_use]
    pub fn subjects_for(&self, resource: ResourceId, action: &Action, now: Timestamp, after: Option<Subject>, limit: usize) -> Listed<Subject> {
        let Some(asked) = self.asked(action, &Target::Resource(resource)) else { return nothing() };
        let after: Option<Key> = after.map(|subject| match subject {
            Subject::Member(id) => (0, id.uuid()),
            Subject::Group(id) => (1, id.uuid()),
            Subject::Token(id) => (2, id.uuid()),
        });
        let key_of = |holder: u32| self.names.holder_key(holder);
        let mut sources = self.holders(asked);
        let behind_members = Some((0, uuid::Uuid::max()));
        let mut groups: Vec<u32> = Vec::new();
        for set in &sources {
            groups.extend(set.after(behind_members, &key_of).map_while(|holder| match Known::unpack(holder) {
                Known::Group(group) => Some(group),
                Known::Member(_) | Known::Token(_) => None,
            }));
        }
        groups.sort_unstable();
        groups.dedup();
        for group in groups {
            if self.known_allows(Known::Group(group), asked, now) {
                sources.push(&self.groups[group as usize].members);
            }
        }
        sources.push(&self.owners);
        let merged = Merged::new(sources.into_iter().map(|set| set.after(after, &key_of)), &key_of);
        let allowed = merged
            .map(Known::unpack)
            .filter(|known| !matches!(known, Known::Group(_)) && self.known_allows(*known, asked, now))
            .map(|known| self.names.subject(known));
        listed(allowed, limit)
    }

    /// Everybody who could hold a grant that allows it. Whether it does is still to be asked.
    fn holders(&self, asked: Asked) -> Vec<&Set> {
        let says = self.rules.says(asked.action);
        let on_all = says.iter().zip(&self.held_on_all).filter(|(say, _)| say.allows() && say.unlocked(ScopeKind::All));
        let mut sources: Vec<&Set> = on_all.map(|(_, holders)| holders).collect();
        let Some(resource) = asked.resource.filter(|_| !asked.action.create) else { return sources };
        let row = &self.resources[resource as usize];
        let parent = if row.parent == NONE { None } else { Some(&self.resources[row.parent as usize]).filter(|parent| parent.present) };
        for (row, through) in [(Some(row), false), (parent, true)] {
            let Some(row) = row else { continue };
            let fits = |form: ScopeKind| move |say: &super::rules::Say| say.allows() && say.unlocked(form) && (!through || say.through());
            if says.iter().any(fits(ScopeKind::Only)) {
                sources.push(&row.holders);
            }
            for scope in self.labels.scopes_with(&row.labels) {
                let say = says.get(usize::from(self.labels.scope(scope).role)).copied().unwrap_or_default();
                if fits(ScopeKind::Labelled)(&say) && self.labels.covers(scope, &row.labels) {
                    sources.push(&self.labels.scope(scope).holders);
                }
            }
        }
        sources.retain(|set| !set.is_empty());
        sources
    }
}

const fn nothing<T>() -> Listed<T> {
    Listed { found: Vec::new(), next: None }
}

fn listed<T: Copy>(items: impl Iterator<Item = T>, limit: usize) -> Listed<T> {
    let limit = limit.max(1);
    let mut found: Vec<T> = items.take(limit.saturating_add(1)).collect();
    let more = found.len() > limit;
    found.truncate(limit);
    Listed { next: found.last().copied().filter(|_| more), found }
}

/// Several sets read as one, in order and each number once.
struct Merged<'a> {
    sources: Vec<Iter<'a>>,
    heads: BinaryHeap<Reverse<(Key, u32, usize)>>,
    key_of: &'a dyn Fn(u32) -> Key,
    last: Option<u32>,
}

impl<'a> Merged<'a> {
    fn new(sources: impl Iterator<Item = Iter<'a>>, key_of: &'a dyn Fn(u32) -> Key) -> Self {
        let mut merged = Self { sources: sources.collect(), heads: BinaryHeap::new(), key_of, last: None };
        for source in 0..merged.sources.len() {
            merged.advance(source);
        }
        merged
    }

    fn advance(&mut self, source: usize) {
        if let Some(number) = self.sources[source].next() {
            self.heads.push(Reverse(((self.key_of)(number), number, source)));
        }
    }
}

impl Iterator for Merged<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while let Some(Reverse((_, number, source))) = self.heads.pop() {
            self.advance(source);
            if self.last != Some(number) {
                self.last = Some(number);
                return Some(number);
            }
        }
        None
    }
}
