//! Ends a review: by signing it off, which does what was decided, or by cancelling it, which does nothing.

use super::review::Shared;
use crate::{
    components::{ConfirmDialog, grouped, plural},
    pages::doing::Doing,
    rpc::reviews,
};
use domain::review::{Review, SignOffSeen};
use leptos::prelude::*;

#[component]
pub fn SignOff(shared: Shared, #[prop(into)] review: Signal<Option<Review>>, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let doing = Doing::default();
    let counts = move || review.with(|review| review.as_ref().map_or((0, 0, 0), |review| (review.kept, review.revoked, review.undecided())));
    let send = move || {
        let (slug, (kept, revoked, _)) = (shared.here.slug(), untrack(counts));
        doing.run(
            move || reviews::sign_off(slug.clone(), shared.id, SignOffSeen { kept, revoked }),
            move |done, is_here| {
                let stayed = if done.stayed > 0 { format!(" {} had changed or ended before, and stayed as they are.", grouped(done.stayed)) } else { String::new() };
                doing.toasts.success(format!("Signed off: {} revoked.{stayed}", grouped(done.revoked)));
                if is_here {
                    shared.changed();
                    on_close.run(());
                }
            },
        );
    };
    let lines = move || {
        let (kept, revoked, undecided) = counts();
        let ends = match revoked {
            0 => "Nothing is revoked.".to_owned(),
            count => format!("{} revoked, at once.", plural(count, "item is", "items are")),
        };
        let open = (undecided > 0).then(|| view! { <li>{format!("{} not decided: nothing changes there.", plural(undecided, "item is", "items are"))}</li> });
        view! { <ul><li><b>{ends}</b></li><li>{format!("{} kept.", plural(kept, "item is", "items are"))}</li>{open}<li>"The record can't be changed afterwards."</li></ul> }
    };
    view! {
        <ConfirmDialog title="Sign off this review?" confirm="Sign off" pending=doing.pending error=doing.message() on_confirm=send on_close=on_close>
            {lines}
        </ConfirmDialog>
    }
    .into_any()
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
    let words = format!("{} of {} decided so far. Nothing of it will be done, and nobody can decide any more.", grouped(review.decided()), grouped(review.items));
    view! {
        <ConfirmDialog title=format!("Cancel {}?", review.name) confirm="Cancel review" pending=doing.pending error=doing.message() on_confirm=send on_close=on_close>
            <p>{words}</p>
        </ConfirmDialog>
    }
    .into_any()
}
