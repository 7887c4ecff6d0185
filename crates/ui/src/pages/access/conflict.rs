//! Somebody else saved first: their access beside mine, and the choice between them. Neither is lost without a word.

use super::{
    draft::AccessDraft,
    editor::EditorOf,
    group_names::GroupNames,
    stored::Stored,
    subject_drawer::Drawn,
    words::{and, resource_names, role_name, scope_words},
};
use crate::components::{Button, ButtonKind, Dialog};
use domain::{
    access_context::AccessContext,
    grant::{GrantSpec, Scope, ScopeSummary},
    member::MemberKind,
};
use leptos::prelude::*;

/// Names of resources that a line gives before it counts.
const NAMES: usize = 3;

#[component]
pub fn Conflict(drawn: Drawn, theirs: Stored) -> impl IntoView {
    let editor = drawn.editor;
    let (mine, stored) = (editor.draft.get_untracked(), theirs.draft());
    let columns = editor.context.with_untracked(|context| {
        context.as_ref().map(|context| {
            let (mine, stored) = (lines(&mine, editor.of, context, editor.groups), lines(&stored, editor.of, context, editor.groups));
            view! {
                <div><h3>"Saved meanwhile"</h3>{column(&stored, &mine)}</div>
                <div><h3>"Yours, not saved"</h3>{column(&mine, &stored)}</div>
            }
        })
    });
    let theirs = StoredValue::new(theirs);
    let rest = move |keep: bool| {
        theirs.with_value(|theirs| {
            if keep {
                editor.keep_on(theirs);
            } else {
                editor.open(theirs);
                drawn.restored.set(false);
            }
            drawn.stored.set(Some(theirs.clone()));
        });
        drawn.theirs.set(None);
    };
    let save_over = move || {
        rest(true);
        drawn.save();
    };
    let footer = move || {
        view! {
            <Button on_click=move || rest(true)>"Keep editing mine"</Button>
            <span class="gap"></span>
            <Button on_click=move || rest(false)>"Use theirs"</Button>
            <Button kind=ButtonKind::DangerSolid on_click=save_over>"Save mine over theirs"</Button>
        }
    };
    let name = theirs.with_value(Stored::name);
    view! {
        <Dialog title=format!("Somebody else changed {name}") text=Some("They saved after you opened this. Nothing of yours was saved, and nothing is lost until you choose.".to_owned())
            wide=true on_close=move || rest(true) footer=footer>
            <div class="conflict">{columns}</div>
        </Dialog>
    }
    .into_any()
}

/// The lines of one side; those that the other lacks stand out.
fn column(lines: &[String], other: &[String]) -> AnyView {
    let line = |line: &String| {
        let text = line.clone();
        if other.contains(line) { view! { <li>{text}</li> }.into_any() } else { view! { <li class="differs"><b>{text}</b></li> }.into_any() }
    };
    view! { <ul>{lines.iter().map(line).collect_view()}</ul> }.into_any()
}

/// An access, a line each part.
pub fn lines(draft: &AccessDraft, of: EditorOf, context: &AccessContext, groups: GroupNames) -> Vec<String> {
    let access = draft.access();
    let mut lines = match of {
        EditorOf::Member | EditorOf::Invite | EditorOf::Waiting => vec![access.kind.title().to_owned()],
        EditorOf::Group => vec![format!("Name: {}", draft.name.trim())],
        EditorOf::Token => {
            let may = if access.kind == MemberKind::Owner { "Owner access" } else { "Chosen roles" };
            vec![
                format!("Name: {}", draft.name.trim()),
                draft.expires_at.map_or_else(|| "Never ends".to_owned(), |end| format!("Ends {}", end.to_the_minute())),
                may.to_owned(),
            ]
        }
    };
    lines.extend(access.grants.iter().map(|grant| grant_words(&grant.spec, context)));
    lines.extend(access.groups.iter().map(|id| format!("Group {}", groups.get(*id).unwrap_or_else(|| "not listed here".to_owned()))));
    if access.pii {
        lines.push("May see personal data".to_owned());
    }
    lines
}

/// `Source Admin: dev-site and dev-ios`, with an end and a reason where there are some.
pub fn grant_words(spec: &GrantSpec, context: &AccessContext) -> String {
    let scope = match &spec.scope {
        Scope::Only(ids) if context.complete && !ids.is_empty() && ids.len() <= NAMES => and(&resource_names(ids.iter().copied(), &context.resources)),
        Scope::All | Scope::Only(_) | Scope::Labelled(_) => scope_words(&context.catalog, &spec.role, &ScopeSummary::from(&spec.scope)),
    };
    let ends = spec.expires_at.map(|end| format!(", until {}", end.to_the_minute())).unwrap_or_default();
    let reason = spec.reason.as_ref().map(|reason| format!(" (“{reason}”)")).unwrap_or_default();
    format!("{}: {scope}{ends}{reason}", role_name(&context.catalog, &spec.role))
}
