//! Asks once more before what can't be undone, and says what it will do.
use super::banner::{Banner, Tone};
use super::button::{Button, ButtonKind};
use super::overlay::use_overlay;
use leptos::{ev, html, prelude::*};

/// Open while it is mounted. The children are the consequences.
#[component]
pub fn ConfirmDialog(
    /// The question: `Remove Dmitri Volkov?`
    #[prop(into)]
    title: Signal<String>,
    /// The words on the button that does it.
    #[prop(into)]
    confirm: String,
    /// The words on the button that leaves all as it is.
    #[prop(default = "Cancel")]
    cancel: &'static str,
    #[prop(into)] on_confirm: Callback<()>,
    /// That button, or Escape.
    #[prop(into)]
    on_close: Callback<()>,
    #[prop(optional, into)] pending: Signal<bool>,
    /// Why it could not be done.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Why it can't be done as it is.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// A name to type first, for the worst.
    #[prop(optional, into)]
    type_to_confirm: Option<String>,
    /// Not dangerous, only worth a question.
    #[prop(optional)]
    safe: bool,
    children: Children,
) -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    // while it is being done, what comes of it is waited for
    let on_close = Callback::from(move || {
        if !pending.get_untracked() {
            on_close.run(());
        }
    });
    use_overlay(panel, true.into(), on_close);
    let typed = RwSignal::new(String::new());
    let wanted = StoredValue::new(type_to_confirm.clone());
    let missing = move || {
        let typed = typed.get();
        wanted.with_value(|wanted| wanted.as_deref().filter(|wanted| typed.trim() != *wanted).map(|wanted| format!("Type {wanted} first")))
    };
    let reason = Signal::derive(move || disabled_reason.get().or_else(missing));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if reason.with_untracked(Option::is_none) && !pending.get_untracked() {
            on_confirm.run(());
        }
    };
    let typing = type_to_confirm.map(|name| {
        view! {
            <div class="field">
                <label for="confirm-name">"Type " <b>{name}</b> " to confirm"</label>
                <input id="confirm-name" class="input" autocomplete="off" spellcheck="false" autofocus on:input=move |event| typed.set(event_target_value(&event))/>
            </div>
        }
    });
    let kind = if safe { ButtonKind::Primary } else { ButtonKind::DangerSolid };
    view! {
        <div class="overlay center">
            <div class="scrim"></div>
            <div class="dialog confirm" role="alertdialog" aria-modal="true" aria-labelledby="confirm-title" aria-describedby="confirm-text" tabindex="-1" node_ref=panel>
                <form on:submit=submit>
                    <div class="dialog-head"><h2 id="confirm-title">{title}</h2></div>
                    <div class="dialog-body">
                        <div class="consequences" id="confirm-text">{children()}</div>
                        {typing}
                        {move || error.get().map(|error| view! { <Banner tone=Tone::Bad>{error}</Banner> })}
                    </div>
                    <div class="dialog-foot">
                        <Button on_click=move || on_close.run(())>{cancel}</Button>
                        <Button kind=kind submit=true pending=pending disabled_reason=reason>{confirm}</Button>
                    </div>
                </form>
            </div>
        </div>
    }
    .into_any()
}
