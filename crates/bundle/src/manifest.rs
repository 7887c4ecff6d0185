//! Lists what the site holds, for the server that embeds it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::BundleError;

pub const FILE: &str = "manifest.json";

/// `manifest.json`: the names that the page loads first, and every file.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// File names below `/pkg/`.
    pub js: String,
    /// The script that loads the parts which come later; the main one imports it.
    pub parts_js: String,
    pub wasm: String,
    pub css: String,
    /// Served path to content hash.
    pub files: BTreeMap<String, String>,
    /// Public path as the styles write it, to the hashed path it is served under instead.
    pub renamed: BTreeMap<String, String>,
    /// What the site was built from; equal stamps mean equal sites.
    pub stamp: String,
}

impl Manifest {
    /// The manifest of the site in `folder`, if there is one that can be read.
    pub fn read(folder: &Path) -> Option<Self> {
        let text = std::fs::read(folder.join(FILE)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    pub fn write(&self, folder: &Path) -> Result<(), BundleError> {
        let path = folder.join(FILE);
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        std::fs::write(&path, text).map_err(BundleError::write(path))
    }

    /// Whether every file it lists is still in `folder`.
    pub fn is_complete(&self, folder: &Path) -> bool {
        self.files.keys().all(|path| folder.join(path.trim_start_matches('/')).is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_back_as_written() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Manifest { js: "rolecall.1.js".into(), files: BTreeMap::from([("/pkg/rolecall.1.js".into(), "1".into())]), ..Manifest::default() };
        manifest.write(folder.path()).unwrap();
        assert_eq!(Manifest::read(folder.path()), Some(manifest));
    }

    #[test]
    fn a_lost_file_makes_it_incomplete() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = Manifest { files: BTreeMap::from([("/favicon.svg".into(), "1".into())]), ..Manifest::default() };
        assert!(!manifest.is_complete(folder.path()));
        std::fs::write(folder.path().join("favicon.svg"), "<svg/>").unwrap();
        assert!(manifest.is_complete(folder.path()));
    }

    #[test]
    fn no_manifest_and_a_broken_one_are_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Manifest::read(folder.path()), None);
        std::fs::write(folder.path().join(FILE), "{").unwrap();
        assert_eq!(Manifest::read(folder.path()), None);
    }
}
