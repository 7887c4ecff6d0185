//! Single sign-on against providers on loopback: who comes in, as whom, and who does not.

mod asking;
mod attacks;
mod connections;
mod domains;
mod limits;
mod link;
mod links;
mod log;
mod logout;
mod named;
mod outside;
mod page;
mod proofs;
mod require;
mod saml;
mod sign_in;
mod stage;
mod switch;
mod tests;
mod whose;
