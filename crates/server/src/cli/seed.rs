//! `rolecall seed`: fills a new workspace with made-up people, to try the console or to load it.

use super::Context;
use crate::config::ConfigError;
use clap::Args;
use service::seed::{self, Sizes};

#[derive(Args, Debug)]
pub struct SeedOptions {
    /// The workspace `acme` as a place to try everything in; its owner's password is printed.
    #[arg(long, conflicts_with_all = ["members", "groups", "resources"])]
    demo: bool,

    /// How many members.
    #[arg(long, default_value_t = 1_000)]
    members: u32,

    /// How many user groups.
    #[arg(long, default_value_t = 50)]
    groups: u32,

    /// How many resources.
    #[arg(long, default_value_t = 500)]
    resources: u32,

    /// The seed of chance: the same number makes the same workspace.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) async fn run(context: &Context, options: SeedOptions) -> Result<(), ConfigError> {
    let services = context.store.services().await?;
    let operator = services.operator();
    let seeded = if options.demo {
        seed::demo(&services, &operator).await?
    } else {
        seed::sizes(&services, &operator, Sizes { members: options.members, groups: options.groups, resources: options.resources, seed: options.seed }).await?
    };
    context.print(&seeded, || format!("workspace `{}` is filled: sign in as {} with the password {}", seeded.slug, seeded.owner, seeded.password))
}
