//! Where one grant of a role applies, until when, and why it is given.

use super::{
    draft::{ScopeDraft, locked_scope},
    editor::Editor,
    local_time,
    resource_finder::{ResourceFinder, check_item},
    words::{coverage, role_words},
};
use crate::components::{CheckItem, CheckList, Icon, IconButton, IconName, TagInput, capital};
use domain::{
    access_context::AccessContext,
    catalog::Role,
    grant::{Scope, ScopeKind},
    label::Label,
    text::Reason,
};
use leptos::prelude::*;
use std::sync::Arc;

/// One scope of a role that is chosen.
#[component]
pub fn ScopeEditor(
    editor: Editor,
    context: Arc<AccessContext>,
    role: StoredValue<Role>,
    /// Which scope of the draft.
    key_: u32,
    /// Its place among the role's scopes, from 0.
    place: Signal<usize>,
    /// How many scopes the role has.
    count: Signal<usize>,
) -> impl IntoView {
    let state = Scoped { editor, role, key: key_ };
    let kinds: Vec<ScopeKind> = role.with_value(|role| ScopeKind::EVERY.into_iter().filter(|kind| role.takes(*kind)).collect());
    let name = role.with_value(|role| role.name.clone());
    let legend =
        move || if count.get() > 1 { format!("Where {name} applies, {} of {}", place.get() + 1, count.get()) } else { format!("Where {name} applies") };
    let plan = context.plan;
    let radios = kinds.into_iter().map(|kind| radio(state, kind, role.with_value(|role| locked_scope(role, kind, plan)))).collect_view();
    let kind = Memo::new(move |_| state.read(|scope| scope.kind).unwrap_or(ScopeKind::All));
    let reach = reach(state, &context);
    let detail = move || match kind.get() {
        ScopeKind::All => ().into_any(),
        ScopeKind::Only => only(state, &context),
        ScopeKind::Labelled => labels(state),
    };
    let problem = move || editor.problem(key_).map(|text| view! { <p class="field-error"><Icon name=IconName::CircleAlert/><span>{text}</span></p> });
    let remove = move || editor.draft.update(|draft| role.with_value(|role| draft.remove_scope(&role.id, key_)));
    view! {
        <fieldset class="scope">
            <legend class="visually-hidden">{legend}</legend>
            {move || (count.get() > 1).then(|| view! {
                <div class="scope-head">
                    <span>{move || if place.get() == 0 { "Either" } else { "or" }}</span>
                    <IconButton label="Remove this scope" icon=IconName::Trash small=true on_click=remove/>
                </div>
            })}
            {radios}
            <div class="scope-detail">{detail}{reach}</div>
            {limits(state)}
            {problem}
        </fieldset>
    }
    .into_any()
}

/// One scope of the draft. Copy it into callbacks.
#[derive(Clone, Copy)]
struct Scoped {
    editor: Editor,
    role: StoredValue<Role>,
    key: u32,
}

impl Scoped {
    fn read<T>(self, read: impl FnOnce(&ScopeDraft) -> T) -> Option<T> {
        self.editor.draft.with(|draft| self.role.with_value(|role| draft.scope(&role.id, self.key).map(read)))
    }

    fn edit(self, change: impl FnOnce(&mut ScopeDraft)) {
        self.editor.draft.update(|draft| self.role.with_value(|role| draft.edit(&role.id, self.key, change)));
    }

    fn id(self, part: &str) -> String {
        format!("{}-{part}-{}", self.editor.of.prefix(), self.key)
    }
}

fn radio(state: Scoped, kind: ScopeKind, lock: Option<String>) -> AnyView {
    let on = Memo::new(move |_| state.read(|scope| scope.kind) == Some(kind));
    let is_locked = lock.is_some();
    let hint = lock.or_else(|| (kind == ScopeKind::Labelled).then(|| "every one of them".to_owned()));
    view! {
        <label class:locked=is_locked>
            <input
                type="radio"
                name=state.id("scope")
                value=kind.as_str()
                prop:checked=on
                disabled=move || is_locked && !on.get()
                aria-label=kind.title()
                aria-description=hint.clone()
                on:change=move |_| state.edit(|scope| scope.kind = kind)
            />
            <span>{kind.title()}</span>
            {hint.map(|hint| view! { <span class="hint">{hint}</span> })}
        </label>
    }
    .into_any()
}

