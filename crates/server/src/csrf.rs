//! Refuses requests that another site made a browser send: by `Origin` and `Sec-Fetch-Site` (OWASP, CSRF prevention).
//!
//! Every request that may change something comes either from our own pages, which browsers say in these headers, or carries a token of
//! its own under `/api` and no cookie, or is an identity provider's signed word, for which no cookie counts.

use crate::{api, route, sso};
use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use domain::failure::{Failure, FailureKind};
use http::{HeaderMap, Method, StatusCode, header};
use std::sync::Arc;

/// The origins that our own pages have.
#[derive(Clone, Debug)]
pub struct OwnOrigins(Arc<[String]>);

impl OwnOrigins {
    /// The public address; on one's own machine its other names too.
    #[must_use]
    pub fn of(public_url: &str) -> Self {
        let mut origins = vec![public_url.to_owned()];
        if let Some(rest) = public_url.strip_prefix("http://") {
            let (host, port) = rest.rsplit_once(':').map_or((rest, ""), |(host, port)| (host, port));
            if matches!(host, "127.0.0.1" | "localhost" | "[::1]" | "0.0.0.0" | "[::]") {
                let port = if port.is_empty() { String::new() } else { format!(":{port}") };
                origins.extend(["127.0.0.1", "localhost", "[::1]"].map(|name| format!("http://{name}{port}")));
            }
        }
        Self(origins.into())
    }

    fn allow(&self, method: &Method, headers: &HeaderMap) -> bool {
        if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return true;
        }
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        // `none` is a person's own doing: an address typed, a bookmark
        let site_is_ours = text("sec-fetch-site").map(|site| matches!(site, "same-origin" | "none"));
        let origin_is_ours = text("origin").map(|origin| self.0.iter().any(|own| own == origin));
        match (origin_is_ours, site_is_ours) {
            (Some(false), _) | (_, Some(false)) => false,
            (Some(true), _) | (None, Some(true)) => true,
            // no browser sends neither: a tool of somebody's own, which must not ride on a cookie
            (None, None) => !headers.contains_key(header::COOKIE),
        }
    }
}

/// What is said to a request that may not come.
pub fn refusal(own: &OwnOrigins, request: &Request) -> Option<Response> {
    if own.allow(request.method(), request.headers()) || sso::is_for_providers(request.method(), request.uri().path()) {
        return None;
    }
    let path = request.uri().path();
    // never the path, which may hold a secret
    tracing::warn!(route = route::pattern(request), "a request from another site was refused");
    let failure = |words: &str| Failure::new(FailureKind::Forbidden, words);
    let of_api = api::refused(path, &failure("this request came from another site, or bears a cookie; programs send a token, no cookie and no `Origin`"));
    let of_page = || (StatusCode::FORBIDDEN, axum::Json(failure("this request came from another site; open the page here and try again"))).into_response();
    Some(of_api.unwrap_or_else(of_page))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(method: Method, pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        OwnOrigins::of("http://127.0.0.1:3000").allow(&method, &headers)
    }

    #[test]
    fn our_own_pages_may_write() {
        assert!(allowed(Method::POST, &[("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "same-origin"), ("cookie", "rolecall=x")]));
        assert!(allowed(Method::POST, &[("origin", "http://localhost:3000"), ("cookie", "rolecall=x")]));
        assert!(allowed(Method::POST, &[("sec-fetch-site", "same-origin"), ("cookie", "rolecall=x")]));
    }

    #[test]
    fn other_sites_may_not() {
        for headers in [
            &[("origin", "https://evil.test"), ("cookie", "rolecall=x")][..],
            &[("origin", "null"), ("cookie", "rolecall=x")],
            &[("origin", "http://127.0.0.1:3001"), ("cookie", "rolecall=x")],
            &[("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("cookie", "rolecall=x")],
            &[("cookie", "rolecall=x")],
        ] {
            assert!(!allowed(Method::POST, headers), "{headers:?}");
        }
    }

    #[test]
    fn reading_is_open_and_tools_without_cookies_too() {
        assert!(allowed(Method::GET, &[("sec-fetch-site", "cross-site"), ("cookie", "rolecall=x")]));
        assert!(allowed(Method::POST, &[]));
    }

    #[test]
    fn a_public_server_has_one_origin() {
        assert_eq!(&*OwnOrigins::of("https://rolecall.test").0, ["https://rolecall.test".to_owned()]);
    }
}
