//! What is said where what was typed meets what is stored by now.

use crate::components::{Banner, Button, ButtonKind, Tone};
use leptos::prelude::*;

/// Somebody else saved first: `said` tells what is stored now, and one of both is chosen. It is handed to `take`, which opens it, or to
/// `keep`, which saves over it.
pub fn conflict<T: Clone + Send + Sync + 'static>(
    theirs: RwSignal<Option<T>>,
    said: impl FnOnce(&T) -> AnyView,
    take: impl Fn(T) + Send + Sync + 'static,
    keep: impl Fn(T) + Send + Sync + 'static,
) -> Option<AnyView> {
    let found = theirs.get()?;
    let said = said(&found);
    let taken = found.clone();
    let take = move || {
        theirs.set(None);
        take(taken.clone());
    };
    let keep = move || {
        theirs.set(None);
        keep(found.clone());
    };
    Some(choice(said, Callback::from(take), Callback::from(keep)))
}

fn choice(said: AnyView, take: Callback<()>, keep: Callback<()>) -> AnyView {
    let actions =
        move || view! { <Button small=true on_click=take>"Take theirs"</Button><Button small=true kind=ButtonKind::Strong on_click=keep>"Save mine"</Button> };
    view! { <Banner tone=Tone::Warn actions=actions>{said}</Banner> }.into_any()
}

/// What was typed before its page was left is back.
pub fn restored(undo: impl Fn() + Send + Sync + 'static) -> AnyView {
    let actions = move || view! { <Button small=true on_click=undo>"Discard them"</Button> };
    view! { <Banner actions=actions>"Your unsaved changes of before are still here."</Banner> }.into_any()
}
