//! Webhooks: the workspace's own programs that are told of what happens here, and how each fares.

mod deliveries;
mod drawer;
mod form;
mod questions;

pub use drawer::WebhookDrawer;

use super::head;
use crate::{
    components::{Button, ButtonKind, DataTable, EmptyState, IconName, SkeletonRows, StatusDot, TabPanel, TimeAgo, Tone, plural},
    pages::{
        access::answered::answered,
        failure::FailureView,
        frame::{Here, use_here},
    },
    path,
    rpc::{Rpc, webhooks},
    session::use_session,
};
use domain::{audit_kinds, webhook::Webhook};
use form::WebhookForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;

const COLUMNS: usize = 4;

/// What the list and its drawer share. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Webhooks {
    here: Here,
    all: Resource<Rpc<Vec<Webhook>>>,
    version: RwSignal<u32>,
}

impl Webhooks {
    /// To be called after a change: the list is asked for again.
    fn changed(self) {
        self.version.update(|version| *version += 1);
    }
}

#[component]
pub fn WebhooksPage() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let (slug, session, version) = (here.slug(), use_session(), RwSignal::new(0));
    let (all, busy) = answered(move || (version.get(), session.version(), here.live.version()), move |_| webhooks::all(slug.clone()));
    let shared = Webhooks { here, all, version };
    provide_context(shared);
    let adding = RwSignal::new(false);
    let add = move || adding.set(true);
    view! {
        <Title text="Webhooks"/>
        {head(here, "webhooks", || ().into_any())}
        <TabPanel tab=Signal::stored("webhooks".to_owned())>
        <section class="panel" aria-label="Webhooks">
            <div class="bar">
                <p class="bar-note">"Your own programs, told of changes as they happen. Each message is signed."</p>
                <span class="gap"></span>
                <Button kind=ButtonKind::Primary icon=IconName::Plus on_click=add attr:aria-haspopup="dialog">"Add webhook"</Button>
            </div>
            <Transition fallback=|| view! { <DataTable label="Webhooks" class="cards" busy=true head=columns><SkeletonRows rows=3 columns=COLUMNS/></DataTable> }>
                {move || match all.get() {
                    None => ().into_any(),
                    Some(Err(error)) => view! { <FailureView error retry=move || all.refetch()/> }.into_any(),
                    Some(Ok(found)) if found.is_empty() => view! {
                        <EmptyState icon=IconName::Link title="No webhooks yet" text="A webhook is an address of yours that is told of what happens in this workspace: to keep a copy of the trail, or to act on a change.">
                            <Button icon=IconName::Plus on_click=add>"Add the first"</Button>
                        </EmptyState>
                    }
                    .into_any(),
                    Some(Ok(found)) => {
                        let rows = found.iter().map(|webhook| row(here, webhook)).collect_view();
                        view! { <DataTable label="Webhooks" class="cards" busy=busy head=columns>{rows}</DataTable> }.into_any()
                    }
                }}
            </Transition>
        </section>
        </TabPanel>
        <Outlet/>
        {move || adding.get().then(|| view! { <WebhookForm shared on_close=move || adding.set(false)/> })}
    }
    .into_any()
}

fn columns() -> impl IntoView {
    view! { <th scope="col">"Webhook"</th><th scope="col">"Status"</th><th scope="col">"Hears of"</th><th scope="col">"Created"</th> }
}

fn row(here: Here, webhook: &Webhook) -> AnyView {
    let by = webhook.created_by.as_ref().map(|name| format!(" by {name}"));
    view! {
        <tr>
            <td class="cell-webhook">
                <a href=path::webhook(&here.slug(), webhook.id)>{webhook.url.to_string()}</a>
                {(!webhook.description.is_empty()).then(|| view! { <small>{webhook.description.clone()}</small> })}
            </td>
            <td class="cell-status" class:telling=!webhook.enabled || webhook.failing_since.is_some()>{status(webhook)}</td>
            <td class="cell-note">{heard(&webhook.events)}</td>
            <td class="cell-seen"><TimeAgo at=Some(webhook.created_at.micros())/>{by}</td>
        </tr>
    }
    .into_any()
}

/// How it fares, in a word.
fn status(webhook: &Webhook) -> AnyView {
    let (tone, word) = match (webhook.enabled, webhook.failing_since.is_some()) {
        (false, _) => (Tone::Muted, "Off"),
        (true, true) => (Tone::Bad, "Failing"),
        (true, false) => (Tone::Good, "On"),
    };
    view! { <StatusDot tone text=word/> }.into_any()
}

/// `Every event`, `Plan changed`, `3 kinds of events`
fn heard(events: &[String]) -> String {
    match events {
        [] => "Every event".to_owned(),
        [one] => audit_kinds::kind(one).map_or_else(|| one.clone(), |kind| kind.title.to_owned()),
        many => plural(many.len() as u64, "kind of event", "kinds of events"),
    }
}
