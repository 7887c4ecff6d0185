//! One of a few, in the browser's own list.
use super::field::{described_by, notes};
use super::icon::{Icon, IconName};
use leptos::prelude::*;

/// A native choice with its label.
#[component]
pub fn SelectField(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] name: String,
    value: RwSignal<String>,
    /// Value and words of each choice.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// Unique on the page; `field-NAME` unless given.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    let described = described_by(&id, hint, error);
    let notes = notes(&id, hint, error);
    let choices = move || {
        let choice = |(key, words): (String, String)| {
            let mine = key.clone();
            view! { <option value=key selected=move || value.with(|value| *value == mine)>{words}</option> }
        };
        options.get().into_iter().map(choice).collect_view()
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <span class="select">
                <select
                    id=id
                    class="input"
                    name=name
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    prop:value=move || value.get()
                    on:change=move |event| value.set(event_target_value(&event))
                >
                    {choices}
                </select>
                <Icon name=IconName::ChevronDown/>
            </span>
            {notes}
        </div>
    }
    .into_any()
}
