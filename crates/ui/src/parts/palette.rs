//! The command palette. It is loaded when somebody first asks for it.

use super::{Draw, Part};
use crate::pages::palette::Palette;
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug)]
pub struct Jump {
    pub palette: Draw,
}

pub static JUMP: Part<Jump> = Part {
    name: "palette",
    held: OnceLock::new(),
    load: || Box::pin(load_palette()),
    #[cfg(feature = "ssr")]
    make: jump,
};

fn jump() -> Jump {
    Jump { palette: || view! { <Palette/> }.into_any() }
}

#[leptos::wasm_split::wasm_split(palette, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_palette() -> Result<Jump, SplitLoaderError> {
    Ok(jump())
}
