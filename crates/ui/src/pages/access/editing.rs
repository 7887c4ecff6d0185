//! The part of this page that a first visit does without: drawers and the invite dialog, with the editor of access and its policy engine.
//!
//! The browser loads it by itself once the page is alive, so that the first click finds it there. On the server it is never asked for:
//! what it shows needs data that comes after the page.

use super::{
    Access,
    bulk::PickedUsers,
    bulk_bar::{BulkBar, LastBulk},
    create_group::CreateGroup,
    create_token::CreateToken,
    invite_actions::{InviteActions, InviteQuestions},
    invite_dialog::InviteDialog,
    invite_drawer::InviteDrawer,
    requests_dialog::RequestsDialog,
    subject_drawer::SubjectDrawer,
};
use crate::{
    components::use_toasts,
    rpc::{Answer, Rpc, RpcError, groups, invites, members},
};
use domain::{
    access_context::AccessContext,
    failure::{Failure, FailureKind},
    group::{Group, GroupRef, GroupRow},
    id::{GroupId, InviteId},
    invite::Invited,
    page::Page,
    policy::Subject,
    workspace::WorkspaceSlug,
};
use leptos::{prelude::*, wasm_split::SplitLoaderError};

/// The views of this part. They are called through here only, or they would be loaded with the page.
#[derive(Clone, Copy)]
pub struct Editing {
    /// The drawer of a member, a group or a token.
    pub subject: fn(Access, Subject, Callback<()>) -> AnyView,
    pub invite: fn(Access, InviteId, Callback<()>) -> AnyView,
    pub invite_dialog: fn(Access, Callback<()>) -> AnyView,
    pub invite_questions: fn(InviteActions) -> AnyView,
    pub create_group: fn(Access, Callback<()>, Callback<(Group,)>) -> AnyView,
    pub create_token: fn(Access, Callback<()>) -> AnyView,
    pub requests: fn(Access, Callback<()>) -> AnyView,
    /// What can be done with picked users.
    pub picked: fn(PickedUsers, Signal<Option<u64>>) -> AnyView,
    pub undo: fn(Access) -> AnyView,
    /// Asks for what editors need; its decoding is as large as some pages.
    pub context: fn(WorkspaceSlug) -> Answer<AccessContext>,
    pub named_groups: fn(WorkspaceSlug, Vec<GroupId>) -> Answer<Vec<GroupRef>>,
    pub found_groups: fn(WorkspaceSlug, Option<String>) -> Answer<Page<GroupRow>>,
    pub resend: fn(WorkspaceSlug, InviteId) -> Answer<Invited>,
    pub invite_link: fn(WorkspaceSlug, InviteId) -> Answer<String>,
}

/// Loads the part if it isn't here yet. A failure is told once somebody waits for it; the next wait tries again.
#[derive(Clone, Copy)]
pub struct EditingLoader {
    loaded: RwSignal<Option<Editing>>,
}

impl EditingLoader {
    /// Begins to load as soon as the page is alive.
    pub fn new() -> Self {
        let loader = Self { loaded: RwSignal::new(None) };
        Effect::new(move || loader.load(|| ()));
        loader
    }

    /// The part, once it is here; who asks while it isn't waits for it.
    pub fn get(self) -> Option<Editing> {
        self.loaded.get()
    }

    /// The same, without waiting.
    pub fn get_untracked(self) -> Option<Editing> {
        self.loaded.get_untracked()
    }

    /// The same, for an answer that may come after the page was left.
    pub fn try_get_untracked(self) -> Option<Editing> {
        self.loaded.try_get_untracked().flatten()
    }

    /// To be called where somebody waits for it.
    pub fn want(self) {
        let toasts = use_toasts();
        Effect::new(move || {
            self.load(move || {
                toasts.error("This part of the page could not be loaded. Check the connection, then reload the page.");
            });
        });
    }

    fn load(self, failed: impl Fn() + 'static) {
        if self.loaded.with_untracked(Option::is_some) {
            return;
        }
        leptos::task::spawn_local(async move {
            match editing().await {
                Ok(part) => {
                    let _ = self.loaded.try_set(Some(part));
                }
                Err(_) => failed(),
            }
        });
    }
}

/// The part, waited for; a refusal where it can't be loaded.
pub async fn loaded() -> Rpc<Editing> {
    let unreachable = || RpcError(Failure::new(FailureKind::Offline, "a part of this page can't be loaded; check the connection, then try again"));
    editing().await.map_err(|_| unreachable())
}

#[leptos::wasm_split::wasm_split(editing, wasm_split_path = ::leptos::wasm_split, fallible)]
fn editing() -> Result<Editing, SplitLoaderError> {
    Ok(Editing {
        subject: |access, subject, close| view! { <SubjectDrawer access subject on_close=close/> }.into_any(),
        invite: |access, id, close| view! { <InviteDrawer access id on_close=close/> }.into_any(),
        invite_dialog: |access, close| view! { <InviteDialog access on_close=close/> }.into_any(),
        invite_questions: |actions| view! { <InviteQuestions actions/> }.into_any(),
        create_group: |access, close, made| view! { <CreateGroup access on_close=close on_made=made/> }.into_any(),
        create_token: |access, close| view! { <CreateToken access on_close=close/> }.into_any(),
        requests: |access, close| view! { <RequestsDialog access on_close=close/> }.into_any(),
        picked: |picked, total| view! { <BulkBar picked total/> }.into_any(),
        undo: |access| view! { <LastBulk access/> }.into_any(),
        context: |slug| Box::pin(members::access_context(slug)),
        named_groups: |slug, ids| Box::pin(groups::named(slug, ids)),
        found_groups: |slug, text| Box::pin(groups::page(slug, text, None)),
        resend: |slug, id| Box::pin(invites::resend(slug, id)),
        invite_link: |slug, id| Box::pin(invites::link(slug, id)),
    })
}
