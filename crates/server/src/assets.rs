//! Serves the page's script, wasm, styles, fonts and public files out of the binary itself.
//!
//! Built names carry a hash of their content, so browsers keep those files for ever; the others are asked for again
//! by their `ETag`. Under `cargo leptos watch` the same names, unhashed, are read from disk instead.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;

/// One embedded file.
#[derive(Debug)]
pub struct File {
    /// As asked for: `/pkg/rolecall.<hash>.js`.
    pub path: &'static str,
    pub bytes: &'static [u8],
    pub brotli: Option<&'static [u8]>,
}

mod embedded {
    use super::File;
    include!(concat!(env!("OUT_DIR"), "/site.rs"));
}

/// Where the page finds what it loads first, as paths from the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    pub js: String,
    /// The script that `js` imports; empty where its name is not known beforehand.
    pub parts_js: String,
    pub wasm: String,
    pub css: String,
}

/// The part of `manifest.json` that is needed to serve.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Manifest {
    js: String,
    parts_js: String,
    wasm: String,
    css: String,
    files: BTreeMap<String, String>,
    renamed: BTreeMap<String, String>,
}

static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| serde_json::from_str(embedded::MANIFEST).unwrap_or_default());

static BY_PATH: LazyLock<HashMap<&'static str, &'static File>> = LazyLock::new(|| embedded::FILES.iter().map(|file| (file.path, file)).collect());

/// The names that the page's head needs; nothing when this binary was built without a page.
pub fn names() -> Option<Names> {
    let found = names_in(&MANIFEST);
    if watched_site().is_some() { Some(plain_names()) } else { found }
}

/// Where a public file is served: fonts that the styles use have a hashed name (`/fonts/inter-latin.woff2`).
pub fn url(path: &str) -> &str {
    if watched_site().is_some() {
        return path;
    }
    MANIFEST.renamed.get(path).map_or(path, String::as_str)
}

/// The embedded file at `path`.
pub fn find(path: &str) -> Option<&'static File> {
    BY_PATH.get(path).copied()
}

/// A route for every file. A path below `/pkg/` that there is no file for is 404, and never cached.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let mut router = Router::new();
    let mut paths: Vec<String> = embedded::FILES.iter().map(|file| file.path.to_owned()).collect();
    if let Some(site) = watched_site() {
        paths = public_paths(&site, "");
    }
    for path in paths {
        if !path.starts_with("/pkg/") {
            router = router.route(&path, get(serve));
        }
    }
    router.route("/pkg/{*file}", get(serve))
}

/// Answers with the file that the request's path names.
pub async fn serve(request: Request) -> Response {
    let path = request.uri().path();
    if let Some(site) = watched_site() {
        return from_disk(&site, path).await;
    }
    match find(path) {
        Some(file) => answer(file, request.headers()),
        None => missing(),
    }
}

fn answer(file: &File, asked: &HeaderMap) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(file.path)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control(file.path)));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    let etag = MANIFEST.files.get(file.path).and_then(|hash| HeaderValue::from_str(&format!("W/\"{hash}\"")).ok());
    if let Some(etag) = etag {
        let known = asked.get_all(IF_NONE_MATCH).iter().any(|value| lists(value, &etag));
        headers.insert(ETAG, etag);
        if known {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
    }
    match file.brotli {
        Some(brotli) if accepts_brotli(asked) => {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
            (headers, brotli).into_response()
        }
        _ => (headers, file.bytes).into_response(),
    }
}

fn missing() -> Response {
    let headers = [(CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::NOT_FOUND, headers).into_response()
}

/// By the last extension; what is unknown is bytes.
fn content_type(path: &str) -> &'static str {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// A hashed name never means other content; any other name is asked for again each time.
fn cache_control(path: &str) -> &'static str {
    if is_hashed(path) { "public, max-age=31536000, immutable" } else { "public, no-cache" }
}

/// Whether the part before the extension is 16 hexadecimal digits, as the build names files.
fn is_hashed(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    let mut parts = file.rsplit('.').skip(1);
    parts.next().is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())) && parts.next().is_some()
}

fn accepts_brotli(asked: &HeaderMap) -> bool {
    asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let refused = parts.filter_map(|part| part.strip_prefix("q=")).any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
        named && !refused
    })
}

/// Whether an `If-None-Match` lists the tag, or anything at all.
fn lists(value: &HeaderValue, etag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    match (value.to_str(), etag.to_str()) {
        (Ok(value), Ok(etag)) => value.split(',').any(|tag| tag.trim() == "*" || opaque(tag) == opaque(etag)),
        _ => false,
    }
}

fn names_in(manifest: &Manifest) -> Option<Names> {
    (!manifest.js.is_empty()).then(|| Names {
        js: format!("/pkg/{}", manifest.js),
        parts_js: format!("/pkg/{}", manifest.parts_js),
        wasm: format!("/pkg/{}", manifest.wasm),
        css: format!("/pkg/{}", manifest.css),
    })
}

