//! The list of connections: which there are, how each stands, and its switch.

use super::{add::AddConnection, questions::SwitchOff};
use crate::{
    components::{Button, ButtonKind, EmptyState, Icon, IconName, SkeletonLines, StatusDot, Switch, TimeAgo, Tone},
    pages::{access::answered::answered, doing::Doing, failure::FailureView, frame::Here},
    path,
    rpc::sso,
    session::use_session,
};
use domain::{id::ConnectionId, sso::Connection};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// How a connection stands, in a word.
pub fn state(connection: &Connection) -> AnyView {
    let (tone, word) = match (connection.enabled, connection.is_complete()) {
        (true, _) => (Tone::Good, "On"),
        (false, true) => (Tone::Muted, "Off"),
        (false, false) => (Tone::Warn, "Not set up yet"),
    };
    view! { <StatusDot tone text=word/> }.into_any()
}

/// `Okta, OpenID Connect`
pub fn kind(connection: &Connection) -> String {
    format!("{}, {}", connection.preset.title(), connection.protocol().title())
}

#[component]
pub fn Connections(here: Here, locked: Option<String>) -> impl IntoView {
    let (slug, session, version) = (here.slug(), use_session(), RwSignal::new(0_u32));
    let (all, _) = answered(move || (version.get(), session.version(), here.live.version()), move |_| sso::connections(slug.clone()));
    let query = use_query_map();
    let (adding, off) = (RwSignal::new(false), RwSignal::new(None::<(ConnectionId, String)>));
    Effect::new(move || {
        if query.with(|query| query.get("add").as_deref() == Some("connection")) && untrack(|| super::locked(here)).is_none() {
            adding.set(true);
        }
    });
    let locked = Signal::stored(locked);
    let add = move || adding.set(true);
    let changed = Callback::from(move || version.update(|version| *version += 1));
    let list = move || {
        match all.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <FailureView error retry=move || all.refetch()/> }.into_any(),
        Some(Ok(found)) if found.is_empty() => view! {
            <EmptyState icon=IconName::Lock title="No connections yet" text="Connect your identity provider, and your people sign in with the account they have there, without an invite.">
                <Button kind=ButtonKind::Primary icon=IconName::Plus disabled_reason=locked on_click=add attr:aria-haspopup="dialog">"Add connection"</Button>
            </EmptyState>
        }
        .into_any(),
        Some(Ok(found)) => {
            let rows = found.into_iter().map(|connection| row(here, connection, locked, off, changed)).collect_view();
            view! {
                <ul class="rows" aria-label="Connections">{rows}</ul>
                <div><Button icon=IconName::Plus disabled_reason=locked on_click=add attr:aria-haspopup="dialog">"Add connection"</Button></div>
            }
            .into_any()
        }
    }
    };
    view! {
        <section class="panel" aria-labelledby="connections-title">
            <div class="section">
                <div class="section-head">
                    <h2 id="connections-title">"Connections"</h2>
                    <p>"Identity providers that let people in. Who comes the first time becomes a member with minimal access."</p>
                </div>
                <Transition fallback=|| view! { <SkeletonLines lines=3/> }>{list}</Transition>
            </div>
        </section>
        {move || adding.get().then(|| view! { <AddConnection here on_close=move || adding.set(false)/> })}
        {move || off.get().map(|(id, name)| view! { <SwitchOff here id name on_done=changed on_close=move || off.set(None)/> })}
    }
    .into_any()
}

fn row(here: Here, connection: Connection, locked: Signal<Option<String>>, off: RwSignal<Option<(ConnectionId, String)>>, changed: Callback<()>) -> AnyView {
    let (id, name) = (connection.id, connection.name.to_string());
    let last = connection.used_at.map(|at| view! { " · last sign-in "<TimeAgo at=Some(at.micros())/> });
    let never = connection.used_at.is_none().then_some(" · nobody signed in yet");
    view! {
        <li>
            <span class="rows-icon"><Icon name=IconName::Lock/></span>
            <div class="rows-text">
                <b><a href=path::connection(&here.slug(), id)>{name.clone()}</a></b>
                <small>{kind(&connection)}{last}{never}</small>
            </div>
            {state(&connection)}
            {switch(here, &connection, locked, Callback::from(move || off.set(Some((id, name.clone())))), changed)}
        </li>
    }
    .into_any()
}

/// The switch of a connection: on at once, off after a question.
pub fn switch(here: Here, connection: &Connection, locked: Signal<Option<String>>, off: Callback<()>, changed: Callback<()>) -> AnyView {
    let (id, enabled, is_complete) = (connection.id, connection.enabled, connection.is_complete());
    let doing = Doing::default();
    let slug = StoredValue::new(here.slug());
    let done = StoredValue::new(format!("{} is on: people can sign in by it.", connection.name));
    let press = move |wish: bool| {
        if !wish {
            off.run(());
            return;
        }
        doing.run(
            move || sso::switch_connection(slug.get_value(), id, true),
            move |_, _| {
                doing.toasts.success(done.try_get_value().unwrap_or_default());
                let _ = changed.try_run(());
            },
        );
    };
    let why_not = move || match (enabled, is_complete) {
        (true, _) => None,
        (false, true) => locked.get(),
        (false, false) => Some("Tell it of its provider first".to_owned()),
    };
    Effect::new(move || {
        if let Some(refused) = doing.refused.get() {
            doing.toasts.error(refused.message());
        }
    });
    view! { <Switch label=format!("Switch {}", connection.name) checked=enabled pending=doing.pending disabled_reason=Signal::derive(why_not) on_change=press/> }
        .into_any()
}
