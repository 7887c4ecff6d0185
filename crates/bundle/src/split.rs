//! Splits the compiled browser half into what every page needs and the parts that are loaded later, where the code asks for it
//! (`wasm_split` in `crates/ui`).

use std::path::{Path, PathBuf};

use wasm_split_cli_support::{Options, transform};

use crate::BundleError;

/// What came of the split, in one folder.
pub struct Split {
    /// What every page needs; wasm-bindgen goes over it.
    pub main: PathBuf,
    /// The parts that are loaded later.
    pub parts: Vec<PathBuf>,
    /// The script by which the main one loads them. Both import each other by their plain names.
    pub link: String,
}

/// Splits `wasm` into files in `out`. The main script will be called `NAME.js`.
pub fn split(wasm: &[u8], name: &str, out: &Path) -> Result<Split, BundleError> {
    let main = out.join("main.wasm");
    let link = format!("{name}_parts.js");
    let (link_name, main_module) = (format!("./{link}"), format!("./{name}.js"));
    let mut options = Options::new(wasm);
    options.output_dir = out;
    options.main_out_path = &main;
    options.link_name = &link_name;
    options.main_module = &main_module;
    let made = transform(options).map_err(|error| BundleError::Split(format!("{error:#}")))?;
    let mut parts = made.split_modules;
    parts.sort();
    Ok(Split { main, parts, link })
}
