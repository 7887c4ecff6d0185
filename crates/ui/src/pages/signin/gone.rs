//! The word that an account is deleted, for who has just deleted theirs: kept in the tab on the way to the sign-in page, and told once. An
//! address would tell it to anybody who is sent there.

use leptos::prelude::*;

const KEY: &str = "rolecall.account.gone";

/// Keeps it for the page that comes.
pub fn keep() {
    if let Some(storage) = storage() {
        // without it the page says nothing
        let _ = storage.set_item(KEY, "1");
    }
}

/// Whether it is kept; not any more after that.
pub fn take() -> bool {
    let Some(storage) = storage() else { return false };
    let is_kept = storage.get_item(KEY).ok().flatten().is_some();
    if is_kept {
        let _ = storage.remove_item(KEY);
    }
    is_kept
}

/// Browsers may refuse it.
fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}
