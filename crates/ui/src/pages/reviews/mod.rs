//! Access reviews: which there are and how far each has come. Owners see all of them, others those that they are asked to look through.

mod change;
mod ending;
mod item;
mod items;
mod people;
mod review;
mod start;

pub use review::ReviewPage;

use super::{
    access::{answered::answered, list_state::ListState, pages::pager},
    failure::FailureView,
    frame::{Here, use_here},
};
use crate::{
    components::{Button, ButtonKind, Chip, DataTable, EmptyState, IconName, PageHead, SkeletonRows, StatusDot, TimeAgo, Tone, grouped},
    path,
    rpc::reviews::{self, Reviews},
    session::use_session,
};
use domain::{
    page::Cursor,
    review::{Review, ReviewState},
    time::Timestamp,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use start::StartReview;

#[component]
pub fn ReviewsPage() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let (slug, session, search) = (here.slug(), use_session(), use_location().search);
    let state = Memo::new(move |_| search.with(|query| ListState::parse(query.trim_start_matches('?'))));
    let (list, busy) = answered(
        move || (state.with(|state| state.after.clone()), session.version(), here.live.version()),
        move |(after, ..)| reviews::list(slug.clone(), after.and_then(|after| Cursor::decode(&after).ok())),
    );
    let starting = RwSignal::new(false);
    let open = move || starting.set(true);
    let start = move || {
        let button = view! { <Button kind=ButtonKind::Primary icon=IconName::Plus on_click=open attr:aria-haspopup="dialog">"Start review"</Button> };
        here.is_owner().then_some(button)
    };
    let shown = move || match list.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <FailureView error retry=move || list.refetch()/> }.into_any(),
        Some(Ok(found)) if found.page.rows.is_empty() => nothing(here, starting),
        Some(Ok(found)) => table(here, state, &found, busy),
    };
    view! {
        <Title text="Access reviews"/>
        <PageHead title="Access reviews" text=Some("Whether everybody still needs what they have: people who know keep or revoke each, and an owner signs off.".to_owned())>
            {start()}
        </PageHead>
        <section class="panel" aria-label="Access reviews">
            <Transition fallback=|| view! { <SkeletonRows rows=5 columns=4/> }>{shown}</Transition>
        </section>
        {move || starting.get().then(|| view! { <StartReview here on_close=move || starting.set(false)/> })}
    }
    .into_any()
}

fn nothing(here: Here, starting: RwSignal<bool>) -> AnyView {
    if !here.is_owner() {
        return view! { <EmptyState icon=IconName::ClipboardCheck title="Nothing to review" text="Where an owner asks you to look through who has access, it stands here."/> }
            .into_any();
    }
    let text = "Start one of a group, a role, a label or everyone. Nothing ends before you sign it off.";
    view! {
        <EmptyState icon=IconName::ClipboardCheck title="No reviews yet" text=text>
            <Button icon=IconName::Plus on_click=move || starting.set(true)>"Start the first review"</Button>
        </EmptyState>
    }
    .into_any()
}

fn table(here: Here, state: Memo<ListState>, found: &Reviews, busy: Signal<bool>) -> AnyView {
    let head = || {
        view! { <th scope="col">"Review"</th><th scope="col">"Progress"</th><th scope="col">"Due"</th><th scope="col">"Reviewers"</th> }
    };
    let row = |review: &Review| {
        let names: Vec<&str> = review.reviewers.iter().map(|reviewer| reviewer.name.as_str()).collect();
        let (names, about) = (names.join(", "), review.about.clone());
        let (more, late) = (words(review), due(review, found.now));
        view! {
            <tr class="row-link">
                <td class="cell-who"><span class="who-lines">
                    <a class="who-name" href=path::review(&here.slug(), review.id)>{review.name.to_string()}</a>
                    <span class="who-note">{about}</span>
                </span></td>
                <td class="cell-progress">{progress(review)}</td>
                <td class="cell-note">{due(review, found.now)}</td>
                <td class="cell-note">{names}</td>
                <td class="cell-more">{more} " · " {late}</td>
            </tr>
        }
    };
    let rows = found.page.rows.iter().map(row).collect_view();
    let pages = state.with_untracked(|state| pager(state, &path::reviews(&here.slug()), &found.page));
    view! { <DataTable label="Access reviews" head=head busy=busy class="reviews cards">{rows}</DataTable>{pages} }.into_any()
}

/// How far it has come, in words: `12 of 30 decided`.
fn words(review: &Review) -> String {
    match review.state {
        ReviewState::Open => format!("{} of {} decided", grouped(review.decided()), grouped(review.items)),
        ReviewState::SignedOff => format!("Signed off: {} revoked", grouped(review.done.unwrap_or_default().revoked)),
        ReviewState::Cancelled => "Cancelled".to_owned(),
    }
}

/// A bar with its words; of what has ended the words alone.
fn progress(review: &Review) -> AnyView {
    let said = words(review);
    match review.state {
        ReviewState::Open => {
            view! { <label class="progress"><span>{said}</span><progress value=review.decided().to_string() max=review.items.max(1).to_string()></progress></label> }
                .into_any()
        }
        ReviewState::SignedOff => view! { <StatusDot tone=Tone::Good text=said/> }.into_any(),
        ReviewState::Cancelled => view! { <StatusDot tone=Tone::Muted text=said/> }.into_any(),
    }
}

/// When it is due, and that it is late.
fn due(review: &Review, now: Timestamp) -> AnyView {
    let late = review.is_overdue(now).then(|| view! { " " <Chip text="Overdue" tone=Tone::Bad/> });
    view! { <TimeAgo at=Some(review.due_at.micros())/>{late} }.into_any()
}
