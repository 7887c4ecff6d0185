//! Declines a request for access, with a word to who asked.

use super::Access;
use crate::{
    components::{ConfirmDialog, TextArea},
    pages::doing::Doing,
    rpc::requests,
};
use domain::request::AccessRequest;
use leptos::prelude::*;

#[component]
pub fn Decline(access: Access, request: AccessRequest, #[prop(into)] on_close: Callback<()>, #[prop(into)] on_declined: Callback<()>) -> impl IntoView {
    let doing = Doing::default();
    let word = RwSignal::new(String::new());
    let (id, name) = (request.id, request.name.to_string());
    let title = format!("Decline the request of {name}?");
    let decline = move || {
        let (slug, name, word) = (access.here.slug(), name.clone(), word.get_untracked());
        doing.run(
            move || requests::decline(slug.clone(), id, word.clone()),
            move |(), is_here| {
                doing.toasts.success(format!("Request of {name} declined."));
                access.changed();
                if is_here {
                    on_declined.run(());
                }
            },
        );
    };
    view! {
        <ConfirmDialog title=title confirm="Decline request" pending=doing.pending error=doing.beside(&["answer"]) on_confirm=decline on_close=on_close>
            <p>"Their access stays as it is. They are told, and may ask again."</p>
            <TextArea label="A word to them" name="answer" id="decline-answer" value=word rows=3 error=doing.on("answer") placeholder="Optional"/>
        </ConfirmDialog>
    }
    .into_any()
}
