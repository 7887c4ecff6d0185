//! A panel at the right edge for working on one thing of a list; it fills a small screen.
use super::button::IconButton;
use super::icon::IconName;
use super::overlay::use_overlay;
use leptos::{children::ViewFnOnce, html, prelude::*};

/// Open while it is mounted. Focus goes in, stays in, and comes back.
#[component]
pub fn Drawer(
    /// Its accessible name: the thing's own.
    #[prop(into)]
    label: Signal<String>,
    /// Close, Escape or a click beside it. The page decides what that means.
    #[prop(into)]
    on_close: Callback<()>,
    /// Beside the close button: `<Who>` or an avatar and a heading.
    #[prop(into)]
    header: ViewFnOnce,
    #[prop(optional, into)] tabs: Option<ViewFnOnce>,
    /// Always in view.
    #[prop(optional, into)]
    footer: Option<ViewFnOnce>,
    /// Between header and footer; it scrolls.
    children: Children,
) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    use_overlay(panel, true.into(), on_close);
    view! {
        <div class="overlay">
            <div class="scrim" on:click=move |_| on_close.run(())></div>
            <div class="drawer" role="dialog" aria-modal="true" aria-label=label tabindex="-1" node_ref=panel>
                <div class="drawer-head">
                    <div class="drawer-title">{header.run()}</div>
                    <IconButton label="Close" icon=IconName::X on_click=move || on_close.run(())/>
                </div>
                {tabs.map(ViewFnOnce::run)}
                <div class="drawer-body">{children()}</div>
                {footer.map(|footer| view! { <div class="drawer-foot">{footer.run()}</div> })}
            </div>
        </div>
    }
    .into_any()
}
