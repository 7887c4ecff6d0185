//! What the forms of pages share: showing a refusal where it belongs, and judging a new password while it is typed.

use crate::{
    components::{Banner, Tone},
    rpc::{Rpc, RpcError, accounts},
};
use leptos::{prelude::*, wasm_bindgen::JsCast};
use std::time::Duration;

/// How long the typing must rest before a password is judged.
const REST: Duration = Duration::from_millis(300);

/// No field takes more characters than this. Far above what is allowed, so that too long a name is refused in words and not cut off unseen.
pub const MOST: u32 = 1_000;

/// What the last answer to a form refused. Gone while the next answer is awaited.
pub fn refusal<T: Clone + Send + Sync + 'static>(value: Signal<Option<Rpc<T>>>, pending: Memo<bool>) -> Signal<Option<RpcError>> {
    Signal::derive(move || if pending.get() { None } else { value.with(|value| value.as_ref().and_then(|answer| answer.as_ref().err().cloned())) })
}

/// The part of a refusal that is about this field.
pub fn on(refusal: Signal<Option<RpcError>>, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || refusal.with(|error| error.as_ref().and_then(|error| error.on(field))))
}

/// A refusal that is about none of the fields, above them; and the focus on the field when it is about one.
#[component]
pub fn Refusal(error: Signal<Option<RpcError>>, fields: &'static [&'static str]) -> impl IntoView {
    Effect::new(move || {
        let field = error.with(|error| error.as_ref().and_then(|error| error.0.field.clone()));
        if let Some(field) = field.filter(|field| fields.contains(&field.as_str())) {
            focus(&format!("field-{field}"));
        }
    });
    let text = move || error.with(|error| error.as_ref().and_then(|error| error.beside(fields)));
    view! { <div role="alert">{move || text().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div> }.into_any()
}

/// Runs once the server has done what was asked.
pub fn when_done(value: Signal<Option<Rpc<()>>>, done: Callback<()>) {
    Effect::new(move || {
        if value.with(|value| matches!(value, Some(Ok(())))) {
            done.run(());
        }
    });
}

/// Puts the focus there.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        // refused only where there is nothing to focus
        let _ = element.focus();
    }
}

/// Leads to what stands in the way of a form: the focus goes to the first field that is wrong; words about none of them are brought into sight.
pub fn lead_to_wrong(form: &'static str) {
    // it is drawn by then
    request_animation_frame(move || {
        let find = |what: &str| document().query_selector(&format!("#{form} {what}")).ok().flatten();
        if let Some(field) = find("[aria-invalid='true']").and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = field.focus();
        } else if let Some(words) = find(":is([role='alert'] .banner, .field-error)") {
            words.scroll_into_view();
        }
    });
}

/// The same whenever the server refuses.
pub fn lead_to_refusal(refused: RwSignal<Option<RpcError>>, form: &'static str) {
    Effect::new(move || {
        if refused.with(Option::is_some) {
            lead_to_wrong(form);
        }
    });
}

/// How strong the typed password is, as the server judges it.
#[derive(Clone, Copy)]
pub struct Strength {
    pub score: RwSignal<Option<u8>>,
    pub advice: RwSignal<String>,
}

/// Asks once the typing rests. `about` are words that make a password easy to guess: the name, the address.
pub fn use_strength(password: RwSignal<String>, about: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Strength {
    let strength = Strength { score: RwSignal::new(None), advice: RwSignal::new(String::new()) };
    let about = StoredValue::new(about);
    Effect::new(move |waiting: Option<Option<TimeoutHandle>>| {
        if let Some(handle) = waiting.flatten() {
            handle.clear();
        }
        let typed = password.get();
        if typed.is_empty() {
            strength.score.set(None);
            strength.advice.set(String::new());
            return None;
        }
        let ask = move || {
            leptos::task::spawn_local(async move {
                let Some(about) = about.try_with_value(|about| untrack(about)) else { return };
                let judged = accounts::strength(typed.clone(), about).await;
                // an answer about what is no longer there says nothing
                if let (Ok(judged), true) = (judged, password.try_get_untracked() == Some(typed)) {
                    let _ = strength.score.try_set(Some(judged.score));
                    let _ = strength.advice.try_set(judged.advice);
                }
            });
        };
        set_timeout_with_handle(ask, REST).ok()
    });
    strength
}
