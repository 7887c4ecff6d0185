//! Single sign-on: connections, domains, whose accounts are whose, sign-ins under way, what came of them, and who is excepted.

pub mod attempts;
pub mod connections;
pub mod domains;
pub mod identities;
pub mod log;
pub mod messages;
pub mod requirement;
