//! The page of who isn't inside yet: sign in, sign up, reset, accept an invite, choose a workspace.
use leptos::{children::ViewFnOnce, prelude::*};

/// A card in the middle of the page, under the mark.
#[component]
pub fn AuthLayout(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] text: Signal<Option<String>>,
    /// A line under the card: the other way in.
    #[prop(optional, into)]
    footer: Option<ViewFnOnce>,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <main class="auth" id="main">
            <div class="auth-card" class:wide=wide>
                <div class="auth-brand"><span class="mark" aria-hidden="true">"R"</span><span>"Rolecall"</span></div>
                <h1>{title}</h1>
                {move || text.get().map(|text| view! { <p class="auth-text">{text}</p> })}
                {children()}
            </div>
            {footer.map(|footer| view! { <div class="auth-foot">{footer.run()}</div> })}
        </main>
    }
    .into_any()
}
