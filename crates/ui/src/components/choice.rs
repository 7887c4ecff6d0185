//! Yes or no, and one of a few that need a line of explanation each.
use leptos::prelude::*;

/// A checkbox with a title and a lighter line.
#[component]
pub fn CheckField(
    #[prop(into)] label: Signal<String>,
    #[prop(optional, into)] note: Signal<Option<String>>,
    #[prop(into)] checked: Signal<bool>,
    #[prop(into)] on_change: Callback<(bool,)>,
    #[prop(optional, into)] name: Option<String>,
    #[prop(default = "true".to_owned(), into)] value: String,
    /// Why it can't be changed.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
) -> impl IntoView {
    let locked = move || disabled_reason.with(Option::is_some);
    view! {
        <label class="check" class:locked=locked>
            <input
                type="checkbox"
                name=name
                value=value
                checked=checked.get_untracked()
                disabled=locked
                prop:checked=checked
                aria-label=label
                aria-description=move || disabled_reason.get().or_else(|| note.get())
                on:change=move |event| on_change.run((event_target_checked(&event),))
            />
            <span>
                <b>{label}</b>
                {move || note.get().map(|note| view! { <small>{note}</small> })}
                {move || disabled_reason.get().map(|reason| view! { <small class="reason">{reason}</small> })}
            </span>
        </label>
    }
    .into_any()
}

/// One card of `RadioCards`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RadioCard {
    pub value: String,
    pub title: String,
    pub note: String,
    /// Why it can't be chosen.
    pub disabled_reason: Option<String>,
}

impl RadioCard {
    pub fn new(value: &str, title: &str, note: &str) -> Self {
        Self { value: value.to_owned(), title: title.to_owned(), note: note.to_owned(), disabled_reason: None }
    }

    /// Shows it locked, with the reason.
    #[must_use]
    pub fn disabled(mut self, reason: Option<String>) -> Self {
        self.disabled_reason = reason;
        self
    }
}

/// Cards of which one is chosen.
#[component]
pub fn RadioCards(
    /// What is being chosen, for who can't see the cards.
    #[prop(into)]
    label: String,
    #[prop(into)] name: String,
    options: Vec<RadioCard>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_change: Callback<(String,)>,
) -> impl IntoView {
    let card = |card: RadioCard| {
        let (mine, chosen) = (card.value.clone(), card.value.clone());
        let on = Memo::new(move |_| value.with(|value| *value == mine));
        let locked = card.disabled_reason.is_some();
        view! {
            <label class:on=on class:locked=locked>
                <input
                    type="radio"
                    name=name.clone()
                    value=card.value
                    checked=on.get_untracked()
                    disabled=locked
                    prop:checked=on
                    aria-label=card.title.clone()
                    aria-description=card.disabled_reason.clone().unwrap_or_else(|| card.note.clone())
                    on:change=move |_| on_change.run((chosen.clone(),))
                />
                <span><b>{card.title}</b><small>{card.disabled_reason.unwrap_or(card.note)}</small></span>
            </label>
        }
    };
    let cards = options.into_iter().map(card).collect_view();
    view! { <fieldset class="kind"><legend class="visually-hidden">{label}</legend>{cards}</fieldset> }.into_any()
}
