//! Copies a link or a secret, and helps where the browser refuses.
use super::button::ButtonKind;
use super::field::{described_by, notes};
use super::icon::{Icon, IconName};
use leptos::{html, prelude::*, task::spawn_local, wasm_bindgen::JsCast};
use std::time::Duration;
use web_sys::HtmlInputElement;

const SAY: Duration = Duration::from_secs(2);

/// How the last attempt went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    None,
    Copied,
    Refused,
}

/// Copies the text and says so. Where the browser refuses, shows the text selected, to be copied by hand.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    #[prop(default = "Copy".to_owned(), into)] label: String,
    #[prop(optional)] small: bool,
    #[prop(optional)] kind: ButtonKind,
) -> impl IntoView {
    let outcome = RwSignal::new(Outcome::None);
    let fallback = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = fallback.get() {
            select(&input);
        }
    });
    let copy = move || {
        let wanted = text.get_untracked();
        spawn_local(async move {
            let done = copy_text(&wanted).await;
            outcome.set(if done { Outcome::Copied } else { Outcome::Refused });
            if done {
                set_timeout(
                    move || {
                        let _ = outcome.try_update(|outcome| *outcome = Outcome::None);
                    },
                    SAY,
                );
            }
        });
    };
    let said = move || if outcome.get() == Outcome::Copied { "Copied" } else { "" };
    view! {
        <span class="copy">
            <super::Button kind=kind small=small on_click=copy>
                <span class="copy-face" class:done=move || outcome.get() == Outcome::Copied>
                    <span class="copy-idle"><Icon name=IconName::Copy/>{label}</span>
                    <span class="copy-done" aria-hidden="true"><Icon name=IconName::Check/>"Copied"</span>
                </span>
            </super::Button>
            <span class="visually-hidden" aria-live="polite">{said}</span>
            {move || (outcome.get() == Outcome::Refused).then(|| view! {
                <input class="input copy-by-hand" node_ref=fallback readonly=true aria-label="Select and copy" value=text.get()/>
            })}
        </span>
    }
    .into_any()
}

/// A text to copy, shown whole in a box that can't be changed: a link, or a secret that is shown once.
#[component]
pub fn CopyField(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<String>,
    /// The words on the button.
    #[prop(default = "Copy".to_owned(), into)]
    copy_label: String,
    /// What to know of it.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let (described, notes) = (described_by(&id, hint, Signal::default()), notes(&id, hint, Signal::default()));
    let pick = move |_| {
        if let Some(input) = input.get_untracked() {
            input.select();
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <span class="copy-field">
                <input node_ref=input id=id class="input mono" readonly=true value=move || value.get() aria-describedby=described on:focus=pick/>
                <CopyButton text=value label=copy_label/>
            </span>
            {notes}
        </div>
    }
    .into_any()
}

fn select(input: &HtmlInputElement) {
    super::focus::focus(input);
    input.select();
}

/// By the clipboard where there is one (pages over HTTPS or loopback), else by the old command.
pub async fn copy_text(text: &str) -> bool {
    let has_clipboard = window().is_secure_context();
    if has_clipboard {
        let promise = window().navigator().clipboard().write_text(text);
        if js_sys::futures::JsFuture::from(promise).await.is_ok() {
            return true;
        }
    }
    write_by_command(text).unwrap_or(false)
}

fn write_by_command(text: &str) -> Option<bool> {
    let document = document();
    let input: HtmlInputElement = document.create_element("input").ok()?.dyn_into().ok()?;
    let before = super::focus::focused();
    input.set_value(text);
    input.set_class_name("visually-hidden");
    let home = before.as_ref().and_then(|element| element.parent_element()).or_else(|| document.body().map(Into::into))?;
    home.append_child(&input).ok()?;
    input.select();
    let done = document.dyn_ref::<web_sys::HtmlDocument>().and_then(|page| page.exec_command("copy").ok());
    input.remove();
    if let Some(before) = before {
        super::focus::focus(&before);
    }
    done
}
