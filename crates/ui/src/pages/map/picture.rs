//! The picture itself: a row for each who, a column for each what, and in each cell the strongest thing that is allowed there.

use super::why::Why;
use crate::{
    components::{LinkButton, capital, grouped},
    pages::{access::list_state::ListState, frame::Here},
    path,
};
use domain::{
    access_map::{MapCell, MapColumn, MapPage, MapRow, MapThing, MapWho, SIDE},
    catalog::Action,
    member::UserId,
    policy::{Question, Subject, Target},
};
use leptos::prelude::*;

#[component]
pub fn Picture(here: Here, state: ListState, page: MapPage, base: String, busy: Signal<bool>) -> impl IntoView {
    let asking = RwSignal::new(None::<(String, Question)>);
    let slug = here.slug();
    let of_several_types = state.chosen("type").is_empty();
    let of_column = |column: &MapColumn| {
        let nearer = |name: &str, value: String| format!("{base}{}", first_columns(&state).filtered("by", &[]).filtered(name, &[value]).query());
        let total = || Some(grouped(u64::from(column.total)));
        let (href, name, note) = match &column.thing {
            MapThing::Type(kind) => (nearer("type", kind.to_string()), capital(&column.name), total()),
            MapThing::Bearing(bearing) => (nearer("label", bearing.to_string()), column.name.clone(), total()),
            MapThing::Resource(kind, id) => (path::resource(&slug, *id), column.name.clone(), of_several_types.then(|| kind.to_string())),
        };
        view! { <th scope="col"><a href=href>{name}</a>{note.map(|note| view! { <small>{note}</small> })}</th> }
    };
    let heads = page.columns.iter().map(of_column).collect_view();
    let rows = page
        .rows
        .iter()
        .map(|row| {
            let href = match &row.who {
                MapWho::Subject(Subject::Group(id)) => {
                    format!("{base}{}", state.searching("").filtered("rows", &[]).filtered("group", &[id.to_string()]).query())
                }
                MapWho::Subject(Subject::Member(id)) => path::user(&slug, UserId::Member(*id)),
                MapWho::Subject(Subject::Token(id)) => path::token(&slug, *id),
                MapWho::Band { after, place, .. } => {
                    let members = state.filtered("rows", &["members".to_owned()]);
                    format!("{base}{}", after.as_ref().map_or_else(|| members.query(), |after| members.at(after, *place).query()))
                }
            };
            let note = if row.owner { format!("{} · owner", row.note) } else { row.note.clone() };
            let cells = row.cells.iter().zip(&page.columns).map(|(cell, column)| one_cell(asking, row, *cell, column)).collect_view();
            view! { <tr><th scope="row"><a href=href>{row.name.clone()}</a><small>{note}</small></th>{cells}</tr> }
        })
        .collect_view();
    let told = state.chosen("columns-from").first().and_then(|place| place.parse().ok());
    let at_columns = |cursor: &String, place: u64| {
        let places: Vec<String> = (place > 1).then(|| place.to_string()).into_iter().collect();
        let there = state.filtered("columns", std::slice::from_ref(cursor)).filtered("columns-from", &places);
        format!("{base}{}", ListState { after: state.after.clone(), from: state.from, ..there }.query())
    };
    let rows_side = Side { name: "Rows", from: state.from, shown: page.rows.len(), total: page.rows_total };
    let columns_side = Side { name: "Columns", from: told, shown: page.columns.len(), total: Some(page.columns_total) };
    let steps = view! {
        {rows_side.steps(page.rows_before.as_ref(), page.rows_after.as_ref(), &|cursor, place| format!("{base}{}", state.at(cursor, place).query()))}
        {columns_side.steps(page.columns_before.as_ref(), page.columns_after.as_ref(), &at_columns)}
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

/// The same map with its first columns.
pub fn first_columns(state: &ListState) -> ListState {
    state.filtered("columns", &[]).filtered("columns-from", &[])
}

/// Which stretch of the rows or the columns is drawn.
struct Side {
    name: &'static str,
    /// The place of the first, from 1, as the way here tells it.
    from: Option<u64>,
    shown: usize,
    total: Option<u64>,
}

impl Side {
    /// Where one is, and the ways on: `href` leads to a cursor, with the place of the first there.
    fn steps(self, before: Option<&String>, after: Option<&String>, href: &dyn Fn(&String, u64) -> String) -> AnyView {
        let Self { name, from, shown, total } = self;
        let (from, shown) = (if before.is_none() { Some(1) } else { from }, shown as u64);
        let range = from.map(|from| format!("{name} {}–{}", grouped(from), grouped(from.saturating_add(shown).saturating_sub(1))));
        let words = match (range, total) {
            (Some(range), Some(total)) => format!("{range} of {}", grouped(total)),
            (Some(range), None) => range,
            (None, Some(total)) => format!("{name}: {} in all", grouped(total)),
            (None, None) => String::new(),
        };
        // 0 is not known
        let before = before.map(|cursor| href(cursor, from.map_or(0, |from| from.saturating_sub(u64::from(SIDE)).max(1))));
        let after = after.map(|cursor| href(cursor, from.map_or(0, |from| from.saturating_add(shown))));
        let step = |way: &'static str, href: Option<String>| href.map(|href| view! { <LinkButton href=href>{format!("{name} {way}")}</LinkButton> });
        view! { <span class="map-range">{words}</span>{step("before", before)}{step("after", after)} }.into_any()
    }
}

fn one_cell(asking: RwSignal<Option<(String, Question)>>, row: &MapRow, cell: MapCell, column: &MapColumn) -> AnyView {
    let words = cell.words(&row.who, column);
    let class = format!("heat-{}", cell.heat(column));
    // of many there is no single answer: one looks nearer
    let (MapWho::Subject(subject), MapThing::Resource(kind, id)) = (&row.who, &column.thing) else { return view! { <td class=class>{words}</td> }.into_any() };
    let at = usize::from(cell.level).saturating_sub(1);
    let Some(verb) = column.verbs.get(at).cloned() else { return view! { <td class=class>{words}</td> }.into_any() };
    let title = format!("{}: {} {}", row.name, verb, column.name);
    let question = Question { subject: *subject, action: Action::new(kind, &verb), target: Target::Resource(*id) };
    let label = format!("Why: {}, {}, {}", row.name, column.name, if words.is_empty() { "nothing" } else { &words });
    let open = move |_| asking.set(Some((title.clone(), question.clone())));
    view! { <td class=class><button type="button" aria-label=label aria-haspopup="dialog" on:click=open>{if words.is_empty() { "–".to_owned() } else { words }}</button></td> }.into_any()
}
