//! What a page shows when its data did not come: the way in, "not found", "not yours", or what went wrong and a way to try again.

use super::{
    frame::{Here, use_here},
    not_found::{NotFound, answer_with},
};
use crate::{
    components::{Button, ButtonKind, EmptyState, IconName, LinkButton},
    path,
    rpc::RpcError,
};
use domain::failure::FailureKind;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_location};

/// Said inside a drawer or a dialog of what did not come, with another try.
pub fn not_loaded(error: &RpcError, again: impl Fn() + Send + Sync + 'static) -> AnyView {
    view! {
        <EmptyState icon=IconName::TriangleAlert title="This could not be loaded" text=error.message()>
            <Button icon=IconName::RotateCw on_click=again>"Try again"</Button>
        </EmptyState>
    }
    .into_any()
}

/// Stands in the place of what could not be fetched. `retry` fetches it again.
#[component]
pub fn FailureView(error: RpcError, #[prop(optional, into)] retry: Option<Callback<()>>) -> impl IntoView {
    match error.kind() {
        FailureKind::SignedOut | FailureKind::SsoRequired => view! { <ToSignIn/> }.into_any(),
        FailureKind::NotFound => view! { <NotFound/> }.into_any(),
        FailureKind::Forbidden => view! { <Forbidden message=error.0.message/> }.into_any(),
        FailureKind::Invalid | FailureKind::Conflict | FailureKind::Limited | FailureKind::Internal | FailureKind::Unavailable | FailureKind::Offline => {
            answer_with(error.kind());
            view! {
                <EmptyState icon=IconName::TriangleAlert title="This could not be loaded" text=error.0.message>
                    {retry.map(|retry| view! { <Button icon=IconName::RotateCw on_click=retry>"Try again"</Button> })}
                </EmptyState>
            }
            .into_any()
        }
    }
}

/// Where a member ends who lacks access: the way to where they ask for it. Owners have no need of it.
pub fn ask_for_access(here: Here) -> Option<AnyView> {
    let link = || view! { <LinkButton kind=ButtonKind::Strong href=path::users(&here.slug())>"Request access"</LinkButton> }.into_any();
    (!here.is_owner()).then(link)
}

/// Known, but not theirs to see.
#[component]
pub fn Forbidden(#[prop(into)] message: String) -> impl IntoView {
    answer_with(FailureKind::Forbidden);
    let ask = use_here().and_then(ask_for_access);
    view! {
        <Title text="Owners only"/>
        <h1 class="visually-hidden">"Owners only"</h1>
        <EmptyState icon=IconName::Lock title="This page is for workspace owners" text=message>
            {ask}
            <LinkButton href=path::WORKSPACES.to_owned()>"Your workspaces"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

/// Leads to the way in, and from there back to this page.
#[component]
pub fn ToSignIn() -> impl IntoView {
    let location = use_location();
    let here = format!("{}{}", location.pathname.get_untracked(), search(&location.search.get_untracked()));
    view! { <Redirect path=path::sign_in_then(&here)/> }.into_any()
}

/// A query as it stands behind a path.
#[must_use]
pub fn search(query: &str) -> String {
    if query.is_empty() || query.starts_with('?') { query.to_owned() } else { format!("?{query}") }
}
