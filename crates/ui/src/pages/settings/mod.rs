//! A workspace's settings: what it is called and where it stands, what it asks of sessions and invites, its plan, and its end.

mod delete;
mod form;
mod plan;

use super::{
    failure::FailureView,
    frame::{Here, use_here},
};
use crate::{
    components::{PageHead, SkeletonLines},
    rpc::settings,
};
use delete::DangerZone;
use domain::settings::WorkspaceSettings;
use form::SettingsForm;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let slug = here.slug();
    let found = Resource::new(|| (), move |()| settings::find(slug.clone()));
    let shown = move || match found.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <FailureView error retry=move || found.refetch()/> }.into_any(),
        Some(Ok(settings)) => page(here, settings),
    };
    view! {
        <Title text="Settings"/>
        <PageHead title="Settings" text=Some("What this workspace is called, and what it asks of those who work in it.".to_owned())/>
        <Suspense fallback=|| view! { <div aria-busy="true"><SkeletonLines lines=8/></div> }>{shown}</Suspense>
    }
    .into_any()
}

fn page(here: Here, settings: WorkspaceSettings) -> AnyView {
    let plan = plan::panel(&settings);
    view! {
        <div class="account settings">
            <SettingsForm here settings/>
            {plan}
            <DangerZone here/>
        </div>
    }
    .into_any()
}
