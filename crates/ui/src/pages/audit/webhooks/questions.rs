//! What is asked before a webhook ends or gets another secret, and the secret itself, shown once.

use super::Webhooks;
use crate::{
    components::{Banner, Button, ButtonKind, ConfirmDialog, CopyField, Dialog, Tone},
    pages::doing::Doing,
    rpc::webhooks,
};
use domain::webhook::{NewSecret, Webhook};
use leptos::prelude::*;

/// The only time that it can be seen.
#[component]
pub fn SecretDialog(
    title: &'static str,
    secret: NewSecret,
    #[prop(into)] on_close: Callback<()>,
    #[prop(optional, into)] note: Option<String>,
) -> impl IntoView {
    let footer = move || view! { <Button kind=ButtonKind::Primary on_click=move || on_close.run(())>"Done"</Button> };
    let NewSecret { webhook, secret } = secret;
    view! {
        <Dialog title=title text=Some(webhook.url.to_string()) wide=true on_close=on_close footer=footer>
            <div class="secret">
                <Banner tone=Tone::Warn><b>"Copy it now."</b>" It can't be shown again. With it your program checks that a message comes from here."</Banner>
                <CopyField id="webhook-secret" label="Signing secret" value=Signal::stored(secret) copy_label="Copy secret"/>
                {note.map(|note| view! { <p>{note}</p> })}
                <p class="field-hint">
                    "Messages are signed as the Standard Webhooks specification says, in the headers " <code>"webhook-id"</code> ", " <code>"webhook-timestamp"</code>
                    " and " <code>"webhook-signature"</code> ": its libraries check them with this secret."
                </p>
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
pub fn RotateSecret(shared: Webhooks, webhook: Webhook, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let (doing, made, id) = (Doing::default(), RwSignal::new(None::<NewSecret>), webhook.id);
    let slug = StoredValue::new(shared.here.slug());
    let rotate = move || {
        doing.run(
            move || webhooks::rotate(slug.get_value(), id),
            move |secret, is_here| {
                shared.changed();
                if is_here {
                    made.set(Some(secret));
                } else {
                    doing.toasts.error("The webhook has a new secret, and the page was left before it could be shown. Make another to get one.");
                }
            },
        );
    };
    move || {
        match made.get() {
        Some(secret) => view! { <SecretDialog title="New secret" secret on_close note="For a day messages are signed with the old secret too."/> }.into_any(),
        None => view! {
            <ConfirmDialog title="Make a new secret?" confirm="New secret" safe=true pending=doing.pending error=doing.message() on_confirm=rotate on_close=on_close>
                <p>"It is shown once. For a day messages are signed with both, so that your program can change over; then the old one ends."</p>
            </ConfirmDialog>
        }
        .into_any(),
    }
    }
}

#[component]
pub fn DeleteWebhook(
    shared: Webhooks,
    webhook: Webhook,
    #[prop(into)] on_close: Callback<()>,
    /// After it is gone.
    #[prop(into)]
    on_gone: Callback<()>,
) -> impl IntoView {
    let (doing, id) = (Doing::default(), webhook.id);
    let slug = StoredValue::new(shared.here.slug());
    let delete = move || {
        doing.run(
            move || webhooks::delete(slug.get_value(), id),
            move |(), is_here| {
                doing.toasts.success("Webhook deleted.");
                shared.changed();
                if is_here {
                    on_gone.run(());
                }
            },
        );
    };
    view! {
        <ConfirmDialog title="Delete this webhook?" confirm="Delete webhook" pending=doing.pending error=doing.message() on_confirm=delete on_close=on_close>
            <p>{format!("{} hears nothing any more, and the log of what was sent goes with it. This can't be undone.", webhook.url)}</p>
        </ConfirmDialog>
    }
    .into_any()
}
