//! Another due date, or other reviewers, while a review goes on.

use super::{
    people::{Reviewers, those},
    review::Shared,
    start::{day, end_of},
};
use crate::{
    components::{Banner, Button, ButtonKind, Dialog, Field, Tone},
    pages::doing::Doing,
    rpc::reviews,
};
use domain::review::{Review, ReviewTerms};
use leptos::{ev, prelude::*};

const FORM: &str = "review-change";

#[component]
pub fn ChangeReview(shared: Shared, review: Review, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let was = day(review.due_at);
    let due = RwSignal::new(was.clone());
    let chosen = those(&review.reviewers);
    let doing = Doing::default();
    let mail = shared.here.frame().mail_is_on;
    let missing = Signal::derive(move || {
        if due.with(|day| end_of(day).is_none()) {
            return Some("choose a due date first".to_owned());
        }
        chosen.is_empty().then(|| "choose a reviewer first".to_owned())
    });
    let send = move || {
        // a day that was left alone keeps its very moment
        let due_at = due.with_untracked(|day| if *day == was { Some(review.due_at) } else { end_of(day) });
        let Some(due_at) = due_at.filter(|_| missing.with_untracked(Option::is_none)) else { return };
        let (slug, terms) = (shared.here.slug(), ReviewTerms { due_at, reviewers: untrack(|| chosen.ids()), revision: review.revision });
        doing.run(
            move || reviews::change(slug.clone(), shared.id, terms.clone()),
            move |_, is_here| {
                doing.toasts.success(if mail { "The review is changed. Who is asked anew gets mail." } else { "The review is changed." });
                if is_here {
                    shared.changed();
                    on_close.run(());
                }
            },
        );
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let footer = move || {
        view! {
            <Button on_click=move || on_close.run(())>"Cancel"</Button>
            <Button kind=ButtonKind::Primary submit=true form=FORM pending=doing.pending disabled_reason=missing>"Save changes"</Button>
        }
    };
    let beside = doing.beside(&["due", "reviewers"]);
    view! {
        <Dialog title="Change review" text=Some("What was decided stays.".to_owned()) on_close=on_close footer=footer>
            <form id=FORM class="form" novalidate on:submit=submit>
                <div role="alert">{move || beside.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
                <Field label="Due" name="due" kind="date" value=due error=doing.on("due")/>
                <Reviewers here=shared.here chosen error=doing.on("reviewers")/>
            </form>
        </Dialog>
    }
    .into_any()
}
