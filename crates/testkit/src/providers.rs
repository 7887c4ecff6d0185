//! Identity providers of tests: one for OpenID Connect on loopback, one that writes SAML messages. Both sign by means of their own.

pub mod keys;
pub mod oidc;
pub mod saml;
