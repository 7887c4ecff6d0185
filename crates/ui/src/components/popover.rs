//! Places a small panel by its button, and closes it when the reader turns away.
use super::focus::{focus, tab_stops};
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};
use web_sys::{HtmlElement, Node};

const GAP: f64 = 4.0;
const EDGE: f64 = 8.0;

/// Keeps an open panel beside its anchor; closes on Escape, on a click elsewhere, and when the page moves under it.
/// The panel takes the focus, and the anchor has it back when the panel is closed by key.
pub(super) fn use_popover(anchor: NodeRef<html::Button>, panel: NodeRef<html::Div>, open: RwSignal<bool>) {
    Effect::new(move || {
        let (Some(button), Some(popup)) = (anchor.get(), panel.get()) else { return };
        if !open.get() {
            return;
        }
        place(&button, &popup);
        focus(tab_stops(&popup).first().unwrap_or(&popup));
        let away = {
            let (button, popup) = (button.clone(), popup.clone());
            window_event_listener(ev::pointerdown, move |event| {
                let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
                if !button.contains(target.as_ref()) && !popup.contains(target.as_ref()) {
                    open.set(false);
                }
            })
        };
        let keys = {
            let (button, popup) = (button.clone(), popup.clone());
            window_event_listener(ev::focusin, move |event| {
                let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
                if !button.contains(target.as_ref()) && !popup.contains(target.as_ref()) {
                    open.set(false);
                }
            })
        };
        let resized = {
            let (button, popup) = (button.clone(), popup.clone());
            window_event_listener(ev::resize, move |_| place(&button, &popup))
        };
        let scrolled = window_event_listener(ev::scroll, move |_| place(&button, &popup));
        on_cleanup(move || {
            away.remove();
            keys.remove();
            resized.remove();
            scrolled.remove();
        });
    });
}

/// Closes on Escape and gives the focus back; for the `keydown` of the part that holds anchor and panel.
pub(super) fn close_on_escape(event: &ev::KeyboardEvent, anchor: NodeRef<html::Button>, open: RwSignal<bool>) {
    if event.key() == "Escape" && open.get_untracked() {
        event.prevent_default();
        event.stop_propagation();
        open.set(false);
        if let Some(button) = anchor.get_untracked() {
            focus(&button);
        }
    }
}

/// Below the anchor, or above it where there is no room; never out of the window.
fn place(anchor: &HtmlElement, popup: &HtmlElement) {
    let size = |value: Result<leptos::wasm_bindgen::JsValue, leptos::wasm_bindgen::JsValue>| value.ok().and_then(|value| value.as_f64()).unwrap_or_default();
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    let (from, panel) = (anchor.get_bounding_client_rect(), popup.get_bounding_client_rect());
    let left = from.left().min(width - panel.width() - EDGE).max(EDGE);
    let below = from.bottom() + GAP;
    let above = from.top() - GAP - panel.height();
    let top = if below + panel.height() + EDGE > height && above > EDGE { above } else { below };
    let style = popup.style();
    let _ = style.set_property("left", &pixels(left));
    let _ = style.set_property("top", &pixels(top));
}

/// Whole ones: code that writes fractions would be 5 KB of what everybody loads first.
#[expect(clippy::cast_possible_truncation, reason = "no screen is so wide")]
fn pixels(length: f64) -> String {
    format!("{}px", length.round() as i32)
}
