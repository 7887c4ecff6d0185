//! Declines a request for access, with a word to who asked.

use super::Access;
use crate::{
    components::{ConfirmDialog, TextArea, use_toasts},
    rpc::{RpcError, requests},
    session::use_session,
};
use domain::request::AccessRequest;
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Decline(access: Access, request: AccessRequest, #[prop(into)] on_close: Callback<()>, #[prop(into)] on_declined: Callback<()>) -> impl IntoView {
    let (session, toasts) = (use_session(), use_toasts());
    let word = RwSignal::new(String::new());
    let (pending, failed) = (RwSignal::new(false), RwSignal::new(None::<RpcError>));
    let (id, name) = (request.id, request.name.to_string());
    let title = format!("Decline the request of {name}?");
    let decline = move || {
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        failed.set(None);
        let (slug, name, word) = (access.here.slug(), name.clone(), word.get_untracked());
        spawn_local(async move {
            let answer = requests::decline(slug, id, word).await;
            let is_here = pending.try_set(false).is_none();
            match answer {
                Ok(()) => {
                    toasts.success(format!("Request of {name} declined."));
                    access.changed();
                    on_declined.try_run(());
                }
                Err(error) if is_here && session.ask_again(&error, || ()) => {}
                Err(error) if is_here => failed.set(Some(error)),
                Err(error) => toasts.error(error.message()),
            }
        });
    };
    let on_word = Signal::derive(move || failed.with(|failed| failed.as_ref().and_then(|error| error.on("answer"))));
    let beside = Signal::derive(move || failed.with(|failed| failed.as_ref().and_then(|error| error.beside(&["answer"]))));
    view! {
        <ConfirmDialog title=title confirm="Decline request" pending=pending error=beside on_confirm=decline on_close=on_close>
            <p>"Their access stays as it is. They are told, and may ask again."</p>
            <TextArea label="A word to them" name="answer" id="decline-answer" value=word rows=3 error=on_word placeholder="Optional"/>
        </ConfirmDialog>
    }
    .into_any()
}
