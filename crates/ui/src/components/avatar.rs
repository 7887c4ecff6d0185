//! People at a glance: a round mark with initials, and the two lines that go beside it.
use super::words::{hue, initials};
use leptos::prelude::*;

/// Initials on one of twelve hues chosen by the id. Decoration: the name stands beside it.
#[component]
pub fn Avatar(
    #[prop(into)] name: Signal<String>,
    /// What the hue hangs on, so that a new name keeps it.
    #[prop(into)]
    id: Signal<String>,
    #[prop(optional)] big: bool,
    /// Not a person yet: a dashed ring.
    #[prop(optional)]
    invited: bool,
) -> impl IntoView {
    let class = move || {
        let size = if big { " big" } else { "" };
        if invited { format!("avatar mail{size}") } else { format!("avatar hue-{}{size}", id.with(|id| hue(id))) }
    };
    let letters = move || if invited { "@".to_owned() } else { name.with(|name| initials(name)) };
    view! { <span class=class aria-hidden="true">{letters}</span> }.into_any()
}

/// A person, group or address with a second line: the first cell of a row.
#[component]
pub fn Who(
    #[prop(into)] name: Signal<String>,
    #[prop(into)] note: Signal<String>,
    #[prop(into)] id: Signal<String>,
    #[prop(optional)] invited: bool,
    /// Makes the name a link, the way in by keyboard.
    #[prop(optional, into)]
    href: Option<Signal<String>>,
) -> impl IntoView {
    let title = match href {
        Some(href) => view! { <a class="who-name" href=href data-noscroll="">{name}</a> }.into_any(),
        None => view! { <b class="who-name">{name}</b> }.into_any(),
    };
    view! {
        <span class="who">
            <Avatar name=name id=id invited=invited/>
            <span class="who-lines">{title}<small>{note}</small></span>
        </span>
    }
    .into_any()
}
