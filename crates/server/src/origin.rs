//! Where a request comes from: its id and the caller's network address, once, before anything else reads them.

use axum::{
    extract::{ConnectInfo, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, header};
use service::{actor::Meta, clock::SystemEntropy, secrets};
use std::net::SocketAddr;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long a request id of the caller's own may be.
const MOST_ID: usize = 64;

/// Gives the request its [`Meta`], and the response its request id.
pub async fn mark(proxies: usize, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let id = headers
        .get(&REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| (1..=MOST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
        .map_or_else(|| secrets::random(&SystemEntropy).chars().take(22).collect::<String>(), str::to_owned);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    let forwarded = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    let meta = Meta {
        address: address(&forwarded, proxies).or(peer),
        request: Some(id.clone()),
        user_agent: headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(|agent| agent.chars().take(400).collect()),
    };
    request.extensions_mut().insert(meta);
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
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
    fn only_what_trusted_proxies_add_counts() {
        assert_eq!(address("6.6.6.6, 10.0.0.9", 1).as_deref(), Some("10.0.0.9"));
        assert_eq!(address("6.6.6.6, 10.0.0.9, 172.16.0.1", 2).as_deref(), Some("10.0.0.9"));
        assert_eq!(address("6.6.6.6", 0), None);
        assert_eq!(address("", 1), None);
        assert_eq!(address("nonsense", 1), None);
    }
}
