//! What was done to a member, a group or a token, newest first: by whom, when, and what it gave and took.

use super::{stored::Stored, subject_drawer::Drawn};
use crate::{
    components::{EmptyState, IconName, SkeletonLines, TimeAgo},
    pages::failure::not_loaded,
    session::use_session,
};
use domain::{audit::Entry, audit_words::details, catalog::Catalog};
use leptos::prelude::*;

/// Asked for when it is first shown, and again after each change by anybody.
#[component]
pub fn ActivityTab(drawn: Drawn, shown: Signal<bool>) -> impl IntoView {
    let visited = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or(false) || shown.get());
    view! { <div class="drawer-section">{move || visited.get().then(|| entries(drawn))}</div> }.into_any()
}

fn entries(drawn: Drawn) -> AnyView {
    let session = use_session();
    let (slug, known) = (drawn.access.here.slug(), drawn.access.context.known());
    let entries = LocalResource::new(move || {
        let _ = (session.version(), drawn.seen.get());
        Stored::activity(slug.clone(), drawn.subject)
    });
    (move || match entries.get() {
        None => view! { <SkeletonLines lines=6/> }.into_any(),
        Some(Err(error)) => not_loaded(&error, move || entries.refetch()),
        Some(Ok(found)) if found.is_empty() => {
            view! { <EmptyState icon=IconName::ScrollText title="Nothing yet" text="Every change made here will be listed."/> }.into_any()
        }
        Some(Ok(found)) => {
            let entries = known.with(|known| {
                let catalog = known.as_ref().map(|context| &context.catalog);
                found.into_iter().map(|entry| line(&entry, catalog)).collect_view()
            });
            view! { <ul class="timeline">{entries}</ul> }.into_any()
        }
    })
    .into_any()
}

fn line(entry: &Entry, catalog: Option<&Catalog>) -> AnyView {
    let sentence = catalog.map_or_else(|| entry.event.sentence(), |catalog| entry.event.sentence_by(catalog));
    let details = catalog.map(|catalog| details(&entry.event, catalog)).unwrap_or_default();
    view! {
        <li>
            <span><b>{entry.actor.name().to_owned()}</b> " " {sentence}</span>
            <TimeAgo at=Some(entry.at.micros())/>
            {details.into_iter().map(|detail| view! { <small>{detail}</small> }).collect_view()}
        </li>
    }
    .into_any()
}
