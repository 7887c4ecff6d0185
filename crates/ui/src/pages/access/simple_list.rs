//! A searched and paged table over the URL, for the tabs whose rows are only shown.

use super::{Access, answered::answered, list_state::ListState, pages::pager, users::use_list_navigation};
use crate::{
    components::{DataTable, EmptyState, IconName, LinkButton, SearchBox, SkeletonRows},
    pages::failure::FailureView,
    rpc::Rpc,
    session::use_session,
};
use domain::{
    access_context::Terms,
    page::{Cursor, Page},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Serialize, de::DeserializeOwned};

/// What makes one list different from another.
pub struct SimpleList<T, Fetch> {
    pub access: Access,
    pub title: &'static str,
    pub search: &'static str,
    pub path: String,
    pub columns: &'static [&'static str],
    pub fetch: Fetch,
    /// A row: the thing, what words need, where its drawer is, and whether that is open.
    pub row: fn(&T, &Terms, Opens) -> AnyView,
    pub id: fn(&T) -> String,
    pub empty: fn() -> AnyView,
    /// Above the rows, at the right.
    pub actions: AnyView,
}

/// Where a row's drawer is, and whether it is open.
#[derive(Clone)]
pub struct Opens {
    pub href: Signal<String>,
    pub is_open: Memo<bool>,
}

impl<T, Fetch, Answer> SimpleList<T, Fetch>
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fetch: Fn(Option<String>, Option<Cursor>) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Rpc<Page<T>>> + Send + 'static,
{
    pub fn view(self) -> AnyView {
        let Self { access, title, search, path, columns, fetch, row, id, empty, actions } = self;
        let session = use_session();
        let location = use_location();
        let (query, pathname) = (location.search, location.pathname);
        let state = Memo::new(move |_| query.with(|query| ListState::parse(query.trim_start_matches('?'))));
        let asked = move || state.with(|state| (Some(state.search.trim().to_owned()).filter(|text| !text.is_empty()), state.after.clone()));
        let (answer, busy) = answered(
            move || (asked(), access.list_version(), session.version()),
            move |((search, after), ..)| fetch(search, after.and_then(|after| Cursor::decode(&after).ok())),
        );
        let go = use_list_navigation(path.clone());
        let head = move || columns.iter().map(|column| view! { <th scope="col">{*column}</th> }).collect_view();
        let width = columns.len();
        let base = path.clone();
        let shown = move || match (answer.get(), access.terms.get()) {
            (None, _) | (_, None) => ().into_any(),
            (Some(Err(error)), _) | (_, Some(Err(error))) => {
                view! { <FailureView error retry=move || { answer.refetch(); access.terms.refetch(); }/> }.into_any()
            }
            (Some(Ok(page)), _) if page.rows.is_empty() => none(state, &base, empty),
            (Some(Ok(page)), Some(Ok(terms))) => {
                let opens = |item: &T| {
                    let here = format!("{base}/{}", id(item));
                    let at = here.clone();
                    let is_open = Memo::new(move |_| pathname.with(|path| *path == at));
                    Opens { href: Signal::derive(move || format!("{here}{}", state.with(ListState::query))), is_open }
                };
                let rows = page.rows.iter().map(|item| row(item, &terms, opens(item))).collect_view();
                let base = base.clone();
                // by itself: what is asked for changes with each letter typed, and the rows only with the answer
                let foot = move || pager(&state.get(), &base, &page);
                view! { <DataTable label=title class="cards" busy=busy head=head>{rows}</DataTable><div class="foot">{foot}</div> }.into_any()
            }
        };
        let waiting = move || view! { <DataTable label=title busy=true head=head><SkeletonRows rows=5 columns=width/></DataTable> };
        view! {
            <section class="panel" aria-label=title>
                <div class="bar">
                    <SearchBox label=search value=Signal::derive(move || state.with(|state| state.search.clone())) action=path
                        on_search=move |text: String| go.run((state.get_untracked().searching(&text),))/>
                    <span class="gap"></span>
                    {actions}
                </div>
                <Transition fallback=waiting>{shown}</Transition>
            </section>
        }
        .into_any()
    }
}

fn none(state: Memo<ListState>, path: &str, empty: fn() -> AnyView) -> AnyView {
    let state = state.get();
    if state.search.trim().is_empty() {
        return empty();
    }
    let (text, all) = (format!("Looked for “{}” in names.", state.search.trim()), path.to_owned());
    view! { <EmptyState icon=IconName::Search title="Nothing matches" text=text><LinkButton href=all>"Clear search"</LinkButton></EmptyState> }.into_any()
}
