//! The audit trail: who did what, on what and when, narrowed and paged by the URL, and taken away as a file.

mod entry;
mod filters;
mod names;
mod webhooks;

pub use webhooks::{WebhookDrawer, WebhooksPage};

use crate::{
    components::{ButtonKind, EmptyState, IconButton, IconName, LinkButton, PageHead, SkeletonLines, TabItem, TabPanel, Tabs},
    pages::{
        access::{
            answered::{answered, kept},
            list_state::ListState,
            pages::pager,
            users::use_list_navigation,
            words::and,
        },
        failure::FailureView,
        frame::{Here, use_here},
    },
    path,
    rpc::{Rpc, RpcError, audit, members},
    session::use_session,
};
use domain::{
    access_context::Terms,
    audit::Entry,
    audit_query::{AuditFilter, AuditPage as Trail, AuditQuery},
    page::{Cursor, PageSize},
};
use entry::entry;
use filters::{Filters, Narrowed};
use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// What the server is asked. Filters that make no sense are left out.
fn asked(state: &ListState) -> AuditQuery {
    let mut filter = AuditFilter::default();
    for (name, value) in &state.filters {
        let _ = filter.take(name, value);
    }
    AuditQuery { filter, cursor: state.after.as_deref().and_then(|after| Cursor::decode(after).ok()), size: PageSize::SCREEN }
}

#[component]
pub fn AuditPage() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let slug = here.slug();
    let session = use_session();
    let search = use_location().search;
    let state = Memo::new(move |_| search.with(|query| ListState::parse(query.trim_start_matches('?'))));
    let again = RwSignal::new(0_u32);
    let mine = slug.clone();
    let (trail, busy) =
        answered(move || (state.with(asked), again.get(), session.version(), here.live.version()), move |(query, ..)| audit::page(mine.clone(), query));
    let terms = Resource::new(move || session.version(), {
        let slug = slug.clone();
        move |_| members::terms(slug.clone())
    });
    let go = use_list_navigation(path::audit(&slug));
    let (targets, panel) = (names::targets(slug.clone(), trail), NodeRef::<html::Section>::new());
    // the file holds all pages of what is shown
    let file = move |base: String| {
        Signal::derive(move || format!("{base}{}", state.with(|state| ListState { filters: state.filters.clone(), ..ListState::default() }.query())))
    };
    view! {
        <Title text="Audit trail"/>
        {head(here, "entries", move || view! {
            <LinkButton href=file(path::audit_csv(&slug)) kind=ButtonKind::Quiet icon=IconName::Download download=true>"Download CSV"</LinkButton>
            <LinkButton href=file(path::audit_json_lines(&slug)) kind=ButtonKind::Quiet icon=IconName::Download download=true>"Download JSON lines"</LinkButton>
        }.into_any())}
        <TabPanel tab=Signal::stored("entries".to_owned())>
        <section node_ref=panel class="panel" aria-label="Audit trail" tabindex="-1">
            <div class="bar">
                <Filters here state go trail targets/>
                <span class="gap"></span>
                <IconButton label="Look for new entries" icon=IconName::RotateCw pending=busy on_click=move || again.update(|times| *times += 1)/>
            </div>
            <Narrowed state go targets panel/>
            <Transition fallback=|| view! { <div class="panel-wait" aria-busy="true"><SkeletonLines lines=8/></div> }>
                {shown(here, state, trail, terms, busy)}
            </Transition>
        </section>
        </TabPanel>
    }
    .into_any()
}

/// Heading and tabs of the trail and its webhooks.
fn head(here: Here, current: &'static str, actions: impl FnOnce() -> AnyView + Send + 'static) -> AnyView {
    let slug = here.slug();
    let items = vec![TabItem::link("entries", "Entries", &path::audit(&slug)), TabItem::link("webhooks", "Webhooks", &path::webhooks(&slug))];
    view! {
        <PageHead title="Audit trail" text=Some(format!("Every change in {}: who made it, when and from where", here.frame().workspace.name))>{actions()}</PageHead>
        <Tabs label="Audit trail" items=Signal::stored(items) current=Signal::stored(current.to_owned())/>
    }
    .into_any()
}

/// What the page shows: other entries alone leave the list standing.
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Failed(RpcError),
    NoEntry,
    Entries,
}

fn shown(here: Here, state: Memo<ListState>, trail: Resource<Rpc<Trail>>, terms: Resource<Rpc<Terms>>, busy: Signal<bool>) -> impl Fn() -> AnyView {
    let shown = kept(move || match (trail.get(), terms.get()) {
        (None, _) | (_, None) => Shown::Nothing,
        (Some(Err(error)), _) | (_, Some(Err(error))) => Shown::Failed(error),
        (Some(Ok(found)), _) if found.page.rows.is_empty() => Shown::NoEntry,
        (Some(Ok(_)), Some(Ok(_))) => Shown::Entries,
    });
    let retry = move || {
        trail.refetch();
        terms.refetch();
    };
    move || match shown.get() {
        Shown::Nothing => ().into_any(),
        Shown::Failed(error) => view! { <FailureView error retry/> }.into_any(),
        Shown::NoEntry => (move || none(here, &state.get())).into_any(),
        Shown::Entries => entries(here, state, trail, terms, busy),
    }
}

