//! Embeds the built site: writes a table of its files as Rust, with their bytes included.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let site = env::var_os("ROLECALL_SITE")
        .map_or_else(|| PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../target/site"), PathBuf::from);
    let manifest = site.join("manifest.json");
    println!("cargo::rerun-if-env-changed=ROLECALL_SITE");
    println!("cargo::rerun-if-changed={}", manifest.display());

    // No site yet: an empty table, so that the server can be checked without a page.
    let text = fs::read_to_string(&manifest).unwrap_or_else(|_| "{}".to_owned());
    let mut files = Vec::new();
    if site.is_dir() {
        walk(&site, "", &mut files)?;
    }
    files.sort();

    let mut table = format!("pub static MANIFEST: &str = {text:?};\npub static FILES: &[File] = &[\n");
    for path in files {
        // What the manifest does not name is left over from something else.
        if text.contains(&format!("{path:?}")) {
            row(&mut table, &site, &path)?;
        }
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("site.rs"), table)
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let served = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            walk(&entry.path(), &served, files)?;
        } else {
            files.push(served);
        }
    }
    Ok(())
}

fn row(table: &mut String, site: &Path, path: &str) -> io::Result<()> {
    let file = fs::canonicalize(site.join(path.trim_start_matches('/')))?;
    let compressed = PathBuf::from(format!("{}.br", file.display()));
    let brotli = if compressed.is_file() { format!("Some(include_bytes!({compressed:?}))") } else { "None".to_owned() };
    writeln!(table, "    File {{ path: {path:?}, bytes: include_bytes!({file:?}), brotli: {brotli} }},").map_err(io::Error::other)
}
