//! A workspace's settings, and what stands in its place once it is closed.

use super::{Draw, Part};
use crate::pages::{closed::ClosedPage, settings::SettingsPages};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub settings: Draw,
    pub closed: Draw,
}

pub static SETTINGS: Part<Settings> = Part {
    name: "settings",
    held: OnceLock::new(),
    load: || Box::pin(load_settings()),
    #[cfg(feature = "ssr")]
    make: settings,
};

fn settings() -> Settings {
    Settings { settings: || view! { <SettingsPages/> }.into_any(), closed: || view! { <ClosedPage/> }.into_any() }
}

#[leptos::wasm_split::wasm_split(settings, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_settings() -> Result<Settings, SplitLoaderError> {
    Ok(settings())
}
