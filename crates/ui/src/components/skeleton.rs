//! The shape of what is on its way, in its final size.
use leptos::prelude::*;

/// Table rows that wait. Put them where the rows will be, and `busy` on the table.
#[component]
pub fn SkeletonRows(
    rows: usize,
    columns: usize,
    /// The first column has an avatar and two lines.
    #[prop(optional)]
    people: bool,
) -> impl IntoView {
    let cell = move |column: usize| {
        if people && column == 0 {
            view! { <td><span class="who"><span class="avatar bone"></span><span class="who-lines"><span class="bone line"></span><span class="bone line short"></span></span></span></td> }.into_any()
        } else {
            view! { <td><span class="bone line"></span></td> }.into_any()
        }
    };
    (0..rows)
        .map(|_| view! { <tr class="skeleton" aria-hidden="true">{(0..columns).map(cell).collect_view()}</tr> })
        .collect_view()
        .into_any()
}

/// Lines of text that wait.
#[component]
pub fn SkeletonLines(lines: usize) -> impl IntoView {
    view! { <div class="skeleton-lines" aria-hidden="true">{(0..lines).map(|_| view! { <span class="bone line"></span> }).collect_view()}</div> }.into_any()
}
