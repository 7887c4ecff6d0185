//! The end of a workspace: what goes with it, its name typed, and then it is closed.

use crate::{
    components::{Button, ButtonKind, ConfirmDialog, IconName, SkeletonLines, plural},
    pages::{doing::Doing, failure::not_loaded, frame::Here},
    rpc::settings,
    session::use_session,
};
use domain::workspace::WorkspaceContents;
use leptos::prelude::*;

#[component]
pub fn DangerZone(here: Here) -> impl IntoView {
    let asking = RwSignal::new(false);
    view! {
        <section class="panel danger-zone" aria-labelledby="delete-title">
            <div class="section">
                <div class="section-head">
                    <h2 id="delete-title">"Delete workspace"</h2>
                    <p>"It closes at once for everybody. For 7 days an owner can open it again as it was; then everything in it is deleted for good, its audit trail too."</p>
                </div>
                <div><Button kind=ButtonKind::Danger icon=IconName::Trash on_click=move || asking.set(true) attr:aria-haspopup="dialog">"Delete workspace"</Button></div>
            </div>
        </section>
        {move || asking.get().then(|| view! { <Question here asking/> })}
    }
    .into_any()
}

#[component]
fn Question(here: Here, asking: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let slug = StoredValue::new(here.slug());
    // asked anew each time the question is: numbers change
    let contents = LocalResource::new(move || {
        let _ = session.version();
        settings::contents(slug.get_value())
    });
    let doing = Doing::default();
    let frame = here.frame();
    let way_back = match frame.mail_is_on {
        true => "Owners get a mail, and 7 days to keep it after all.",
        false => "Mail is off, so tell the other owners yourself: for 7 days each of them can open it again.",
    };
    let name = frame.workspace.name.to_string();
    let typed = StoredValue::new(name.clone());
    let confirm = move || {
        doing.run(
            move || settings::close(slug.get_value(), typed.get_value()),
            move |deleted_at, is_here| {
                doing.toasts.success(format!("The workspace is closed, and will be deleted on {}.", deleted_at.to_the_day()));
                if is_here {
                    here.reload();
                }
            },
        );
    };
    let goes = move || match contents.get() {
        None => view! { <SkeletonLines lines=2/> }.into_any(),
        Some(Ok(contents)) => went(contents),
        Some(Err(error)) => not_loaded(&error, move || contents.refetch()),
    };
    view! {
        <ConfirmDialog title=format!("Delete {name}?") confirm="Delete workspace" type_to_confirm=name pending=doing.pending error=doing.message()
            on_confirm=confirm on_close=move || asking.set(false)>
            {goes}
            <p>"It closes at once: nobody can work in it, its tokens stop, and every question about access is denied. " {way_back}</p>
        </ConfirmDialog>
    }
    .into_any()
}

fn went(contents: WorkspaceContents) -> AnyView {
    let WorkspaceContents { members, invites, groups, tokens, resources } = contents;
    let lines = [
        plural(members, "member", "members"),
        plural(invites, "pending invite", "pending invites"),
        plural(groups, "user group", "user groups"),
        plural(tokens, "token", "tokens"),
        plural(resources, "resource", "resources"),
    ];
    view! {
        <p>"This goes with it, with all labels, grants, requests, webhooks and the audit trail:"</p>
        <ul class="goes">{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
    }
    .into_any()
}
