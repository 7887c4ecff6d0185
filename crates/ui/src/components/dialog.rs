//! A panel in the middle for one question or one form.
use super::button::IconButton;
use super::icon::IconName;
use super::overlay::use_overlay;
use leptos::{children::ViewFnOnce, html, prelude::*};

/// Open while it is mounted. The field with `autofocus` has the focus first.
#[component]
pub fn Dialog(
    #[prop(into)] title: Signal<String>,
    /// A line under the title.
    #[prop(optional, into)]
    text: Signal<Option<String>>,
    /// Close, Escape or a click beside it.
    #[prop(into)]
    on_close: Callback<()>,
    #[prop(optional)] wide: bool,
    /// Buttons, always in view. A submit button here names its form by id.
    #[prop(optional, into)]
    footer: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    use_overlay(panel, true.into(), on_close);
    view! {
        <div class="overlay center">
            <div class="scrim" on:click=move |_| on_close.run(())></div>
            <div class="dialog" class:wide=wide role="dialog" aria-modal="true" aria-label=title tabindex="-1" node_ref=panel>
                <div class="dialog-head">
                    <div class="dialog-title"><h2>{title}</h2>{move || text.get().map(|text| view! { <p>{text}</p> })}</div>
                    <IconButton label="Close" icon=IconName::X on_click=move || on_close.run(())/>
                </div>
                <div class="dialog-body">{children()}</div>
                {footer.map(|footer| view! { <div class="dialog-foot">{footer.run()}</div> })}
            </div>
        </div>
    }
    .into_any()
}
