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

/// Rewrites `wasm` in place, for size.
pub fn shrink(program: &Path, wasm: &Path) -> Result<(), BundleError> {
    let failed = |message: String| BundleError::Optimise { program: program.display().to_string(), message };
    let output = Command::new(program)
        .arg("-Oz")
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
