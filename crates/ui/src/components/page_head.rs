//! The top of a page: what it is, in a line, and what can be done to all of it.
use leptos::prelude::*;

/// Heading, a line below it, actions at the right.
#[component]
pub fn PageHead(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] text: Signal<Option<String>>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <div class="page-title">
                <h1>{title}</h1>
                {move || text.get().map(|text| view! { <p>{text}</p> })}
            </div>
            {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
        </div>
    }
    .into_any()
}
