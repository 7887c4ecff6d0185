//! What tests stand on: throwaway databases, a clock and chance that repeat themselves, and builders.
#![expect(clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

pub mod databases;
pub mod postgres;
pub mod providers;
mod world;

pub use databases::{Database, run};
pub use world::World;

/// Runs each test on a fresh SQLite file and on a fresh PostgreSQL database, as two tests: `owner_is_found::sqlite` and
/// `owner_is_found::postgres`.
///
/// ```text
/// on_both! {
///     async fn owner_is_found(world: World) {
///         let account = world.account("amara@acme.test").await;
///         …
///     }
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident: $World:ty) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn check($world: $World) $body

            #[test]
            fn sqlite() {
                $crate::run($crate::Database::Sqlite, check);
            }

            #[test]
            fn postgres() {
                $crate::run($crate::Database::Postgres, check);
            }
        }
    )+};
}
