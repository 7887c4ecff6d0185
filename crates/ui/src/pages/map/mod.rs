//! The access map: who reaches what, from groups and types down to one member and one thing. The picture is a table: it reads without
//! colour, by keyboard and by ear.

mod picture;
mod why;

use super::{
    access::{answered::answered, list_state::ListState, use_list_navigation},
    failure::FailureView,
    frame::{for_owners, use_here},
};
use crate::{
    components::{EmptyState, IconName, LinkButton, PageHead, SearchBox, SkeletonLines, Tag},
    path,
    rpc::map,
    session::use_session,
};
use domain::{
    access_map::{MapPage, MapQuery, MapRows},
    label::Bearing,
    page::Cursor,
    resource::ResourceType,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use picture::{Picture, first_columns};

/// What the URL asks for: `type:source`, `label:region:apac`, `label:region:` for none of the key, `by:region`. The columns' page stands in it
/// as a filter.
fn asked(state: &ListState) -> MapQuery {
    let first = |name: &str| state.chosen(name).into_iter().next();
    let group = first("group").and_then(|text| text.parse().ok());
    let rows = match (group, first("rows").as_deref()) {
        (Some(_), _) | (None, Some("members")) => MapRows::Members { group },
        (None, Some("bands")) => MapRows::Bands,
        (None, Some(_) | None) => MapRows::Groups,
    };
    MapQuery {
        rows,
        kind: first("type").map(|text| ResourceType::new(&text)),
        label: first("label").and_then(|text| Bearing::parse(&text)),
        by: first("by"),
        search: Some(state.search.trim().to_owned()).filter(|text| !text.is_empty()),
        rows_at: state.after.as_deref().and_then(|text| Cursor::decode(text).ok()),
        columns_at: first("columns").and_then(|text| Cursor::decode(&text).ok()),
    }
}

/// How the URL names the rows; groups are there without a name.
const fn rows_name(rows: MapRows) -> &'static str {
    match rows {
        MapRows::Groups => "",
        MapRows::Members { .. } => "members",
        MapRows::Bands => "bands",
    }
}

#[component]
pub fn MapPageView() -> impl IntoView {
    for_owners(|| view! { <OwnersMap/> }.into_any(), "The access map is for the owners of this workspace. Your own access stands under My access.")
}

#[component]
fn OwnersMap() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let (slug, session, search) = (here.slug(), use_session(), use_location().search);
    let state = Memo::new(move |_| search.with(|query| ListState::parse(query.trim_start_matches('?'))));
    let base = path::map(&slug);
    let seldom = here.live.seldom();
    // bands are worked out of all members
    let version = move |query: &MapQuery| if query.rows == MapRows::Bands { seldom.get() } else { here.live.version() };
    let asked_now = move || {
        let query = state.with(asked);
        let version = version(&query);
        (query, session.version(), version)
    };
    let (drawn, busy) = answered(asked_now, move |(query, ..)| map::page(slug.clone(), query));
    let go = use_list_navigation(base.clone());
    let content = {
        let base = base.clone();
        move || match drawn.get() {
            None => ().into_any(),
            Some(Err(error)) => view! { <FailureView error retry=move || drawn.refetch()/> }.into_any(),
            Some(Ok(page)) => {
                let state = state.get_untracked();
                view! { {ways(&state, &page, &base)}{narrowed(&state, &page, &base)}{shown(here, state, page, base.clone(), busy)} }.into_any()
            }
        }
    };
    let kept = {
        let filters = state.get_untracked().filters;
        filters.into_iter().map(|(name, value)| view! { <input type="hidden" name="filter" value=format!("{name}:{value}")/> }).collect_view()
    };
    let rows = [("Groups", ""), ("Members", "members"), ("All members at once", "bands")].map(|(words, name)| {
        let base = base.clone();
        let here = Memo::new(move |_| state.with(|state| rows_name(asked(state).rows) == name));
        let values: Vec<String> = (!name.is_empty()).then(|| name.to_owned()).into_iter().collect();
        let href = move || format!("{base}{}", state.with(|state| state.filtered("group", &[]).filtered("rows", &values).query()));
        view! { <li><a href=href aria-current=move || here.get().then_some("true")>{words}</a></li> }
    });
    view! {
        <Title text="Access map"/>
        <PageHead title="Access map" text=Some("Who reaches what. Follow a row, a column or a cell to look nearer; a cell of one thing says why.".to_owned())/>
        <nav class="types" aria-label="Rows"><ul>{rows.into_iter().collect_view()}</ul></nav>
        <section class="panel" aria-label="Access map">
            <div class="bar">
                <SearchBox label="Search rows" value=Signal::derive(move || state.with(|state| state.search.clone())) action=base
                    on_search=move |text: String| go.run((state.get_untracked().searching(&text),))>{kept}</SearchBox>
            </div>
            <Transition fallback=|| view! { <SkeletonLines lines=10/> }>{content}</Transition>
        </section>
    }
    .into_any()
}

