//! Ties a text box to a signal without losing what was typed before the page came alive.
use leptos::{prelude::*, wasm_bindgen::JsCast};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

/// What boxes of text have in common.
pub(super) trait TextBox: JsCast + Clone + 'static {
    fn text(&self) -> String;
    fn set_text(&self, text: &str);
}

impl TextBox for HtmlInputElement {
    fn text(&self) -> String {
        self.value()
    }
    fn set_text(&self, text: &str) {
        self.set_value(text);
    }
}

impl TextBox for HtmlTextAreaElement {
    fn text(&self) -> String {
        self.value()
    }
    fn set_text(&self, text: &str) {
        self.set_value(text);
    }
}

/// Keeps the box at the signal's value. On the first run the box wins: the reader, or the browser's memory, may have filled it.
pub(super) fn keep_typed<B: TextBox>(find: impl Fn() -> Option<B> + 'static, value: RwSignal<String>) {
    Effect::new(move |seen: Option<bool>| {
        let Some(text_box) = find() else { return false };
        let wanted = value.get();
        let typed = text_box.text();
        if typed == wanted {
            return true;
        }
        if seen != Some(true) && !typed.is_empty() {
            value.set(typed);
        } else {
            text_box.set_text(&wanted);
        }
        true
    });
}
