//! The tables as SeaORM sees them, one a file. None of these types leaves the crate.
#![allow(dead_code, reason = "SeaORM wants a `Relation` in every entity; joins are written out where they are made")]

pub(crate) mod account;
pub(crate) mod audit_anchor;
pub(crate) mod audit_entry;
pub(crate) mod audit_head;
pub(crate) mod bulk_item;
pub(crate) mod bulk_operation;
pub(crate) mod grant;
pub(crate) mod grant_label;
pub(crate) mod grant_resource;
pub(crate) mod group_member;
pub(crate) mod invite;
pub(crate) mod invite_group;
pub(crate) mod label;
pub(crate) mod member;
pub(crate) mod once;
pub(crate) mod outbox_mail;
pub(crate) mod policy_change;
pub(crate) mod request;
pub(crate) mod reset;
pub(crate) mod resource;
pub(crate) mod resource_label;
pub(crate) mod resource_letter;
pub(crate) mod review;
pub(crate) mod review_item;
pub(crate) mod review_reviewer;
pub(crate) mod session;
pub(crate) mod token;
pub(crate) mod user_group;
pub(crate) mod webhook;
pub(crate) mod webhook_delivery;
pub(crate) mod workspace;
