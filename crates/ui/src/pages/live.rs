//! Follows what others change in the workspace of this page, while somebody looks at it.
//!
//! A page that is hidden lets go of its connection: browsers have few for each site. Seen again, it asks for what it may have missed.

use crate::parts::door::DOOR;
use domain::member::MemberKind;
use leptos::prelude::*;

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
    use crate::components::Pause;
    use domain::member::MemberKind;
    use leptos::{
        ev,
        prelude::*,
        wasm_bindgen::{JsCast as _, closure::Closure},
    };
    use web_sys::{EventSource, MessageEvent};

    pub(super) fn follow(live: Live, url: String, kind: MemberKind) {
        let source = StoredValue::new_local(None::<EventSource>);
        let pause = Pause::new(Pause::TYPING);
        // several changes in a row are one
        let grow = move || {
            pause.then(move || {
                let _ = live.0.try_update(|version| *version += 1);
            });
        };
        let close = move || {
            if let Some(source) = source.try_update_value(Option::take).flatten() {
                source.close();
            }
        };
        let open = move || {
            close();
            let Ok(opened) = EventSource::new(&url) else { return };
            let changed = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                match event.data().as_string().as_deref() {
                    Some(now) if now == kind.as_str() => grow(),
                    // what this page shows is for what they were
                    Some(_) | None => reload(),
                }
            });
            let gone = Closure::<dyn Fn()>::new(reload);
            // what is being edited stays: the next thing done asks for the password
            let signed_out = Closure::<dyn Fn()>::new(close);
            let _ = opened.add_event_listener_with_callback("changed", changed.as_ref().unchecked_ref());
            let _ = opened.add_event_listener_with_callback("gone", gone.as_ref().unchecked_ref());
            let _ = opened.add_event_listener_with_callback("signed_out", signed_out.as_ref().unchecked_ref());
            // they live as long as the page: one set for each time that it is looked at again
            changed.forget();
            gone.forget();
            signed_out.forget();
            source.set_value(Some(opened));
        };
        let visible = || document().visibility_state() == web_sys::VisibilityState::Visible;
        if visible() {
            open();
        }
        let watching = window_event_listener(ev::Custom::<web_sys::Event>::new("visibilitychange"), move |_| match visible() {
            true => {
                open();
                grow();
            }
            false => close(),
        });
        on_cleanup(move || {
            watching.remove();
            close();
        });
    }

    fn reload() {
        let _ = window().location().reload();
    }
}