/// What the columns can be, where resources bear labels: types, or the values of a key.
fn ways(state: &ListState, page: &MapPage, base: &str) -> Option<AnyView> {
    if page.keys.is_empty() {
        return None;
    }
    let MapQuery { kind, label, by, .. } = asked(state);
    let far = first_columns(state).filtered("by", &[]);
    let types = ("Types".to_owned(), far.filtered("type", &[]).filtered("label", &[]), kind.is_none() && label.is_none() && by.is_none());
    let of_key = |key: &String| (key.clone(), far.filtered("by", std::slice::from_ref(key)), by.as_ref() == Some(key));
    let way = |(words, state, here): (String, ListState, bool)| {
        view! { <li><a href=format!("{base}{}", state.query()) aria-current=here.then_some("true")>{words}</a></li> }
    };
    let all = std::iter::once(types).chain(page.keys.iter().map(of_key)).map(way).collect_view();
    Some(view! { <nav class="types map-ways" aria-label="Columns"><ul>{all}</ul></nav> }.into_any())
}

/// What is looked at from near, each with the way back.
fn narrowed(state: &ListState, page: &MapPage, base: &str) -> Option<AnyView> {
    let back = |state: ListState| format!("{base}{}", state.query());
    let MapQuery { kind, label, by, .. } = asked(state);
    let group = page.group.as_ref().map(|group| (format!("Members of {}", group.name), back(state.filtered("group", &[]))));
    let kind = kind.map(|kind| (format!("Only {kind}"), back(first_columns(state).filtered("type", &[]))));
    let label = label.map(|label| {
        let words = match &label {
            Bearing::With(label) => format!("Only {label}"),
            Bearing::Without(key) => format!("Only without {key}"),
        };
        (words, back(first_columns(state).filtered("label", &[]).filtered("by", &[by.unwrap_or_else(|| label.key().to_owned())])))
    });
    let all: Vec<(String, String)> = group.into_iter().chain(kind).chain(label).collect();
    if all.is_empty() {
        return None;
    }
    let part = |(words, href): (String, String)| view! { <span class="map-part"><Tag text=words/><LinkButton href=href>"Look from afar"</LinkButton></span> };
    Some(view! { <p class="map-parts">{all.into_iter().map(part).collect_view()}</p> }.into_any())
}

fn shown(here: super::frame::Here, state: ListState, page: MapPage, base: String, busy: Signal<bool>) -> AnyView {
    if page.columns.is_empty() {
        let title = match asked(&state).label {
            Some(Bearing::With(_)) => "Nothing bears this label",
            Some(Bearing::Without(_)) => "Everything bears this key",
            None => "Nothing of this type yet",
        };
        return view! { <EmptyState icon=IconName::Database title=title text="Once there are some, each has a column here."/> }.into_any();
    }
    if page.rows.is_empty() {
        let (title, text) = match asked(&state) {
            MapQuery { search: Some(_), .. } => ("No row matches", "No name here has what you looked for."),
            MapQuery { rows: MapRows::Groups, .. } => ("No user groups yet", "Look at members instead: each of them is a row."),
            MapQuery { rows: MapRows::Members { .. } | MapRows::Bands, .. } => ("Nobody in this group", "Add members to it, and they appear here."),
        };
        return view! { <EmptyState icon=IconName::UsersRound title=title text=text/> }.into_any();
    }
    view! { <Picture here state page base busy/> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_says_how_near_one_looks() {
        let query = |text: &str| asked(&ListState::parse(text));
        assert_eq!((query("").rows, query("").kind), (MapRows::Groups, None));
        assert_eq!(query("filter=rows:members&filter=type:source").rows, MapRows::Members { group: None });
        assert_eq!(query("filter=rows:bands").rows, MapRows::Bands);
        let id = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
        assert_eq!(query(&format!("filter=group:{id}")).rows, MapRows::Members { group: Some(id.parse().unwrap()) });
        assert_eq!(query("filter=type:source").kind, Some(ResourceType::new("source")));
        let labels = |text: &str| (query(text).by, query(text).label.map(|label| label.to_string()));
        assert_eq!(labels("filter=by:region"), (Some("region".to_owned()), None));
        for label in ["region:apac", "region:"] {
            assert_eq!(labels(&format!("filter=label:{label}")), (None, Some(label.to_owned())));
        }
    }
}
