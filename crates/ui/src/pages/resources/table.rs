//! The rows of the list: name and id, type, what it hangs on, and a column for each key of labels.

use super::{
    Things,
    picked::PickedResources,
    query::{self, type_words},
};
use crate::{
    components::{DataTable, EmptyState, FewAtATime, IconName, LinkButton, Pager, SkeletonRows, Tag},
    pages::{
        access::{answered::kept, list_state::ListState},
        failure::{FailureView, ask_for_access},
    },
    path,
    rpc::{Rpc, RpcError},
};
use domain::{
    id::ResourceId,
    page::{Page, PageSize},
    resource::{ResourceRow, ResourcesOverview},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::collections::BTreeSet;

/// Keys beyond these share one column.
const COLUMNS: usize = 5;

#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Failed(RpcError),
    None,
    Table,
}

#[component]
pub fn ResourceTable(
    things: Things,
    state: Memo<ListState>,
    rows: Resource<Rpc<Page<ResourceRow>>>,
    busy: Signal<bool>,
    picked: PickedResources,
) -> impl IntoView {
    let waiting = || {
        view! { <DataTable label="Resources" class="resources cards" busy=true head=|| view! { <th scope="col">"Name"</th> }><SkeletonRows rows=8 columns=5/></DataTable> }
    };
    let list = List { things, state, rows, busy, picked, drawn: FewAtATime::default() };
    view! {
        <Transition fallback=waiting>
            {list.view()}
        </Transition>
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct List {
    things: Things,
    state: Memo<ListState>,
    rows: Resource<Rpc<Page<ResourceRow>>>,
    busy: Signal<bool>,
    picked: PickedResources,
    drawn: FewAtATime,
}

impl List {
    /// To be called inside `<Transition>`: it waits for what is read in there, and by memos that are made in there.
    fn view(self) -> AnyView {
        let shown = kept(move || match (self.rows.get(), self.things.overview.get()) {
            (Some(Err(error)), _) | (_, Some(Err(error))) => Shown::Failed(error),
            (None, _) | (_, None) => Shown::Nothing,
            (Some(Ok(page)), Some(Ok(_))) if page.rows.is_empty() => Shown::None,
            (Some(Ok(_)), Some(Ok(_))) => Shown::Table,
        });
        let retry = move || {
            self.rows.refetch();
            self.things.overview.refetch();
        };
        (move || match shown.get() {
            Shown::Nothing => ().into_any(),
            Shown::Failed(error) => view! { <FailureView error retry=retry/> }.into_any(),
            Shown::None => self.none(),
            Shown::Table => self.table(),
        })
        .into_any()
    }

    fn base(self) -> String {
        path::resources(&self.things.here.slug())
    }

    fn page(self) -> Vec<ResourceRow> {
        self.rows.get().and_then(Result::ok).map(|page| page.rows).unwrap_or_default()
    }

    fn overview(self) -> Option<ResourcesOverview> {
        self.things.overview.get().and_then(Result::ok)
    }

    /// Keys in use, and those on this page where somebody is not told them all.
    fn keys(self) -> Vec<String> {
        let mut keys: Vec<String> = self.overview().map(|overview| overview.keys).unwrap_or_default();
        let here: BTreeSet<String> = self.page().iter().flat_map(|row| &row.resource.labels).map(|label| label.key().to_owned()).collect();
        keys.extend(here.into_iter().filter(|key| !keys.contains(key)).collect::<Vec<_>>());
        keys
    }

    fn table(self) -> AnyView {
        let keys = Memo::new(move |_| self.keys());
        let can_pick = Memo::new(move |_| self.page().iter().any(|row| row.may_label));
        let one_type = Memo::new(move |_| self.state.with(|state| query::kind(state).is_some()));
        let pickable = Signal::derive(move || self.page().iter().filter(|row| row.may_label).map(|row| row.resource.id).collect::<Vec<ResourceId>>());
        let pathname = use_location().pathname;
        (move || {
            let (keys, can_pick, one_type) = (keys.get(), can_pick.get(), one_type.get());
            self.drawn.begin();
            let split = if keys.len() > COLUMNS { COLUMNS - 1 } else { keys.len() };
            let (columns, others) = keys.split_at(split);
            let (columns, others) = (columns.to_vec(), others.to_vec());
            let heads = columns.clone();
            let more = !others.is_empty();
            let head = move || {
                view! {
                    {can_pick.then(|| view! { <th scope="col" class="cell-pick">{self.picked.rows.page(pickable)}</th> })}
                    <th scope="col">"Name"</th>
                    {(!one_type).then(|| view! { <th scope="col">"Type"</th> })}
                    <th scope="col">"Hangs on"</th>
                    {heads.into_iter().map(|key| view! { <th scope="col" class="cell-label">{key}</th> }).collect_view()}
                    {more.then(|| view! { <th scope="col">"More labels"</th> })}
                }
            };
            let row = move |row: ResourceRow| {
                let id = row.resource.id;
                let here = path::resource(&self.things.here.slug(), id);
                let open = { let here = here.clone(); Memo::new(move |_| pathname.with(|path| *path == here)) };
                let href = Signal::derive(move || format!("{here}{}", self.state.with(ListState::query)));
                view! {
                    <tr class="row-link" class:chosen=open>
                        {can_pick.then(|| view! { <td class="cell-pick">{row.may_label.then(|| self.picked.rows.one(id, row.resource.name.as_str()))}</td> })}
                        <td class="cell-who"><span class="who-lines"><a class="who-name" href=href data-noscroll="">{row.resource.name.to_string()}</a><small class="mono">{row.resource.key.to_string()}</small></span></td>
                        {(!one_type).then(|| self.overview().map(|overview| view! { <td class="cell-kind">{type_words(&overview, &row.resource.kind).0}</td> }))}
                        <td class="cell-note">{row.parent.as_ref().map(|parent| parent.name.to_string())}</td>
                        {columns.iter().map(|key| {
                            let value = row.resource.labels.iter().find(|label| label.key() == key).map(|label| label.value().to_owned());
                            view! { <td class="cell-label">{value.map_or_else(|| view! { <span class="none" aria-label="none">"–"</span> }.into_any(), |value| view! { <Tag text=value mono=true/> }.into_any())}</td> }
                        }).collect_view()}
                        {more.then(|| {
                            let rest = row.resource.labels.iter().filter(|label| others.iter().any(|key| key == label.key()));
                            view! { <td class="cell-label">{rest.map(|label| view! { <Tag text=label.to_string() mono=true/> " " }).collect_view()}</td> }
                        })}
                        <td class="cell-more"><span class="card-labels">{row.resource.labels.iter().map(|label| view! { <Tag text=label.to_string() mono=true/> " " }).collect_view()}</span></td>
                    </tr>
                }
            };
            // a row that comes back as it was keeps its place and the focus in it
            let key = |row: &ResourceRow| {
                let ResourceRow { resource, parent, may_label, revision: _ } = row;
                (resource.id, resource.name.to_string(), resource.labels.clone(), parent.clone(), *may_label)
            };
            let rows = move || {
                let mut rows = self.page();
                rows.truncate(self.drawn.of(rows.iter().map(|row| row.resource.id.uuid().as_u128()).collect()));
                rows
            };
            view! {
                <DataTable label="Resources" class="resources cards" busy=self.busy head=head><For each=rows key children=row/></DataTable>
                {self.pager()}
            }
        })
        .into_any()
    }

    fn none(self) -> AnyView {
        (move || {
            let state = self.state.get();
            if state.is_narrowed() {
                let all = self.base();
                return view! {
                    <EmptyState icon=IconName::Search title="No resource matches" text=query::searched(&state)>
                        <LinkButton href=all>"Clear search and filters"</LinkButton>
                    </EmptyState>
                }
                .into_any();
            }
            match self.things.here.is_owner() {
                true => view! {
                    <EmptyState icon=IconName::Database title="No resources yet"
                        text="Resources are the things of your product that access is given to. Create the first one here, or let your product register them."/>
                }
                .into_any(),
                false => view! {
                    <EmptyState icon=IconName::Database title="Nothing you can reach yet"
                        text="Nobody has given you access to a resource so far. Ask the owners of this workspace for what you need to work with.">
                        {ask_for_access(self.things.here)}
                    </EmptyState>
                }
                .into_any(),
            }
        })
        .into_any()
    }

    fn pager(self) -> AnyView {
        let size = u64::from(PageSize::SCREEN.get());
        let page = Memo::new(move |_| {
            let known = |page: Page<ResourceRow>| (page.rows.len() as u64, page.previous, page.next, page.total);
            self.rows.get().and_then(Result::ok).map(known).unwrap_or_default()
        });
        // no memo of its own: what reads that and then the page would not be drawn anew for another page that begins at the same place
        let from = Signal::derive(move || if page.with(|page| page.1.is_none()) { 1 } else { self.state.with(|state| state.from).unwrap_or(1) });
        let total = move || {
            let counted = || self.overview().and_then(|overview| self.state.with(|state| query::counted(&query::asked(state), &overview)));
            page.get().3.or_else(counted)
        };
        let href = move |cursor: String, from: u64| format!("{}{}", self.base(), self.state.with(|state| state.at(&cursor, from).query()));
        let previous = move || page.get().1.map(|cursor| href(cursor, from.get().saturating_sub(size)));
        let next = move || page.get().2.map(|cursor| href(cursor, from.get() + page.get().0));
        view! {
            <div class="foot">
                <Pager from=from to=Signal::derive(move || (from.get() + page.get().0).saturating_sub(1)) total=Signal::derive(total)
                    previous=Signal::derive(previous) next=Signal::derive(next)/>
            </div>
        }
        .into_any()
    }
}
