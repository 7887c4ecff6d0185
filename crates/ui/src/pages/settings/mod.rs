//! A workspace's settings: what it is called and where it stands, what it asks of sessions and invites, its plan, and its end.

mod authentication;
mod delete;
mod form;
mod plan;

use super::{
    failure::FailureView,
    frame::{Here, use_here},
    not_found::NotFound,
};
use crate::{
    components::{PageHead, SkeletonLines, TabItem, TabPanel, Tabs},
    path,
    rpc::settings,
};
use authentication::{AuthenticationPage, ConnectionView};
use delete::DangerZone;
use domain::{id::ConnectionId, settings::WorkspaceSettings};
use form::SettingsForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// What stands below the settings' address.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    General,
    Authentication,
    Connection(ConnectionId),
    Nowhere,
}

impl Place {
    fn read(rest: &str) -> Self {
        match rest.trim_end_matches('/').split_once('/') {
            None if rest.is_empty() => Self::General,
            None if rest.trim_end_matches('/') == "authentication" => Self::Authentication,
            Some(("authentication", id)) => id.parse().map_or(Self::Nowhere, Self::Connection),
            None | Some(_) => Self::Nowhere,
        }
    }
}

/// All pages of the settings: one route, so that what everybody loads first knows but one.
#[component]
pub fn SettingsPages() -> impl IntoView {
    let Some(here) = use_here() else { return ().into_any() };
    let params = use_params_map();
    let place = Memo::new(move |_| Place::read(&params.with(|params| params.get("rest").unwrap_or_default())));
    (move || match place.get() {
        Place::General => view! { <SettingsPage here/> }.into_any(),
        Place::Authentication => view! { <AuthenticationPage here/> }.into_any(),
        Place::Connection(id) => view! { <ConnectionView here id/> }.into_any(),
        Place::Nowhere => view! { <NotFound/> }.into_any(),
    })
    .into_any()
}

/// Heading and tabs of the settings.
fn head(here: Here, current: &'static str) -> AnyView {
    let slug = here.slug();
    let items =
        vec![TabItem::link("general", "General", &path::settings(&slug)), TabItem::link("authentication", "Authentication", &path::authentication(&slug))];
    view! {
        <PageHead title="Settings" text=Some("What this workspace is called, and what it asks of those who work in it.".to_owned())/>
        <Tabs label="Settings" items=Signal::stored(items) current=Signal::stored(current.to_owned())/>
    }
    .into_any()
}

#[component]
fn SettingsPage(here: Here) -> impl IntoView {
    let slug = here.slug();
    let found = Resource::new(|| (), move |()| settings::find(slug.clone()));
    let shown = move || match found.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <FailureView error retry=move || found.refetch()/> }.into_any(),
        Some(Ok(settings)) => page(here, settings),
    };
    view! {
        <Title text="Settings"/>
        {head(here, "general")}
        <TabPanel tab=Signal::stored("general".to_owned())>
            <Transition fallback=|| view! { <div aria-busy="true"><SkeletonLines lines=8/></div> }>{shown}</Transition>
        </TabPanel>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_where_one_is() {
        let id = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
        assert!(Place::read("") == Place::General);
        assert!(Place::read("authentication") == Place::Authentication && Place::read("authentication/") == Place::Authentication);
        assert!(Place::read(&format!("authentication/{id}")) == Place::Connection(id.parse().unwrap()));
        assert!(["plans", "authentication/x", "authentication/x/y", "x/authentication"].into_iter().all(|rest| Place::read(rest) == Place::Nowhere));
    }
}
