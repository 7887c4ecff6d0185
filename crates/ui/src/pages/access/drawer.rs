//! The drawer of one row, at its own URL: a member's access, an invite that waits, a group or a token.

use super::{Access, list_state::ListState, use_access};
use crate::{
    components::{Drawer, EmptyState, IconName},
    path,
};
use domain::{member::UserId, policy::Subject};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_params_map},
};

#[component]
pub fn UserDrawer() -> impl IntoView {
    let Some(access) = use_access() else { return ().into_any() };
    let (segment, close) = opened("member", path::users(&access.here.slug()));
    access.editing.want();
    (move || match segment.with(|segment| path::parse_user(segment)) {
        Some(UserId::Member(id)) => subject(access, Subject::Member(id), close),
        Some(UserId::Invite(id)) => access.editing.get().map(|editing| (editing.invite)(access, id, close)).into_any(),
        None => view! { <NobodyThere on_close=close/> }.into_any(),
    })
    .into_any()
}

#[component]
pub fn GroupDrawer() -> impl IntoView {
    let Some(access) = use_access() else { return ().into_any() };
    let (segment, close) = opened("group", path::groups(&access.here.slug()));
    access.editing.want();
    (move || match segment.with(|segment| segment.parse().ok()) {
        Some(id) => subject(access, Subject::Group(id), close),
        None => view! { <NobodyThere on_close=close/> }.into_any(),
    })
    .into_any()
}

#[component]
pub fn TokenDrawer() -> impl IntoView {
    let Some(access) = use_access() else { return ().into_any() };
    let (segment, close) = opened("token", path::tokens(&access.here.slug()));
    access.editing.want();
    (move || match segment.with(|segment| segment.parse().ok()) {
        Some(id) => subject(access, Subject::Token(id), close),
        None => view! { <NobodyThere on_close=close/> }.into_any(),
    })
    .into_any()
}

/// What the URL names, and how to close it: back to the list as it was, without another step in the history.
pub fn opened(param: &'static str, list: String) -> (Memo<String>, Callback<()>) {
    let params = use_params_map();
    let segment = Memo::new(move |_| params.with(|params| params.get(param).unwrap_or_default()));
    let search = use_location().search;
    let navigate = use_navigate();
    let close = Callback::from(move || {
        let query = search.with_untracked(|query| ListState::parse(query.trim_start_matches('?')).query());
        navigate(&format!("{list}{query}"), NavigateOptions { scroll: false, ..NavigateOptions::default() });
    });
    (segment, close)
}

fn subject(access: Access, subject: Subject, close: Callback<()>) -> AnyView {
    access.editing.get().map(|editing| (editing.subject)(access, subject, close)).into_any()
}

/// Said where a link leads to nobody, or no longer.
#[component]
pub fn NobodyThere(on_close: Callback<()>) -> impl IntoView {
    view! {
        <Drawer label="Not found" on_close=on_close header=|| view! { <h2>"Not found"</h2> }>{nobody()}</Drawer>
    }
    .into_any()
}

pub fn nobody() -> AnyView {
    view! {
        <EmptyState icon=IconName::UserRound title="Nobody is here" text="They may have been removed, or the invite was accepted or revoked. Close this to see who is in the workspace now."/>
    }
    .into_any()
}
