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
    let (slug, page) = (here.slug(), empty_types_last(page));
    let of_several_types = state.chosen("type").is_empty();
    let of_column = |column: &MapColumn| {
        let nearer = into_column(&state, column).map(|there| format!("{base}{}", there.query()));
        let total = Some(grouped(u64::from(column.total)));
        let (href, name, note) = match &column.thing {
            MapThing::Type(_) => (nearer, capital(&column.name), total),
            MapThing::Bearing(_) => (nearer, column.name.clone(), total),
            MapThing::Resource(kind, id) => (Some(path::resource(&slug, *id)), column.name.clone(), of_several_types.then(|| kind.to_string())),
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
                MapWho::Band { after, place, .. } => format!("{base}{}", into_band(&state, after.as_ref(), *place).query()),
            };
            let note = if row.owner { format!("{} · owner", row.note) } else { row.note.clone() };
            let cell = |(cell, column): (&MapCell, &MapColumn)| {
                let nearer = nearer(&state, row, column).map(|there| format!("{base}{}", there.query()));
                one_cell(asking, row, *cell, column, nearer)
            };
            let cells = row.cells.iter().zip(&page.columns).map(cell).collect_view();
            view! { <tr><th scope="row"><a href=href>{row.name.clone()}</a>{lighter(&note)}</th>{cells}</tr> }
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

/// Types of which there is nothing stand behind the others: what is empty keeps nothing out of sight.
fn empty_types_last(mut page: MapPage) -> MapPage {
    let empty: Vec<bool> = page.columns.iter().map(|column| matches!(column.thing, MapThing::Type(_)) && column.total == 0).collect();
    page.columns = last(page.columns, &empty);
    for row in &mut page.rows {
        row.cells = last(std::mem::take(&mut row.cells), &empty);
    }
    page
}

/// Those that are marked behind the others, each in the order they came in.
fn last<T>(all: Vec<T>, marked: &[bool]) -> Vec<T> {
    let mut all: Vec<(bool, T)> = marked.iter().copied().zip(all).collect();
    all.sort_by_key(|(marked, _)| *marked);
    all.into_iter().map(|(_, one)| one).collect()
}

/// The things of a column as the columns; of one thing there is nothing nearer.
fn into_column(state: &ListState, column: &MapColumn) -> Option<ListState> {
    let (name, value) = match &column.thing {
        MapThing::Type(kind) => ("type", kind.to_string()),
        MapThing::Bearing(bearing) => ("label", bearing.to_string()),
        MapThing::Resource(..) => return None,
    };
    Some(first_columns(state).filtered("by", &[]).filtered(name, &[value]))
}

/// The members of a band as the rows.
fn into_band(state: &ListState, after: Option<&String>, place: u64) -> ListState {
    let members = state.filtered("rows", &["members".to_owned()]);
    after.map_or_else(|| members.clone(), |after| members.at(after, place))
}

/// What a cell leads to: the same row by the things of its column, the members of a band one by one. Nothing where it is answered itself, or
/// where there is nothing to look at.
fn nearer(state: &ListState, row: &MapRow, column: &MapColumn) -> Option<ListState> {
    if column.total == 0 {
        return None;
    }
    match &row.who {
        MapWho::Subject(_) => into_column(&state.searching(&row.name), column),
        MapWho::Band { after, place, .. } => Some(into_band(&into_column(state, column).unwrap_or_else(|| state.clone()), after.as_ref(), *place)),
    }
}

/// The lighter line of a row; an address breaks before its domain, if it must.
fn lighter(note: &str) -> AnyView {
    match note.split_once('@') {
        Some((name, rest)) => view! { <small>{name.to_owned()}<wbr/>{format!("@{rest}")}</small> }.into_any(),
        None => view! { <small>{note.to_owned()}</small> }.into_any(),
    }
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

fn one_cell(asking: RwSignal<Option<(String, Question)>>, row: &MapRow, cell: MapCell, column: &MapColumn, nearer: Option<String>) -> AnyView {
    let words = cell.words(&row.who, column);
    let class = format!("heat-{}", cell.heat(column));
    let named = format!("{}, {}, {}", row.name, column.name, if words.is_empty() { "nothing" } else { &words });
    let shown = if words.is_empty() { "–".to_owned() } else { words.clone() };
    // of many there is no single answer: one looks nearer
    if let Some(href) = nearer {
        return view! { <td class=class><a href=href aria-label=format!("Look nearer: {named}")>{shown}</a></td> }.into_any();
    }
    let (MapWho::Subject(subject), MapThing::Resource(kind, id)) = (&row.who, &column.thing) else { return view! { <td class=class>{words}</td> }.into_any() };
    let at = usize::from(cell.level).saturating_sub(1);
    let Some(verb) = column.verbs.get(at).cloned() else { return view! { <td class=class>{words}</td> }.into_any() };
    let title = format!("{}: {} {}", row.name, verb, column.name);
    let question = Question { subject: *subject, action: Action::new(kind, &verb), target: Target::Resource(*id) };
    let open = move |_| asking.set(Some((title.clone(), question.clone())));
    view! { <td class=class><button type="button" aria-label=format!("Why: {named}") aria-haspopup="dialog" on:click=open>{shown}</button></td> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        id::{GroupId, ResourceId},
        resource::ResourceType,
    };

    fn of_type(name: &str, total: u32) -> MapColumn {
        MapColumn { thing: MapThing::Type(ResourceType::new(name)), name: name.to_owned(), verbs: Vec::new(), total }
    }

    fn row(who: MapWho) -> MapRow {
        let cells = [1, 0, 2].map(|level| MapCell { level, reached: 1 }).to_vec();
        MapRow { who, name: "Data".to_owned(), note: String::new(), owner: false, cells }
    }

    fn group() -> MapRow {
        row(MapWho::Subject(Subject::Group(GroupId::new(Default::default(), [1; 10]))))
    }

    #[test]
    fn types_without_things_stand_last_and_cells_go_with_them() {
        let page = MapPage {
            columns: vec![of_type("schema", 0), of_type("source", 3), of_type("space", 1)],
            rows: vec![group()],
            rows_before: None,
            rows_after: None,
            columns_before: None,
            columns_after: None,
            rows_total: None,
            columns_total: 3,
            keys: Vec::new(),
            group: None,
        };
        let page = empty_types_last(page);
        assert_eq!(page.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["source", "space", "schema"]);
        assert_eq!(page.rows[0].cells.iter().map(|cell| cell.level).collect::<Vec<_>>(), [0, 2, 1]);
    }

    #[test]
    fn a_cell_of_many_leads_nearer_and_one_of_one_thing_is_answered() {
        let state = ListState::parse("filter=by:region");
        let there = |row: &MapRow, column: &MapColumn| nearer(&state, row, column).map(|there| there.query());
        assert_eq!(there(&group(), &of_type("source", 3)).as_deref(), Some("?q=Data&filter=type%3Asource"));
        assert_eq!(there(&group(), &of_type("source", 0)), None);
        let one = MapColumn { thing: MapThing::Resource(ResourceType::new("source"), ResourceId::new(Default::default(), [2; 10])), ..of_type("Web", 1) };
        assert_eq!(there(&group(), &one), None);
        let band = row(MapWho::Band { count: 10, after: None, place: 1 });
        assert_eq!(there(&band, &of_type("source", 3)).as_deref(), Some("?filter=type%3Asource&filter=rows%3Amembers"));
        assert_eq!(there(&band, &one).as_deref(), Some("?filter=by%3Aregion&filter=rows%3Amembers"));
    }
}
