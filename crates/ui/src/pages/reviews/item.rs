//! One line of a review: whose access, what it is, when it was last used, and what is decided about it.

use super::review::Shared;
use crate::{
    components::{Chip, TimeAgo, Tone},
    pages::doing::Doing,
    path,
    rpc::reviews,
};
use domain::{
    grant::Holder,
    member::UserId,
    review::{Decision, ItemSelection, Outcome, ReviewItem, holder_title},
    time::Timestamp,
};
use leptos::prelude::*;

pub fn item_row(shared: Shared, row: Memo<ReviewItem>, open: Signal<bool>) -> AnyView {
    let first = row.get_untracked();
    let name = first.name.clone();
    // owners go on from here to all that somebody has
    let opens = shared.here.is_owner().then(|| opened(shared, first.holder)).flatten();
    let who = match opens {
        Some(href) => view! { <a class="who-name" href=href>{name}</a> }.into_any(),
        None => view! { <span class="who-name">{name}</span> }.into_any(),
    };
    let note = first.email.clone().unwrap_or_else(|| holder_title(first.holder).to_owned());
    let decided = move || row.with(said);
    view! {
        <tr>
            <td class="cell-who"><span class="who-lines">{who}<span class="who-note">{note}</span></span></td>
            <td class="cell-access">{first.access}</td>
            <td class="cell-note"><TimeAgo at=Signal::derive(move || row.with(|row| row.last_used_at.map(Timestamp::micros)))/></td>
            <td class="cell-decision">
                {move || open.get().then(|| choice(shared, row))}
                {move || decided().map(|words| view! { <span class="who-note">{words}</span> })}
                {move || row.with(|row| row.outcome).map(outcome)}
            </td>
        </tr>
    }
    .into_any()
}

fn opened(shared: Shared, holder: Holder) -> Option<String> {
    let slug = shared.here.slug();
    match holder {
        Holder::Member(id) => Some(path::user(&slug, UserId::Member(id))),
        Holder::Group(id) => Some(path::group(&slug, id)),
        Holder::Token(id) => Some(path::token(&slug, id)),
        Holder::Invite(_) => None,
    }
}

/// `Keep, by Rae`, once it was decided; the word beside it where it can't be written any more.
fn said(row: &ReviewItem) -> Option<String> {
    let by = row.decided_by.as_ref()?;
    let note = row.note.as_ref().filter(|_| row.outcome.is_some()).map(|note| format!(": “{note}”")).unwrap_or_default();
    Some(format!("{} by {by}{note}", if row.decision == Decision::Keep { "Kept" } else { "Revoked" }))
}

fn outcome(outcome: Outcome) -> AnyView {
    let tone = match outcome {
        Outcome::Kept => Tone::Good,
        Outcome::Revoked => Tone::Bad,
        Outcome::Undecided | Outcome::Gone | Outcome::Changed | Outcome::Yourself => Tone::Warn,
    };
    view! { <Chip text=outcome.title() tone=tone/> }.into_any()
}

/// Keep or Revoke: a press decides, a second one takes it back. One's own is for others.
fn choice(shared: Shared, row: Memo<ReviewItem>) -> AnyView {
    let (first, me) = (row.get_untracked(), shared.here.frame().me);
    if first.holder == Holder::Member(me) {
        return view! { <p class="who-note">"Yours: somebody else decides"</p> }.into_any();
    }
    let place = first.place;
    // each row waits for its own answer: one can go on with the next
    let doing = Doing::default();
    let decide = move |decision: Decision| {
        let slug = shared.here.slug();
        doing.run(move || reviews::decide(slug.clone(), shared.id, ItemSelection::These(vec![place]), None, decision), move |_, _| shared.changed());
    };
    let refused = doing.message();
    let button = move |decision: Decision| {
        let label = format!("{} {}: {}", decision.title(), first.name, first.access);
        let on = Memo::new(move |_| row.with(|row| row.decision == decision));
        let press = move |_| decide(if on.get_untracked() { Decision::Undecided } else { decision });
        let class = if decision == Decision::Keep { "pick keep" } else { "pick revoke" };
        view! { <button type="button" class=class aria-label=label aria-pressed=move || if on.get() { "true" } else { "false" } on:click=press>{decision.title()}</button> }
    };
    let is_decided = Memo::new(move |_| row.with(|row| row.decision != Decision::Undecided));
    view! {
        <span class="picks" role="group" aria-label="Decision" aria-busy=move || doing.pending.get().then_some("true")>{button(Decision::Keep)}{button(Decision::Revoke)}</span>
        {move || refused.get().map(|text| view! { <span class="field-error" role="alert">{text}</span> })}
        {move || is_decided.get().then(|| note(shared, row))}
    }
    .into_any()
}

/// A word on why, kept when the box is left.
fn note(shared: Shared, row: Memo<ReviewItem>) -> AnyView {
    let first = row.get_untracked();
    let doing = Doing::default();
    let place = first.place;
    let save = move |event: leptos::ev::Event| {
        let (slug, text) = (shared.here.slug(), event_target_value(&event));
        doing.run(
            move || reviews::note(slug.clone(), shared.id, place, text.clone()),
            move |(), _| {
                doing.toasts.success("Note kept.");
                shared.changed();
            },
        );
    };
    let refused = doing.message();
    view! {
        <input class="input note" type="text" maxlength="500" placeholder="Why (optional)" aria-label=format!("Why, for {}", first.name)
            prop:value=move || row.with(|row| row.note.clone().unwrap_or_default()) autocomplete="off" aria-invalid=move || refused.with(Option::is_some).then_some("true") on:change=save/>
        {move || refused.get().map(|text| view! { <span class="field-error" role="alert">{text}</span> })}
    }
    .into_any()
}
