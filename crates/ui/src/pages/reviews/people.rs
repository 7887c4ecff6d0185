//! Chooses the reviewers: oneself at first.

use crate::pages::{
    access::chosen::{ChooseMembers, Chosen},
    frame::Here,
};
use domain::review::{MOST_REVIEWERS, Reviewer};
use leptos::prelude::*;

pub fn oneself(here: Here) -> Chosen {
    let frame = here.frame();
    Chosen::new(vec![(frame.me, frame.account.name.to_string())])
}

pub fn those(reviewers: &[Reviewer]) -> Chosen {
    Chosen::new(reviewers.iter().map(|reviewer| (reviewer.id, reviewer.name.to_string())).collect())
}

#[component]
pub fn Reviewers(here: Here, chosen: Chosen, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <ChooseMembers here chosen label="Reviewers" most=MOST_REVIEWERS error>
            <span class="field-label">"Reviewers"</span>
            <p class="field-hint">{if here.frame().mail_is_on { "They are mailed, and go through the list." } else { "They go through the list; this server sends no mail, so tell them." }}
                " They need not be owners; nobody decides about themselves."</p>
        </ChooseMembers>
    }
    .into_any()
}
