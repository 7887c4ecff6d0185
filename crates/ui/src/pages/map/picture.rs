//! The picture itself: a row for each who, a column for each what, and in each cell the strongest thing that is allowed there.

use super::why::Why;
use crate::{
    components::{LinkButton, capital, grouped},
    pages::{access::list_state::ListState, frame::Here},
    path,
};
use domain::{
    access_map::{MapCell, MapColumn, MapPage, MapRow},
    catalog::Action,
    member::UserId,
    policy::{Question, Subject, Target},
};
use leptos::prelude::*;

#[component]
pub fn Picture(here: Here, state: ListState, page: MapPage, base: String, busy: Signal<bool>) -> impl IntoView {
    let asking = RwSignal::new(None::<(String, Question)>);
    let slug = here.slug();
    let of_column = |column: &MapColumn| {
        let href = match column.resource {
            Some(id) => path::resource(&slug, id),
            None => format!("{base}{}", state.filtered("columns", &[]).filtered("type", &[column.kind.to_string()]).query()),
        };
        let note = column.resource.is_none().then(|| grouped(u64::from(column.total)));
        view! { <th scope="col"><a href=href>{capital(&column.name)}</a>{note.map(|note| view! { <small>{note}</small> })}</th> }
    };
    let heads = page.columns.iter().map(of_column).collect_view();
    let rows = page
        .rows
        .iter()
        .map(|row| {
            let href = match row.subject {
                Subject::Group(id) => format!("{base}{}", state.searching("").filtered("rows", &[]).filtered("group", &[id.to_string()]).query()),
                Subject::Member(id) => path::user(&slug, UserId::Member(id)),
                Subject::Token(id) => path::token(&slug, id),
            };
            let note = if row.owner { format!("{} · owner", row.note) } else { row.note.clone() };
            let cells = row.cells.iter().zip(&page.columns).map(|(cell, column)| one_cell(asking, row, *cell, column)).collect_view();
            view! { <tr><th scope="row"><a href=href>{row.name.clone()}</a><small>{note}</small></th>{cells}</tr> }
        })
        .collect_view();
    let step = |words: &'static str, href: Option<String>| href.map(|href| view! { <LinkButton href=href>{words}</LinkButton> });
    let at_rows = |cursor: &String| format!("{base}{}", state.at(cursor, 1).query());
    let at_columns =
        |cursor: &String| format!("{base}{}", ListState { after: state.after.clone(), ..state.filtered("columns", std::slice::from_ref(cursor)) }.query());
    let steps = view! {
        {step("Rows before", page.rows_before.as_ref().map(at_rows))}
        {step("Rows after", page.rows_after.as_ref().map(at_rows))}
        {step("Columns before", page.columns_before.as_ref().map(at_columns))}
        {step("Columns after", page.columns_after.as_ref().map(at_columns))}
    };
    let close = move || asking.set(None);
    view! {
        <div class="map" tabindex="0" role="region" aria-label="Who reaches what" aria-busy=move || busy.get().then_some("true")>
            <table>
                <caption class="visually-hidden">"In each cell the strongest thing that is allowed; an empty cell is nothing."</caption>
                <thead><tr><td></td>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="map-legend" aria-hidden="true"><span class="heat-1">"weakest"</span><span class="heat-2"></span><span class="heat-3"></span><span class="heat-4">"strongest"</span></p>
        <p class="map-steps">{steps}</p>
        {move || asking.get().map(|(title, question)| view! { <Why here title question on_close=close/> })}
    }
    .into_any()
}

fn one_cell(asking: RwSignal<Option<(String, Question)>>, row: &MapRow, cell: MapCell, column: &MapColumn) -> AnyView {
    let words = cell.words(column);
    let class = format!("heat-{}", cell.heat(column));
    // of a type there is no single answer: one looks nearer
    let Some(id) = column.resource else { return view! { <td class=class>{words}</td> }.into_any() };
    let at = usize::from(cell.level).saturating_sub(1);
    let Some(verb) = column.verbs.get(at).cloned() else { return view! { <td class=class>{words}</td> }.into_any() };
    let title = format!("{}: {} {}", row.name, verb, column.name);
    let question = Question { subject: row.subject, action: Action::new(&column.kind, &verb), target: Target::Resource(id) };
    let label = format!("Why: {}, {}, {}", row.name, column.name, if words.is_empty() { "nothing" } else { &words });
    let open = move |_| asking.set(Some((title.clone(), question.clone())));
    view! { <td class=class><button type="button" aria-label=label aria-haspopup="dialog" on:click=open>{if words.is_empty() { "–".to_owned() } else { words }}</button></td> }.into_any()
}
