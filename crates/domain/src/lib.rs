//! What access means: parsed values, roles, scopes, grants and the one policy. Pure: no I/O, no async, no clock.

pub mod access_context;
pub mod account;
pub mod audit;
pub mod catalog;
pub mod effective;
pub mod email;
pub mod export;
pub mod failure;
pub mod grant;
pub mod group;
pub mod id;
pub mod invite;
pub mod label;
pub mod member;
pub mod page;
pub mod plan;
pub mod policy;
pub mod question;
pub mod request;
pub mod resource;
pub mod save;
pub mod text;
pub mod time;
pub mod token;
pub mod workspace;
