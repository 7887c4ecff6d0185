//! Shrinks the browser half with binaryen's wasm-opt.

use std::path::Path;
use std::process::Command;

use crate::BundleError;

/// What rustc's `wasm32-unknown-unknown` target may use; wasm-opt refuses a module that uses more than it was told.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Few and cheap passes. `-Oz` makes the file a tenth smaller still, but what is sent in brotli a tenth larger, and takes a minute.
/// Functions in the order of their names stand beside those that were made from the same source, which brotli tells the better.
const PASSES: [&str; 7] = [
    "--duplicate-function-elimination",
    "--dae-optimizing",
    "--duplicate-function-elimination",
    "--optimize-instructions",
    "--vacuum",
    "--remove-unused-module-elements",
    "--reorder-functions-by-name",
];

/// Rewrites `wasm` in place, for the size that is sent.
pub fn shrink(program: &Path, wasm: &Path) -> Result<(), BundleError> {
    let failed = |message: String| BundleError::Optimise { program: program.display().to_string(), message };
    let output = Command::new(program)
        .args(PASSES)
        .args(FEATURES)
        .args(["--strip-debug", "--strip-producers"])
        .arg(wasm)
        .arg("-o")
        .arg(wasm)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
