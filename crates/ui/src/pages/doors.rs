//! The doors of single sign-on: links that lead to an identity provider, and back to where one wanted to be.

use crate::path;
use domain::sso::way_in::Door;
use leptos::prelude::*;

/// Where a door begins that leads on to `next`.
#[must_use]
pub fn begins(door: &Door, next: &str) -> String {
    path::with_query(&door.start_url, &[("next", next)])
}

/// A button for each, the first as what one most likely wants. `apart` opens a tab of its own, so that this page stays as it is.
pub fn doors(all: &[Door], next: &str, apart: bool) -> AnyView {
    let link = |(at, door): (usize, &Door)| {
        let class = if at == 0 { "btn primary" } else { "btn" };
        view! {
            <a class=class href=begins(door, next) rel="external" target=apart.then_some("_blank")>
                <span>{format!("Continue with {}", door.name)}{apart.then_some(" in a new tab")}</span>
            </a>
        }
    };
    all.iter().enumerate().map(link).collect_view().into_any()
}

/// Takes the browser there.
pub fn leave_for(address: &str) {
    // refused only for what is no address
    let _ = window().location().set_href(address);
}
