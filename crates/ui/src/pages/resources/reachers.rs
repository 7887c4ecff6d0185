//! Who can reach a resource and why: members and tokens, page by page, for one thing to do with it.

use super::{
    Things,
    read_on::{Part, ReadOn},
};
use crate::{
    components::{SelectField, Who, capital},
    path,
    rpc::{Answer, resources},
};
use domain::{email::EmailAddress, id::ResourceId, member::UserId, policy::Subject, question::Reacher, workspace::WorkspaceSlug};
use leptos::prelude::*;

#[component]
pub fn ReachersView(
    things: Things,
    id: ResourceId,
    /// Asks again when it grows.
    follows: Signal<u32>,
    /// What can be done to it, the weakest first.
    verbs: Vec<String>,
) -> impl IntoView {
    let verb = RwSignal::new(verbs.first().cloned().unwrap_or_default());
    let fetch = move |after: Option<Subject>| -> Answer<Part<Reacher, Subject>> {
        let answer = resources::reachers(things.here.slug(), id, verb.get_untracked(), after);
        Box::pin(async move { answer.await.map(|page| (page.rows, page.next)) })
    };
    let reachers = ReadOn::<Reacher, Subject>::new(things.session, Box::new(fetch));
    Effect::new(move |before: Option<String>| {
        let (verb, _, _) = (verb.get(), things.session.version(), follows.get());
        if before.is_some_and(|before| before != verb) {
            reachers.begin();
        } else {
            reachers.refresh();
        }
        verb
    });
    let options: Vec<(String, String)> = verbs.into_iter().map(|verb| (verb.clone(), capital(&verb))).collect();
    let slug = things.here.slug();
    let list = move || {
        let slug = slug.clone();
        let line = move |row: Reacher| line(&slug, row);
        view! {
            <ul class="people-list reachers" aria-label="Who can reach it">
                <For each=move || reachers.rows.get().unwrap_or_default() key=key children=line/>
            </ul>
        }
        .into_any()
    };
    let list = reachers.view("Nobody can.".to_owned(), list);
    view! {
        <section class="drawer-section" aria-label="Who can reach it">
            <h3>"Who can reach it"</h3>
            <SelectField label="To" name="verb" id="reachers-verb" value=verb options=Signal::stored(options)/>
            {list}
        </section>
    }
    .into_any()
}

/// All that a line shows.
fn key(row: &Reacher) -> (Subject, String, Option<EmailAddress>, String) {
    (row.subject, row.name.clone(), row.email.clone(), row.why.clone())
}

fn line(slug: &WorkspaceSlug, row: Reacher) -> AnyView {
    let (href, hue) = match row.subject {
        Subject::Member(id) => (path::user(slug, UserId::Member(id)), id.to_string()),
        Subject::Token(id) => (path::token(slug, id), id.to_string()),
        Subject::Group(id) => (path::group(slug, id), id.to_string()),
    };
    let note = row.email.map_or_else(|| "Token".to_owned(), |email| email.to_string());
    view! { <li><Who name=row.name note=note id=hue href=Signal::stored(href)/><small class="why">{row.why}</small></li> }.into_any()
}
