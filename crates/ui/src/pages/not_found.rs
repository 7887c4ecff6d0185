//! What isn't there, or isn't for who asks to know of.

use crate::{
    components::{EmptyState, IconName, LinkButton},
    path,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Gives the served page its status.
pub fn answer_with(kind: domain::failure::FailureKind) {
    #[cfg(feature = "ssr")]
    crate::rpc::context::answer_with(kind);
    #[cfg(not(feature = "ssr"))]
    let _ = kind;
}

/// A page of its own.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <main class="main" id="main"><NotFound/></main> }.into_any()
}

/// The same inside a page.
#[component]
pub fn NotFound() -> impl IntoView {
    answer_with(domain::failure::FailureKind::NotFound);
    view! {
        <Title text="Not found"/>
        <h1 class="visually-hidden">"Not found"</h1>
        <EmptyState icon=IconName::Search title="There is nothing here" text="This page does not exist, or you have no access to it. Check the address, or go on from your workspaces.">
            <LinkButton href=path::WORKSPACES.to_owned()>"Your workspaces"</LinkButton>
        </EmptyState>
    }
    .into_any()
}
