//! Labels: what resources are told apart by, and where each is in use.

mod create;
mod drawer;
mod drawer_draft;

pub use drawer::LabelDrawer;

use super::{
    access::{answered::answered, list_state::ListState, pages::pager, use_list_navigation},
    failure::{FailureView, Forbidden},
    frame::{Here, use_here},
    shortcut::{Making, open_if_wanted},
};
use crate::{
    components::{Button, ButtonKind, Chip, DataTable, EmptyState, IconName, LinkButton, PageHead, SearchBox, SkeletonRows, grouped, plural},
    path,
    rpc::{Rpc, labels},
    session::{BrowserSession, use_session},
};
use create::CreateLabel;
use domain::{
    label::{LabelList, LabelRoom, LabelRow},
    page::Cursor,
};
use drawer_draft::Unsaved;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Outlet, hooks::use_location};

/// What the page's pieces share. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Labels {
    pub here: Here,
    pub session: BrowserSession,
    /// What was typed in a drawer that was left without saving.
    pub unsaved: StoredValue<Option<Unsaved>>,
    version: RwSignal<u32>,
}

impl Labels {
    /// To be called after a change: the list is asked for again.
    pub fn changed(self) {
        self.version.update(|version| *version += 1);
    }
}

#[must_use]
pub fn use_labels() -> Option<Labels> {
    use_context()
}

#[component]
pub fn LabelsPage() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    if !here.is_owner() {
        return view! { <Forbidden message="Labels are made by the owners of this workspace. You can put them on the resources that you may edit, on the Resources page."/> }.into_any();
    }
    let (slug, session, version) = (here.slug(), use_session(), RwSignal::new(0_u32));
    let shared = Labels { here, session, unsaved: StoredValue::new(None), version };
    provide_context(shared);
    let search = use_location().search;
    let state = Memo::new(move |_| search.with(|query| ListState::parse(query.trim_start_matches('?'))));
    let asked = move || {
        let text = |state: &ListState| (Some(state.search.trim().to_owned()).filter(|text| !text.is_empty()), state.after.clone());
        (state.with(text), version.get(), session.version(), here.live.version())
    };
    let (list, busy) = answered(asked, move |((search, after), ..)| labels::page(slug.clone(), search, after.and_then(|after| Cursor::decode(&after).ok())));
    let creating = RwSignal::new(false);
    open_if_wanted(here, Making::Label, creating);
    let base = path::labels(&here.slug());
    let go = use_list_navigation(base.clone());
    view! {
        <Title text="Labels"/>
        <PageHead title="Labels" text=Some("What resources are told apart by. A role given with labels reaches every resource that bears them, today's and those to come.".to_owned())>
            <CreateButton list creating/>
        </PageHead>
        <section class="panel" aria-label="Labels">
            <div class="bar">
                <SearchBox label="Search labels" value=Signal::derive(move || state.with(|state| state.search.clone())) action=base
                    on_search=move |text: String| go.run((state.get_untracked().searching(&text),))/>
            </div>
            <LabelTable here state list busy/>
        </section>
        <Outlet/>
        {move || creating.get().then(|| view! { <CreateLabel labels=shared on_close=move || creating.set(false)/> })}
    }
    .into_any()
}

#[component]
fn CreateButton(list: Resource<Rpc<LabelList>>, creating: RwSignal<bool>) -> impl IntoView {
    // told once it is known: the button must not change under the served page
    let room = RwSignal::new(None::<LabelRoom>);
    Effect::new(move || room.set(list.get().and_then(Result::ok).map(|list| list.room)));
    let full = move || {
        room.get()
            .filter(LabelRoom::is_full)
            .and_then(|room| room.most)
            .map(|most| format!("this plan has room for {most} labels of your own; the Business plan has no limit"))
    };
    view! {
        <Button kind=ButtonKind::Primary icon=IconName::Plus disabled_reason=Signal::derive(full) on_click=move || creating.set(true) attr:aria-haspopup="dialog">"Create label"</Button>
    }
    .into_any()
}

#[component]
fn LabelTable(here: Here, state: Memo<ListState>, list: Resource<Rpc<LabelList>>, busy: Signal<bool>) -> impl IntoView {
    let base = path::labels(&here.slug());
    let head = || {
        view! { <th scope="col">"Label"</th><th scope="col">"Description"</th><th scope="col">"Resources"</th><th scope="col">"Grants"</th> }
    };
    let pathname = use_location().pathname;
    let shown = move || match list.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <FailureView error retry=move || list.refetch()/> }.into_any(),
        Some(Ok(list)) if list.page.rows.is_empty() => none(state, &base),
        Some(Ok(list)) => {
            let row = |row: &LabelRow| {
                let mine = path::label(&here.slug(), &row.label);
                let open = {
                    let mine = mine.clone();
                    Memo::new(move |_| pathname.with(|path| decoded(path) == mine))
                };
                let href = move || format!("{mine}{}", state.with(ListState::query));
                let bearing = path::resources_by(&here.slug(), "label", &row.label.to_string());
                view! {
                    <tr class="row-link" class:chosen=open>
                        <td class="cell-who"><span class="who-lines"><a class="who-name mono" href=href data-noscroll="">{row.label.to_string()}</a></span>
                            {row.label.is_built_in().then(|| view! { " " <Chip text="built in"/> })}</td>
                        <td class="cell-note">{row.description.as_ref().map(ToString::to_string)}</td>
                        <td class="cell-number">{if row.resources == 0 {
                            view! { <span class="none">"0"</span> }.into_any()
                        } else {
                            view! { <a href=bearing aria-label=format!("{} with {}", plural(row.resources, "resource", "resources"), row.label)>{grouped(row.resources)}</a> }.into_any()
                        }}</td>
                        <td class="cell-number">{grouped(row.grants)}</td>
                        <td class="cell-more">{plural(row.resources, "resource", "resources")} ", " {plural(row.grants, "grant", "grants")}</td>
                    </tr>
                }
            };
            let rows = list.page.rows.iter().map(row).collect_view();
            view! { <DataTable label="Labels" class="labels cards" busy=busy head=head>{rows}</DataTable>{foot(&state.get(), &base, &list)} }.into_any()
        }
    };
    view! { <Transition fallback=move || view! { <DataTable label="Labels" class="labels cards" busy=true head=head><SkeletonRows rows=5 columns=4/></DataTable> }>{shown}</Transition> }.into_any()
}

/// Browsers may write the colon of a label in a path as `%3A`.
fn decoded(path: &str) -> String {
    path.replace("%3A", ":").replace("%3a", ":")
}

fn none(state: Memo<ListState>, base: &str) -> AnyView {
    let state = state.get();
    if state.search.trim().is_empty() {
        return view! { <EmptyState icon=IconName::Tag title="No labels here" text="There are no labels on this page."/> }.into_any();
    }
    let (text, all) = (format!("Looked for “{}” in keys and values.", state.search.trim()), base.to_owned());
    view! { <EmptyState icon=IconName::Search title="No label matches" text=text><LinkButton href=all>"Clear search"</LinkButton></EmptyState> }.into_any()
}

fn foot(state: &ListState, base: &str, list: &LabelList) -> AnyView {
    let room = list.room.most.map(|most| format!("{} of {most} labels of your own", list.room.custom));
    view! { <div class="foot">{pager(state, base, &list.page)}{room.map(|room| view! { <span class="field-hint">{room}</span> })}</div> }.into_any()
}
