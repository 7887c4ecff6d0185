//! A line of text with its label, hint and error.
use super::icon::{Icon, IconName};
use super::typed::keep_typed;
use leptos::{html, prelude::*};

/// The ids under which a field's hint and error are found, for `aria-describedby`.
pub(super) fn described_by(
    id: &str,
    hint: Signal<Option<String>>,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Clone + Send + Sync + 'static {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    move || {
        let hint = hint.with(Option::is_some).then_some(hint_id.as_str());
        let error = error.with(Option::is_some).then_some(error_id.as_str());
        let ids: Vec<&str> = error.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// Hint and error under a field. The error comes first, with a sign.
pub(super) fn notes(id: &str, hint: Signal<Option<String>>, error: Signal<Option<String>>) -> AnyView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        {move || error.get().map(|error| view! { <p class="field-error" id=error_id.clone()><Icon name=IconName::CircleAlert/><span>{error}</span></p> })}
        {move || hint.get().map(|hint| view! { <p class="field-hint" id=hint_id.clone()>{hint}</p> })}
    }
    .into_any()
}

/// A text box. What is in it stays there when an error comes back.
#[component]
pub fn Field(
    #[prop(into)] label: Signal<String>,
    /// What the form calls it.
    #[prop(into)]
    name: String,
    /// What is in it; set it to fill the box.
    #[prop(optional, into)]
    value: Option<RwSignal<String>>,
    /// Unique on the page; `field-NAME` unless given.
    #[prop(optional, into)]
    id: Option<String>,
    /// The input's type: `text`, `email`, `datetime-local`…
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] autocomplete: Option<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] maxlength: Option<u32>,
    #[prop(optional)] readonly: bool,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    let value = value.unwrap_or_default();
    let input = NodeRef::<html::Input>::new();
    keep_typed(move || input.get(), value);
    let described = described_by(&id, hint, error);
    let notes = notes(&id, hint, error);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                node_ref=input
                id=id
                class="input"
                type=kind
                name=name
                value=value.get_untracked()
                required=required
                readonly=readonly
                autofocus=autofocus
                autocomplete=autocomplete
                placeholder=placeholder
                maxlength=maxlength.map(|most| most.to_string())
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
                on:input=move |event| value.set(event_target_value(&event))
            />
            {notes}
        </div>
    }
    .into_any()
}
