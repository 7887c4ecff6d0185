//! Chooses what a resource hangs on: nothing, or one thing of the parent type, searched on the server.

use super::Things;
use crate::{pages::access::found::Finder, rpc::resources};
use domain::{
    catalog::TypeEntry,
    id::ResourceId,
    resource::{Resource, ResourceRef},
};
use leptos::prelude::*;

#[component]
pub fn ParentField(
    things: Things,
    /// The type that it hangs on.
    entry: TypeEntry,
    value: RwSignal<Option<ResourceRef>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let (slug, kind) = (things.here.slug(), entry.id.clone());
    let finder: Finder<Resource> = Finder::new(move |text| resources::page(slug.clone(), kind.clone(), text, None));
    Effect::new(move || finder.ask.run((String::new(),)));
    let first = StoredValue::new(value.get_untracked());
    let lines = move || {
        let found: Vec<ResourceRef> = finder.found.with(|found| found.iter().flat_map(|found| &found.rows).map(Resource::reference).collect());
        // what it hangs on now stays in sight
        let kept: Vec<ResourceRef> = first.get_value().into_iter().chain(value.get_untracked()).filter(|one| !found.contains(one)).collect();
        let mut lines: Vec<Option<ResourceRef>> = vec![None];
        for one in kept.into_iter().chain(found) {
            if !lines.contains(&Some(one.clone())) {
                lines.push(Some(one));
            }
        }
        lines.into_iter().map(|choice| line(choice, value)).collect_view()
    };
    let label = format!("Find {}", entry.many);
    let bad = move || error.get().map(|error| view! { <p class="field-error" role="alert">{error}</p> });
    view! {
        <fieldset class="check-list parent-field">
            <legend>"Hangs on"</legend>
            <input class="input check-list-search" type="text" placeholder=label.clone() aria-label=label autocomplete="off"
                on:input=move |event| finder.ask.run((event_target_value(&event),))
                on:keydown=move |event| if event.key() == "Enter" { event.prevent_default() }/>
            {finder.search().failure("check-list-note")}
            <div class="check-list-lines">
                {lines}
                {move || finder.more().get().then(|| view! { <p class="check-list-note">"There are more: search to find them"</p> })}
            </div>
            {bad}
        </fieldset>
    }
    .into_any()
}

fn line(choice: Option<ResourceRef>, value: RwSignal<Option<ResourceRef>>) -> AnyView {
    let words = choice.as_ref().map_or_else(|| "Nothing".to_owned(), |one| one.name.to_string());
    let id: Option<ResourceId> = choice.as_ref().map(|one| one.id);
    let on = Memo::new(move |_| value.with(|value| value.as_ref().map(|one| one.id) == id));
    view! {
        <label class="check">
            <input type="radio" name="parent" aria-label=words.clone() checked=on.get_untracked() prop:checked=on on:change=move |_| value.set(choice.clone())/>
            <span>{words}</span>
        </label>
    }
    .into_any()
}
