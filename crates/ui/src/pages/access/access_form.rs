//! The form of an access: what it is called and until when it lasts where that is asked, owner or not, roles with their scopes, personal
//! data. Drawers and dialogs share it.

use super::{
    editor::{Editor, EditorOf},
    local_time,
    role_editor::RoleEditor,
};
use crate::components::{Button, ButtonKind, CheckField, Field, RadioCard, RadioCards};
use domain::{
    member::MemberKind,
    time::{Span, Timestamp},
};
use leptos::prelude::*;

/// Edits the draft of an editor.
pub fn access_form(editor: Editor) -> AnyView {
    match editor.of {
        EditorOf::Member | EditorOf::Invite | EditorOf::Waiting => {
            let cards = [
                (MemberKind::Owner, MemberKind::Owner.title(), "Everything, and who may reach it"),
                (MemberKind::Member, MemberKind::Member.title(), "Only the roles below, and by groups"),
            ];
            let kept = "An owner reaches everything. The roles chosen before stay stored, and count again if this person becomes a member.";
            kind_and_roles(editor, "Permission", cards, kept, "An owner reaches everything: no role is needed.", true)
        }
        EditorOf::Group => view! { {name_field(editor)}<RoleEditor editor/>{personal_data(editor)} }.into_any(),
        EditorOf::Token => {
            let cards = [
                (MemberKind::Owner, "Owner access", "All that an owner may do, access management included"),
                (MemberKind::Member, "Chosen roles", "Only the roles below"),
            ];
            let kept = "With owner access the roles are dropped when this is saved.";
            let access = kind_and_roles(editor, "What it may do", cards, kept, "A token with owner access may do everything: no role is needed.", false);
            view! { {name_field(editor)}{end_field(editor)}{access} }.into_any()
        }
    }
}

/// Owner or not, and for who isn't, the roles.
fn kind_and_roles(
    editor: Editor,
    label: &'static str,
    cards: [(MemberKind, &'static str, &'static str); 2],
    kept: &'static str,
    none: &'static str,
    with_personal_data: bool,
) -> AnyView {
    let kind = Signal::derive(move || editor.draft.with(|draft| draft.kind.as_str().to_owned()));
    let is_owner = Memo::new(move |_| editor.draft.with(|draft| draft.kind == MemberKind::Owner));
    let choose = move |value: String| {
        if let Ok(kind) = value.parse() {
            editor.draft.update(|draft| draft.kind = kind);
        }
    };
    let cards = cards.into_iter().map(|(kind, title, note)| RadioCard::new(kind.as_str(), title, note)).collect();
    let note = move || {
        let has_roles = editor.draft.with(|draft| draft.roles.iter().any(|role| role.on));
        view! { <p class="owner-note">{if has_roles { kept } else { none }}</p> }
    };
    view! {
        <RadioCards label name=format!("{}-kind", editor.of.prefix()) options=cards value=kind on_change=choose/>
        {move || is_owner.get().then(note)}
        // hidden, not unmounted: what is unfolded there stays so
        <div class="member-access" hidden=is_owner>
            <RoleEditor editor/>
            {with_personal_data.then(|| personal_data(editor))}
        </div>
    }
    .into_any()
}

fn personal_data(editor: Editor) -> AnyView {
    let note = if editor.of == EditorOf::Group { "Within what its members already reach" } else { "Within what they already reach" };
    view! {
        <CheckField label="May see personal data" note=Some(note.to_owned())
            checked=Signal::derive(move || editor.draft.with(|draft| draft.pii)) on_change=move |on: bool| editor.draft.update(|draft| draft.pii = on)/>
    }
    .into_any()
}

fn name_field(editor: Editor) -> AnyView {
    let value = RwSignal::new(editor.draft.with_untracked(|draft| draft.name.clone()));
    follow(value, move || editor.draft.with(|draft| draft.name.clone()), move |name| editor.draft.update(|draft| draft.name = name));
    let placeholder = if editor.of == EditorOf::Group { "Designers" } else { "Nightly export" };
    view! {
        <Field label="Name" name="name" id=format!("{}-name", editor.of.prefix()) value=value required=true autofocus=true autocomplete="off"
            placeholder=placeholder error=Signal::derive(move || editor.name_problem().or_else(|| editor.refused("name")))/>
    }
    .into_any()
}

/// How long a token usually lives, to be chosen with one click.
const SPANS: [(&str, Span); 3] = [("30 days", Span::days(30)), ("90 days", Span::days(90)), ("1 year", Span::days(365))];

fn end_field(editor: Editor) -> AnyView {
    let value = RwSignal::new(editor.draft.with_untracked(|draft| draft.expires_at.map(local_time::to_box).unwrap_or_default()));
    let shown = move || editor.draft.with(|draft| draft.expires_at.map(local_time::to_box).unwrap_or_default());
    follow(value, shown, move |text| {
        // a box shows minutes: an end that it shows the same is the same
        let same = editor.draft.with_untracked(|draft| draft.expires_at.map(local_time::to_box).unwrap_or_default() == text);
        if !same {
            editor.draft.update(|draft| draft.expires_at = local_time::from_box(&text));
        }
    });
    let until = move |span: Span| {
        if let Some(now) = editor.context.with_untracked(|context| context.as_ref().map(|context| context.now)) {
            let end: Timestamp = now.plus(span);
            editor.draft.update(|draft| draft.expires_at = Some(end));
        }
    };
    let quick = SPANS.map(|(words, span)| view! { <Button kind=ButtonKind::Quiet small=true on_click=move || until(span)>{words}</Button> });
    let never = move || editor.draft.update(|draft| draft.expires_at = None);
    view! {
        <div class="end-field">
            <Field label="Expires" name="expires" id=format!("{}-expires", editor.of.prefix()) kind="datetime-local" value=value
                hint=Some("Empty for a token that never ends.".to_owned()) error=Signal::derive(move || editor.refused("expires"))/>
            <p class="quick" role="group" aria-label="Expires in">{quick.collect_view()}<Button kind=ButtonKind::Quiet small=true on_click=never>"Never"</Button></p>
        </div>
    }
    .into_any()
}

/// Keeps a box and a part of the draft alike, whichever changes.
fn follow(value: RwSignal<String>, of_draft: impl Fn() -> String + Send + Sync + 'static, write: impl Fn(String) + 'static) {
    let of_draft = Memo::new(move |_| of_draft());
    Effect::new(move || {
        let text = of_draft.get();
        if value.with_untracked(|value| *value != text) {
            value.set(text);
        }
    });
    Effect::new(move || {
        let text = value.get();
        if of_draft.with_untracked(|known| *known != text) {
            write(text);
        }
    });
}
