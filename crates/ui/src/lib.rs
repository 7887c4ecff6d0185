//! What people see: pages, the parts they are made of, and the server functions they call.
#![recursion_limit = "256"]

pub mod app;
pub mod components;
pub mod pages;
pub mod parts;
pub mod path;
pub mod rpc;
pub mod session;

/// Brings the served page to life, and then says so on `<html data-hydrated>`. Should a part of it be out of reach, it stays as it was
/// served: it reads, and its forms work.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    wasm_bindgen_futures::spawn_local(async {
        if parts::before_hydration().await.is_err() {
            return;
        }
        leptos::mount::hydrate_body(app::App);
        // effects, which attach to what was served, run first
        leptos::task::tick().await;
        if let Some(root) = leptos::prelude::document().document_element() {
            let _ = root.set_attribute("data-hydrated", "");
        }
        parts::bring_the_rest().await;
    });
}
