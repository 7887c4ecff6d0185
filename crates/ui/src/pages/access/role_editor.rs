//! The roles that can be given: which are chosen, where each applies, and which the plan locks.

use super::{
    draft::{RoleDraft, ScopeDraft, locked_role, without_effect},
    editor::Editor,
    scope_editor::ScopeEditor,
    words::scope_words,
};
use crate::components::{Button, ButtonKind, Icon, IconName};
use domain::{
    access_context::AccessContext,
    catalog::Role,
    grant::{GrantSpec, ScopeKind, ScopeSummary},
};
use leptos::prelude::*;
use std::sync::Arc;

/// Every role of the catalogue, one box each.
#[component]
pub fn RoleEditor(editor: Editor) -> impl IntoView {
    move || match editor.offered.get() {
        None => editor.access.context.waiting(8),
        Some(context) => {
            let roles = context.catalog.roles.iter().map(|role| role_box(editor, &context, role.clone())).collect_view();
            view! { <div class="role-editor" role="group" aria-label="Roles">{roles}</div> }.into_any()
        }
    }
}

fn role_box(editor: Editor, context: &Arc<AccessContext>, role: Role) -> AnyView {
    let plan = context.plan;
    let role = StoredValue::new(role);
    let id = role.with_value(|role| role.id.clone());
    let id = StoredValue::new(id);
    let reading = move |read: fn(&RoleDraft) -> bool| editor.draft.with(|draft| id.with_value(|id| draft.role(id).is_some_and(read)));
    let on = Memo::new(move |_| reading(|role| role.on));
    let open = Memo::new(move |_| on.get() && editor.unfolded.with(|open| id.with_value(|id| open.contains(id))));
    // what is held, or was while this editor is open, can be put back whatever the plan
    let known = Memo::new(move |_| reading(|role| !role.scopes.is_empty()));
    let lock = role.with_value(|role| locked_role(role, plan));
    let is_locked = lock.is_some();
    let description = {
        let words = role.with_value(|role| role.description.clone());
        lock.as_ref().map_or_else(|| words.clone(), |reason| format!("{words}. {reason}"))
    };
    let name = role.with_value(|role| role.name.clone());
    let toggle = move |event| {
        let chosen = event_target_checked(&event);
        editor.draft.update(|draft| role.with_value(|role| draft.choose(role, plan, chosen)));
    };
    let unfold = {
        let (context, name) = (Arc::clone(context), name.clone());
        move || {
            let context = Arc::clone(&context);
            let words = move || editor.draft.with(|draft| id.with_value(|id| draft.role(id).map_or_else(String::new, |role| summary(role, &context))));
            let expanded = move || if open.get() { "true" } else { "false" };
            let flip = move |_| {
                editor.unfolded.update(|open| {
                    id.with_value(|id| {
                        if !open.remove(id) {
                            open.insert(id.clone());
                        }
                    });
                });
            };
            view! {
                <button type="button" class="btn small" aria-expanded=expanded on:click=flip>
                    <span class="visually-hidden">"Choose scope for " {name.clone()} ": "</span>
                    <span class="scope-words">{words}</span>
                    <Icon name=IconName::ChevronDown/>
                </button>
            }
        }
    };
    let scopes = {
        let context = Arc::clone(context);
        move || scopes(editor, &context, role)
    };
    view! {
        <div class="role" class:on=on class:locked=is_locked class:open=open>
            <label>
                <input
                    type="checkbox"
                    prop:checked=on
                    disabled=move || is_locked && !known.get()
                    aria-label=name.clone()
                    aria-description=description
                    on:change=toggle
                />
                <span><b>{name}</b><small>{role.with_value(|role| role.description.clone())}</small></span>
            </label>
            <span class="role-side">
                {lock.map(|reason| view! { <em><Icon name=IconName::Lock/>{reason}</em> })}
                {move || on.get().then(&unfold)}
            </span>
            {move || open.get().then(&scopes)}
        </div>
    }
    .into_any()
}

fn scopes(editor: Editor, context: &Arc<AccessContext>, role: StoredValue<Role>) -> AnyView {
    let plan = context.plan;
    let keys = Memo::new(move |_| {
        let keys = |role: &RoleDraft| role.scopes.iter().map(|scope| scope.key).collect::<Vec<_>>();
        editor.draft.with(|draft| role.with_value(|role| draft.role(&role.id).map(keys))).unwrap_or_default()
    });
    let add = move || {
        editor.draft.update(|draft| {
            role.with_value(|role| draft.add_scope(role, plan));
        });
    };
    let full = Signal::derive(move || {
        let takes_one = role.with_value(|role| role.scopes.len() == 1 && role.takes(ScopeKind::All));
        takes_one.then(|| "this role applies to all there is".to_owned())
    });
    let each = {
        let context = Arc::clone(context);
        move |key| {
            let place = move || keys.with(|keys| keys.iter().position(|other| *other == key).unwrap_or_default());
            view! { <ScopeEditor editor=editor context=Arc::clone(&context) role=role key_=key place=Signal::derive(place) count=Signal::derive(move || keys.with(Vec::len))/> }
        }
    };
    view! {
        <div class="scopes">
            <For each=move || keys.get() key=|key| *key children=each/>
            {move || full.get().is_none().then(|| view! { <Button kind=ButtonKind::Quiet small=true icon=IconName::Plus on_click=add>"Add another scope"</Button> })}
        </div>
    }
    .into_any()
}

/// What the button says: the one scope in words, or how many there are; and what stands against it.
fn summary(role: &RoleDraft, context: &AccessContext) -> String {
    let words = |scope: &ScopeDraft| match scope.kind {
        ScopeKind::All => ScopeKind::All.title().to_owned(),
        ScopeKind::Only if scope.only.is_empty() => "Nothing chosen".to_owned(),
        ScopeKind::Labelled if scope.labels.is_empty() => "No label chosen".to_owned(),
        ScopeKind::Only | ScopeKind::Labelled => scope_words(&context.catalog, &role.role, &ScopeSummary::from(&scope.scope())),
    };
    let text = match role.scopes.as_slice() {
        [one] => words(one),
        many => format!("{} scopes", many.len()),
    };
    let ended = role.scopes.iter().any(|scope| {
        let spec = GrantSpec { expires_at: scope.expires_at, ..GrantSpec::new(role.role.clone(), scope.scope()) };
        without_effect(&context.catalog, context.plan, context.now, &spec).as_deref() == Some("Expired")
    });
    if ended { format!("{text}, expired") } else { text }
}
