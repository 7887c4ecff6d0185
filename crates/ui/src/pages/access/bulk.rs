//! The users that are picked. What can be done with them comes with the part that edits.

use super::{Access, editing::EditingLoader, list_state::ListState};
use crate::{pages::picked::Picked, rpc::Rpc};
use domain::{
    member::{UserId, UserQuery, UserRow},
    page::Page,
};
use leptos::prelude::*;

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct PickedUsers {
    pub access: Access,
    pub rows: Picked<UserId, UserQuery>,
    /// What the list is asked, without its page.
    pub asked: Memo<UserQuery>,
}

impl PickedUsers {
    pub fn new(access: Access, state: Memo<ListState>) -> Self {
        let asked = Memo::new(move |_| UserQuery { cursor: None, ..state.with(ListState::users) });
        Self { access, rows: Picked::new(asked), asked }
    }

    /// What can be done with them, as long as any is picked.
    pub fn bar(self, users: Resource<Rpc<Page<UserRow>>>) -> AnyView {
        let editing: EditingLoader = self.access.editing;
        let shown = Memo::new(move |_| !self.rows.is_empty());
        let total = Signal::derive(move || users.get().and_then(Result::ok).and_then(|page| page.total));
        (move || {
            shown.get().then(|| {
                editing.want();
                (move || editing.get().map(|editing| (editing.picked)(self, total))).into_any()
            })
        })
        .into_any()
    }

    /// What was done last, for as long as it can be taken back.
    pub fn last(self) -> AnyView {
        (move || self.access.editing.get().map(|editing| (editing.undo)(self.access))).into_any()
    }
}
