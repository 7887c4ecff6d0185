//! Several lines of text with their label, hint and error.
use super::field::{described_by, notes};
use super::typed::keep_typed;
use leptos::{html, prelude::*};

/// A text box of several lines.
#[component]
pub fn TextArea(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: Option<RwSignal<String>>,
    /// Unique on the page; `field-NAME` unless given.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(default = 4)] rows: u32,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] maxlength: Option<u32>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    let value = value.unwrap_or_default();
    let area = NodeRef::<html::Textarea>::new();
    keep_typed(move || area.get(), value);
    let described = described_by(&id, hint, error);
    let notes = notes(&id, hint, error);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <textarea
                node_ref=area
                id=id
                class="input"
                name=name
                rows=rows.to_string()
                required=required
                autofocus=autofocus
                placeholder=placeholder
                maxlength=maxlength.map(|most| most.to_string())
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
                on:input=move |event| value.set(event_target_value(&event))
            >
                {value.get_untracked()}
            </textarea>
            {notes}
        </div>
    }
    .into_any()
}
