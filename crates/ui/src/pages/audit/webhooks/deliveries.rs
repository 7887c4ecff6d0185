//! The log of what was sent to a webhook: how each fared, what was answered, and sending it again.

use super::Webhooks;
use crate::{
    components::{Banner, Button, EmptyState, IconButton, IconName, SkeletonLines, StatusDot, TimeAgo, Tone, plural},
    pages::doing::Doing,
    rpc::{Rpc, webhooks},
    session::use_session,
};
use domain::{
    audit_kinds,
    id::{DeliveryId, WebhookId},
    page::{Cursor, Page},
    webhook::{DeliveryRow, DeliveryState},
};
use leptos::prelude::*;
use std::time::Duration;

/// What is sent now has an answer by then, most of the time.
const SOON: Duration = Duration::from_millis(1_200);

/// What the log shows: another standing of its lines leaves the list.
#[derive(Clone, PartialEq)]
enum Kind {
    Waiting,
    Failed(String),
    None,
    Some,
}

#[component]
pub fn Deliveries(
    shared: Webhooks,
    id: WebhookId,
    /// Grows when something was sent from here.
    sent: RwSignal<u32>,
    /// Why nothing can be sent.
    off: Signal<Option<String>>,
) -> impl IntoView {
    let session = use_session();
    let slug = StoredValue::new(shared.here.slug());
    let (cursor, looked) = (RwSignal::new(None::<String>), RwSignal::new(0_u32));
    let log = LocalResource::new(move || {
        let _ = (session.version(), sent.get(), looked.get());
        let after = cursor.get().and_then(|after| Cursor::decode(&after).ok());
        webhooks::deliveries(slug.get_value(), id, after)
    });
    let look = move || {
        let _ = looked.try_update(|looked| *looked += 1);
    };
    Effect::new(move |before: Option<u32>| {
        let now = sent.get();
        if before.is_some_and(|before| before != now) {
            cursor.set(None);
            set_timeout(look, SOON);
        }
        now
    });
    let again = Doing::default();
    let redeliver = Callback::new(move |delivery: DeliveryId| {
        again.run(
            move || webhooks::redeliver(slug.get_value(), id, delivery),
            move |(), _| {
                again.toasts.success("It is on its way again.");
                let _ = sent.try_update(|sent| *sent += 1);
            },
        );
    });
    // what was read last stays while it is read anew
    let shown = RwSignal::new(None::<Rpc<Page<DeliveryRow>>>);
    Effect::new(move || {
        if let Some(answer) = log.get() {
            shown.set(Some(answer));
        }
    });
    let kind = Memo::new(move |_| {
        shown.with(|shown| match shown {
            None => Kind::Waiting,
            Some(Err(error)) => Kind::Failed(error.message()),
            Some(Ok(page)) if page.rows.is_empty() => Kind::None,
            Some(Ok(_)) => Kind::Some,
        })
    });
    let page = move || shown.get().and_then(Result::ok).unwrap_or_else(Page::empty);
    view! {
        <section aria-label="Deliveries" class="deliveries">
            <div class="deliveries-head">
                <h3>"Deliveries"</h3>
                <IconButton label="Look again" icon=IconName::RotateCw on_click=look/>
            </div>
            {move || again.message().get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
            {move || match kind.get() {
                Kind::Waiting => view! { <SkeletonLines lines=4/> }.into_any(),
                Kind::Failed(message) => view! {
                    <EmptyState icon=IconName::TriangleAlert title="This could not be loaded" text=message>
                        <Button icon=IconName::RotateCw on_click=look>"Try again"</Button>
                    </EmptyState>
                }
                .into_any(),
                Kind::None => {
                    view! { <EmptyState icon=IconName::Inbox title="Nothing sent yet" text="Each message is listed here for 30 days, with what was answered. A test shows whether it arrives."/> }.into_any()
                }
                Kind::Some => {
                    let row = move |row| line(row, redeliver, again.pending, off);
                    view! {
                        <ol class="trail">
                            // one whose standing changed is drawn anew
                            <For each=move || page().rows key=|row| (row.id, row.attempts, row.next_at, row.done_at) children=row/>
                        </ol>
                        {move || steps(&page(), cursor)}
                    }
                    .into_any()
                }
            }}
        </section>
    }
    .into_any()
}

fn steps(page: &Page<DeliveryRow>, cursor: RwSignal<Option<String>>) -> Option<AnyView> {
    let (newer, older) = (page.previous.clone(), page.next.clone());
    let step = move |words: &'static str, to: Option<String>| {
        let reason = to.is_none().then(|| format!("There are none {}", words.to_lowercase()));
        view! { <Button small=true disabled_reason=Signal::stored(reason) on_click=move || cursor.set(to.clone())>{words}</Button> }
    };
    (newer.is_some() || older.is_some()).then(|| view! { <div class="deliveries-steps">{step("Newer", newer)}{step("Older", older)}</div> }.into_any())
}

fn line(row: DeliveryRow, redeliver: Callback<DeliveryId>, pending: RwSignal<bool>, off: Signal<Option<String>>) -> AnyView {
    let title = audit_kinds::kind(&row.event).map_or_else(|| row.event.clone(), |kind| kind.title.to_owned());
    let (tone, word) = match row.state {
        DeliveryState::Delivered => (Tone::Good, "Delivered"),
        DeliveryState::Waiting if row.attempts == 0 => (Tone::Muted, "Waiting"),
        DeliveryState::Waiting => (Tone::Warn, "Not taken yet"),
        DeliveryState::Failed => (Tone::Bad, "Given up"),
    };
    let answered = match (row.status, row.attempts) {
        (Some(status), tries) => format!(" · answered {status}{}", tried(tries)),
        (None, 0) => String::new(),
        (None, tries) => format!(" · no answer{}", tried(tries)),
    };
    let id = row.id;
    let reason = Signal::derive(move || if row.state == DeliveryState::Waiting { Some("It is on its way already".to_owned()) } else { off.get() });
    let answer = row.answer.filter(|answer| !answer.is_empty());
    view! {
        <li class="entry">
            <details>
                <summary>
                    <span class="entry-say">{title}</span>
                    <span class="entry-note"><StatusDot tone text=word/>{answered}</span>
                    <TimeAgo at=Some(row.created_at.micros())/>
                </summary>
                <div class="entry-more">
                    {row.next_at.map(|next| view! { <p>"The next try: " <TimeAgo at=Some(next.micros())/></p> })}
                    {answer.map(|answer| view! { <div><h4>"Answer"</h4><pre tabindex="0">{answer}</pre></div> })}
                    <div><h4>"Sent"</h4><pre tabindex="0">{pretty(&row.payload)}</pre></div>
                    <div><Button small=true icon=IconName::RotateCw pending=pending disabled_reason=reason on_click=move || redeliver.run(id)>"Redeliver"</Button></div>
                </div>
            </details>
        </li>
    }
    .into_any()
}

fn tried(tries: u32) -> String {
    if tries > 1 { format!(", {}", plural(u64::from(tries), "try", "tries")) } else { String::new() }
}

/// JSON, a line for each part.
fn pretty(payload: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(payload).ok();
    value.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| payload.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_laid_out() {
        assert_eq!(pretty("{\"type\":\"x\"}"), "{\n  \"type\": \"x\"\n}");
        assert_eq!(pretty("nonsense"), "nonsense");
        assert_eq!((tried(1), tried(3)), (String::new(), ", 3 tries".to_owned()));
    }
}
