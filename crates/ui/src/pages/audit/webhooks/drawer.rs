//! One webhook: how it fares, what was sent to it, and what can be done with it.

use super::{
    Webhooks,
    deliveries::Deliveries,
    form::WebhookForm,
    heard,
    questions::{DeleteWebhook, RotateSecret},
    status,
};
use crate::{
    components::{Banner, Button, ButtonKind, Drawer, EmptyState, IconName, SkeletonLines, TimeAgo, Tone, capital},
    pages::doing::Doing,
    path,
    rpc::webhooks,
};
use domain::{id::WebhookId, time::Timestamp, webhook::Webhook};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};

/// What is asked over the drawer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Nothing,
    Change,
    Secret,
    Delete,
}

#[component]
pub fn WebhookDrawer() -> impl IntoView {
    let Some(shared) = use_context::<Webhooks>() else { return ().into_any() };
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("webhook").and_then(|id| id.parse::<WebhookId>().ok())));
    let found = Memo::new(move |_| {
        let all = shared.all.get()?.ok()?;
        Some(id.get().and_then(|id| all.into_iter().find(|webhook| webhook.id == id)))
    });
    let navigate = use_navigate();
    let list = path::webhooks(&shared.here.slug());
    let close = Callback::from(move || navigate(&list, NavigateOptions { scroll: false, ..NavigateOptions::default() }));
    let asking = RwSignal::new(Asking::Nothing);
    let stop = Callback::from(move || asking.set(Asking::Nothing));
    let label = Signal::derive(move || found.get().flatten().map_or_else(|| "Webhook".to_owned(), |webhook| webhook.url.to_string()));
    let header = move || {
        view! { <div class="webhook-title"><h2>{label}</h2>{move || found.get().flatten().map(|webhook| view! { <p>{webhook.description}</p> })}</div> }
    };
    let question = move || {
        let webhook = found.get_untracked().flatten()?;
        match asking.get() {
            Asking::Nothing => None,
            Asking::Change => Some(view! { <WebhookForm shared webhook on_close=stop/> }.into_any()),
            Asking::Secret => Some(view! { <RotateSecret shared webhook on_close=stop/> }.into_any()),
            Asking::Delete => Some(view! { <DeleteWebhook shared webhook on_close=stop on_gone=close/> }.into_any()),
        }
    };
    // changes of the webhook leave the log standing
    let here = Memo::new(move |_| found.with(|found| found.as_ref().map(Option::is_some)));
    let body = move || match here.get() {
        None => view! { <SkeletonLines lines=6/> }.into_any(),
        Some(false) => {
            view! { <EmptyState icon=IconName::Link title="No such webhook" text="It may have been deleted. Close this to see those that there are."/> }
                .into_any()
        }
        Some(true) => opened(shared, found, asking),
    };
    view! {
        <Drawer label on_close=close header>
            <div class="webhook">{body}</div>
        </Drawer>
        {question}
    }
    .into_any()
}

fn opened(shared: Webhooks, found: Memo<Option<Option<Webhook>>>, asking: RwSignal<Asking>) -> AnyView {
    let Some(id) = found.get_untracked().flatten().map(|webhook| webhook.id) else { return ().into_any() };
    let (testing, sent) = (Doing::default(), RwSignal::new(0_u32));
    let slug = StoredValue::new(shared.here.slug());
    let test = move || {
        testing.run(
            move || webhooks::test(slug.get_value(), id),
            move |(), _| {
                testing.toasts.success("A test is on its way.");
                let _ = sent.try_update(|sent| *sent += 1);
            },
        );
    };
    let off = Signal::derive(move || {
        let enabled = found.with(|found| found.as_ref().and_then(Option::as_ref).is_some_and(|webhook| webhook.enabled));
        (!enabled).then(|| "It is switched off: change it to switch it on".to_owned())
    });
    view! {
        {move || found.get().flatten().map(|webhook| facts(&webhook))}
        {move || testing.message().get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
        <div class="webhook-actions">
            <Button icon=IconName::Sparkles pending=testing.pending disabled_reason=off on_click=test>"Send a test"</Button>
            <Button icon=IconName::Pencil on_click=move || asking.set(Asking::Change)>"Change"</Button>
            <Button icon=IconName::KeyRound on_click=move || asking.set(Asking::Secret)>"New secret"</Button>
            <Button kind=ButtonKind::Danger icon=IconName::Trash on_click=move || asking.set(Asking::Delete)>"Delete"</Button>
        </div>
        <Deliveries shared id sent off/>
    }
    .into_any()
}

fn facts(webhook: &Webhook) -> AnyView {
    let moment = |at: Timestamp| view! { <TimeAgo at=Some(at.micros())/> };
    let paused_until = webhook.paused_until;
    let trouble = match (webhook.enabled, &webhook.note, webhook.failing_since) {
        (false, Some(note), _) => {
            let why = format!(" {}. ", capital(note));
            Some(view! { <Banner tone=Tone::Bad><b>"Switched off."</b>{why}"Change it to switch it on again."</Banner> }.into_any())
        }
        (true, _, Some(since)) => Some(
            view! {
                <Banner tone=Tone::Warn>
                    <b>"It takes nothing"</b>": it began to fail " {moment(since)} ". "
                    {paused_until.map(|until| view! { "The next try is " {moment(until)} ". " })}
                    "What waits is sent in its order once it answers, for up to a day."
                </Banner>
            }
            .into_any(),
        ),
        (true | false, _, _) => None,
    };
    view! {
        {trouble}
        <dl class="entry-facts">
            <div><dt>"Status"</dt><dd>{status(webhook)}</dd></div>
            <div><dt>"Hears of"</dt><dd>{heard(&webhook.events)}</dd></div>
            <div><dt>"Created"</dt><dd>{moment(webhook.created_at)}{webhook.created_by.as_ref().map(|name| format!(" by {name}"))}</dd></div>
        </dl>
    }
    .into_any()
}
