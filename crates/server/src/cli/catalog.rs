//! `rolecall catalog`: reads a catalogue file and says what is wrong in it, or what it holds.

use super::Context;
use crate::config::ConfigError;
use clap::Subcommand;
use domain::catalog::Catalog;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// Check a catalogue file; without one, the catalogue in use.
    Check { file: Option<PathBuf> },
}

pub(super) fn run(context: &Context, command: CatalogCommand) -> Result<(), ConfigError> {
    let CatalogCommand::Check { file } = command;
    let catalog = match &file {
        None => (*context.store.read_catalog()?).clone(),
        Some(path) => {
            let named = |error: String| ConfigError::Catalog { path: path.display().to_string(), error };
            let text = std::fs::read_to_string(path).map_err(|error| named(format!("can't be read: {error}")))?;
            Catalog::parse(&text).map_err(|error| named(error.to_string()))?
        }
    };
    context.print(&catalog, || {
        let rows: Vec<String> = catalog.roles.iter().map(|role| format!("{:<34} {}", role.id.as_str(), role.name)).collect();
        format!("sound: {} types, {} roles\n\n{}", catalog.types.len(), catalog.roles.len(), rows.join("\n"))
    })
}
