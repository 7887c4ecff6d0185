//! Follows what others change in the workspace of this page, while somebody looks at it.
//!
//! A page that is hidden lets go of its connection: browsers have few for each site. Seen again, it asks for what it may have missed.

use crate::{components::Pause, parts::door::DOOR};
use domain::member::MemberKind;
use leptos::prelude::*;
use std::time::Duration;

/// How long what is seldom looked at anew rests in between.
const SELDOM: Duration = Duration::from_secs(5);

/// Grows with each change by others, or by oneself.
#[derive(Clone, Copy)]
pub struct Live(RwSignal<u32>);

impl Live {
    /// To be read among the sources of what is shown.
    #[must_use]
    pub fn version(self) -> u32 {
        self.0.get()
    }
}

impl Live {
    /// The same for what takes the server long to work out: it grows a while after a change, once for all that follow meanwhile.
    pub fn seldom(self) -> Signal<u32> {
        let (seldom, waits, pause) = (RwSignal::new(self.0.get_untracked()), StoredValue::new(false), Pause::new(SELDOM));
        Effect::new(move || {
            if self.version() == seldom.get_untracked() || waits.get_value() {
                return;
            }
            waits.set_value(true);
            pause.then(move || {
                let _ = waits.try_set_value(false);
                if let Some(version) = self.0.try_get_untracked() {
                    let _ = seldom.try_set(version);
                }
            });
        });
        seldom.into()
    }

    /// Looks at something now, and again after each change; what changes while `rests` says so is looked at afterwards.
    pub fn each(self, rests: impl Fn() -> bool + 'static, look: impl Fn() + 'static) {
        Effect::new(move |seen: Option<u32>| {
            let (version, rests) = (self.version(), rests());
            match seen {
                Some(seen) if seen == version || rests => seen,
                Some(_) | None => {
                    look();
                    version
                }
            }
        });
    }

    /// Begins to follow once the part that does it is here, until the page is left; in the browser only.
    pub fn follow(url: String, kind: MemberKind) -> Self {
        let live = Self(RwSignal::new(0));
        let owner = Owner::current();
        Effect::new(move || {
            let (url, owner) = (url.clone(), owner.clone());
            leptos::task::spawn_local(async move {
                let Ok(door) = DOOR.wait().await else { return };
                // the page may have been left by then
                if let (Some(owner), Some(_)) = (owner, live.0.try_get_untracked()) {
                    owner.with(|| (door.follow)(live, url, kind));
                }
            });
        });
        live
    }
}

