//! Single sign-on against providers on loopback: who comes in, as whom, and who does not.

mod connections;
mod domains;
mod limits;
mod link;
mod logout;
mod outside;
mod require;
mod saml;
mod sign_in;
mod stage;
mod tests;
mod whose;
