//! A password with a way to see it, and how strong it is.
use super::field::{described_by, notes};
use super::icon::{Icon, IconName};
use super::typed::keep_typed;
use leptos::{html, prelude::*};

const WORDS: [&str; 5] = ["Very weak", "Weak", "Fair", "Good", "Strong"];

/// A password box with a button that shows what is typed; with `score`, a meter below.
#[component]
pub fn PasswordField(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: Option<RwSignal<String>>,
    /// Unique on the page; `field-NAME` unless given.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    /// `current-password` or `new-password`.
    #[prop(default = "current-password")]
    autocomplete: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    /// Whether there is a meter: it keeps its place while nothing is known.
    #[prop(optional)]
    meter: bool,
    /// How strong it is, 0 to 4, once somebody has judged it.
    #[prop(optional, into)]
    score: Signal<Option<u8>>,
    /// What would make it stronger.
    #[prop(optional, into)]
    feedback: Signal<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| format!("field-{name}"));
    let value = value.unwrap_or_default();
    let shown = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    keep_typed(move || input.get(), value);
    let described = described_by(&id, hint, error);
    let notes = notes(&id, hint, error);
    let toggle_label = move || if shown.get() { "Hide characters" } else { "Show characters" };
    let strength = meter.then(|| strength(score, feedback));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <span class="input-group">
                <input
                    node_ref=input
                    id=id
                    class="input"
                    type=move || if shown.get() { "text" } else { "password" }
                    name=name
                    required=required
                    autofocus=autofocus
                    autocomplete=autocomplete
                    autocapitalize="off"
                    spellcheck="false"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    on:input=move |event| value.set(event_target_value(&event))
                />
                <button type="button" class="input-button" aria-label=toggle_label aria-pressed=move || if shown.get() { "true" } else { "false" } on:click=move |_| shown.update(|shown| *shown = !*shown)>
                    {move || view! { <Icon name=if shown.get() { IconName::EyeOff } else { IconName::Eye }/> }}
                </button>
            </span>
            {notes}
            {strength}
        </div>
    }
    .into_any()
}

fn strength(score: Signal<Option<u8>>, feedback: Signal<String>) -> AnyView {
    let level = move || score.get().map(|score| usize::from(score.min(4)));
    let class = move || level().map_or_else(|| "meter".to_owned(), |level| format!("meter level-{level}"));
    let words = move || level().map_or_else(String::new, |level| format!("{}. {}", WORDS[level], feedback.get()));
    view! {
        <div class="strength">
            <span class=class aria-hidden="true"><i></i><i></i><i></i><i></i></span>
            <p class="field-hint" aria-live="polite">{words}</p>
        </div>
    }
    .into_any()
}
