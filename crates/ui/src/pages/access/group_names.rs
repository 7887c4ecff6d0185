//! How groups are called: the names that this page has met, and those it asks for.

use super::editing::EditingLoader;
use domain::{group::GroupRef, id::GroupId, workspace::WorkspaceSlug};
use leptos::prelude::*;
use std::collections::{HashMap, HashSet};

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct GroupNames {
    slug: StoredValue<WorkspaceSlug>,
    editing: EditingLoader,
    known: RwSignal<HashMap<GroupId, String>>,
    asked: StoredValue<HashSet<GroupId>>,
}

impl GroupNames {
    pub fn new(slug: WorkspaceSlug, editing: EditingLoader) -> Self {
        Self { slug: StoredValue::new(slug), editing, known: RwSignal::default(), asked: StoredValue::default() }
    }

    /// Takes note of names that came with something else.
    pub fn learn<'a>(self, groups: impl IntoIterator<Item = &'a GroupRef>) {
        let fresh: Vec<(GroupId, String)> = self.known.with_untracked(|known| {
            let is_new = |group: &&GroupRef| known.get(&group.id).is_none_or(|name| name != group.name.as_str());
            groups.into_iter().filter(is_new).map(|group| (group.id, group.name.to_string())).collect()
        });
        if !fresh.is_empty() {
            self.known.update(|known| known.extend(fresh));
        }
    }

    #[must_use]
    pub fn get(self, id: GroupId) -> Option<String> {
        self.known.with(|known| known.get(&id).cloned())
    }

    /// Asks for those of these that are not known, once the part that asks is here: in an effect, and in the browser only.
    pub fn want(self, ids: impl IntoIterator<Item = GroupId>) {
        let Some(editing) = self.editing.get() else { return };
        let known = self.known;
        let unknown: Vec<GroupId> = ids.into_iter().filter(|id| known.with_untracked(|known| !known.contains_key(id))).collect();
        let fresh: Vec<GroupId> = self.asked.try_update_value(|asked| unknown.into_iter().filter(|id| asked.insert(*id)).collect()).unwrap_or_default();
        if fresh.is_empty() {
            return;
        }
        let answer = (editing.named_groups)(self.slug.get_value(), fresh.clone());
        leptos::task::spawn_local(async move {
            match answer.await {
                Ok(found) if known.try_with_untracked(|_| ()).is_some() => self.learn(&found),
                Ok(_) => {}
                // another wish asks again
                Err(_) => {
                    self.asked.try_update_value(|asked| asked.retain(|id| !fresh.contains(id)));
                }
            }
        });
    }
}
