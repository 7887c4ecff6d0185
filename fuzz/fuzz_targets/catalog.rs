//! Any text is a sound catalogue or an error with a place inside the text; what is sound can be compiled and asked.
#![no_main]

use domain::{
    catalog::{Action, Catalog},
    plan::Plan,
    policy::{Policy, Target},
};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|text: &str| {
    match Catalog::parse(text) {
        Err(error) => {
            assert!((1..=text.matches('\n').count() + 1).contains(&error.line), "{error}");
            assert!(error.column >= 1 && !error.message.is_empty(), "{error}");
        }
        Ok(catalog) => {
            let catalog = Arc::new(catalog);
            for plan in Plan::ALL {
                let policy = Policy::new(Arc::clone(&catalog), plan);
                for entry in &catalog.types {
                    for verb in &entry.actions {
                        policy.remedies(&Action::new(&entry.id, verb), &Target::Type);
                    }
                }
            }
        }
    }
});
