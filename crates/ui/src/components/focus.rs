//! Moves the focus: finds what can take it, and walks a group by arrow keys. Browser only: call from events and effects.
use leptos::{ev::KeyboardEvent, prelude::*, wasm_bindgen::JsCast};
use web_sys::{Element, HtmlElement};

const FOCUSABLE: &str =
    "a[href],button:not([disabled]),input:not([disabled]):not([type=hidden]),select:not([disabled]),textarea:not([disabled]),summary,[tabindex='0']";

/// The element that has the focus now.
pub(super) fn focused() -> Option<HtmlElement> {
    document().active_element().and_then(|element| element.dyn_into().ok())
}

pub(super) fn focus(element: &HtmlElement) {
    // Refused only by elements that can't be focused, which is no harm.
    let _ = element.focus();
}

/// Everything inside that matches and can be seen, in order.
pub(super) fn find_all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    (0..found.length())
        .filter_map(|index| found.item(index))
        .filter_map(|node| node.dyn_into::<HtmlElement>().ok())
        .filter(|element| element.get_client_rects().length() > 0)
        .collect()
}

/// Moves to the box for text that stands nearest before this one, among its neighbours.
pub(super) fn to_box_before(element: &Element) {
    const BOX: &str = "input:not([type=checkbox]):not([type=radio])";
    let mut before = element.previous_element_sibling();
    while let Some(part) = before {
        let own = part.dyn_ref::<HtmlElement>().filter(|part| part.matches(BOX) == Ok(true)).cloned();
        if let Some(found) = own.or_else(|| find_all(&part, BOX).pop()) {
            focus(&found);
            return;
        }
        before = part.previous_element_sibling();
    }
}

/// Everything inside that Tab reaches.
pub(super) fn tab_stops(root: &Element) -> Vec<HtmlElement> {
    find_all(root, FOCUSABLE).into_iter().filter(|element| element.tab_index() >= 0).collect()
}

/// Walks the matching elements with the arrow keys, Home and End. Says whether the key was one of them.
pub(super) fn walk(event: &KeyboardEvent, root: &Element, selector: &str) -> bool {
    let step: isize = match event.key().as_str() {
        "ArrowDown" | "ArrowRight" => 1,
        "ArrowUp" | "ArrowLeft" => -1,
        "Home" | "End" => 0,
        _ => return false,
    };
    let stops = find_all(root, selector);
    let Ok(count) = isize::try_from(stops.len()) else { return false };
    if count == 0 {
        return false;
    }
    let here = focused().and_then(|now| stops.iter().position(|stop| *stop == now)).and_then(|at| isize::try_from(at).ok());
    let next = match (event.key().as_str(), here) {
        ("Home", _) => 0,
        ("End", _) => count - 1,
        (_, Some(here)) => (here + step).rem_euclid(count),
        (_, None) => {
            if step < 0 {
                count - 1
            } else {
                0
            }
        }
    };
    event.prevent_default();
    if let Some(stop) = usize::try_from(next).ok().and_then(|next| stops.get(next)) {
        focus(stop);
    }
    true
}
