//! How far something is.
use leptos::prelude::*;

/// A bar with its words above it; without a value it only says that work goes on.
#[component]
pub fn ProgressBar(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] value: Signal<Option<u32>>,
    #[prop(default = 100.into(), into)] max: Signal<u32>,
) -> impl IntoView {
    view! {
        <label class="progress">
            <span>{label}</span>
            <progress value=move || value.get().map(|value| value.to_string()) max=move || max.get().to_string()></progress>
        </label>
    }
    .into_any()
}

/// A turning ring. Words beside it say what is awaited.
#[component]
pub fn Spinner() -> impl IntoView {
    view! { <span class="spinner" aria-hidden="true"></span> }.into_any()
}
