//! How people come into the workspace: its connections to identity providers, the domains that it has proven, and whether single sign-on is
//! required.

mod add;
mod another;
mod certificates;
mod connection;
mod connections;
mod copying;
mod domain_row;
mod domains;
mod editor;
mod exceptions;
mod guide;
mod log;
mod mapping;
mod provider;
mod questions;
mod requirement;
mod tested;
mod theirs;
mod typed;

pub use connection::ConnectionView;

use super::head;
use crate::{
    components::{Banner, TabPanel, Tone},
    pages::frame::Here,
};
use connections::Connections;
use domains::Domains;
use leptos::prelude::*;
use leptos_meta::Title;
use requirement::Requirement;

#[component]
pub fn AuthenticationPage(here: Here) -> impl IntoView {
    let locked = locked(here);
    let is_locked = locked.is_some();
    view! {
        <Title text="Authentication"/>
        {head(here, "authentication")}
        <TabPanel tab=Signal::stored("authentication".to_owned())>
            <div class="account settings">
                {locked.clone().map(|reason| view! {
                    <div><Banner tone=Tone::Muted><b>{format!("{reason}. ")}</b>"Until then people sign in with their passwords."</Banner></div>
                })}
                <Connections here locked=locked.clone()/>
                <Domains here locked=locked.clone()/>
                <Requirement here locked=is_locked/>
            </div>
        </TabPanel>
    }
    .into_any()
}

/// Why nothing new can be set up, where the plan has no single sign-on.
fn locked(here: Here) -> Option<String> {
    let plan = here.frame().workspace.plan;
    (!plan.has_sso()).then(|| format!("Single sign-on needs the Business plan, and this workspace is on {}", plan.title()))
}
