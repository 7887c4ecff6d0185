//! Small words that carry a fact: a status, a role with its scope, a label.
use super::banner::Tone;
use super::icon::{Icon, IconName};
use leptos::prelude::*;

/// A word with a dot whose colour repeats it.
#[component]
pub fn StatusDot(tone: Tone, #[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <span class=format!("status {}", tone.class())>{text}</span> }.into_any()
}

/// A fact and, lighter, its limits: "Source Admin" "2 sources".
#[component]
pub fn Chip(
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] detail: Signal<Option<String>>,
    #[prop(default = Tone::Muted)] tone: Tone,
    #[prop(optional, into)] icon: Option<IconName>,
) -> impl IntoView {
    view! {
        <span class=format!("chip {}", tone.class())>
            {icon.map(|name| view! { <Icon name=name/> })}
            {text}
            {move || detail.get().map(|detail| view! { " " <i>{detail}</i> })}
        </span>
    }
    .into_any()
}

/// A label or address that can be taken away.
#[component]
pub fn Tag(
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] on_remove: Option<Callback<()>>,
    /// In fixed-width letters, for what is written exactly so.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let remove = on_remove.map(|on_remove| {
        view! {
            <button type="button" class="tag-remove" aria-label=move || format!("Remove {}", text.get()) on:click=move |_| on_remove.run(())>
                <Icon name=IconName::X/>
            </button>
        }
    });
    view! { <span class="tag" class:mono=mono><span class="tag-text">{text}</span>{remove}</span> }.into_any()
}