/// What cargo-leptos calls its files: the output name, without a hash.
pub fn plain_names() -> Names {
    let path = |extension: &str| format!("/pkg/rolecall.{extension}");
    Names { js: path("js"), parts_js: String::new(), wasm: path("wasm"), css: path("css") }
}

/// The folder that `cargo leptos watch` keeps up to date, while it runs us.
fn watched_site() -> Option<PathBuf> {
    std::env::var_os("LEPTOS_WATCH")?;
    Some(std::env::var_os("LEPTOS_SITE_ROOT").map_or_else(|| "target/site".into(), PathBuf::from))
}

/// Every file outside `/pkg/` that the watched folder holds now.
fn public_paths(folder: &Path, prefix: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let served = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if served == "/pkg" {
            continue;
        }
        if entry.path().is_dir() {
            paths.extend(public_paths(&entry.path(), &served));
        } else {
            paths.push(served);
        }
    }
    paths
}

/// Only while watching, where files change under us: never cached.
async fn from_disk(site: &Path, path: &str) -> Response {
    if path.contains("..") || path.contains('%') {
        return missing();
    }
    match tokio::fs::read(site.join(path.trim_start_matches('/'))).await {
        Ok(bytes) => {
            let headers = [(CONTENT_TYPE, HeaderValue::from_static(content_type(path))), (CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (headers, Body::from(bytes)).into_response()
        }
        Err(_) => missing(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static FONT: File = File { path: "/pkg/inter.0123456789abcdef.woff2", bytes: b"font", brotli: None };
    static SCRIPT: File = File { path: "/icons.svg", bytes: b"<svg></svg>", brotli: Some(b"smaller") };

    fn asking(name: http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn only_a_hashed_name_is_kept_for_ever() {
        assert!(is_hashed("/pkg/rolecall.0123456789abcdef.js"));
        assert!(!is_hashed("/pkg/rolecall.js"));
        assert!(!is_hashed("/0123456789abcdef.js"));
        assert!(!is_hashed("/pkg/rolecall.0123456789abcdeg.js"));
        assert!(!is_hashed("/pkg/snippets/x-0123456789abcdef/inline0.js"));
        let hashed = answer(&FONT, &HeaderMap::new());
        assert_eq!(hashed.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(hashed.headers()[CONTENT_TYPE], "font/woff2");
        let plain = answer(&SCRIPT, &HeaderMap::new());
        assert_eq!(plain.headers()[CACHE_CONTROL], "public, no-cache");
    }

    #[test]
    fn brotli_goes_only_to_who_accepts_it() {
        check_brotli("gzip, deflate, br, zstd", true);
        check_brotli("BR;q=0.5", true);
        check_brotli("gzip", false);
        check_brotli("br;q=0", false);
        check_brotli("br; q=0.0, gzip", false);
        check_brotli("brotli", false);
    }

    fn check_brotli(accepted: &'static str, sent: bool) {
        let response = answer(&SCRIPT, &asking(ACCEPT_ENCODING, accepted));
        assert_eq!(response.headers().contains_key(CONTENT_ENCODING), sent, "accept-encoding: {accepted}");
        assert_eq!(response.headers()[VARY], "accept-encoding");
    }

    #[test]
    fn a_tag_matches_itself_weak_or_strong_and_in_a_list() {
        let etag = HeaderValue::from_static("W/\"1\"");
        for value in ["W/\"1\"", "\"1\"", "\"0\", W/\"1\"", "*"] {
            assert!(lists(&HeaderValue::from_static(value), &etag), "{value}");
        }
        assert!(!lists(&HeaderValue::from_static("\"2\""), &etag));
    }

    #[test]
    fn what_is_embedded_is_what_the_manifest_names() {
        let embedded: Vec<&str> = embedded::FILES.iter().map(|file| file.path).collect();
        let named: Vec<&str> = MANIFEST.files.keys().map(String::as_str).collect();
        assert_eq!(embedded, named);
    }

    /// Both ways to build give the page the same names, but for the hash.
    #[test]
    fn hashed_and_plain_names_differ_only_by_the_hash() {
        let Some(names) = names_in(&MANIFEST) else {
            return; // built without a page
        };
        let plain = plain_names();
        for (hashed, plain) in [(&names.js, &plain.js), (&names.wasm, &plain.wasm), (&names.css, &plain.css)] {
            let parts: Vec<&str> = hashed.split('.').collect();
            assert_eq!(format!("{}.{}", parts[0], parts[2]), *plain);
            assert!(find(hashed).is_some(), "{hashed} is not embedded");
        }
    }

    #[tokio::test]
    async fn a_path_without_its_file_is_404_and_not_cached() {
        use tower::ServiceExt as _;

        let request = Request::builder().uri("/pkg/rolecall.0000000000000000.js").body(Body::empty()).unwrap();
        let response = routes::<()>().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
    }
}
