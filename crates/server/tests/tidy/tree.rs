//! Reads the repository's files, as the rules see them.

use std::path::{Path, PathBuf};

/// One text file; its path is from the root of the repository, with `/`.
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// A made-up one, for a bad sample.
    pub fn sample(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Everything that people write: Rust, styles, browser tests, scripts.
pub fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in ["crates", "examples", "style", "end2end", "scripts"] {
        walk(&root(), folder, &mut sources);
    }
    sources
}

fn walk(root: &Path, folder: &str, sources: &mut Vec<Source>) {
    let mut names: Vec<String> = std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for name in names {
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            if !matches!(name.as_str(), "node_modules" | "test-results" | "target" | "snapshots") {
                walk(root, &path, sources);
            }
        } else if name == "rolecall.css" {
            // what `make watch` joins the others into
        } else if matches!(name.rsplit_once('.').map(|(_, extension)| extension), Some("rs" | "css" | "ts" | "sh") | None) {
            let text = read(&path);
            sources.push(Source { path, text });
        }
    }
}

#[test]
fn the_walk_finds_each_kind_and_no_packages() {
    let paths: Vec<String> = sources().into_iter().map(|source| source.path).collect();
    for expected in ["crates/server/tests/tidy/tree.rs", "crates/server/build.rs", "end2end/playwright.config.ts", "scripts/env.sh", "scripts/run"] {
        assert!(paths.iter().any(|path| path == expected), "{expected} was not found");
    }
    assert!(!paths.iter().any(|path| path.contains("node_modules")));
}
