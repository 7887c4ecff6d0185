//! Fingerprints everything a site is made from, so that an unchanged one is not made again.

use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::public::PublicFiles;
use crate::{BundleError, SiteOptions};

/// A SHA-256 over the wasm, the styles, the public files, the options and this program itself.
pub fn of(options: &SiteOptions, wasm: &[u8], css: &str, public: &PublicFiles) -> Result<String, BundleError> {
    let mut parts = Parts(Sha256::new());
    parts.add(own_version()?.as_bytes());
    parts.add(options.name.as_bytes());
    parts.add(&[options.quality, u8::from(options.wasm_opt.is_some())]);
    parts.add(wasm);
    parts.add(css.as_bytes());
    for (path, content) in public {
        parts.add(path.as_bytes());
        parts.add(content);
    }
    Ok(parts.finish())
}

/// Length-prefixed, so that no two lists of parts read the same.
struct Parts(Sha256);

impl Parts {
    fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Size and time of this program: a rebuilt one may build otherwise.
fn own_version() -> Result<String, BundleError> {
    let program = std::env::current_exe().map_err(BundleError::read("bundle"))?;
    let about = std::fs::metadata(&program).map_err(BundleError::read(&program))?;
    let modified = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |since| since.as_nanos());
    Ok(format!("{}:{modified}", about.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> SiteOptions {
        SiteOptions {
            wasm: "x.wasm".into(),
            style: "main.css".into(),
            public: "public".into(),
            out: "site".into(),
            name: "rolecall".into(),
            wasm_opt: None,
            quality: 11,
        }
    }

    #[test]
    fn every_input_counts() {
        let public = PublicFiles::from([("/a".into(), b"b".to_vec())]);
        let base = of(&options(), b"wasm", "css", &public).unwrap();
        assert_eq!(of(&options(), b"wasm", "css", &public).unwrap(), base);

        let other = SiteOptions { quality: 5, ..options() };
        let moved = PublicFiles::from([("/ab".into(), Vec::new())]);
        for changed in [
            of(&options(), b"wasn", "css", &public),
            of(&options(), b"wasmc", "ss", &public),
            of(&options(), b"wasm", "css", &moved),
            of(&other, b"wasm", "css", &public),
        ] {
            assert_ne!(changed.unwrap(), base);
        }
    }
}
