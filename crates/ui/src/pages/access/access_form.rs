//! The form of an access: owner or member, roles with their scopes, personal data. The drawer and the invite dialog share it.

use super::{editor::Editor, role_editor::RoleEditor};
use crate::components::{CheckField, RadioCard, RadioCards};
use domain::member::MemberKind;
use leptos::prelude::*;

/// Edits the draft of an editor.
pub fn access_form(editor: Editor) -> AnyView {
    let kind = Signal::derive(move || editor.draft.with(|draft| draft.kind.as_str().to_owned()));
    let is_owner = Memo::new(move |_| editor.draft.with(|draft| draft.kind == MemberKind::Owner));
    let choose = move |value: String| {
        if let Ok(kind) = value.parse() {
            editor.draft.update(|draft| draft.kind = kind);
        }
    };
    let cards = vec![
        RadioCard::new("owner", MemberKind::Owner.title(), "Everything, and who may reach it"),
        RadioCard::new("member", MemberKind::Member.title(), "Only the roles below, and by groups"),
    ];
    let pii = move || {
        view! {
            <CheckField label="May see personal data" note=Some("Within what they already reach".to_owned())
                checked=Signal::derive(move || editor.draft.with(|draft| draft.pii)) on_change=move |on: bool| editor.draft.update(|draft| draft.pii = on)/>
        }
    };
    let note = move || {
        let kept = editor.draft.with(|draft| draft.roles.iter().any(|role| role.on));
        let words = if kept {
            "An owner reaches everything. The roles chosen before stay stored, and count again if this person becomes a member."
        } else {
            "An owner reaches everything: no role is needed."
        };
        view! { <p class="owner-note">{words}</p> }
    };
    view! {
        <RadioCards label="Permission" name=format!("{}-kind", editor.prefix) options=cards value=kind on_change=choose/>
        {move || is_owner.get().then(note)}
        // hidden, not unmounted: what is unfolded there stays so
        <div class="member-access" hidden=is_owner>
            <RoleEditor editor/>
            {pii()}
        </div>
    }
    .into_any()
}
