//! The shape of what is on its way, in its final size.
use leptos::prelude::*;

/// Table rows that wait. Put them where the rows will be, and `busy` on the table.
#[component]
pub fn SkeletonRows(
    rows: usize,
    /// How many cells a row has, unless `cells` says it.
    #[prop(optional)]
    columns: usize,
    /// The first column has an avatar and two lines.
    #[prop(optional)]
    people: bool,
    /// The class of each cell, so that columns are as wide as they will be: `&["cell-pick", "cell-who", "cell-status"]`.
    #[prop(optional)]
    cells: &'static [&'static str],
) -> impl IntoView {
    let cell = move |column: usize| {
        let class = cells.get(column).copied();
        let shape = match class {
            Some("cell-pick") => view! { <span class="bone box"></span> }.into_any(),
            Some("cell-act") => ().into_any(),
            Some("cell-who") => who(),
            _ if people && column == 0 && cells.is_empty() => who(),
            _ => view! { <span class="bone line"></span> }.into_any(),
        };
        view! { <td class=class>{shape}</td> }
    };
    let columns = columns.max(cells.len());
    (0..rows).map(|_| view! { <tr class="skeleton" aria-hidden="true">{(0..columns).map(cell).collect_view()}</tr> }).collect_view().into_any()
}

fn who() -> AnyView {
    view! { <span class="who"><span class="avatar bone"></span><span class="who-lines"><span class="bone line"></span><span class="bone line short"></span></span></span> }.into_any()
}

/// Lines of text that wait.
#[component]
pub fn SkeletonLines(lines: usize) -> impl IntoView {
    view! { <div class="skeleton-lines" aria-hidden="true">{(0..lines).map(|_| view! { <span class="bone line"></span> }).collect_view()}</div> }.into_any()
}
