//! Turns the compiled browser half, the styles and the public files into the site that the server embeds.

mod bindgen;
mod compress;
mod manifest;
mod name;
mod optimise;
mod public;
mod report;
mod site;
mod snip;
mod split;
mod stamp;
mod style;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

#[derive(Parser)]
#[command(about = "builds Rolecall's site: hashed names, brotli, one manifest")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the whole site folder; does nothing when no input has changed.
    Site(SiteOptions),
    /// Write the styles as one plain file, for `cargo leptos watch`.
    Style(StyleOptions),
}

#[derive(Args)]
pub struct SiteOptions {
    /// The browser half as cargo left it.
    #[arg(long)]
    pub wasm: PathBuf,
    /// The style file whose `@import` lines give the order.
    #[arg(long)]
    pub style: PathBuf,
    /// Files served under their own names.
    #[arg(long)]
    pub public: PathBuf,
    /// The folder to write, replaced as a whole.
    #[arg(long)]
    pub out: PathBuf,
    /// First part of every built file's name, as cargo-leptos names them.
    #[arg(long, default_value = "rolecall")]
    pub name: String,
    /// The `wasm-opt` program; without it the browser half stays about a fifth larger.
    #[arg(long)]
    pub wasm_opt: Option<PathBuf>,
    /// Brotli quality, 0 to 11.
    #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u8).range(0..=11))]
    pub quality: u8,
}

#[derive(Args)]
struct StyleOptions {
    #[arg(long)]
    style: PathBuf,
    #[arg(long)]
    out: PathBuf,
}

/// What can go wrong, each with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("cannot read `{}`: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("cannot write `{}`: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("wasm-bindgen: {0} (the browser half and this tool must be built from the same Cargo.lock)")]
    Bindgen(String),
    #[error("the browser half can't be split: {0}")]
    Split(String),
    #[error("the browser half can't be read: {0}")]
    Snip(String),
    #[error("`{program}` failed: {message}")]
    Optimise { program: String, message: String },
    #[error("`{}` imports itself", .0.display())]
    StyleCycle(PathBuf),
    #[error("`{}`: only `@import \"file.css\";` is understood, not ``{line}``", path.display())]
    StyleImport { path: PathBuf, line: String },
    #[error("the styles name `{0}`, which is not among the public files")]
    MissingPublicFile(String),
    #[error("cannot write the manifest: {0}")]
    Manifest(#[from] serde_json::Error),
}

impl BundleError {
    pub fn read(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Read { path, source }
    }

    pub fn write(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Site(options) => site::build(&options),
        Command::Style(options) => style::write_plain(&options.style, &options.out),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bundle: {error}");
            ExitCode::FAILURE
        }
    }
}
