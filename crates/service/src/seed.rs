//! Made-up workspaces: `acme`, to try everything in, and large ones, to load the server with.

mod demo;
mod people;
mod sizes;

pub use demo::demo;
pub use sizes::{Sizes, sizes};

use crate::{refusal::stored, services::Services};
use domain::{
    account::Account,
    email::EmailAddress,
    failure::Failure,
    id::AccountId,
    text::PersonName,
    workspace::{Workspace, WorkspaceSlug},
};
use serde::Serialize;
use store::{WriteTx, accounts::NewAccount};

/// How one signs in to what was made.
#[derive(Debug, Serialize)]
pub struct Seeded {
    pub slug: WorkspaceSlug,
    pub owner: String,
    pub password: String,
    pub members: u64,
    pub groups: u64,
    pub resources: u64,
}

/// A password nobody chose: strong, and printed once.
fn password(services: &Services) -> String {
    crate::secrets::random(services.entropy.as_ref()).chars().take(20).collect()
}

/// Chance that comes out the same for the same seed (SplitMix64, Steele et al. 2014): for made-up data only, never for secrets.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`; 0 where `n` is 0.
    fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % n).unwrap_or_default()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn new_account(services: &Services, name: PersonName, email: EmailAddress, hash: Option<String>) -> NewAccount {
    let now = services.now();
    let account = Account { id: AccountId::new(now, services.random()), name, email, email_verified: true, created_at: now };
    NewAccount { account, password_hash: hash }
}

/// The workspace's owner: a new account with a password.
async fn new_owner(services: &Services, tx: &WriteTx, name: PersonName, email: EmailAddress, password: &str) -> Result<Account, Failure> {
    let hash = services.passwords.hash(password, services.salt()).await?;
    let new = new_account(services, name, email, Some(hash));
    store::accounts::insert(tx, &new).await.map_err(|error| match error {
        store::StoreError::Conflict(_) => Failure::field("owner", format_args!("`{}` has an account already; seed an empty database", new.account.email)),
        other => stored(other),
    })?;
    Ok(new.account)
}

async fn founded(tx: &WriteTx, slug: &WorkspaceSlug) -> Result<Workspace, Failure> {
    store::workspaces::by_slug(tx, slug).await.map_err(stored)?.ok_or_else(Failure::internal)
}
