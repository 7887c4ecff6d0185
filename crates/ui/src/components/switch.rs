//! On or off, at once: what is done when it is pressed is the page's to say.
use leptos::prelude::*;

/// A switch. It shows what is, and changes once that has changed.
#[component]
pub fn Switch(
    /// What is switched: `Okta`.
    #[prop(into)]
    label: Signal<String>,
    #[prop(into)] checked: Signal<bool>,
    #[prop(optional, into)] pending: Signal<bool>,
    /// Why it can't be pressed now.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// What is wished: the other one.
    #[prop(into)]
    on_change: Callback<(bool,)>,
) -> impl IntoView {
    let off = move || pending.get() || disabled_reason.with(Option::is_some);
    let press = move |_| {
        if !untrack(off) {
            on_change.run((!checked.get_untracked(),));
        }
    };
    view! {
        <button
            type="button"
            role="switch"
            class="switch"
            aria-label=label
            aria-checked=move || if checked.get() { "true" } else { "false" }
            aria-busy=move || pending.get().then_some("true")
            aria-disabled=move || off().then_some("true")
            aria-description=move || disabled_reason.get()
            data-tip=move || disabled_reason.get()
            on:click=press
        ></button>
    }
    .into_any()
}
