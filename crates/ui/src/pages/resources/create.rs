//! Registers a resource by hand: its type, name and id, and what it hangs on.

use super::{Things, parent_field::ParentField};
use crate::{
    components::{Banner, Button, ButtonKind, Dialog, Field, SelectField, Tone, capital},
    pages::{
        discard::Discard,
        doing::Doing,
        form::{MOST, lead_to_refusal},
    },
    path,
    rpc::resources,
};
use domain::{
    catalog::TypeEntry,
    resource::{ResourceRef, ResourceType, ResourceWish},
};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

const FORM: &str = "resource-form";
const FIELDS: &[&str] = &["kind", "name", "key", "parent"];

#[component]
pub fn CreateResource(things: Things, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let (doing, navigate) = (Doing::default(), use_navigate());
    lead_to_refusal(doing.refused, FORM);
    let types: Vec<TypeEntry> = things.overview.get_untracked().and_then(Result::ok).map(|overview| overview.types).unwrap_or_default();
    let kind = RwSignal::new(types.first().map(|entry| entry.id.to_string()).unwrap_or_default());
    let (name, key, parent) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(None::<ResourceRef>));
    let entered = move || name.with(|name| !name.trim().is_empty()) || key.with(|key| !key.trim().is_empty()) || parent.with(Option::is_some);
    let discard = Discard::new(entered, doing.pending, on_close);
    // the id follows the name until somebody writes one
    Effect::new(move |suggested: Option<String>| {
        let suggestion = suggest(&name.get());
        let untouched = key.with_untracked(|key| key.is_empty() || Some(key) == suggested.as_ref());
        if untouched {
            key.set(suggestion.clone());
        }
        suggestion
    });
    // what it hung on is of another type now
    Effect::new(move |before: Option<String>| {
        let now = kind.get();
        if before.is_some_and(|before| before != now) {
            parent.set(None);
        }
        now
    });
    let send = move || {
        let wish = ResourceWish {
            kind: ResourceType::new(&kind.get_untracked()),
            name: name.get_untracked(),
            key: key.get_untracked(),
            parent: parent.with_untracked(|parent| parent.as_ref().map(|parent| parent.id)),
            labels: Vec::new(),
        };
        let (slug, navigate) = (things.here.slug(), navigate.clone());
        doing.run(
            move || resources::create(slug.clone(), wish.clone()),
            move |made, is_here| {
                doing.toasts.success(format!("{} created.", made.resource.name));
                if is_here {
                    things.changed();
                    let drawer = path::resource(&things.here.slug(), made.resource.id);
                    on_close.run(());
                    navigate(&drawer, NavigateOptions { scroll: false, ..NavigateOptions::default() });
                }
            },
        );
    };
    let on = move |field: &'static str| doing.on(field);
    let beside = doing.beside(FIELDS);
    let options: Vec<(String, String)> = types.iter().map(|entry| (entry.id.to_string(), capital(&entry.one))).collect();
    let hangs = Memo::new(move |_| {
        let entry = types.iter().find(|entry| kind.with(|kind| entry.id.as_str() == kind))?;
        entry.parent.as_ref().and_then(|parent| types.iter().find(|entry| entry.id == *parent)).cloned()
    });
    let footer = move || {
        view! {
            <Button on_click=move || discard.leave()>"Cancel"</Button>
            <Button kind=ButtonKind::Primary submit=true form=FORM pending=doing.pending>"Create resource"</Button>
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    view! {
        <Dialog title="Create resource" text=Some("Something of your product that access is given to.".to_owned()) on_close=move || discard.leave() footer=footer>
            <form id=FORM class="form" novalidate on:submit=submit>
                <div role="alert">{move || beside.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
                <SelectField label="Type" name="kind" value=kind options=Signal::stored(options) error=on("kind")/>
                <Field label="Name" name="name" value=name error=on("name") maxlength=MOST autofocus=true autocomplete="off"/>
                <Field label="Id" name="key" value=key error=on("key") maxlength=MOST autocomplete="off"
                    hint=Some("By which your product knows it. It can't be changed later.".to_owned())/>
                {move || hangs.get().map(|entry| view! { <ParentField things entry value=parent error=on("parent")/> })}
            </form>
        </Dialog>
        {discard.question(|| "Nothing has been created yet.")}
    }
    .into_any()
}

/// `Checkout API` as `checkout-api`.
fn suggest(name: &str) -> String {
    let mut key = String::new();
    for letter in name.trim().chars() {
        if letter.is_alphanumeric() {
            key.extend(letter.to_lowercase());
        } else if !key.is_empty() && !key.ends_with('-') {
            key.push('-');
        }
    }
    key.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn an_id_is_suggested_by_the_name() {
        for (name, key) in [("Checkout API", "checkout-api"), ("  50% off! ", "50-off"), ("Übung 🚀", "übung"), ("", ""), ("!!!", "")] {
            assert_eq!(suggest(name), key);
        }
    }
}
