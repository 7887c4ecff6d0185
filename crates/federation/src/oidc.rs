//! OpenID Connect as a client: the code flow with PKCE, state and nonce; ID tokens by public keys alone; back-channel logout.

mod claims;
mod discovery;
mod keys;
mod logout;
mod redeem;
mod start;
mod token;

pub use discovery::{Provider, discover};
pub use logout::{LoggedOut, accept_logout};
pub use redeem::redeem;
pub use start::{Connection, Started, authorize, returned};
