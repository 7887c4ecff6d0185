//! Ends a review: by signing it off, which does what was decided, or by cancelling it, which does nothing.

use super::review::Shared;
use crate::{
    components::{ConfirmDialog, SkeletonLines, grouped, plural},
    pages::{doing::Doing, newest::Newest},
    rpc::reviews,
};
use domain::review::{Review, SignOffPreview};
use leptos::prelude::*;

/// Says what would end, as of one moment, and does just that.
#[component]
pub fn SignOff(shared: Shared, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let doing = Doing::default();
    let shown = RwSignal::new(None::<SignOffPreview>);
    let failed = RwSignal::new(None::<String>);
    let newest = Newest::default();
    // refused because somebody decided meanwhile: then it would end other things
    let refused = Memo::new(move |_| doing.refused.with(Option::is_some));
    Effect::new(move || {
        let _ = refused.get();
        newest.ask(reviews::preview(shared.here.slug(), shared.id), move |answer| match answer {
            Ok(preview) => shown.set(Some(preview)),
            Err(error) => failed.set(Some(error.message())),
        });
    });
    let send = move || {
        let Some(decisions) = shown.with_untracked(|shown| shown.as_ref().map(|shown| shown.decisions)) else { return };
        let slug = shared.here.slug();
        doing.run(
            move || reviews::sign_off(slug.clone(), shared.id, decisions),
            move |done, is_here| {
                let stayed = if done.stayed > 0 { format!(" {} are no longer what was looked at, and stayed.", grouped(done.stayed)) } else { String::new() };
                doing.toasts.success(format!("Signed off: {} revoked.{stayed}", grouped(done.revoked)));
                if is_here {
                    shared.changed();
                    on_close.run(());
                }
            },
        );
    };
    let lines = move || match shown.get() {
        None => view! { <SkeletonLines lines=3/> }.into_any(),
        Some(shown) => told(&shown),
    };
    let unknown = Signal::derive(move || shown.with(Option::is_none).then(|| "what would end is not known yet".to_owned()));
    let error = Signal::derive(move || doing.message().get().or_else(|| failed.get()));
    view! {
        <ConfirmDialog title="Sign off this review?" confirm="Sign off" pending=doing.pending error=error disabled_reason=unknown on_confirm=send on_close=on_close>
            {lines}
        </ConfirmDialog>
    }
    .into_any()
}

fn told(shown: &SignOffPreview) -> AnyView {
    let ends = match shown.revoked {
        0 => "Nothing is revoked.".to_owned(),
        count => format!("{} revoked, at once.", plural(count, "item is", "items are")),
    };
    let more = shown.revoked.saturating_sub(shown.whose.len() as u64);
    let names = (!shown.whose.is_empty()).then(|| {
        let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
        view! { " " {shown.whose.join(", ")} {more} }
    });
    let owners =
        (shown.owners > 0).then(|| view! { <li><b>{format!("{} among them.", plural(shown.owners, "workspace owner is", "workspace owners are"))}</b></li> });
    let open =
        (shown.undecided > 0).then(|| view! { <li>{format!("{} not decided: nothing changes there.", plural(shown.undecided, "item is", "items are"))}</li> });
    let kept = format!("{} kept.", plural(shown.kept, "item is", "items are"));
    view! { <ul><li><b>{ends}</b>{names}</li>{owners}<li>{kept}</li>{open}<li>"What was changed since the review began stays, and the record says so. It can't be changed afterwards."</li></ul> }.into_any()
}

#[component]
pub fn CancelReview(shared: Shared, review: Review, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let doing = Doing::default();
    let send = move || {
        let slug = shared.here.slug();
        doing.run(
            move || reviews::cancel(slug.clone(), shared.id),
            move |(), is_here| {
                doing.toasts.success("The review is cancelled; nothing was revoked.");
                if is_here {
                    shared.changed();
                    on_close.run(());
                }
            },
        );
    };
    let words =
        format!("{} of {} decided so far. Nothing of it will be done, and nobody can decide any more.", grouped(review.decided()), grouped(review.items));
    view! {
        <ConfirmDialog title=format!("Cancel {}?", review.name) confirm="Cancel review" cancel="Keep review" pending=doing.pending error=doing.message() on_confirm=send on_close=on_close>
            <p>{words}</p>
        </ConfirmDialog>
    }
    .into_any()
}
