//! Resources: what access is given to, by type, with their labels as columns. Owners manage them; members see theirs.

mod create;
mod drawer;
mod drawer_draft;
mod drawer_labels;
mod drawer_saving;
mod holders;
mod label_dialog;
mod parent_field;
mod picked;
mod query;
mod reachers;
mod read_on;
mod table;
mod type_switch;

pub use drawer::ResourceDrawer;
pub(super) use holders::Holders;

use super::{
    access::{answered::answered, list_state::ListState, use_list_navigation},
    frame::{Here, use_here},
    picked::LIST,
    shortcut::{Making, open_if_wanted},
};
use crate::{
    components::{Button, ButtonKind, FilterMenu, FilterOption, IconName, PageHead, SearchBox},
    path,
    rpc::{Rpc, resources},
    session::{BrowserSession, use_session},
};
use create::CreateResource;
use domain::resource::ResourcesOverview;
use drawer_draft::Unsaved;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Outlet, hooks::use_location};
use picked::PickedResources;
use table::ResourceTable;
use type_switch::Types;

/// What the page's pieces share. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Things {
    pub here: Here,
    pub session: BrowserSession,
    /// Types with their counts, and labels: read it inside `<Suspense>`.
    pub overview: Resource<Rpc<ResourcesOverview>>,
    /// What was typed in a drawer that was left without saving.
    pub unsaved: StoredValue<Option<Unsaved>>,
    version: RwSignal<u32>,
}

impl Things {
    /// To be called after a change: the list is asked for again.
    pub fn changed(self) {
        self.version.update(|version| *version += 1);
    }
}

#[must_use]
pub fn use_things() -> Option<Things> {
    use_context()
}

#[component]
pub fn ResourcesPage() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let (slug, session, version) = (here.slug(), use_session(), RwSignal::new(0_u32));
    let overview = Resource::new(move || (version.get(), session.version(), here.live.version()), {
        let slug = slug.clone();
        move |_| resources::overview(slug.clone())
    });
    let things = Things { here, session, overview, unsaved: StoredValue::new(None), version };
    provide_context(things);
    let search = use_location().search;
    let state = Memo::new(move |_| search.with(|query| ListState::parse(query.trim_start_matches('?'))));
    let asked = move || (state.with(query::asked), version.get(), session.version(), here.live.version());
    let (rows, busy) = answered(asked, move |(query, ..)| resources::list(slug.clone(), query));
    let creating = RwSignal::new(false);
    if here.is_owner() {
        open_if_wanted(here, Making::Resource, creating);
    }
    let text =
        if here.is_owner() { "What access is given to, and the labels it is given by" } else { "What you can reach, and the labels of what you may edit" };
    let create = here.is_owner().then(|| {
        view! { <Button kind=ButtonKind::Primary icon=IconName::Plus on_click=move || creating.set(true) attr:aria-haspopup="dialog">"Create resource"</Button> }
    });
    let picked = PickedResources::new(things, state);
    view! {
        <Title text="Resources"/>
        <PageHead title="Resources" text=Some(text.to_owned())>{create}</PageHead>
        <Types things state/>
        <section class="panel" id=LIST aria-label="Resources" tabindex="-1">
            <Toolbar things state/>
            {picked.bar(rows)}
            <ResourceTable things state rows busy picked/>
        </section>
        <Outlet/>
        {picked.dialog()}
        {move || creating.get().then(|| view! { <CreateResource things on_close=move || creating.set(false)/> })}
    }
    .into_any()
}

#[component]
fn Toolbar(things: Things, state: Memo<ListState>) -> impl IntoView {
    let base = path::resources(&things.here.slug());
    let go = use_list_navigation(base.clone());
    let options = RwSignal::new(Vec::new());
    Effect::new(move || {
        if let Some(Ok(overview)) = things.overview.get() {
            let mut all: Vec<FilterOption> = Vec::new();
            for key in &overview.keys {
                let values = overview.labels.iter().filter(|label| label.key() == key).map(ToString::to_string);
                all.extend(values.map(|text| FilterOption::new(&text, &text)));
                all.push(FilterOption::new(&format!("{key}:"), &format!("no {key}")));
            }
            options.set(all);
        }
    });
    let chosen = Signal::derive(move || state.with(|state| state.chosen("label")));
    let change = Callback::from(move |values: Vec<String>| go.run((state.get_untracked().filtered("label", &values),)));
    let kept = {
        let filters = state.get_untracked().filters;
        filters.into_iter().map(|(name, value)| view! { <input type="hidden" name="filter" value=format!("{name}:{value}")/> }).collect_view()
    };
    let shown = Memo::new(move |_| options.with(|options| !options.is_empty()) || chosen.with(|chosen| !chosen.is_empty()));
    view! {
        <div class="bar">
            <SearchBox label="Search resources" value=Signal::derive(move || state.with(|state| state.search.clone())) action=base
                on_search=move |text: String| go.run((state.get_untracked().searching(&text),))>
                {kept}
            </SearchBox>
            {move || shown.get().then(|| view! { <FilterMenu label="Label" options=options chosen=chosen on_change=change/> })}
        </div>
    }
    .into_any()
}
