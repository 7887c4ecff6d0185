//! A panel near the top for one box to type in and what it finds.
use super::overlay::use_overlay;
use leptos::{html, prelude::*};

/// Open while it is mounted. The box with `autofocus` has the focus.
#[component]
pub fn CommandDialog(
    /// Its accessible name.
    #[prop(into)]
    label: String,
    /// Escape or a click beside it.
    #[prop(into)]
    on_close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    use_overlay(panel, true.into(), on_close);
    view! {
        <div class="overlay top">
            <div class="scrim" on:click=move |_| on_close.run(())></div>
            <div class="palette" role="dialog" aria-modal="true" aria-label=label tabindex="-1" node_ref=panel>{children()}</div>
        </div>
    }
    .into_any()
}
