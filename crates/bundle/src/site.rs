//! Builds the site folder beside the old one and then puts it in its place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::manifest::Manifest;
use crate::public::PublicFiles;
use crate::report::Built;
use crate::{BundleError, SiteOptions, bindgen, compress, name, optimise, public, report, snip, split, stamp, style};

/// Builds `options.out`, unless it holds just that already.
pub fn build(options: &SiteOptions) -> Result<(), BundleError> {
    let wasm = std::fs::read(&options.wasm).map_err(BundleError::read(&options.wasm))?;
    let css = style::join(&options.style)?;
    let files = public::collect(&options.public)?;
    let stamp = stamp::of(options, &wasm, &css, &files)?;
    if Manifest::read(&options.out).is_some_and(|old| old.stamp == stamp && old.is_complete(&options.out)) {
        println!("site: unchanged");
        return Ok(());
    }

    let mut site = Site::begin(options)?;
    site.add_browser_half(options, &wasm)?;
    let (css, renamed) = public::rewrite_urls(&style::minify(&css), |path| Some(hashed_path(path, files.get(path)?)))?;
    site.manifest.css = site.add_hashed(&format!("{}.css", options.name), css.as_bytes(), true)?;
    site.add_public(&files, &renamed)?;
    site.manifest.renamed = renamed;
    site.manifest.stamp = stamp;
    site.finish()
}

/// `/fonts/inter.woff2` is served as `/pkg/inter.<hash>.woff2`.
fn hashed_path(path: &str, content: &[u8]) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    format!("/pkg/{}", name::hashed(file, content))
}

/// A site that is being built, in a folder of its own until it is whole.
struct Site {
    out: PathBuf,
    draft: PathBuf,
    quality: u8,
    manifest: Manifest,
    built: Vec<Built>,
}

impl Site {
    fn begin(options: &SiteOptions) -> Result<Self, BundleError> {
        let draft = sibling(&options.out, "new");
        remove(&draft)?;
        std::fs::create_dir_all(draft.join("pkg")).map_err(BundleError::write(&draft))?;
        Ok(Self { out: options.out.clone(), draft, quality: options.quality, manifest: Manifest::default(), built: Vec::new() })
    }

    /// The wasm with its script, the parts that are loaded later with theirs, and the scripts' own modules.
    fn add_browser_half(&mut self, options: &SiteOptions, wasm: &[u8]) -> Result<(), BundleError> {
        let raw = self.draft.join("raw");
        std::fs::create_dir_all(&raw).map_err(BundleError::write(&raw))?;
        let split = timed("splitting", || split::split(wasm, &options.name, &raw))?;
        timed("wasm-bindgen", || bindgen::generate(&split.main, &options.name, &raw))?;
        let main = raw.join(format!("{}_bg.wasm", options.name));
        timed("dropping what only lazy routes would call", || snip::unused_hydration(&main, &split.parts, options.wasm_opt.is_some()))?;
        match &options.wasm_opt {
            Some(program) => timed("wasm-opt", || std::iter::once(&main).chain(&split.parts).try_for_each(|wasm| optimise::shrink(program, wasm)))?,
            None => println!("site: no wasm-opt, so the browser half stays a little larger (`npm ci` in scripts/node brings it)"),
        }

        let mut link = read_text(&raw.join(&split.link))?;
        for part in &split.parts {
            let plain = part.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let hashed = self.add_hashed(&plain, &read(part)?, false)?;
            link = link.replace(&format!("\"./{plain}\""), &format!("\"./{hashed}\""));
        }
        self.add_scripts(&options.name, &split.link, &read_text(&raw.join(format!("{}.js", options.name)))?, &link)?;
        self.manifest.wasm = self.add_hashed(&format!("{}.wasm", options.name), &read(&main)?, true)?;
        for (path, content) in public::collect(&raw.join("snippets"))? {
            self.add(&format!("/pkg/snippets{path}"), &content, false)?;
        }
        remove(&raw)
    }

    /// The main script and the one that loads the parts. They import each other, so both bear the hash of both.
    fn add_scripts(&mut self, name: &str, link_file: &str, main: &str, link: &str) -> Result<(), BundleError> {
        let main_file = format!("{name}.js");
        let both = format!("{main}{link}");
        let [main_hashed, link_hashed] = [&main_file, link_file].map(|file| name::hashed(file, both.as_bytes()));
        // only where it is imported: to the wasm, the module keeps its plain name
        let imported = |script: &str, plain: &str, hashed: &str| script.replace(&format!("from \"./{plain}\""), &format!("from \"./{hashed}\""));
        let main = imported(main, link_file, &link_hashed);
        let link = imported(link, &main_file, &main_hashed);
        self.add(&format!("/pkg/{main_hashed}"), main.as_bytes(), true)?;
        self.add(&format!("/pkg/{link_hashed}"), link.as_bytes(), true)?;
        self.manifest.js = main_hashed;
        self.manifest.parts_js = link_hashed;
        Ok(())
    }

    fn add_public(&mut self, files: &PublicFiles, renamed: &BTreeMap<String, String>) -> Result<(), BundleError> {
        for (path, content) in files {
            self.add(renamed.get(path).unwrap_or(path), content, false)?;
        }
        Ok(())
    }

