//! Asks before an owner makes a mere member of themselves, which nobody but another owner can take back.

use super::subject_drawer::{Asking, Drawn};
use crate::components::ConfirmDialog;
use leptos::prelude::*;

/// `kept` says why they have to stay an owner.
pub fn step_down(drawn: Drawn, kept: Signal<Option<String>>) -> AnyView {
    let workspace = drawn.access.here.frame().workspace.name;
    view! {
        <ConfirmDialog title=format!("Stop being an owner of {workspace}?") confirm="Become a member" pending=drawn.saving disabled_reason=kept
            on_confirm=move || drawn.save() on_close=move || drawn.asking.set(Asking::Nothing)>
            <p>"From this moment on you can't manage the workspace: its users, groups, tokens, labels, audit trail and settings. You reach what your roles and groups give you, and nothing else."</p>
            <p>"You can't take this back: another owner has to make you an owner again."</p>
        </ConfirmDialog>
    }
    .into_any()
}