fn only(state: Scoped, context: &AccessContext) -> AnyView {
    let main = state.role.with_value(|role| role.main_type().cloned());
    let many = state.role.with_value(|role| role_words(&context.catalog, role).1.to_owned());
    let (label, empty) = (capital(&many), format!("There are no {many} in this workspace yet"));
    let chosen = Signal::derive(move || state.read(|scope| scope.only.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap_or_default());
    let change = move |id: String, on: bool| {
        let Ok(id) = id.parse() else { return };
        state.edit(|scope| {
            if on {
                scope.only.insert(id);
            } else {
                scope.only.remove(&id);
            }
        });
    };
    if let (false, Some(main)) = (context.complete, main.clone()) {
        let named = Memo::new(move |_| state.read(|scope| scope.only.clone()).unwrap_or_default());
        let finder = ResourceFinder::new(state.editor.access.here.slug(), main, named);
        let items = Signal::derive(move || finder.items());
        return view! { <CheckList id=state.id("only") label items chosen on_change=change empty search=finder.finder.search()/> }.into_any();
    }
    let items = move || {
        state.editor.context.with(|context| {
            let resources = context.iter().flat_map(|context| &context.resources);
            resources.filter(|resource| Some(&resource.kind) == main.as_ref()).map(check_item).collect::<Vec<CheckItem>>()
        })
    };
    view! { <CheckList id=state.id("only") label items=Signal::derive(items) chosen on_change=change empty/> }.into_any()
}

fn labels(state: Scoped) -> AnyView {
    let suggestions =
        move || state.editor.context.with(|context| context.iter().flat_map(|context| &context.labels).map(ToString::to_string).collect::<Vec<String>>());
    let tags = Signal::derive(move || state.read(|scope| scope.labels.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap_or_default());
    let add = move |text: String| {
        if let Ok(label) = Label::parse(&text) {
            state.edit(|scope| {
                scope.labels.insert(label);
            });
        }
    };
    let remove = move |text: String| state.edit(|scope| scope.labels.retain(|label| label.to_string() != text));
    view! {
        <TagInput id=state.id("labels") label="Add a label" hide_label=true mono=true joiner="and" placeholder="Add a label"
            tags=tags suggestions=Signal::derive(suggestions) on_add=add on_remove=remove/>
    }
    .into_any()
}

/// The sentence on what the scope covers today.
fn reach(state: Scoped, context: &AccessContext) -> AnyView {
    if !context.complete {
        return ().into_any();
    }
    let words = Memo::new(move |_| {
        let scope = state.read(ScopeDraft::scope).unwrap_or(Scope::All);
        state.editor.context.with(|context| {
            let cover = |context: &AccessContext| state.role.with_value(|role| coverage(&context.catalog, role, &scope, &context.resources));
            context.as_ref().map(|context| cover(context)).unwrap_or_default()
        })
    });
    view! { <p class="reach"><b>{move || words.get().share}</b>{move || words.get().rest}</p> }.into_any()
}

/// Until when, and why: both may stay empty, so they wait behind a line until one is set or wanted.
fn limits(state: Scoped) -> AnyView {
    let first = state.editor.draft.with_untracked(|draft| state.role.with_value(|role| draft.scope(&role.id, state.key).cloned()));
    let (ends, reason) = first.map_or_else(Default::default, |scope| (scope.expires_at.map(local_time::to_box).unwrap_or_default(), scope.reason));
    let is_set = !ends.is_empty() || !reason.is_empty();
    let (ends_id, reason_id) = (state.id("ends"), state.id("reason"));
    view! {
        <details class="more" open=is_set>
            <summary>"End and reason"</summary>
            <div class="more-body">
                <div class="field">
                    <label for=ends_id.clone()>"Ends"</label>
                    <input id=ends_id class="input" type="datetime-local" value=ends on:input=move |event| {
                        let ends = local_time::from_box(&event_target_value(&event));
                        state.edit(|scope| scope.expires_at = ends);
                    }/>
                </div>
                <div class="field">
                    <label for=reason_id.clone()>"Reason"</label>
                    <input id=reason_id class="input" type="text" value=reason maxlength=Reason::MAX.to_string() placeholder="Optional" autocomplete="off" on:input=move |event| {
                        let reason = event_target_value(&event);
                        state.edit(|scope| scope.reason = reason);
                    }/>
                </div>
            </div>
        </details>
    }
    .into_any()
}
