//! The audit trail's pages.

use super::{Draw, Part};
use crate::pages::audit::{AuditPage, WebhookDrawer, WebhooksPage};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug)]
pub struct Audit {
    pub trail: Draw,
    pub webhooks: Draw,
    pub webhook: Draw,
}

pub static AUDIT: Part<Audit> = Part {
    name: "audit",
    held: OnceLock::new(),
    load: || Box::pin(load_audit()),
    #[cfg(feature = "ssr")]
    make: audit,
};

fn audit() -> Audit {
    Audit { trail: || view! { <AuditPage/> }.into_any(), webhooks: || view! { <WebhooksPage/> }.into_any(), webhook: || view! { <WebhookDrawer/> }.into_any() }
}

#[leptos::wasm_split::wasm_split(audit, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_audit() -> Result<Audit, SplitLoaderError> {
    Ok(audit())
}
