//! The user groups of a member, or of somebody about to be invited: in or out, a box each.

use super::{
    editor::Editor,
    words::{and, role_name},
};
use crate::components::{CheckItem, CheckList, EmptyState, IconName, SkeletonLines};
use domain::access_context::{AccessContext, ContextGroup};
use leptos::prelude::*;

#[component]
pub fn GroupsTab(editor: Editor) -> impl IntoView {
    move || {
        match editor.context.get() {
        None => view! { <SkeletonLines lines=5/> }.into_any(),
        Some(context) if context.groups.is_empty() => view! {
            <EmptyState icon=IconName::UsersRound title="No user groups yet" text="A group gives all its members the same roles. There is none in this workspace."/>
        }
        .into_any(),
        Some(context) => list(editor, &context),
    }
    }
}

fn list(editor: Editor, context: &AccessContext) -> AnyView {
    let items: Vec<CheckItem> =
        context.groups.iter().map(|group| CheckItem::new(&group.group.id.to_string(), group.group.name.as_str(), &gives(group, context))).collect();
    let chosen = Signal::derive(move || editor.draft.with(|draft| draft.groups.iter().map(ToString::to_string).collect::<Vec<_>>()));
    let change = move |id: String, on: bool| {
        if let Ok(id) = id.parse() {
            editor.draft.update(|draft| draft.join(id, on));
        }
    };
    view! { <CheckList id=format!("{}-groups", editor.prefix) label="User groups" items=items chosen=chosen on_change=change/> }.into_any()
}

/// What a group brings: `Source Admin and Function Read-only, personal data`.
fn gives(group: &ContextGroup, context: &AccessContext) -> String {
    let mut roles: Vec<String> = Vec::new();
    for grant in &group.grants {
        let name = role_name(&context.catalog, &grant.spec.role);
        if !roles.contains(&name) {
            roles.push(name);
        }
    }
    let roles = if roles.is_empty() { "No roles yet".to_owned() } else { and(&roles) };
    if group.pii { format!("{roles}, personal data") } else { roles }
}
