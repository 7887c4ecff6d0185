//! What is said where what was typed meets what is stored by now.

use crate::components::{Banner, Button, ButtonKind, Tone};
use leptos::prelude::*;

/// Somebody else saved first: `said` tells what is stored now, and one of both is chosen.
pub fn conflict(said: AnyView, take: impl Fn() + Send + Sync + 'static, keep: impl Fn() + Send + Sync + 'static) -> AnyView {
    let actions =
        move || view! { <Button small=true on_click=take>"Take theirs"</Button><Button small=true kind=ButtonKind::Strong on_click=keep>"Save mine"</Button> };
    view! { <Banner tone=Tone::Warn actions=actions>{said}</Banner> }.into_any()
}

/// What was typed before its page was left is back.
pub fn restored(undo: impl Fn() + Send + Sync + 'static) -> AnyView {
    let actions = move || view! { <Button small=true on_click=undo>"Discard them"</Button> };
    view! { <Banner actions=actions>"Your unsaved changes of before are still here."</Banner> }.into_any()
}
