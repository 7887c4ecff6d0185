//! A search box that asks when the typing pauses.
use super::focus::{focus, focused};
use super::icon::{Icon, IconName};
use super::pause::Pause;
use leptos::{ev, html, prelude::*};

/// Search with a clear button; `/` reaches it from anywhere. Without JavaScript it is a GET form.
#[component]
pub fn SearchBox(
    /// What is searched: `Search users`.
    #[prop(into)]
    label: String,
    /// What is searched for now, from the URL.
    #[prop(into)]
    value: Signal<String>,
    /// Called 200 ms after the last key, and at once on Enter or clear.
    #[prop(into)]
    on_search: Callback<(String,)>,
    #[prop(default = "q".to_owned(), into)] name: String,
    /// Where the form goes without JavaScript; here unless given.
    #[prop(optional, into)]
    action: Option<String>,
    /// Whether `/` focuses it.
    #[prop(default = true)]
    shortcut: bool,
    /// Hidden inputs that keep the rest of the query.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let text = RwSignal::new(value.get_untracked());
    let asked = StoredValue::new(value.get_untracked());
    let input = NodeRef::<html::Input>::new();
    let pause = Pause::new(Pause::TYPING);
    let ask = move |wanted: String| {
        pause.stop();
        if asked.get_value() != wanted {
            asked.set_value(wanted.clone());
            on_search.run((wanted,));
        }
    };
    let ask_later = move || {
        pause.then(move || {
            if let Some(wanted) = text.try_get_untracked() {
                ask(wanted);
            }
        });
    };
    follow(input, text, value, asked, ask_later);
    if shortcut {
        listen_for_slash(input);
    }
    let clear = move |_| {
        text.set(String::new());
        ask(String::new());
        if let Some(input) = input.get_untracked() {
            focus(&input);
        }
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        ask(text.get_untracked());
    };
    view! {
        <form class="search" role="search" method="get" action=action on:submit=submit>
            <Icon name=IconName::Search/>
            <input
                node_ref=input
                type="search"
                name=name
                value=text.get_untracked()
                placeholder=label.clone()
                aria-label=label
                aria-keyshortcuts=shortcut.then_some("/")
                autocomplete="off"
                spellcheck="false"
                on:input=move |event| { text.set(event_target_value(&event)); ask_later(); }
            />
            {children.map(|children| children())}
            {move || if text.with(String::is_empty) {
                shortcut.then(|| view! { <kbd aria-hidden="true">"/"</kbd> }).into_any()
            } else {
                view! { <button type="button" class="search-clear" aria-label="Clear search" on:click=clear><Icon name=IconName::X/></button> }.into_any()
            }}
        </form>
    }
    .into_any()
}

/// Keeps box, text and URL in step: what was typed before hydration is searched, a step back in history is shown.
fn follow(input: NodeRef<html::Input>, text: RwSignal<String>, value: Signal<String>, asked: StoredValue<String>, ask_later: impl Fn() + 'static) {
    Effect::new(move |ran: Option<()>| {
        let now = value.get();
        let Some(element) = input.get() else { return };
        if ran.is_none() && element.value() != now {
            text.set(element.value());
            ask_later();
        } else if asked.get_value() != now {
            asked.set_value(now.clone());
            text.set(now);
        }
    });
    Effect::new(move || {
        let wanted = text.get();
        if let Some(element) = input.get()
            && element.value() != wanted
        {
            element.set_value(&wanted);
        }
    });
}

fn listen_for_slash(input: NodeRef<html::Input>) {
    Effect::new(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            let typing =
                focused().is_some_and(|element| element.is_content_editable() || matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
            let modal = document().query_selector("[aria-modal=true]").ok().flatten().is_some();
            if event.key() != "/" || event.ctrl_key() || event.meta_key() || event.alt_key() || typing || modal {
                return;
            }
            if let Some(input) = input.get_untracked() {
                event.prevent_default();
                focus(&input);
                input.select();
            }
        });
        on_cleanup(move || handle.remove());
    });
}