    /// Adds a file below `/pkg/` under its hashed name, and returns that name.
    fn add_hashed(&mut self, file: &str, content: &[u8], first_load: bool) -> Result<String, BundleError> {
        let file = name::hashed(file, content);
        self.add(&format!("/pkg/{file}"), content, first_load)?;
        Ok(file)
    }

    fn add(&mut self, served: &str, content: &[u8], first_load: bool) -> Result<(), BundleError> {
        let path = self.draft.join(served.trim_start_matches('/'));
        write(&path, content)?;
        let mut brotli = None;
        if compress::compressible(served) {
            let compressed = compress::brotli(content, self.quality).map_err(BundleError::write(&path))?;
            if let Some(compressed) = compressed {
                write(&PathBuf::from(format!("{}.br", path.display())), &compressed)?;
                brotli = Some(compressed.len());
            }
        }
        self.manifest.files.insert(served.to_owned(), name::hash(content));
        self.built.push(Built { name: served.to_owned(), raw: content.len(), brotli, first_load });
        Ok(())
    }

    /// Puts the whole draft where the old site was.
    fn finish(self) -> Result<(), BundleError> {
        self.manifest.write(&self.draft)?;
        let old = sibling(&self.out, "old");
        remove(&old)?;
        if self.out.exists() {
            std::fs::rename(&self.out, &old).map_err(BundleError::write(&self.out))?;
        }
        std::fs::rename(&self.draft, &self.out).map_err(BundleError::write(&self.out))?;
        remove(&old)?;
        print!("{}", report::table(&self.built));
        Ok(())
    }
}

fn sibling(folder: &Path, suffix: &str) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!("{name}.{suffix}"))
}

fn remove(folder: &Path) -> Result<(), BundleError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(BundleError::write(folder)(error)),
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, BundleError> {
    std::fs::read(path).map_err(BundleError::read(path))
}

fn read_text(path: &Path) -> Result<String, BundleError> {
    std::fs::read_to_string(path).map_err(BundleError::read(path))
}

fn write(path: &Path, content: &[u8]) -> Result<(), BundleError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(BundleError::write(folder))?;
    }
    std::fs::write(path, content).map_err(BundleError::write(path))
}

fn timed<T>(what: &str, work: impl FnOnce() -> Result<T, BundleError>) -> Result<T, BundleError> {
    let start = Instant::now();
    let done = work()?;
    println!("site: {what} took {:.1} s", start.elapsed().as_secs_f64());
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_file_that_the_styles_use_moves_to_a_hashed_name() {
        assert_eq!(hashed_path("/fonts/inter.woff2", b""), "/pkg/inter.e3b0c44298fc1c14.woff2");
    }

    #[test]
    fn scripts_that_import_each_other_do_so_by_their_hashed_names() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(folder.path().join("site"));
        let mut site = Site::begin(&options).unwrap();
        let main = "import * as parts from \"./rolecall_parts.js\"; imports = { \"./rolecall_parts.js\": parts }";
        site.add_scripts("rolecall", "rolecall_parts.js", main, "import { initSync } from \"./rolecall.js\"").unwrap();
        let pkg = site.draft.join("pkg");
        let [main, link] = [&site.manifest.js, &site.manifest.parts_js].map(|file| (file.clone(), read_text(&pkg.join(file)).unwrap()));
        assert!(main.1.contains(&format!("from \"./{}\"", link.0)) && link.1.contains(&format!("from \"./{}\"", main.0)));
        assert!(main.1.contains("{ \"./rolecall_parts.js\": parts }"), "the wasm asks for it by its plain name");
        let before = main.0;
        site.add_scripts("rolecall", "rolecall_parts.js", "import * as parts from \"./rolecall_parts.js\"", "import { x } from \"./rolecall.js\"").unwrap();
        assert_ne!(site.manifest.js, before, "a change of either is a change of both");
    }

    fn options(out: PathBuf) -> SiteOptions {
        SiteOptions { wasm: "x.wasm".into(), style: "main.css".into(), public: "public".into(), out, name: "rolecall".into(), wasm_opt: None, quality: 5 }
    }

    #[test]
    fn a_finished_site_replaces_the_old_one_whole() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("site");
        std::fs::create_dir_all(&out).unwrap();
        std::fs::write(out.join("stale.txt"), "old").unwrap();

        let options = options(out.clone());
        let mut site = Site::begin(&options).unwrap();
        site.add("/robots.txt", "User-agent: *\n".repeat(50).as_bytes(), false).unwrap();
        let css = site.add_hashed("rolecall.css", b"a{}", true).unwrap();
        site.finish().unwrap();

        assert!(!out.join("stale.txt").exists());
        assert!(out.join("robots.txt.br").is_file());
        assert!(out.join("pkg").join(css).is_file());
        let manifest = Manifest::read(&out).unwrap();
        assert!(manifest.is_complete(&out));
        assert_eq!(manifest.files.len(), 2);
        assert!(!folder.path().join("site.new").exists());
        assert!(!folder.path().join("site.old").exists());
    }
}
