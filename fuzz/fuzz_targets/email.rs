//! Any text is an address that reads back as itself, or an error.
#![no_main]

use domain::email::EmailAddress;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match EmailAddress::parse(text) {
        Ok(email) => assert_eq!(EmailAddress::parse(&email.to_string()).as_ref(), Ok(&email)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
