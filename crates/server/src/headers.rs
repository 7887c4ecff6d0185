//! What every response carries to keep browsers strict: CSP with a nonce, no sniffing, no framing, no referrer, HTTPS once seen.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// The policy of a page with this nonce: scripts, styles, fonts and calls from here alone; WebAssembly may be compiled.
/// `reload` is where `make watch` tells pages to load again.
#[must_use]
pub fn page_policy(nonce: &str, reload: Option<&str>) -> String {
    let reload = reload.map(|place| format!(" {place}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'{reload}; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The policy of what is no page: nothing runs.
const OTHER_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Who an answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    Browser,
    /// Shows a token and reads data, which can't be taken for a page: what else browsers must be told makes its answers twice as long.
    Program,
}

/// Adds what is not there yet.
pub fn secure(headers: &mut HeaderMap, reader: Reader, https: bool) {
    let all = [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // pages and answers are of one person at one moment; hashed files say otherwise themselves
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, OTHER_POLICY),
    ];
    let browsers = [
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        // links of invites and resets are in URLs: no other site learns of them
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("permissions-policy"), HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=()")),
    ];
    let browsers = browsers.into_iter().filter(|_| reader == Reader::Browser);
    for (name, value) in all.into_iter().chain(browsers) {
        headers.entry(name).or_insert(value);
    }
    if https {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static("max-age=31536000"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_there_and_adds_the_rest() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
        secure(&mut headers, Reader::Browser, false);
        assert!(headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        secure(&mut headers, Reader::Browser, true);
        assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
    }

    #[test]
    fn what_programs_read_is_no_page_and_is_not_kept() {
        let mut headers = HeaderMap::new();
        secure(&mut headers, Reader::Program, true);
        assert_eq!((&headers[header::X_CONTENT_TYPE_OPTIONS], &headers[header::CACHE_CONTROL]), (&"nosniff".parse().unwrap(), &"no-store".parse().unwrap()));
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], OTHER_POLICY);
        assert!(!headers.contains_key(header::REFERRER_POLICY));
    }

    #[test]
    fn a_page_runs_no_script_without_its_nonce() {
        let policy = page_policy("abc", None);
        assert!(policy.contains("'nonce-abc'"));
        assert!(!policy.contains("unsafe-inline") && policy.contains("connect-src 'self';"));
        assert!(page_policy("abc", Some("ws://127.0.0.1:3001")).contains("connect-src 'self' ws://127.0.0.1:3001;"));
    }
}
