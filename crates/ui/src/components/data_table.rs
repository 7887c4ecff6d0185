//! A table of rows, its sortable headings and the boxes that pick rows.
use super::icon::{Icon, IconName};
use leptos::{children::ViewFnOnce, html, prelude::*};

/// A table that scrolls sideways by itself. Head cells and body rows are given; `<tr>` and `<tbody>` around them are not forgotten.
#[component]
pub fn DataTable(
    /// What the rows are, for who can't see the page around it.
    #[prop(into)]
    label: String,
    /// The `<th>`s.
    #[prop(into)]
    head: ViewFnOnce,
    /// Rows are on their way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional, into)] class: Option<String>,
    /// Nothing in it takes the focus, so the table itself does, to be scrolled by the keyboard.
    #[prop(optional)]
    focusable: bool,
    /// The `<tr>`s.
    children: Children,
) -> impl IntoView {
    let class = class.map_or_else(|| "table".to_owned(), |class| format!("table {class}"));
    let region = focusable.then(|| label.clone());
    view! {
        <div class="scroll" tabindex=focusable.then_some("0") role=focusable.then_some("region") aria-label=region>
            <table class=class aria-busy=move || busy.get().then_some("true")>
                <caption class="visually-hidden">{label}</caption>
                <thead><tr>{head.run()}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A heading that sorts: a link to the same list in the other order.
#[component]
pub fn SortTh(
    #[prop(into)] label: String,
    /// The key in the URL: `name` up, `-name` down.
    #[prop(into)]
    key: String,
    #[prop(into)] sort: Signal<String>,
    /// The URL for an order.
    #[prop(into)]
    href: Callback<(String,), String>,
    #[prop(optional, into)] class: Option<String>,
) -> impl IntoView {
    let down = format!("-{key}");
    let (up_key, next_key, next_down) = (key.clone(), key, down.clone());
    let order = Memo::new(move |_| {
        sort.with(|sort| {
            if *sort == up_key {
                "ascending"
            } else if *sort == down {
                "descending"
            } else {
                "none"
            }
        })
    });
    let next = move || href.run((if order.get() == "ascending" { next_down.clone() } else { next_key.clone() },));
    let arrow = move || match order.get() {
        "ascending" => view! { <Icon name=IconName::ArrowUp/> },
        "descending" => view! { <Icon name=IconName::ArrowDown/> },
        _ => view! { <Icon name=IconName::ChevronsUpDown/> },
    };
    view! { <th scope="col" class=class aria-sort=order><a class="sort" href=next>{label}{arrow}</a></th> }.into_any()
}

/// The box that picks a row, or all of them.
#[component]
pub fn PickBox(
    /// `Select Amara Okafor`, `Select all`.
    #[prop(into)]
    label: Signal<String>,
    #[prop(into)] checked: Signal<bool>,
    /// Some rows but not all: shown as a dash.
    #[prop(optional, into)]
    some: Signal<bool>,
    #[prop(optional)] id: Option<&'static str>,
    #[prop(into)] on_change: Callback<(bool,)>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        let some = some.get();
        if let Some(input) = input.get() {
            input.set_indeterminate(some);
        }
    });
    view! {
        <label class="pick-box">
            <input node_ref=input id=id type="checkbox" aria-label=label checked=checked.get_untracked() prop:checked=checked on:change=move |event| on_change.run((event_target_checked(&event),))/>
        </label>
    }
    .into_any()
}
