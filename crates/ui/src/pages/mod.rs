//! The pages: they fetch, and put components together. What stands beside a page's own data is here: refusals, and links onward.

pub mod accept_invite;
pub mod access;
pub mod account;
pub mod audit;
pub mod closed;
pub mod doing;
pub mod failure;
pub mod form;
pub mod frame;
pub mod home;
pub mod labels;
pub mod live;
pub mod my_access;
pub mod newest;
pub mod not_found;
pub mod picked;
pub mod request_access;
pub mod reset;
pub mod resources;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod signin;
pub mod signup;
pub mod workspaces;
