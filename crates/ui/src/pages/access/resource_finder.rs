//! Choosing resources where there are too many to be here: what is chosen by its name, and what the server finds.

use super::found::Finder;
use crate::{components::CheckItem, rpc::resources};
use domain::{
    id::ResourceId,
    resource::{Resource, ResourceType},
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct ResourceFinder {
    pub finder: Finder<Resource>,
    chosen: Memo<BTreeSet<ResourceId>>,
    /// Resources met so far.
    known: RwSignal<HashMap<ResourceId, CheckItem>>,
}

impl ResourceFinder {
    /// Shows the first ones of the type at once.
    pub fn new(slug: WorkspaceSlug, kind: ResourceType, chosen: Memo<BTreeSet<ResourceId>>) -> Self {
        let known = RwSignal::new(HashMap::new());
        let learn = move |found: &[Resource]| {
            let _ = known.try_update(|known| known.extend(found.iter().map(|resource| (resource.id, check_item(resource)))));
        };
        let search_slug = slug.clone();
        let finder = Finder::new(move |text| resources::page(search_slug.clone(), kind.clone(), text, None));
        Effect::new(move || finder.found.with(|found| found.iter().for_each(|found| learn(&found.rows))));
        finder.ask.run((String::new(),));
        let unnamed: Vec<ResourceId> = chosen.get_untracked().into_iter().collect();
        if !unnamed.is_empty() {
            leptos::task::spawn_local(async move {
                if let Ok(found) = resources::named(slug, unnamed).await {
                    learn(&found);
                }
            });
        }
        Self { finder, chosen, known }
    }

    /// What was found; where nothing is searched for, what is chosen besides.
    #[must_use]
    pub fn items(self) -> Vec<CheckItem> {
        self.finder.found.with(|found| {
            let mut items: Vec<CheckItem> = found.iter().flat_map(|found| &found.rows).map(check_item).collect();
            if found.as_ref().is_none_or(|found| found.text.trim().is_empty()) {
                let shown: BTreeSet<String> = items.iter().map(|item| item.id.clone()).collect();
                let missing = self.chosen.get().into_iter().filter(|id| !shown.contains(&id.to_string()));
                let unnamed = |id: ResourceId| CheckItem::new(&id.to_string(), "A resource that is not listed here", "");
                self.known.with(|known| items.extend(missing.map(|id| known.get(&id).cloned().unwrap_or_else(|| unnamed(id)))));
            }
            items
        })
    }
}

pub fn check_item(resource: &Resource) -> CheckItem {
    let labels: Vec<String> = resource.labels.iter().map(ToString::to_string).collect();
    CheckItem::new(&resource.id.to_string(), resource.name.as_str(), &labels.join(", "))
}