fn entries(here: Here, state: Memo<ListState>, trail: Resource<Rpc<Trail>>, terms: Resource<Rpc<Terms>>, busy: Signal<bool>) -> AnyView {
    let found = move || trail.get().and_then(Result::ok);
    let rows = move || found().map(|found| found.page.rows).unwrap_or_default();
    // an entry never changes: what is unfolded stays so while others come and go
    let row = move |row: Entry| {
        let opens = row.object.as_ref().is_some_and(|object| trail.with_untracked(|found| matches!(found, Some(Ok(found)) if found.here.contains(&object.id))));
        let catalog = terms.with_untracked(|terms| terms.as_ref().and_then(|terms| terms.as_ref().ok()).map(|terms| terms.catalog.clone()));
        catalog.map(|catalog| entry(&row, opens, &catalog, &here.slug()))
    };
    view! {
        <ol class="trail" aria-label="Entries, the newest first" aria-busy=move || if busy.get() { "true" } else { "false" }>
            <For each=rows key=|row| row.id children=row/>
        </ol>
        {move || found().map(|found| foot(here, &state.get(), &found))}
    }
    .into_any()
}

/// Why nothing is shown, and the way on.
fn none(here: Here, state: &ListState) -> AnyView {
    let all = path::audit(&here.slug());
    if state.after.is_some() {
        return view! {
            <EmptyState icon=IconName::ScrollText title="Nothing on this page" text="The entries that this link led to went by age.">
                <LinkButton href=all>"Show the newest"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let filter = asked(state).filter;
    if filter.is_empty() {
        return view! { <EmptyState icon=IconName::ScrollText title="Nothing yet" text="Every change in this workspace will be listed here: who made it, when, and what it changed."/> }.into_any();
    }
    if let Some((from, until)) = filter.crossed() {
        let swapped = format!("{all}{}", state.filtered("from", &[until.to_string()]).filtered("until", &[from.to_string()]).query());
        return view! {
            <EmptyState icon=IconName::TriangleAlert title="From lies after Until" text="No moment lies between them as they stand, so there is nothing to show.">
                <LinkButton href=swapped>"Swap them"</LinkButton>
                <LinkButton href=all>"Clear filters"</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState icon=IconName::Search title="No entry matches" text=unmatched(&filter)>
            <LinkButton href=all>"Clear filters"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

/// What no entry is, by what the trail is narrowed to and nothing else: `No entry is by whom you chose and from that time.`
fn unmatched(filter: &AuditFilter) -> String {
    let parts = [
        (!filter.actors.is_empty(), "by whom you chose"),
        (!filter.events.is_empty(), "of the kind you chose"),
        (filter.object.is_some() || filter.thing.is_some() || filter.thing_kind.is_some(), "about what you chose"),
        (filter.operation.is_some(), "a part of that change"),
        (filter.from.is_some() || filter.until.is_some(), "from that time"),
    ];
    let set: Vec<String> = parts.into_iter().filter(|(set, _)| *set).map(|(_, words)| words.to_owned()).collect();
    format!("No entry is {}.", and(&set))
}

fn foot(here: Here, state: &ListState, found: &Trail) -> AnyView {
    let kept = match found.kept_days {
        0 => "Entries are kept for good.".to_owned(),
        1 => "Entries are kept for a day.".to_owned(),
        days => format!("Entries are kept for {days} days."),
    };
    view! { <div class="foot"><p class="trail-kept">{kept}</p>{pager(state, &path::audit(&here.slug()), &found.page)}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::audit_query::Doer;

    #[test]
    fn the_url_narrows_the_trail_and_nonsense_is_left_out() {
        let state =
            ListState::parse("filter=actor:operator&filter=event:plan_changed&filter=event:nothing&filter=from:2026-11-01&filter=until:x&filter=role:y");
        let query = asked(&state);
        assert_eq!(query.filter.actors, [Doer::Operator]);
        assert_eq!(query.filter.events, ["plan_changed"]);
        assert!(query.filter.from.is_some() && query.filter.until.is_none() && query.cursor.is_none());
    }

    #[test]
    fn what_matches_nothing_is_told_by_what_is_set() {
        let told = |text: &str| unmatched(&asked(&ListState::parse(text)).filter);
        assert_eq!(told("filter=from:2026-11-01"), "No entry is from that time.");
        assert_eq!(
            told("filter=actor:operator&filter=event:plan_changed&filter=until:2026-11-01"),
            "No entry is by whom you chose, of the kind you chose and from that time."
        );
    }

    #[test]
    fn moments_the_wrong_way_round_are_told_apart() {
        let is_crossed = |text: &str| asked(&ListState::parse(text)).filter.crossed().is_some();
        let (early, late) = ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
        assert!(is_crossed(&format!("filter=from:{late}&filter=until:{early}")));
        assert!(!is_crossed(&format!("filter=from:{early}&filter=until:{late}")));
        assert!(!is_crossed(&format!("filter=from:{late}")));
    }
}
