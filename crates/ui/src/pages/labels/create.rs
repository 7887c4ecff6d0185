//! Makes a label: key and value, which it keeps for ever, and what it is for.

use super::Labels;
use crate::{
    components::{Banner, Button, ButtonKind, Dialog, Field, Tag, Tone},
    pages::{
        discard::Discard,
        doing::Doing,
        form::{MOST, lead_to_refusal},
    },
    rpc::labels,
};
use leptos::{ev, prelude::*};

const FORM: &str = "label-create";
const FIELDS: &[&str] = &["key", "value", "description"];

#[component]
pub fn CreateLabel(labels: Labels, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let (key, value, description) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let doing = Doing::default();
    lead_to_refusal(doing.refused, FORM);
    let discard = Discard::new(move || [key, value, description].into_iter().any(|field| field.with(|text| !text.trim().is_empty())), doing.pending, on_close);
    let send = move || {
        let slug = labels.here.slug();
        doing.run(
            move || labels::create(slug.clone(), key.get_untracked(), value.get_untracked(), description.get_untracked()),
            move |label, is_here| {
                doing.toasts.success(format!("Label {label} created."));
                if is_here {
                    labels.changed();
                    on_close.run(());
                }
            },
        );
    };
    let on = move |field: &'static str| doing.on(field);
    let beside = doing.beside(FIELDS);
    let shown = move || {
        let (key, value) = (key.get(), value.get());
        (!key.trim().is_empty() && !value.trim().is_empty()).then(|| view! { <Tag text=format!("{}:{}", key.trim(), value.trim()) mono=true/> })
    };
    let footer = move || {
        view! {
            <Button on_click=move || discard.leave()>"Cancel"</Button>
            <Button kind=ButtonKind::Primary submit=true form=FORM pending=doing.pending>"Create label"</Button>
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    let hint = Some("Begins with a letter; letters, digits, - and _. It can't be renamed later.".to_owned());
    view! {
        <Dialog title="Create label" text=Some("A key and a value, such as region and apac.".to_owned()) on_close=move || discard.leave() footer=footer>
            <form id=FORM class="form" novalidate on:submit=submit>
                <div role="alert">{move || beside.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
                <Field label="Key" name="key" value=key error=on("key") hint=hint maxlength=MOST autofocus=true autocomplete="off"/>
                <Field label="Value" name="value" value=value error=on("value") maxlength=MOST autocomplete="off"/>
                <Field label="Description" name="description" value=description error=on("description") maxlength=MOST autocomplete="off" hint=Some("What it is for, if it needs words.".to_owned())/>
                <p class="label-shown">{shown}</p>
            </form>
        </Dialog>
        {discard.question(|| "Nothing has been created yet.")}
    }
    .into_any()
}
