//! What every modal does: takes the focus, keeps it, closes on Escape, gives the focus back. The last one opened answers first.
use super::focus::{find_all, focus, focused, tab_stops};
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};
use std::cell::RefCell;
use web_sys::{Element, HtmlElement, Node};

/// An open overlay, and who had the focus before it.
struct Open {
    id: u32,
    panel: HtmlElement,
    opener: Option<HtmlElement>,
}

thread_local! {
    static STACK: RefCell<Vec<Open>> = const { RefCell::new(Vec::new()) };
}

/// What is open was opened from something that goes now, a row or the bar of what is picked: once it closes, the focus comes to the row after
/// that one, or before it, else to its list.
pub fn opener_goes() {
    STACK.with_borrow_mut(|stack| {
        let next = stack.first().and_then(|open| open.opener.as_ref()).and_then(heir);
        for open in stack {
            open.opener.clone_from(&next);
        }
    });
}

fn heir(opener: &HtmlElement) -> Option<HtmlElement> {
    let row = opener.closest("tr").ok().flatten();
    let beside = row.and_then(|row| row.next_element_sibling().or_else(|| row.previous_element_sibling()));
    let link = beside.and_then(|row| find_all(&row, "a[href]").into_iter().next());
    link.or_else(|| opener.closest(".panel").ok().flatten()?.dyn_into().ok())
}

/// Makes a panel modal while it is mounted and `active`.
pub(super) fn use_overlay(panel: NodeRef<html::Div>, active: Signal<bool>, on_close: Callback<()>) {
    Effect::new(move || {
        let Some(element) = panel.get() else { return };
        if !active.get() {
            return;
        }
        let id = enter(&element);
        let keys = {
            let element = element.clone();
            window_event_listener(ev::keydown, move |event| {
                if !is_top(id) || event.default_prevented() {
                    return;
                }
                match event.key().as_str() {
                    "Escape" => {
                        event.prevent_default();
                        on_close.try_run(());
                    }
                    "Tab" => keep_inside(&event, &element),
                    _ => {}
                }
            })
        };
        let wander = window_event_listener(ev::focusin, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if is_top(id) && target.is_some_and(|target| !belongs(&element, &target)) {
                // after this event: moving the focus is one itself, and a listener can't be called while it runs
                let element = element.clone();
                queue_microtask(move || {
                    if is_top(id) {
                        focus(&element);
                    }
                });
            }
        });
        on_cleanup(move || {
            keys.remove();
            wander.remove();
            leave(id);
        });
    });
}

/// Toasts lie above everything and stay reachable.
fn belongs(panel: &HtmlElement, target: &Element) -> bool {
    let node: &Node = target;
    panel.contains(Some(node)) || target.closest(".toasts").ok().flatten().is_some()
}

fn enter(panel: &HtmlElement) -> u32 {
    let opener = focused().filter(|element| element.tag_name() != "BODY");
    let id = STACK.with_borrow_mut(|stack| {
        let id = stack.last().map_or(1, |top| top.id + 1);
        stack.push(Open { id, panel: panel.clone(), opener });
        id
    });
    let first = panel.query_selector("[autofocus]").ok().flatten().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    focus(first.as_ref().unwrap_or(panel));
    id
}

fn leave(id: u32) {
    let opener = STACK.with_borrow_mut(|stack| {
        let at = stack.iter().position(|open| open.id == id)?;
        stack.remove(at).opener
    });
    let opener = opener.filter(|element| element.is_connected());
    let below = || STACK.with_borrow(|stack| stack.last().map(|top| top.panel.clone()));
    let fallback = || document().get_element_by_id("main").and_then(|main| main.dyn_into::<HtmlElement>().ok());
    if let Some(element) = opener.or_else(below).or_else(fallback) {
        focus(&element);
    }
}

fn is_top(id: u32) -> bool {
    STACK.with_borrow(|stack| stack.last().is_some_and(|top| top.id == id))
}

fn keep_inside(event: &ev::KeyboardEvent, panel: &HtmlElement) {
    let stops = tab_stops(panel);
    let now = focused();
    let at_edge = |edge: Option<&HtmlElement>| now.as_ref() == Some(panel) || now.as_ref() == edge;
    let target = if event.shift_key() && at_edge(stops.first()) {
        stops.last()
    } else if !event.shift_key() && now.as_ref() == stops.last() {
        stops.first()
    } else {
        return;
    };
    event.prevent_default();
    focus(target.unwrap_or(panel));
}
