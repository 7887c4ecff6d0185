//! Asks a Rolecall server who may do what, and why.
//!
//! ```no_run
//! # async fn run() -> Result<(), rolecall_client::Error> {
//! use rolecall_client::{Caching, Client, Resource, ResourceWish, Subject};
//!
//! let client = Client::builder("https://rolecall.example.com", std::env::var("ROLECALL_TOKEN").unwrap_or_default())
//!     .cache(Caching::default())
//!     .build()?;
//!
//! // tell it of a thing of yours, once, when it is made
//! client.put_resource("source", "website", ResourceWish::new("Web site")).await?;
//!
//! // ask, whenever somebody wants to do something to it
//! let decision = client.check(Subject::email("bea@acme.test"), "source:edit", Resource::one("source", "website")).await?;
//! println!("{}: {}", decision.allowed, decision.why);
//! # Ok(()) }
//! ```
//!
//! **Nothing is older than what is known.** The client remembers the newest version of the policy that it has been answered, has written or
//! was told, and asks for answers that are at least as new. So it reads what it has written, on whichever node of the server.
//! [`Client::at_least`] does the same for a version that another process knows.
//!
//! **What is remembered knows when it is old.** With [`Caching`] the client remembers decisions and follows the server's stream of changes. A
//! decision counts until the policy has another version, until a grant that it rests on ends, or until the stream is away for longer than
//! [`Caching::grace`]; then every question is asked. [`Decision::from_cache`] says whether it was. Equal questions at one moment are asked once.
//!
//! **Calls are tried again** where that may help, with growing pauses, or after as long as the server says. Writes bear a key under which they
//! happen once. What fails says what to do: [`Error`].
//!
//! With the feature `axum`, [`guard`] guards routes.

mod access;
mod cache;
mod chance;
mod client;
mod decision;
mod ends;
mod error;
mod events;
#[cfg(feature = "axum")]
pub mod guard;
mod joined;
mod other;
mod paging;
mod question;
mod resources;
mod retry;
mod transport;
mod versions;

pub use access::{ReachedResource, ReachingSubject};
pub use cache::{Caching, Following};
pub use client::{Client, ClientBuilder};
pub use decision::{Decision, Held, Missing, Reason, Role};
pub use error::{Error, Problem, ProblemKind};
pub use paging::{Page, Pages};
pub use question::{Question, Resource, Subject};
pub use resources::{ResourceName, ResourceWish, StoredResource, Written};
