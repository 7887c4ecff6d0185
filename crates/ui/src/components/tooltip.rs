//! A few words more on hover or focus.
use leptos::prelude::*;

/// Explains what it wraps. The words are read out after it, and shown when it is pointed at or focused.
#[component]
pub fn Tooltip(#[prop(into)] text: Signal<String>, children: Children) -> impl IntoView {
    view! { <span class="tip" tabindex="0" data-tip=text>{children()}<span class="visually-hidden">" (" {text} ")"</span></span> }.into_any()
}
