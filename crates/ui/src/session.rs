//! Who is signed in here, and what to do when that ends in mid-edit: ask for the password in place, then go on.

use crate::{
    components::{Banner, Button, ButtonKind, Dialog, Field, PasswordField, Tone},
    pages::{doors::doors, signin::DoorOf},
    parts::door::DOOR,
    path,
    rpc::{RpcError, accounts, sso},
};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast as _};
use leptos_router::hooks::use_location;

/// The session of this browser as the pages know it. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct BrowserSession {
    email: RwSignal<Option<String>>,
    /// What to do once signed in again; while it is there, the dialog is open.
    waiting: RwSignal<Option<Callback<()>>>,
    /// Why the password is asked for, in a sentence.
    why: RwSignal<String>,
    version: RwSignal<u32>,
}

impl BrowserSession {
    /// Remembers whose session it is, to fill in the address when it ends.
    pub fn belongs_to(self, email: &str) {
        if self.email.with_untracked(|known| known.as_deref() != Some(email)) {
            self.email.set(Some(email.to_owned()));
        }
    }

    /// If nobody is signed in any more: asks for the password over the page, which stays as it is, and then runs `retry`.
    /// What waits already goes on with it. False when the error is another one, for the caller to show.
    #[must_use]
    pub fn ask_again(self, error: &RpcError, retry: impl Fn() + Send + Sync + 'static) -> bool {
        let ended = error.is_signed_out();
        if ended {
            self.why.set(error.message());
            let before = self.waiting.get_untracked();
            self.waiting.set(Some(Callback::from(move || {
                if let Some(before) = before {
                    before.try_run(());
                }
                retry();
            })));
        }
        ended
    }

    /// Grows when somebody signed in again: resources that failed meanwhile read it among their sources.
    #[must_use]
    pub fn version(self) -> u32 {
        self.version.get()
    }
}

/// The cookie by which the server tells what somebody does from what an open page asks by itself. It says nothing of whom.
pub const PRESENCE: &str = "rolecall_here";

/// How long somebody counts as there after a key or a click, in seconds; and how often that is noted, in milliseconds.
const THERE_FOR: u32 = 60;
const NOTED_EVERY: f64 = 15_000.0;

/// Notes that somebody is at this page, whenever they press, click or turn the wheel.
fn note_presence() {
    Effect::new(|| {
        let noted = StoredValue::new(0.0);
        let note = move || {
            let now = js_sys::Date::now();
            if noted.try_get_value().is_some_and(|noted| now - noted > NOTED_EVERY) {
                noted.set_value(now);
                // refused where the browser keeps no cookies: then nobody is signed in either
                let _ = document().unchecked_into::<web_sys::HtmlDocument>().set_cookie(&format!("{PRESENCE}=1; Max-Age={THERE_FOR}; Path=/; SameSite=Lax"));
            }
        };
        // the whole page, for as long as it stands
        drop(window_event_listener(ev::keydown, move |_| note()));
        drop(window_event_listener(ev::pointerdown, move |_| note()));
        drop(window_event_listener(ev::wheel, move |_| note()));
    });
}

/// Once, at the root of the app.
pub fn provide_session() -> BrowserSession {
    note_presence();
    let session = BrowserSession { email: RwSignal::default(), waiting: RwSignal::default(), why: RwSignal::default(), version: RwSignal::new(0) };
    provide_context(session);
    session
}

#[must_use]
pub fn use_session() -> BrowserSession {
    use_context().unwrap_or_else(provide_session)
}

/// The dialog that asks for the password again: once, at the end of the app.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let session = use_session();
    move || session.waiting.with(Option::is_some).then(|| DOOR.page(|door| door.ask_again))
}

/// The dialog itself.
#[component]
pub fn AskAgain() -> impl IntoView {
    let session = use_session();
    let retry = session.waiting.get_untracked();
    let action = ServerAction::<accounts::SignInAgain>::new();
    let known = session.email.get_untracked();
    let is_known = known.is_some();
    let (email, password) = (RwSignal::new(known.unwrap_or_default()), RwSignal::new(String::new()));
    let close = move || session.waiting.set(None);
    let failure = move || action.value().get().and_then(Result::err);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !action.pending().get_untracked() {
            action.dispatch(accounts::SignInAgain { email: email.get_untracked(), password: password.get_untracked() });
        }
    };
    Effect::new(move || {
        if action.value().with(|value| matches!(value, Some(Ok(())))) {
            session.version.update(|version| *version += 1);
            close();
            if let Some(retry) = retry {
                retry.run(());
            }
        }
    });
    let location = use_location();
    let here = move || format!("{}{}", location.pathname.get(), location.search.get());
    let elsewhere = move || path::sign_in_then(&here());
    let text = format!("{} What you entered is still here and goes on once you are signed in.", session.why.get_untracked());
    // a password doesn't help where the workspace asks for single sign-on
    let ways = LocalResource::new(move || sso::ways_in(Some(untrack(here))));
    let asks = Memo::new(move |_| ways.get().and_then(Result::ok).and_then(|ways| ways.asks_for_sso));
    let go_on = move || {
        session.version.update(|version| *version += 1);
        close();
        if let Some(retry) = retry {
            retry.run(());
        }
    };
    let button = move || match asks.with(Option::is_some) {
        true => view! { <Button kind=ButtonKind::Strong on_click=go_on>"I am signed in, go on"</Button> }.into_any(),
        false => view! { <Button kind=ButtonKind::Primary submit=true form="sign-in-again" pending=action.pending()>"Sign in"</Button> }.into_any(),
    };
    let form = move || {
        let door = email.with_untracked(|email| is_known.then(|| view! { <DoorOf email=email.clone() next=Signal::derive(here) apart=true/> }));
        view! {
            <form id="sign-in-again" class="form" on:submit=submit>
                {move || failure().and_then(|error| error.beside(&["email", "password"])).map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                <Field label="Email" name="email" id="again-email" kind="email" value=email readonly=is_known autocomplete="username" error=Signal::derive(move || failure().and_then(|error| error.on("email")))/>
                <PasswordField label="Password" name="password" id="again-password" value=password autofocus=true required=true error=Signal::derive(move || failure().and_then(|error| error.on("password")))/>
                <p class="field-hint"><a href=elsewhere rel="external">"Use another account"</a>" (leaves this page)"</p>
            </form>
            {door}
        }
        .into_any()
    };
    view! {
        <Dialog title="Sign in again" text=text on_close=close footer=move || button>
            {move || match asks.get() {
                Some(asks) => doors(&asks.doors, &untrack(here), true),
                None => form(),
            }}
        </Dialog>
    }
    .into_any()
}
