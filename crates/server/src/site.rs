//! What a page names as its script, wasm and styles, and the run-time options that Leptos reads.

use crate::assets;
use leptos::config::LeptosOptions;
use std::{path::Path, sync::Arc};
use ui::app::Assets;

#[derive(Clone, Debug)]
pub struct Site(Arc<(Assets, LeptosOptions)>);

impl Site {
    /// The names that the binary carries, and `Leptos.toml` where there is one beside us.
    #[must_use]
    pub fn find() -> Self {
        let file_name = |path: String| path.rsplit('/').next().map(str::to_owned).unwrap_or_default();
        let names = assets::names().map(|names| Assets {
            js: file_name(names.js),
            parts_js: file_name(names.parts_js),
            wasm: file_name(names.wasm),
            css: file_name(names.css),
        });
        Self(Arc::new((names.unwrap_or_default(), options())))
    }

    #[must_use]
    pub fn names(&self) -> &Assets {
        &self.0.0
    }

    #[must_use]
    pub fn options(&self) -> LeptosOptions {
        self.0.1.clone()
    }
}

fn options() -> LeptosOptions {
    let file = Path::new("Leptos.toml").exists().then_some("Leptos.toml");
    match file.and_then(|file| leptos::config::get_configuration(Some(file)).ok()) {
        Some(read) => read.leptos_options,
        None => LeptosOptions::builder().output_name("rolecall").build(),
    }
}
