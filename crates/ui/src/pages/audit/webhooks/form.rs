//! Adds a webhook, or changes one: where it leads and what it hears of. A new one's secret is shown this once.

use super::{Webhooks, questions::SecretDialog};
use crate::{
    components::{Banner, Button, ButtonKind, CheckField, CheckItem, CheckList, Dialog, Field, RadioCard, RadioCards, Tone},
    pages::{doing::Doing, form::lead_to_refusal},
    rpc::webhooks,
};
use domain::{
    audit_kinds,
    save::SaveOutcome,
    webhook::{MOST_DESCRIPTION, NewSecret, Webhook, WebhookDraft},
    webhook_url::WebhookUrl,
};
use leptos::{ev, prelude::*};

const FORM: &str = "webhook-form";

/// What is typed. Copy it into callbacks.
#[derive(Clone, Copy)]
struct Typed {
    url: RwSignal<String>,
    description: RwSignal<String>,
    /// `all` or `some`.
    which: RwSignal<String>,
    events: RwSignal<Vec<String>>,
    enabled: RwSignal<bool>,
}

impl Typed {
    fn new(draft: WebhookDraft) -> Self {
        let which = if draft.events.is_empty() { "all" } else { "some" };
        Self {
            url: RwSignal::new(draft.url),
            description: RwSignal::new(draft.description),
            which: RwSignal::new(which.to_owned()),
            events: RwSignal::new(draft.events),
            enabled: RwSignal::new(draft.enabled),
        }
    }

    fn only_some(self) -> bool {
        self.which.with(|which| which == "some")
    }

    fn draft(self) -> WebhookDraft {
        let some = self.which.with_untracked(|which| which == "some");
        WebhookDraft {
            url: self.url.get_untracked(),
            description: self.description.get_untracked(),
            events: if some { self.events.get_untracked() } else { Vec::new() },
            enabled: self.enabled.get_untracked(),
        }
    }
}

/// Without a webhook it adds one.
#[component]
pub fn WebhookForm(shared: Webhooks, #[prop(optional, into)] webhook: Option<Webhook>, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let is_new = webhook.is_none();
    let typed = Typed::new(webhook.as_ref().map_or_else(|| WebhookDraft { enabled: true, ..WebhookDraft::default() }, Webhook::draft));
    let webhook = StoredValue::new(webhook);
    let (doing, none_chosen, theirs) = (Doing::default(), RwSignal::new(false), RwSignal::new(None::<Webhook>));
    lead_to_refusal(doing.refused, FORM);
    let made = RwSignal::new(None::<NewSecret>);
    let slug = StoredValue::new(shared.here.slug());
    let save = move || {
        let draft = typed.draft();
        none_chosen.set(typed.which.with_untracked(|which| which == "some") && draft.events.is_empty());
        if none_chosen.get_untracked() {
            return;
        }
        // what somebody else saved meanwhile was shown: saving now is meant
        let known = theirs.get_untracked().or_else(|| webhook.get_value());
        match known {
            None => doing.run(
                move || webhooks::create(slug.get_value(), draft.clone()),
                move |secret, is_here| {
                    shared.changed();
                    if is_here {
                        made.set(Some(secret));
                    } else {
                        doing.toasts.error("The webhook was created, and you left before its secret could be shown. Change its secret to get one.");
                    }
                },
            ),
            Some(known) => doing.run(
                move || webhooks::change(slug.get_value(), known.id, known.revision, draft.clone()),
                move |outcome, is_here| match outcome {
                    SaveOutcome::Saved(_) => {
                        doing.toasts.success("Webhook saved.");
                        shared.changed();
                        if is_here {
                            on_close.run(());
                        }
                    }
                    SaveOutcome::Conflict(other) if is_here => theirs.set(Some(other)),
                    SaveOutcome::Conflict(_) => doing.toasts.error("Somebody else changed the webhook meanwhile. Nothing was saved."),
                },
            ),
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        save();
    };
    let footer = move || {
        let words = if is_new { "Add webhook" } else { "Save changes" };
        view! {
            <Button on_click=move || on_close.run(())>"Cancel"</Button>
            <Button kind=ButtonKind::Primary submit=true form=FORM pending=doing.pending>{words}</Button>
        }
    };
    let footer = StoredValue::new(footer);
    let dialog = move || {
        let title = if is_new { "Add webhook" } else { "Change webhook" };
        view! {
            <Dialog title=title text=Some("An address of yours that is told of changes as they happen.".to_owned()) wide=true on_close=on_close footer=move || footer.with_value(|footer| footer())>
                <form id=FORM class="webhook-form" novalidate on:submit=submit>{fields(typed, doing, none_chosen, theirs, is_new)}</form>
            </Dialog>
        }
        .into_any()
    };
    (move || match made.get() {
        Some(secret) => view! { <SecretDialog title="Webhook added" secret on_close/> }.into_any(),
        None => dialog(),
    })
    .into_any()
}

fn fields(typed: Typed, doing: Doing, none_chosen: RwSignal<bool>, theirs: RwSignal<Option<Webhook>>, is_new: bool) -> AnyView {
    let on = move |field: &'static str| doing.on(field);
    let beside = doing.beside(&["url", "description", "events"]);
    let whether = vec![
        RadioCard::new("all", "Every event", "Whatever happens in this workspace, kinds to come included."),
        RadioCard::new("some", "Only these", "The kinds of events that you choose."),
    ];
    let items: Vec<CheckItem> = audit_kinds::of_workspace().map(|kind| CheckItem::new(kind.name, kind.title, "")).collect();
    let pick = move |(name, on): (String, bool)| {
        none_chosen.set(false);
        typed.events.update(|events| {
            events.retain(|event| *event != name);
            events.extend(on.then_some(name));
        });
    };
    let missing = move || none_chosen.get().then(|| "choose at least one kind, or every event".to_owned());
    view! {
        <div role="alert">{move || beside.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
        {move || theirs.get().map(|theirs| view! {
            <Banner tone=Tone::Warn>
                <b>"Somebody else changed this webhook meanwhile."</b>
                {format!(" It now leads to {}. Save again to put yours in its place, or cancel to keep theirs.", theirs.url)}
            </Banner>
        })}
        <Field label="Address" name="url" value=typed.url kind="url" required=true autofocus=true autocomplete="off" placeholder="https://hooks.example.com/rolecall"
            maxlength=u32::try_from(WebhookUrl::MAX).unwrap_or(u32::MAX) error=on("url")/>
        <Field label="Description" name="description" value=typed.description autocomplete="off" maxlength=u32::try_from(MOST_DESCRIPTION).unwrap_or(u32::MAX)
            hint=Some("Optional: what it is for, for whoever reads this list.".to_owned()) error=on("description")/>
        <RadioCards label="What it hears of" name="which" options=whether value=typed.which on_change=move |value: String| typed.which.set(value)/>
        {move || typed.only_some().then(|| view! {
            <CheckList id="webhook-events" label="Kinds of events" items=Signal::stored(items.clone()) chosen=typed.events on_change=Callback::new(pick)/>
            {move || missing().or_else(|| on("events").get()).map(|text| view! { <p class="field-error">{text}</p> })}
        })}
        {(!is_new).then(|| view! {
            <CheckField label="Switched on" note=Some("Off, nothing is sent, and what waits is given up.".to_owned()) checked=typed.enabled on_change=move |on: bool| typed.enabled.set(on)/>
        })}
    }
    .into_any()
}
