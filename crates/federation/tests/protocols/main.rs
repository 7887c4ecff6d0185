//! Both protocols as an adversary meets them: each allowed case beside its refused twins.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

mod keys;
mod oidc_attacks;
mod oidc_logout;
mod oidc_provider;
mod oidc_sign_in;
mod outgoing;
mod saml_attacks;
mod saml_logout;
mod saml_message;
mod saml_metadata;
mod saml_mutations;
mod saml_rules;
mod saml_xmlsec;
