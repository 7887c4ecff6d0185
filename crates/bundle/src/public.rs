//! Collects the public files, and gives those that the styles use a hashed name.

use std::collections::BTreeMap;
use std::path::Path;

use crate::BundleError;

/// Served path (`/fonts/inter-latin.woff2`) to content.
pub type PublicFiles = BTreeMap<String, Vec<u8>>;

/// Every file below `folder`, hidden ones left out; none when there is no such folder.
pub fn collect(folder: &Path) -> Result<PublicFiles, BundleError> {
    let mut files = PublicFiles::new();
    if folder.is_dir() {
        walk(folder, "", &mut files)?;
    }
    Ok(files)
}

fn walk(folder: &Path, prefix: &str, files: &mut PublicFiles) -> Result<(), BundleError> {
    let entries = std::fs::read_dir(folder).map_err(BundleError::read(folder))?;
    for entry in entries {
        let entry = entry.map_err(BundleError::read(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        let served = format!("{prefix}/{name}");
        if path.is_dir() {
            walk(&path, &served, files)?;
        } else {
            let content = std::fs::read(&path).map_err(BundleError::read(&path))?;
            files.insert(served, content);
        }
    }
    Ok(())
}

/// Rewrites each `url("/…")` in `css` to what `rename` makes of its path, and returns the renamings it did.
pub fn rewrite_urls(css: &str, mut rename: impl FnMut(&str) -> Option<String>) -> Result<(String, BTreeMap<String, String>), BundleError> {
    let mut written = String::with_capacity(css.len());
    let mut renamed = BTreeMap::new();
    let mut rest = css;
    while let Some(start) = rest.find("url(") {
        let (before, from) = rest.split_at(start + "url(".len());
        written.push_str(before);
        let Some(end) = from.find(')') else {
            rest = from;
            break;
        };
        let (argument, after) = from.split_at(end);
        let path = argument.trim().trim_matches(['"', '\'']);
        // Only our own files: data URLs and fragments stay as they are.
        if path.starts_with('/') {
            let hashed = rename(path).ok_or_else(|| BundleError::MissingPublicFile(path.to_owned()))?;
            written.push_str(&hashed);
            renamed.insert(path.to_owned(), hashed);
        } else {
            written.push_str(argument);
        }
        rest = after;
    }
    written.push_str(rest);
    Ok((written, renamed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_served_by_their_path_and_hidden_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("fonts")).unwrap();
        std::fs::write(folder.path().join("favicon.svg"), "a").unwrap();
        std::fs::write(folder.path().join("fonts/one.woff2"), "b").unwrap();
        std::fs::write(folder.path().join(".DS_Store"), "c").unwrap();
        let files = collect(folder.path()).unwrap();
        assert_eq!(files.keys().collect::<Vec<_>>(), ["/favicon.svg", "/fonts/one.woff2"]);
    }

    #[test]
    fn no_folder_means_no_files() {
        assert!(collect(Path::new("no/such/folder")).unwrap().is_empty());
    }

    #[test]
    fn our_urls_are_renamed_and_others_are_kept() {
        let css = r##"a{src:url("/f/x.woff2") format("woff2")}b{background:url(data:x)}c{fill:url(#g)}"##;
        let (written, renamed) = rewrite_urls(css, |path| (path == "/f/x.woff2").then(|| "/pkg/x.1.woff2".into())).unwrap();
        assert_eq!(written, r##"a{src:url(/pkg/x.1.woff2) format("woff2")}b{background:url(data:x)}c{fill:url(#g)}"##);
        assert_eq!(renamed.len(), 1);
    }

    #[test]
    fn a_url_without_its_file_is_refused() {
        let error = rewrite_urls("a{src:url(/lost.png)}", |_| None).unwrap_err();
        assert_eq!(error.to_string(), "the styles name `/lost.png`, which is not among the public files");
    }
}
