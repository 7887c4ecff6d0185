//! Where one is in a long list, and the way on.
use super::words::grouped;
use leptos::prelude::*;

/// "1–50 of 3,214", Previous and Next as links.
#[component]
pub fn Pager(
    /// The place of the first row shown, from 1; 0 when there is none.
    #[prop(into)]
    from: Signal<u64>,
    #[prop(into)] to: Signal<u64>,
    /// How many there are, when it is known.
    #[prop(optional, into)]
    total: Signal<Option<u64>>,
    #[prop(into)] previous: Signal<Option<String>>,
    #[prop(into)] next: Signal<Option<String>>,
) -> impl IntoView {
    let range = move || {
        let shown = format!("{}–{}", grouped(from.get()), grouped(to.get()));
        total.get().map_or_else(|| shown.clone(), |total| format!("{shown} of {}", grouped(total)))
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="pager-range">{range}</span>
            {move || step("Previous", "prev", previous.get())}
            {move || step("Next", "next", next.get())}
        </nav>
    }
    .into_any()
}

fn step(word: &'static str, rel: &'static str, href: Option<String>) -> AnyView {
    match href {
        Some(href) => view! { <a class="btn small" rel=rel href=href>{word}</a> }.into_any(),
        None => view! { <a class="btn small" role="link" aria-disabled="true">{word}</a> }.into_any(),
    }
}
