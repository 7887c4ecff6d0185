//! The use cases on both databases: each allowed case beside its refused twin.

mod accounts;
mod audit;
mod company;
mod export;
mod invites;
mod last_owner;
mod mail;
mod members;
