//! Resources, labels and roles: their lists, drawers and dialogs; and the access map.

use super::{Draw, Part};
use crate::pages::{
    labels::{LabelDrawer, LabelsPage},
    map::MapPageView,
    resources::{ResourceDrawer, ResourcesPage},
    roles::{RoleDrawer, RolesPage},
};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug)]
pub struct Things {
    pub resources: Draw,
    pub resource: Draw,
    pub labels: Draw,
    pub label: Draw,
    pub roles: Draw,
    pub role: Draw,
    pub map: Draw,
}

pub static THINGS: Part<Things> = Part {
    name: "things",
    held: OnceLock::new(),
    load: || Box::pin(load_things()),
    #[cfg(feature = "ssr")]
    make: things,
};

fn things() -> Things {
    Things {
        resources: || view! { <ResourcesPage/> }.into_any(),
        resource: || view! { <ResourceDrawer/> }.into_any(),
        labels: || view! { <LabelsPage/> }.into_any(),
        label: || view! { <LabelDrawer/> }.into_any(),
        roles: || view! { <RolesPage/> }.into_any(),
        role: || view! { <RoleDrawer/> }.into_any(),
        map: || view! { <MapPageView/> }.into_any(),
    }
}

#[leptos::wasm_split::wasm_split(things, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_things() -> Result<Things, SplitLoaderError> {
    Ok(things())
}
