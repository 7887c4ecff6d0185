//! Any text is a label that reads back as itself, or an error.
#![no_main]

use domain::label::Label;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Label::parse(text) {
        Ok(label) => {
            assert_eq!(Label::parse(&label.to_string()).as_ref(), Ok(&label));
            assert!(label.key().len() <= 64 && label.value().len() <= 64);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
