//! One review: what it is about, how far it has come, what owners can do with it, and the list to go through.

use super::{
    change::ChangeReview,
    ending::{CancelReview, SignOff},
    items::Items,
};
use crate::{
    components::{Banner, Button, ButtonKind, EmptyState, IconName, LinkButton, PageHead, SkeletonLines, TimeAgo, Tone, grouped, plural},
    pages::{
        access::answered::{answered, kept},
        doing::Doing,
        failure::FailureView,
        frame::{Here, use_here},
    },
    path,
    rpc::{RpcError, reviews},
    session::use_session,
};
use domain::{
    failure::{Failure, FailureKind},
    id::ReviewId,
    review::{Done, Review, ReviewState},
    time::Timestamp,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// What is open over the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    SignOff,
    Change,
    Cancel,
}

/// What the page's pieces share. Copy it into callbacks.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    pub here: Here,
    pub id: ReviewId,
    /// Raised after a change of one's own.
    pub version: RwSignal<u32>,
}

impl Shared {
    pub fn changed(self) {
        let _ = self.version.try_update(|version| *version += 1);
        self.here.recount();
    }
}

#[component]
pub fn ReviewPage() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("review").and_then(|text| text.parse::<ReviewId>().ok())));
    (move || match id.get() {
        Some(id) => view! { <OfReview shared=Shared { here, id, version: RwSignal::new(0) }/> }.into_any(),
        None => view! { <FailureView error=RpcError::from(Failure::not_found()) retry=|| ()/> }.into_any(),
    })
    .into_any()
}

#[component]
fn OfReview(shared: Shared) -> impl IntoView {
    let Shared { here, id, version } = shared;
    let (slug, session) = (here.slug(), use_session());
    let (found, _) = answered(move || (version.get(), session.version(), here.live.version()), move |_| reviews::find(slug.clone(), id));
    let over = RwSignal::new(None::<Over>);
    let head = move || match found.get() {
        None => ().into_any(),
        Some(Err(error)) if error.kind() == FailureKind::NotFound => {
            let back = path::reviews(&here.slug());
            view! {
                <EmptyState icon=IconName::ClipboardCheck title="This review is not here" text="It may be another workspace's, or you are not asked to look through it.">
                    <LinkButton href=back>"All reviews"</LinkButton>
                </EmptyState>
            }
            .into_any()
        }
        Some(Err(error)) => view! { <FailureView error retry=move || found.refetch()/> }.into_any(),
        Some(Ok((review, now))) => shown(shared, &review, now, over),
    };
    let there = kept(move || found.with(|found| matches!(found, Some(Ok(_)))));
    let known = Signal::derive(move || found.get().and_then(Result::ok).map(|(review, _)| review));
    let above = move || {
        let (over_it, close) = (over.get()?, move || over.set(None));
        let review = known.get_untracked()?;
        Some(match over_it {
            Over::SignOff => view! { <SignOff shared on_close=close/> }.into_any(),
            Over::Change => view! { <ChangeReview shared review on_close=close/> }.into_any(),
            Over::Cancel => view! { <CancelReview shared review on_close=close/> }.into_any(),
        })
    };
    view! {
        <Transition fallback=|| view! { <SkeletonLines lines=4/> }>
            {head}
        </Transition>
        <Transition fallback=|| view! { <SkeletonLines lines=8/> }>
            {move || there.get().then(|| view! { <Items shared review=known/> })}
        </Transition>
        {above}
    }
    .into_any()
}

fn shown(shared: Shared, review: &Review, now: Timestamp, over: RwSignal<Option<Over>>) -> AnyView {
    let name = review.name.to_string();
    let about = format!("A review of {}.", review.about);
    let (actions, notice) = (actions(shared, review, over), notice(shared, review, over));
    let names: Vec<&str> = review.reviewers.iter().map(|reviewer| reviewer.name.as_str()).collect();
    let names = if names.is_empty() { "nobody is left".to_owned() } else { names.join(", ") };
    view! {
        <Title text=name.clone()/>
        <nav class="crumbs" aria-label="Where this is"><a href=path::reviews(&shared.here.slug())>"Access reviews"</a></nav>
        <PageHead title=name text=Some(about)>{actions}</PageHead>
        <dl class="facts">
            <div><dt>"Progress"</dt><dd>{super::progress(review)}</dd></div>
            <div><dt>"Due"</dt><dd>{super::due(review, now)}</dd></div>
            <div><dt>"Reviewers"</dt><dd>{names}</dd></div>
            <div><dt>"Started"</dt><dd>{review.started_by.to_string()} " · " <TimeAgo at=Some(review.started_at.micros())/></dd></div>
        </dl>
        <div class="review-notice">{notice}</div>
    }
    .into_any()
}

