//! The end of one's account: what one leaves with it, the password and the address typed, and then it is gone.

use super::{doing::Doing, doors::leave_for, failure::not_loaded, signin::gone};
use crate::{
    components::{Button, ButtonKind, ConfirmDialog, IconName, PasswordField, SkeletonLines},
    path,
    rpc::accounts,
    session::use_session,
};
use domain::account::{DeletionPreview, NeededIn};
use leptos::prelude::*;

#[component]
pub fn DeleteAccount(email: String) -> impl IntoView {
    let asking = RwSignal::new(false);
    let email = StoredValue::new(email);
    view! {
        <section class="panel danger-zone" aria-labelledby="delete-title">
            <div class="section">
                <div class="section-head">
                    <h2 id="delete-title">"Delete account"</h2>
                    <p>"You leave every workspace at once, and can't sign in any more. What you made in a workspace stays there, and so does its audit trail."</p>
                </div>
                <div><Button kind=ButtonKind::Danger icon=IconName::Trash on_click=move || asking.set(true) attr:aria-haspopup="dialog">"Delete account"</Button></div>
            </div>
        </section>
        {move || asking.get().then(|| view! { <Question email=email.get_value() asking/> })}
    }
    .into_any()
}

#[component]
fn Question(email: String, asking: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    // asked anew each time the question is: others become owners meanwhile
    let preview = LocalResource::new(move || {
        let _ = session.version();
        accounts::deletion_preview()
    });
    let doing = Doing::default();
    let (typed, password) = (StoredValue::new(email.clone()), RwSignal::new(String::new()));
    let confirm = move || {
        doing.run(
            move || accounts::delete(typed.get_value(), password.get_untracked()),
            |(), _| {
                gone::keep();
                leave_for(path::SIGN_IN);
            },
        );
    };
    let goes = move || match preview.get() {
        None => view! { <SkeletonLines lines=2/> }.into_any(),
        Some(Ok(found)) => went(found, password, doing.on("password")),
        Some(Err(error)) => not_loaded(&error, move || preview.refetch()),
    };
    let hindered = Signal::derive(move || match preview.get() {
        Some(Ok(found)) if found.needed_in.is_empty() => None,
        Some(Ok(_)) => Some("workspaces need you still".to_owned()),
        Some(Err(_)) | None => Some("what goes with it is not known yet".to_owned()),
    });
    view! {
        <ConfirmDialog title="Delete your account?" confirm="Delete account" type_to_confirm=email pending=doing.pending error=doing.beside(&["password"])
            disabled_reason=hindered on_confirm=confirm on_close=move || asking.set(false)>
            {goes}
        </ConfirmDialog>
    }
    .into_any()
}

fn went(found: DeletionPreview, password: RwSignal<String>, refused: Signal<Option<String>>) -> AnyView {
    let DeletionPreview { leaves, needed_in, has_password } = found;
    if !needed_in.is_empty() {
        let line = |needed: NeededIn| view! { <li><b>{needed.workspace.to_string()}</b>" · "{needed.why}</li> };
        return view! {
            <p>"You can't go yet. You are needed in:"</p>
            <ul>{needed_in.into_iter().map(line).collect_view()}</ul>
        }
        .into_any();
    }
    let left = (!leaves.is_empty()).then(|| {
        view! {
            <p>"You leave these workspaces, with your roles and your places in groups:"</p>
            <ul>{leaves.into_iter().map(|name| view! { <li>{name.to_string()}</li> }).collect_view()}</ul>
        }
    });
    let field = has_password.then(|| view! { <PasswordField label="Your password" name="password" value=password required=true error=refused/> });
    view! {
        {left}
        <p>"All your sessions end. This can't be taken back: with the same address you would begin anew, and be invited anew."</p>
        {field}
    }
    .into_any()
}