/// Follows from now on until the page is left.
pub fn follow(live: Live, url: String, kind: MemberKind) {
    #[cfg(feature = "hydrate")]
    browser::follow(live, url, kind);
    #[cfg(not(feature = "hydrate"))]
    let _ = (live, url, kind);
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Live;
    use crate::{components::Pause, session::use_session};
    use domain::member::MemberKind;
    use leptos::{
        ev,
        prelude::*,
        wasm_bindgen::{JsCast as _, closure::Closure},
    };
    use std::time::Duration;
    use web_sys::{EventSource, MessageEvent};

    /// Nobody who did nothing for so long is taken to be reading: a page must not keep a session alive by itself.
    const AWAY: f64 = 5.0 * 60_000.0;

    /// How long a page waits before it asks again where the server does not answer at all.
    const AGAIN: Duration = Duration::from_secs(30);

    /// Copy it into callbacks.
    #[derive(Clone, Copy)]
    struct Following {
        live: Live,
        url: StoredValue<String>,
        kind: MemberKind,
        source: StoredValue<Option<EventSource>, LocalStorage>,
        pause: Pause,
        /// When somebody last did something here.
        active: StoredValue<f64>,
        /// Something changed while nobody was there.
        missed: StoredValue<bool>,
    }

    pub(super) fn follow(live: Live, url: String, kind: MemberKind) {
        let session = use_session();
        let following = Following {
            live,
            url: StoredValue::new(url),
            kind,
            source: StoredValue::new_local(None),
            pause: Pause::new(Pause::TYPING),
            active: StoredValue::new(js_sys::Date::now()),
            missed: StoredValue::new(false),
        };
        let first = StoredValue::new(true);
        // from the start, and anew once somebody signed in again
        Effect::new(move || {
            let _ = session.version();
            if visible() {
                following.open(!first.get_value());
            }
            first.set_value(false);
        });
        let watching = window_event_listener(ev::Custom::<web_sys::Event>::new("visibilitychange"), move |_| match visible() {
            true => following.open(true),
            false => following.close(),
        });
        let moved = window_event_listener(ev::pointermove, move |_| following.seen());
        let typed = window_event_listener(ev::keydown, move |_| following.seen());
        on_cleanup(move || {
            watching.remove();
            moved.remove();
            typed.remove();
            following.close();
        });
    }

    impl Following {
        /// Something is new, or may be: several changes in a row are one.
        fn grow(self) {
            let away = self.active.try_get_value().is_none_or(|active| js_sys::Date::now() - active > AWAY);
            if away {
                let _ = self.missed.try_set_value(true);
                return;
            }
            self.pause.then(move || {
                let _ = self.live.0.try_update(|version| *version += 1);
            });
        }

        fn seen(self) {
            let _ = self.active.try_set_value(js_sys::Date::now());
            if self.missed.try_update_value(std::mem::take) == Some(true) {
                self.grow();
            }
        }

        fn close(self) {
            if let Some(source) = self.source.try_update_value(Option::take).flatten() {
                source.close();
            }
        }

        /// `late`: this page was drawn a while ago, and may have missed something. It asks once the server has let it in again: one
        /// whose session has ended keeps what it shows, and what is being edited in it.
        fn open(self, late: bool) {
            self.close();
            let Some(Ok(opened)) = self.url.try_with_value(|url| EventSource::new(url)) else { return };
            let late = StoredValue::new(late);
            let begun = Closure::<dyn Fn()>::new(move || {
                if late.try_get_value() == Some(true) {
                    self.grow();
                }
                // whenever it comes back by itself, it was away
                let _ = late.try_set_value(true);
            });
            let changed = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                match event.data().as_string().as_deref() {
                    Some(now) if now == self.kind.as_str() => self.grow(),
                    // what this page shows is for what they were
                    Some(_) | None => reload(),
                }
            });
            let gone = Closure::<dyn Fn()>::new(reload);
            // what is being edited stays: the next thing done asks for the password
            let signed_out = Closure::<dyn Fn()>::new(move || self.close());
            let failed = Closure::<dyn Fn()>::new(move || {
                // it comes back by itself unless it was refused
                let closed = self.source.try_with_value(|source| source.as_ref().is_some_and(|source| source.ready_state() == EventSource::CLOSED));
                if closed == Some(true) {
                    self.close();
                    set_timeout(
                        move || {
                            let idle = self.source.try_with_value(Option::is_none) == Some(true);
                            if idle && visible() {
                                self.open(true);
                            }
                        },
                        AGAIN,
                    );
                }
            });
            let on = |name: &str, closure: &leptos::wasm_bindgen::JsValue| {
                let _ = opened.add_event_listener_with_callback(name, closure.unchecked_ref());
            };
            on("open", begun.as_ref());
            on("changed", changed.as_ref());
            on("gone", gone.as_ref());
            on("signed_out", signed_out.as_ref());
            on("error", failed.as_ref());
            // they live as long as the page: one set for each time that it is looked at again
            begun.forget();
            changed.forget();
            gone.forget();
            signed_out.forget();
            failed.forget();
            let _ = self.source.try_set_value(Some(opened));
        }
    }

    fn visible() -> bool {
        document().visibility_state() == web_sys::VisibilityState::Visible
    }

    fn reload() {
        let _ = window().location().reload();
    }
}
