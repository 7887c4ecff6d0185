//! Where a request comes from: its id and the caller's network address, once, before anything else reads them.

use crate::headers::Reader;
use axum::extract::{ConnectInfo, Request};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use service::{
    actor::Meta,
    clock::{Entropy as _, SystemEntropy},
};
use std::{cell::Cell, net::SocketAddr};
use ui::{rpc::context, session::PRESENCE};

/// As the API calls it.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long a request id of the caller's own may be.
const MOST_ID: usize = 64;

/// The caller's own name for the request, or a new one, which is like no other.
pub fn id(headers: &HeaderMap) -> String {
    headers
        .get(&X_REQUEST_ID)
        .or_else(|| headers.get(&REQUEST_ID))
        .and_then(|value| value.to_str().ok())
        .filter(|id| (1..=MOST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
        .map_or_else(new_id, str::to_owned)
}

/// Chance once, and then counted: ids are no secrets, and asking the system for chance takes longer than many an answer. Each thread counts by
/// itself, from chance of its own.
fn new_id() -> String {
    thread_local! {
        static NEXT: Cell<[u64; 2]> = {
            let mut chance = [[0; 8]; 2];
            chance.iter_mut().for_each(|half| SystemEntropy.fill(half));
            Cell::new(chance.map(u64::from_be_bytes))
        };
    }
    let [thread, next] = NEXT.get();
    NEXT.set([thread, next.wrapping_add(1)]);
    URL_SAFE_NO_PAD.encode((u128::from(thread) << 64 | u128::from(next)).to_be_bytes())
}

/// Gives the request its [`Meta`]; what comes back is for [`tell`].
pub fn mark(proxies: usize, request: &mut Request) -> Option<HeaderValue> {
    let headers = request.headers();
    let id = id(headers);
    let told = HeaderValue::from_str(&id).ok();
    let peer = || request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    let meta = Meta {
        address: forwarded(headers, proxies).or_else(peer),
        request: Some(id),
        user_agent: headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(|agent| agent.chars().take(400).collect()),
        unattended: is_unattended(request.method(), request.uri().path(), headers),
    };
    request.extensions_mut().insert(meta);
    told
}

/// Gives the response its request's id, under the name that its reader knows.
pub fn tell(id: Option<HeaderValue>, reader: Reader, headers: &mut HeaderMap) {
    let name = match reader {
        Reader::Browser => X_REQUEST_ID,
        Reader::Program => REQUEST_ID,
    };
    if let Some(id) = id {
        headers.insert(name, id);
    }
}

/// The id that a program was told.
pub fn told(headers: &HeaderMap) -> &str {
    headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default()
}

/// Pages follow what others change, and ask the server when nobody is at them. A page of ours says by a cookie that somebody was there within
/// the minute; a page that is opened, a form that is sent without scripts and a file that is taken away say so by themselves.
fn is_unattended(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let is_form = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    method == Method::POST && path.starts_with("/rpc/") && !is_form && context::cookie(headers, PRESENCE).is_none()
}

fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<String> {
    let hops = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    address(&hops.collect::<Vec<_>>().join(","), proxies)
}

/// The address that the outermost trusted proxy saw. What the caller itself wrote stands before it and counts for nothing.
fn address(forwarded: &str, proxies: usize) -> Option<String> {
    let hops: Vec<&str> = forwarded.split(',').map(str::trim).filter(|hop| !hop.is_empty()).collect();
    let place = hops.len().checked_sub(proxies)?;
    let hop = hops.get(place)?;
    hop.parse::<std::net::IpAddr>().ok().map(|ip| ip.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_asks_while_nobody_is_at_it_is_told_apart() {
        let asked = |path: &str, headers: &[(HeaderName, &str)]| {
            let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect::<HeaderMap>();
            is_unattended(&Method::POST, path, &headers)
        };
        assert!(asked("/rpc/members/users", &[(header::COOKIE, "rolecall=x")]));
        assert!(!asked("/rpc/members/users", &[(header::COOKIE, "rolecall=x; rolecall_here=1")]));
        assert!(!asked("/rpc/accounts/sign_out", &[(header::ACCEPT, "text/html,*/*")]));
        assert!(!asked("/api/v1/check", &[]));
        assert!(!is_unattended(&Method::GET, "/w/acme/access/users", &HeaderMap::new()));
    }

    #[test]
    fn no_two_requests_are_called_the_same() {
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| (0..500).map(|_| id(&HeaderMap::new())).collect::<Vec<_>>())).collect();
        let ids: Vec<String> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 2_000);
        assert!(ids.iter().all(|id| id.len() == 22));
    }

    #[test]
    fn only_what_trusted_proxies_add_counts() {
        assert_eq!(address("6.6.6.6, 10.0.0.9", 1).as_deref(), Some("10.0.0.9"));
        assert_eq!(address("6.6.6.6, 10.0.0.9, 172.16.0.1", 2).as_deref(), Some("10.0.0.9"));
        assert_eq!(address("6.6.6.6", 0), None);
        assert_eq!(address("", 1), None);
        assert_eq!(address("nonsense", 1), None);
    }
}
