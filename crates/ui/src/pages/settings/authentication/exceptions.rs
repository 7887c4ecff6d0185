//! Chooses whom the requirement of single sign-on excepts. The owner who keeps the way in is named.

use crate::pages::{
    access::chosen::{ChooseMembers, Chosen},
    frame::Here,
};
use domain::{
    id::MemberId,
    sso::require::{MOST_EXCEPTIONS, SsoException},
};
use leptos::prelude::*;

/// As they are chosen.
pub fn these(exceptions: &[SsoException]) -> Vec<(MemberId, String)> {
    exceptions.iter().map(|one| (one.member, one.name.to_string())).collect()
}

#[component]
pub fn Exceptions(here: Here, excepted: Chosen, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <ChooseMembers here chosen=excepted label="Exceptions" most=MOST_EXCEPTIONS error>
            <span class="legend">"Exceptions"</span>
            <p class="field-hint">"They may come by password all the same. One owner with a password and a proven address is always among them: the way in when the provider is down."</p>
        </ChooseMembers>
    }
    .into_any()
}
