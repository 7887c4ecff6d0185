//! What is asked before a connection is switched off or deleted: what follows, or why it can't be.

use super::connection::Shared;
use crate::{
    components::{Banner, ConfirmDialog, SkeletonLines, Tone, plural},
    pages::{doing::Doing, failure::not_loaded, frame::Here},
    path,
    rpc::{Rpc, sso},
};
use domain::{id::ConnectionId, sso::ConnectionPage};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// What follows, as it is at this moment.
fn follows(page: LocalResource<Rpc<ConnectionPage>>, more: &'static str) -> AnyView {
    let body = move || match page.get() {
        None => view! { <SkeletonLines lines=2/> }.into_any(),
        Some(Err(error)) => not_loaded(&error, move || page.refetch()),
        Some(Ok(page)) => match page.kept_on {
            Some(reason) => view! { <Banner tone=Tone::Warn>{reason}</Banner> }.into_any(),
            None => {
                let sessions = match page.sessions {
                    0 => "Nobody is signed in by it at the moment.".to_owned(),
                    1 => "One session that came by it ends at once.".to_owned(),
                    many => format!("{} that came by it end at once.", plural(many, "session", "sessions")),
                };
                view! { <p><b>{sessions}</b></p><p>{more}</p> }.into_any()
            }
        },
    };
    body.into_any()
}

fn hindered(page: LocalResource<Rpc<ConnectionPage>>) -> Signal<Option<String>> {
    Signal::derive(move || match page.get() {
        Some(Ok(page)) => page.kept_on,
        Some(Err(_)) | None => Some("what would follow is not known yet".to_owned()),
    })
}

#[component]
pub fn SwitchOff(here: Here, id: ConnectionId, name: String, #[prop(into)] on_done: Callback<()>, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let slug = StoredValue::new(here.slug());
    let page = LocalResource::new(move || sso::connection(slug.get_value(), id));
    let doing = Doing::default();
    let title = format!("Switch {name} off?");
    let said = StoredValue::new(format!("{name} is off."));
    let confirm = move || {
        doing.run(
            move || sso::switch_connection(slug.get_value(), id, false),
            move |_, is_here| {
                doing.toasts.success(said.try_get_value().unwrap_or_default());
                let _ = on_done.try_run(());
                if is_here {
                    on_close.run(());
                }
            },
        );
    };
    view! {
        <ConfirmDialog title=title confirm="Switch off" pending=doing.pending error=doing.message() disabled_reason=hindered(page) on_confirm=confirm on_close=on_close>
            {follows(page, "People under your domains are asked for a password instead, until it is on again. It can be tested all the same.")}
        </ConfirmDialog>
    }
    .into_any()
}

#[component]
pub fn DeleteConnection(shared: Shared, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let slug = StoredValue::new(shared.here.slug());
    let page = LocalResource::new(move || sso::connection(slug.get_value(), shared.id));
    let doing = Doing::default();
    let navigate = use_navigate();
    let name = shared.page.with_untracked(|page| page.connection.name.to_string());
    let title = format!("Delete {name}?");
    let said = StoredValue::new(format!("{name} is deleted."));
    let confirm = move || {
        let navigate = navigate.clone();
        doing.run(
            move || sso::delete_connection(slug.get_value(), shared.id),
            move |(), is_here| {
                if is_here {
                    doing.toasts.success(said.get_value());
                    navigate(&path::authentication(&slug.get_value()), Default::default());
                }
            },
        );
    };
    let more = "Its log goes with it, and so do the links between its people and their accounts: by another connection they are known again only under a proven domain, or \
                after they have signed in and agreed. Accounts and memberships stay. This can't be undone.";
    view! {
        <ConfirmDialog title=title confirm="Delete connection" pending=doing.pending error=doing.message() disabled_reason=hindered(page) on_confirm=confirm on_close=on_close>
            {follows(page, more)}
        </ConfirmDialog>
    }
    .into_any()
}
