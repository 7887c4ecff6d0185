//! The user groups of a member, or of somebody about to be invited: in or out, a box each.

use super::{
    editor::Editor,
    found::Finder,
    users_filter::groups_by_search,
    words::{and, role_name},
};
use crate::components::{CheckItem, CheckList, EmptyState, IconName, SkeletonLines};
use domain::{
    access_context::{AccessContext, ContextGroup},
    catalog::{Catalog, RoleId},
    group::GroupRow,
};
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn GroupsTab(editor: Editor) -> impl IntoView {
    // whether all are here, and whether there are any
    let state = Memo::new(move |_| editor.context.with(|context| context.as_ref().map(|context| (context.complete, context.groups.is_empty()))));
    move || {
        match state.get() {
        None => view! { <SkeletonLines lines=5/> }.into_any(),
        Some((true, true)) => view! {
            <EmptyState icon=IconName::UsersRound title="No user groups yet" text="A group gives all its members the same roles. There is none in this workspace."/>
        }
        .into_any(),
        Some((true, false)) => list(editor),
        Some((false, _)) => editor.context.get_untracked().map(|context| searched(editor, context)).into_any(),
    }
    }
}

fn list(editor: Editor) -> AnyView {
    let items = move || {
        editor.context.with(|context| {
            let items = context.iter().flat_map(|context| context.groups.iter().map(move |group| item(group, &context.catalog)));
            items.collect::<Vec<CheckItem>>()
        })
    };
    checks(editor, Signal::derive(items), None)
}

fn item(group: &ContextGroup, catalog: &Catalog) -> CheckItem {
    let roles = group.grants.iter().map(|grant| &grant.spec.role);
    CheckItem::new(&group.group.id.to_string(), group.group.name.as_str(), &gives(roles, group.pii, catalog))
}

/// Where there are too many to be here: what is chosen, and what the server finds.
fn searched(editor: Editor, context: Arc<AccessContext>) -> AnyView {
    let finder = groups_by_search(editor.access);
    finder.ask.run((String::new(),));
    let items = move || {
        finder.found.with(|found| {
            let nothing_searched = found.as_ref().is_none_or(|found| found.text.trim().is_empty());
            let item = |row: &GroupRow| {
                let roles = row.grants.iter().map(|grant| &grant.role);
                CheckItem::new(&row.id.to_string(), row.name.as_str(), &gives(roles, row.pii, &context.catalog))
            };
            let mut items: Vec<CheckItem> = found.iter().flat_map(|found| &found.rows).map(item).collect();
            let chosen = editor.draft.with(|draft| draft.groups.clone());
            let missing = chosen.into_iter().map(|id| (id, id.to_string())).filter(|(_, text)| items.iter().all(|item| item.id != *text)).collect::<Vec<_>>();
            if nothing_searched {
                items.extend(missing.into_iter().map(|(id, text)| CheckItem::new(&text, &editor.groups.get(id).unwrap_or_else(|| "A group".to_owned()), "")));
            }
            items
        })
    };
    checks(editor, Signal::derive(items), Some(finder))
}

fn checks(editor: Editor, items: Signal<Vec<CheckItem>>, finder: Option<Finder<GroupRow>>) -> AnyView {
    let chosen = Signal::derive(move || editor.draft.with(|draft| draft.groups.iter().map(ToString::to_string).collect::<Vec<_>>()));
    let change = move |id: String, on: bool| {
        if let Ok(id) = id.parse() {
            editor.draft.update(|draft| draft.join(id, on));
        }
    };
    let locked = Signal::derive(move || {
        let has_groups = editor.context.with(|context| context.as_ref().is_none_or(|context| context.plan.has_groups()));
        (!has_groups).then(|| "User groups need the Business plan".to_owned())
    });
    let id = format!("{}-groups", editor.of.prefix());
    match finder {
        None => view! { <CheckList id label="User groups" items chosen locked on_change=change/> }.into_any(),
        Some(finder) => view! { <CheckList id label="User groups" items chosen locked on_change=change search=finder.search()/> }.into_any(),
    }
}

/// What a group brings: `Source Admin and Function Read-only, personal data`.
fn gives<'a>(given: impl Iterator<Item = &'a RoleId>, pii: bool, catalog: &Catalog) -> String {
    let mut roles: Vec<String> = Vec::new();
    for role in given {
        let name = role_name(catalog, role);
        if !roles.contains(&name) {
            roles.push(name);
        }
    }
    let roles = if roles.is_empty() { "No roles yet".to_owned() } else { and(&roles) };
    if pii { format!("{roles}, personal data") } else { roles }
}
