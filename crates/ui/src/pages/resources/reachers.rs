//! Who can reach a resource and why: members and tokens, page by page, for one thing to do with it.

use super::Things;
use crate::{
    components::{Button, IconName, SelectField, SkeletonLines, Who, capital},
    pages::newest::Newest,
    path,
    rpc::resources,
};
use domain::{id::ResourceId, member::UserId, policy::Subject, question::Reacher, workspace::WorkspaceSlug};
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
    let (rows, next) = (RwSignal::new(None::<Vec<Reacher>>), RwSignal::new(None::<Subject>));
    let (failed, busy, newest) = (RwSignal::new(None::<String>), RwSignal::new(false), Newest::default());
    let read_on = StoredValue::new(false);
    let load: Callback<(bool,)> = Callback::from(move |more: bool| {
        busy.set(true);
        read_on.set_value(more);
        let after = if more { next.get_untracked() } else { None };
        newest.ask(resources::reachers(things.here.slug(), id, verb.get_untracked(), after), move |answer| {
            busy.set(false);
            match answer {
                Ok(page) => {
                    failed.set(None);
                    next.set(page.next);
                    rows.update(|rows| match rows {
                        Some(rows) if more => rows.extend(page.rows),
                        Some(_) | None => *rows = Some(page.rows),
                    });
                }
                Err(error) if things.session.ask_again(&error, || ()) => {}
                Err(error) => failed.set(Some(error.message())),
            }
        });
    });
    Effect::new(move |before: Option<String>| {
        let (verb, _, _) = (verb.get(), things.session.version(), follows.get());
        // who has read on keeps their place
        if !read_on.get_value() || before.as_ref() != Some(&verb) {
            load.run((false,));
        }
        verb
    });
    let options: Vec<(String, String)> = verbs.into_iter().map(|verb| (verb.clone(), capital(&verb))).collect();
    let slug = things.here.slug();
    // the lines that stay are not drawn anew
    let state = Memo::new(move |_| (rows.with(|rows| rows.as_ref().map(Vec::is_empty)), failed.get()));
    let list = move || match state.get() {
        (_, Some(text)) => {
            view! { <p class="field-error">{text}</p><Button small=true icon=IconName::RotateCw on_click=move || load.run((false,))>"Try again"</Button> }
                .into_any()
        }
        (None, None) => view! { <SkeletonLines lines=3/> }.into_any(),
        (Some(true), None) => view! { <p class="field-hint">"Nobody can."</p> }.into_any(),
        (Some(false), None) => {
            let slug = slug.clone();
            let line = move |row: Reacher| line(&slug, row);
            let more =
                move || next.with(Option::is_some).then(|| view! { <Button small=true pending=busy on_click=move || load.run((true,))>"Show more"</Button> });
            view! {
                <ul class="people-list reachers" aria-label="Who can reach it">
                    <For each=move || rows.get().unwrap_or_default() key=|row| (row.subject, row.why.clone()) children=line/>
                </ul>
                <p class="list-more">{more}</p>
            }
            .into_any()
        }
    };
    view! {
        <section class="drawer-section" aria-label="Who can reach it">
            <h3>"Who can reach it"</h3>
            <SelectField label="To" name="verb" id="reachers-verb" value=verb options=Signal::stored(options)/>
            {list}
        </section>
    }
    .into_any()
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
