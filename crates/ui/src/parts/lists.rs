//! The further lists of access management: user groups and tokens. Their drawers come with the editing part, as members' do.

use super::{Draw, Part};
use crate::pages::access::{GroupsPage, TokensPage};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug)]
pub struct Lists {
    pub groups: Draw,
    pub tokens: Draw,
}

pub static LISTS: Part<Lists> = Part {
    name: "lists",
    held: OnceLock::new(),
    load: || Box::pin(load_lists()),
    #[cfg(feature = "ssr")]
    make: lists,
};

fn lists() -> Lists {
    Lists { groups: || view! { <GroupsPage/> }.into_any(), tokens: || view! { <TokensPage/> }.into_any() }
}

#[leptos::wasm_split::wasm_split(lists, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_lists() -> Result<Lists, SplitLoaderError> {
    Ok(lists())
}
