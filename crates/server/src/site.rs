//! What a page names as its script, wasm and styles, and the run-time options that Leptos reads.

use crate::assets;
use leptos::config::LeptosOptions;
use std::{path::Path, sync::Arc};
use ui::app::Assets;

#[derive(Clone, Debug)]
pub struct Site(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    names: Assets,
    options: LeptosOptions,
    reload: Option<String>,
}

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
        let options = options();
        let watched = std::env::var_os("LEPTOS_WATCH").is_some();
        let reload = watched.then(|| format!("ws://{}:{}", options.site_addr.ip(), options.reload_port));
        Self(Arc::new(Inner { names: names.unwrap_or_default(), options, reload }))
    }

    #[must_use]
    pub fn names(&self) -> &Assets {
        &self.0.names
    }

    #[must_use]
    pub fn options(&self) -> LeptosOptions {
        self.0.options.clone()
    }

    /// Where `make watch` tells pages to load again; nowhere in any other run.
    #[must_use]
    pub fn reload(&self) -> Option<&str> {
        self.0.reload.as_deref()
    }
}

fn options() -> LeptosOptions {
    let file = Path::new("Leptos.toml").exists().then_some("Leptos.toml");
    match file.and_then(|file| leptos::config::get_configuration(Some(file)).ok()) {
        Some(read) => read.leptos_options,
        None => LeptosOptions::builder().output_name("rolecall").build(),
    }
}