/// What an owner can do with it.
fn actions(shared: Shared, review: &Review, over: RwSignal<Option<Over>>) -> Option<AnyView> {
    if !shared.here.is_owner() {
        return None;
    }
    if !review.is_open() {
        let record = path::review_csv(&shared.here.slug(), review.id);
        return Some(view! { <LinkButton href=record icon=IconName::Download download=true>"Download record"</LinkButton> }.into_any());
    }
    let doing = Doing::default();
    let id = review.id;
    let remind = move || {
        let slug = shared.here.slug();
        doing.run(
            move || reviews::remind(slug.clone(), id),
            move |_, _| {
                doing.toasts.success("The reviewers are reminded by mail.");
                shared.changed();
            },
        );
    };
    // a refusal stands where it was asked for, and goes with the next try
    Effect::new(move || {
        if let Some(text) = doing.message().get() {
            doing.toasts.error(text);
        }
    });
    let nobody_left = (review.undecided() == 0).then(|| "everything is decided".to_owned());
    Some(
        view! {
            <Button icon=IconName::Mail pending=doing.pending disabled_reason=nobody_left on_click=remind>"Remind reviewers"</Button>
            <Button icon=IconName::Pencil on_click=move || over.set(Some(Over::Change)) attr:aria-haspopup="dialog">"Change"</Button>
            <Button on_click=move || over.set(Some(Over::Cancel)) attr:aria-haspopup="dialog">"Cancel review"</Button>
            <Button kind=ButtonKind::Primary icon=IconName::ClipboardCheck on_click=move || over.set(Some(Over::SignOff)) attr:aria-haspopup="dialog">"Sign off"</Button>
        }
        .into_any(),
    )
}

/// What stands out: that it is ready, or how it ended.
fn notice(shared: Shared, review: &Review, over: RwSignal<Option<Over>>) -> Option<AnyView> {
    let by = review.ended_by.as_ref().map(ToString::to_string).unwrap_or_default();
    match review.state {
        ReviewState::Open if review.left() > 0 => None,
        ReviewState::Open if shared.here.is_owner() => {
            let own = if review.own_left > 0 { " What you have yourself is for others to decide, and stays if nobody does." } else { "" };
            let words = format!("Everything is decided. {} once you sign it off.{own}", revoking(review.revoked));
            Some(view! { <Banner tone=Tone::Good actions=move || view! { <Button on_click=move || over.set(Some(Over::SignOff))>"Sign off"</Button> }>{words}</Banner> }.into_any())
        }
        ReviewState::Open => Some(view! { <Banner tone=Tone::Good>"Everything is decided. An owner signs it off; until then it can be changed."</Banner> }.into_any()),
        ReviewState::Cancelled => Some(view! { <Banner tone=Tone::Muted>{format!("Cancelled by {by}: nothing that was decided was done.")}</Banner> }.into_any()),
        ReviewState::SignedOff => {
            let digest = review.digest.clone().filter(|_| shared.here.is_owner());
            let seal = digest.map(|digest| {
                view! { <details class="digest"><summary>"How to prove the record"</summary>
                    <p>"The audit trail holds the SHA-256 of the record as it was signed off:"</p><code class="mono">{digest}</code></details> }
            });
            let Done { revoked, stayed } = review.done.unwrap_or_default();
            let stayed = if stayed > 0 { format!(", {} to be revoked and yet not what was looked at", grouped(stayed)) } else { String::new() };
            let words = format!("Signed off by {by}: {} revoked{stayed}, {} kept, {} not decided.", grouped(revoked), grouped(review.kept), grouped(review.undecided()));
            Some(view! { <Banner tone=Tone::Good>{words}</Banner>{seal} }.into_any())
        }
    }
}

/// `12 items end`
fn revoking(count: u64) -> String {
    match count {
        0 => "Nothing ends".to_owned(),
        count => plural(count, "item ends", "items end"),
    }
}
