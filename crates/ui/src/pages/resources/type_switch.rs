//! The types above the list, each with how many there are: links that narrow it.

use super::{Things, query::kind};
use crate::{
    components::{capital, grouped},
    pages::access::list_state::ListState,
    path,
};
use domain::resource::{ResourceType, ResourcesOverview};
use leptos::prelude::*;

#[component]
pub fn Types(things: Things, state: Memo<ListState>) -> impl IntoView {
    let base = path::resources(&things.here.slug());
    let shown = move || {
        let overview = things.overview.get().and_then(Result::ok)?;
        let base = base.clone();
        Some(links(&overview, state, base))
    };
    view! { <Transition fallback=|| view! { <div class="types"></div> }>{shown}</Transition> }.into_any()
}

/// All, each type that has any, and the chosen one though it has none.
fn links(overview: &ResourcesOverview, state: Memo<ListState>, base: String) -> AnyView {
    let all: u64 = overview.counts.iter().map(|(_, count)| count).sum();
    let chosen = state.with_untracked(kind);
    let mut types: Vec<(Option<ResourceType>, String, u64)> = vec![(None, "All".to_owned(), all)];
    for entry in &overview.types {
        let count = overview.counts.iter().find(|(kind, _)| *kind == entry.id).map_or(0, |(_, count)| *count);
        if count > 0 || chosen.as_ref() == Some(&entry.id) {
            types.push((Some(entry.id.clone()), capital(&entry.many), count));
        }
    }
    // what the catalogue doesn't know any more is there still
    for (kind, count) in overview.counts.iter().filter(|(kind, _)| overview.types.iter().all(|entry| entry.id != *kind)) {
        types.push((Some(kind.clone()), kind.to_string(), *count));
    }
    let link = move |(kind, words, count): (Option<ResourceType>, String, u64)| {
        let values: Vec<String> = kind.iter().map(ToString::to_string).collect();
        let base = base.clone();
        let href = move || format!("{base}{}", state.with(|state| state.filtered("parent", &[]).filtered("type", &values).query()));
        let mine = Memo::new(move |_| state.with(super::query::kind) == kind);
        view! { <li><a href=href aria-current=move || mine.get().then_some("true")>{words}" "<span class="n">{grouped(count)}</span></a></li> }
    };
    view! { <nav class="types" aria-label="Types"><ul>{types.into_iter().map(link).collect_view()}</ul></nav> }.into_any()
}
