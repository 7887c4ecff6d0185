//! Access management: the page's frame with its three tabs, and what the tabs share.

mod access_form;
mod activity_tab;
mod add_members;
pub(super) mod answered;
mod bulk;
mod bulk_bar;
mod bulk_dialog;
mod bulk_watch;
mod bulk_words;
pub(super) mod chosen;
mod conflict;
mod context;
mod create_group;
mod create_token;
mod creating;
mod decline;
mod delete_group;
mod draft;
mod drawer;
mod editing;
mod editor;
mod effective_panel;
mod end_token;
mod explain_tab;
pub(super) mod found;
mod group_members;
mod group_names;
mod group_parts;
mod groups;
mod groups_tab;
mod import_dialog;
mod import_rows;
mod invite_actions;
mod invite_dialog;
mod invite_drawer;
pub(super) mod list_state;
pub(super) mod local_time;
mod member_parts;
mod member_request;
pub(super) mod pages;
mod preview_as;
mod remove_dialog;
mod requests_dialog;
mod resource_finder;
mod role_editor;
mod saving;
mod scope_editor;
mod simple_list;
mod step_down;
mod stored;
mod subject_drawer;
mod token_parts;
mod token_secret;
mod tokens;
mod user_row;
pub(super) mod users;
mod users_filter;
pub(super) mod words;

pub(super) use drawer::opened;
pub use drawer::{GroupDrawer, TokenDrawer, UserDrawer};
pub use groups::GroupsPage;
pub use tokens::TokensPage;
pub use users::UsersPage;
pub(super) use users::use_list_navigation;

use crate::{
    components::{PageHead, TabItem, TabPanel, Tabs, grouped},
    pages::frame::{Here, use_here},
    path,
    rpc::{Rpc, members},
    session::use_session,
};
use context::ContextLoader;
use domain::{access_context::Terms, policy::Subject, workspace::WorkspaceCounts};
use group_names::GroupNames;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Outlet, hooks::use_location};

/// What the tabs share. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Access {
    pub here: Here,
    /// Roles, plan and clock: read it inside `<Suspense>`.
    pub terms: Resource<Rpc<Terms>>,
    /// What editors need besides: groups, labels and resources.
    pub context: ContextLoader,
    pub groups: GroupNames,
    version: RwSignal<u32>,
    /// Drawers and dialogs, which come after the page.
    editing: editing::EditingLoader,
    /// What was edited in a drawer that was left without saving, and what it was made from.
    unsaved: StoredValue<Option<(Subject, draft::AccessDraft, stored::Stored)>>,
}

impl Access {
    /// Grows when something was changed on this page or by others: what is shown reads it among its sources.
    #[must_use]
    pub fn list_version(self) -> u32 {
        self.version.get().wrapping_add(self.here.live.version())
    }

    /// To be called after a change: lists and counts are asked for again.
    pub fn changed(self) {
        let _ = self.version.try_update(|version| *version += 1);
        self.here.recount();
    }

    /// To be called after a change of which groups there are: editors offer them too.
    pub fn changed_groups(self) {
        self.context.load();
        self.changed();
    }
}

/// What the tabs share; `None` outside of the page.
#[must_use]
pub fn use_access() -> Option<Access> {
    use_context()
}

/// Heading and tabs; the tab's content is the router's.
#[component]
pub fn AccessPage() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let slug = here.slug();
    let session = use_session();
    let terms = Resource::new(move || session.version(), {
        let slug = slug.clone();
        move |_| members::terms(slug.clone())
    });
    let editing = editing::EditingLoader::new();
    let groups = GroupNames::new(slug.clone(), editing);
    let context = ContextLoader::new(slug.clone(), session, here.live, editing, groups);
    let (version, unsaved) = (RwSignal::new(0), StoredValue::new(None));
    provide_context(Access { here, terms, context, groups, version, editing, unsaved });

    let pathname = use_location().pathname;
    let current = Memo::new(move |_| pathname.with(|path| tab_of(path).to_owned()));
    let items = Signal::derive(move || {
        let WorkspaceCounts { members, invites, groups, tokens, requests: _, reviews: _ } = here.counts();
        vec![
            TabItem::link("users", "Users", &path::users(&slug)).count(grouped(members + invites)),
            TabItem::link("user-groups", "User groups", &path::groups(&slug)).count(grouped(groups)),
            TabItem::link("tokens", "Tokens", &path::tokens(&slug)).count(grouped(tokens)),
        ]
    });
    let text = format!("Who can reach what in {}", here.frame().workspace.name);
    view! {
        <Title text="Access management"/>
        <PageHead title="Access management" text=Some(text)/>
        <Tabs label="Access management" items=items current=current/>
        <TabPanel tab=current><Outlet/></TabPanel>
    }
    .into_any()
}

/// Which tab a path belongs to.
fn tab_of(path: &str) -> &'static str {
    let mut parts = path.split('/').skip_while(|part| *part != "access").skip(1);
    match parts.next() {
        Some("groups") => "user-groups",
        Some("tokens") => "tokens",
        Some(_) | None => "users",
    }
}

#[cfg(test)]
mod tests {
    use super::tab_of;

    #[test]
    fn a_path_belongs_to_a_tab() {
        assert_eq!(tab_of("/w/acme/access/users/018f"), "users");
        assert_eq!(tab_of("/w/acme/access/groups"), "user-groups");
        assert_eq!(tab_of("/w/acme/access/tokens/1"), "tokens");
        assert_eq!(tab_of("/w/tokens/access"), "users");
    }
}
