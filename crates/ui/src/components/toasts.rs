//! Says what came of it, in a corner, for a while.
use super::banner::Tone;
use super::icon::{Icon, IconName};
use leptos::prelude::*;
use std::{sync::Arc, time::Duration};

const STAY: Duration = Duration::from_secs(6);
const STAY_UNDO: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_secs(2);

/// Held by the toast itself: what offered it, a menu or a dialog, may be gone by then.
type Action = Arc<dyn Fn() + Send + Sync>;

#[derive(Clone)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
    action: Option<(String, Action)>,
}

/// Where results are said. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Toaster {
    toasts: RwSignal<Vec<Toast>>,
    last: StoredValue<u32>,
    held: RwSignal<bool>,
}

impl Toaster {
    /// It worked.
    pub fn success(self, text: impl Into<String>) {
        self.push(Tone::Good, text.into(), None);
    }

    /// It didn't, and here is what to do. Stays until it is closed.
    pub fn error(self, text: impl Into<String>) {
        self.push(Tone::Bad, text.into(), None);
    }

    /// It worked, and can be taken back for a while.
    pub fn undo(self, text: impl Into<String>, label: &str, action: impl Fn() + Send + Sync + 'static) {
        self.push(Tone::Good, text.into(), Some((label.to_owned(), Arc::new(action))));
    }

    fn push(self, tone: Tone, text: String, action: Option<(String, Action)>) {
        let id = self.last.get_value().wrapping_add(1);
        self.last.set_value(id);
        let stay = if action.is_some() { STAY_UNDO } else { STAY };
        self.toasts.update(|toasts| {
            toasts.retain(|toast| toast.text != text);
            if toasts.len() > 3 {
                toasts.remove(0);
            }
            toasts.push(Toast { id, tone, text, action });
        });
        if tone != Tone::Bad {
            self.leave_after(id, stay);
        }
    }

    /// While somebody reads, it waits.
    fn leave_after(self, id: u32, stay: Duration) {
        if !cfg!(target_arch = "wasm32") {
            return;
        }
        let leave = move || {
            if self.held.try_get_untracked() == Some(true) { self.leave_after(id, AGAIN) } else { self.dismiss(id) }
        };
        set_timeout(leave, stay);
    }

    fn dismiss(self, id: u32) {
        let _ = self.toasts.try_update(|toasts| toasts.retain(|toast| toast.id != id));
    }
}

/// Once, at the root of the app.
pub fn provide_toasts() -> Toaster {
    let toaster = Toaster { toasts: RwSignal::default(), last: StoredValue::new(0), held: RwSignal::new(false) };
    provide_context(toaster);
    toaster
}

/// The toaster of this app. Outside of one, what is said is lost.
pub fn use_toasts() -> Toaster {
    use_context().unwrap_or_else(provide_toasts)
}

/// Where toasts appear: once, at the end of the app. The live region is there from the start, or nothing would be read out.
#[component]
pub fn Toasts() -> impl IntoView {
    let toaster = use_toasts();
    let toast = move |toast: Toast| {
        let id = toast.id;
        let action = toast.action.map(|(label, action)| {
            let run = move |_| {
                action();
                toaster.dismiss(id);
            };
            view! { <button type="button" class="toast-action" on:click=run>{label}</button> }
        });
        view! {
            <div class=format!("toast {}", toast.tone.class())>
                <Icon name=toast.tone.icon()/>
                <p>{toast.text}</p>
                {action}
                <button type="button" class="toast-close" aria-label="Dismiss" on:click=move |_| toaster.dismiss(id)><Icon name=IconName::X/></button>
            </div>
        }
        .into_any()
    };
    let held = toaster.held;
    view! {
        <div class="toasts" role="status" aria-live="polite" on:pointerenter=move |_| held.set(true) on:pointerleave=move |_| held.set(false)>
            <For each=move || toaster.toasts.get() key=|toast| toast.id children=toast/>
        </div>
    }
    .into_any()
}
