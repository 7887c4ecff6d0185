//! The requests that wait: who asks for what and why, to be looked at in the drawer or declined with a word.

use super::{Access, decline::Decline, words::wanted};
use crate::{
    components::{Avatar, Button, ButtonKind, Dialog, EmptyState, IconName, LinkButton, SkeletonLines, TimeAgo, grouped},
    pages::failure::not_loaded,
    path,
    rpc::requests,
    session::use_session,
};
use domain::{
    catalog::{Catalog, RoleId},
    member::UserId,
    request::{AccessRequest, MOST_WAITING},
};
use leptos::prelude::*;

#[component]
pub fn RequestsDialog(access: Access, on_close: Callback<()>) -> impl IntoView {
    let session = use_session();
    let slug = access.here.slug();
    let answer = LocalResource::new(move || {
        let _ = (access.list_version(), session.version());
        requests::waiting(slug.clone())
    });
    let declining = RwSignal::new(None::<AccessRequest>);
    // a line that stays is not drawn anew because another came, and what is shown stays where only the news of it failed
    let waiting = Memo::new(move |before: Option<&Option<Vec<AccessRequest>>>| {
        let found = answer.get().and_then(Result::ok);
        found.or_else(|| before.cloned().flatten())
    });
    let count = Memo::new(move |_| waiting.with(|waiting| waiting.as_ref().map(Vec::len)));
    let state = Memo::new(move |_| match count.get() {
        Some(count) => Some(Ok(count == 0)),
        None => answer.get().and_then(Result::err).map(Err),
    });
    let body = move || match state.get() {
        None => view! { <SkeletonLines lines=5/> }.into_any(),
        Some(Err(error)) => not_loaded(&error, move || answer.refetch()),
        Some(Ok(true)) => view! { <EmptyState icon=IconName::Inbox title="Nobody is waiting" text="Every request for access has been answered."/> }.into_any(),
        Some(Ok(false)) => {
            let line = move |request| line(access, request, declining);
            let more = move || hidden(count.get().unwrap_or_default(), access.here.counts().requests).map(|text| view! { <p class="field-hint">{text}</p> });
            view! { <ul class="requests" aria-label="Requests for access"><For each=move || waiting.get().unwrap_or_default() key=|request| request.id children=line/></ul>{more} }
                .into_any()
        }
    };
    let footer = move || view! { <Button on_click=move || on_close.run(())>"Close"</Button> };
    view! {
        <Dialog title="Requests for access" text=Some("Review opens what they have, with what they ask for filled in: saving it approves the request.".to_owned())
            wide=true on_close=on_close footer=footer>{body}</Dialog>
        {move || declining.get().map(|request| view! { <Decline access request on_close=move || declining.set(None) on_declined=move || declining.set(None)/> })}
    }
    .into_any()
}

fn line(access: Access, request: AccessRequest, declining: RwSignal<Option<AccessRequest>>) -> AnyView {
    let what = {
        let request = request.clone();
        move || access.context.known().with(|known| what(&request, known.as_ref().map(|context| &context.catalog)))
    };
    let review = path::with_query(&path::user(&access.here.slug(), UserId::Member(request.member)), &[("request", &request.id.to_string())]);
    let (name, id) = (request.name.to_string(), request.member.to_string());
    let labels = (format!("Review the request of {name}"), format!("Decline the request of {name}"));
    let (reason, at) = (request.reason.to_string(), request.created_at.micros());
    let decline = move || declining.set(Some(request.clone()));
    view! {
        <li>
            <Avatar name=name.clone() id=id/>
            <div class="requests-text">
                <span><b>{name}</b> " asks for " <b>{what}</b></span>
                <small>"“" {reason} "” · " <TimeAgo at=Some(at)/></small>
            </div>
            <span class="requests-actions">
                <Button small=true on_click=decline attr:aria-label=labels.1>"Decline"</Button>
                <LinkButton href=review small=true kind=ButtonKind::Strong attr:aria-label=labels.0>"Review"</LinkButton>
            </span>
        </li>
    }
    .into_any()
}

/// Said where more wait than are shown. `all` may be a moment old, so it counts only where no more can be shown.
fn hidden(shown: usize, all: u64) -> Option<String> {
    let more = shown >= usize::from(MOST_WAITING) && all > shown as u64;
    more.then(|| format!("The oldest {shown} of {} are shown. The others follow as these are answered.", grouped(all)))
}

/// What is asked for, in the catalogue's words where it is here.
pub fn what(request: &AccessRequest, catalog: Option<&Catalog>) -> String {
    match catalog {
        Some(catalog) => wanted(catalog, request.role.as_ref(), request.resource_name.as_deref()),
        None => request.role.as_ref().map_or_else(|| "access".to_owned(), RoleId::to_string),
    }
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn requests_that_are_not_shown_are_counted() {
        assert_eq!(hidden(50, 1_073).as_deref(), Some("The oldest 50 of 1,073 are shown. The others follow as these are answered."));
        assert_eq!([hidden(50, 50), hidden(3, 4)], [None, None]);
    }
}
