//! Makes a token, and shows its secret this once.

use super::{
    Access,
    creating::{Creating, Words},
    editor::EditorOf,
    token_secret::TokenSecretDialog,
};
use crate::rpc::tokens::{self, ShownSecret};
use leptos::prelude::*;

#[component]
pub fn CreateToken(access: Access, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let made = RwSignal::new(None::<ShownSecret>);
    let creating = Creating::new(access, EditorOf::Token, on_close);
    let submit = move || {
        let slug = access.here.slug();
        creating.send(
            move |draft| tokens::create(slug.clone(), draft.token()),
            move |secret: ShownSecret, is_here| {
                access.changed();
                if is_here {
                    creating.doing.toasts.success(format!("Token {} created.", secret.name));
                    made.set(Some(secret));
                } else {
                    let lost = format!("Token {} was created, and the page was left before its secret could be shown. Rotate it to get one.", secret.name);
                    creating.doing.toasts.error(lost);
                }
            },
        );
    };
    let words = Words {
        title: "Create token",
        text: "A machine's key to this workspace: it may do what you choose here.",
        button: "Create token",
        when: "with this token",
        lost: "The answer was lost on its way: the token may have been created, with a secret that nobody saw. Close this and look into the list before \
               you create it again. If it is there, rotate it to get a secret, or revoke it.",
    };
    move || match made.get() {
        Some(secret) => view! { <TokenSecretDialog title="Token created" secret on_close/> }.into_any(),
        None => creating.view(words, submit),
    }
}
