//! Makes a label: key and value, which it keeps for ever, and what it is for.

use super::{Labels, tag};
use crate::{
    components::{Banner, Button, ButtonKind, Dialog, Field, Tone, use_toasts},
    pages::form::MOST,
    rpc::{RpcError, labels},
};
use leptos::{ev, prelude::*, task::spawn_local};

const FORM: &str = "label-create";
const FIELDS: &[&str] = &["key", "value", "description"];

#[component]
pub fn CreateLabel(labels: Labels, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let (key, value, description) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (failed, sending) = (RwSignal::new(None::<RpcError>), RwSignal::new(false));
    let send: Callback<()> = Callback::from(move || {
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        failed.set(None);
        let slug = labels.here.slug();
        spawn_local(async move {
            let answer = labels::create(slug, key.get_untracked(), value.get_untracked(), description.get_untracked()).await;
            let _ = sending.try_set(false);
            match answer {
                Ok(label) => {
                    toasts.success(format!("Label {label} created."));
                    labels.changed();
                    on_close.run(());
                }
                Err(error) if labels.session.ask_again(&error, || ()) => {}
                Err(error) => {
                    let _ = failed.try_set(Some(error));
                }
            }
        });
    });
    let on = move |field: &'static str| Signal::derive(move || failed.with(|failed| failed.as_ref().and_then(|failed| failed.on(field))));
    let beside = move || failed.with(|failed| failed.as_ref().and_then(|failed| failed.beside(FIELDS)));
    let shown = move || {
        let (key, value) = (key.get(), value.get());
        (!key.trim().is_empty() && !value.trim().is_empty()).then(|| tag(format!("{}:{}", key.trim(), value.trim())))
    };
    let footer = move || {
        view! {
            <Button on_click=move || on_close.run(())>"Cancel"</Button>
            <Button kind=ButtonKind::Primary submit=true form=FORM pending=sending>"Create label"</Button>
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send.run(());
    };
    let hint = Some("Begins with a letter; letters, digits, - and _. It can't be renamed later.".to_owned());
    view! {
        <Dialog title="Create label" text=Some("A key and a value, such as region and apac.".to_owned()) on_close=move || on_close.run(()) footer=footer>
            <form id=FORM class="form" novalidate on:submit=submit>
                <div role="alert">{move || beside().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
                <Field label="Key" name="key" value=key error=on("key") hint=hint maxlength=MOST autofocus=true autocomplete="off"/>
                <Field label="Value" name="value" value=value error=on("value") maxlength=MOST autocomplete="off"/>
                <Field label="Description" name="description" value=description error=on("description") maxlength=MOST autocomplete="off" hint=Some("What it is for, if it needs words.".to_owned())/>
                <p class="label-shown">{shown}</p>
            </form>
        </Dialog>
    }
    .into_any()
}
