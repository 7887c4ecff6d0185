//! Who may read the metrics: they say how busy a server is and what fails, which strangers need not know.

use axum::extract::{ConnectInfo, Request};
use http::{HeaderMap, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use service::secrets;
use std::net::SocketAddr;

/// Headers that proxies add: who comes with one does not come from this machine itself.
const FORWARDED: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// Where they are read, and by whom.
#[derive(Clone, Debug)]
pub enum Readers {
    /// Whoever reaches the address.
    All,
    /// Whoever sends the token whose hash this is.
    Token([u8; 32]),
    /// Programs of this machine.
    ThisMachine,
    Nobody,
}

impl Readers {
    /// On an address of its own: the network is the guard, and the token where there is one.
    #[must_use]
    pub fn apart(token: Option<&SecretString>) -> Self {
        token.map_or(Self::All, Self::with)
    }

    /// On the address that people use: whoever has the token. Without one, programs of this machine, and these only while nothing else can seem
    /// to be one: where people come by another name or through a proxy, that proxy may well run here.
    #[must_use]
    pub fn among_people(token: Option<&SecretString>, proxies: usize, public_url: &str) -> Self {
        match token {
            Some(token) => Self::with(token),
            None if proxies == 0 && is_this_machine(public_url) => Self::ThisMachine,
            None => Self::Nobody,
        }
    }

    fn with(token: &SecretString) -> Self {
        Self::Token(secrets::hash(token.expose_secret()))
    }

    /// 404 for strangers; 401 for who should know the token.
    pub(super) fn let_in(&self, request: &Request) -> Result<(), StatusCode> {
        match self {
            Self::All => Ok(()),
            // hashes are compared: how long that takes says nothing about the token
            Self::Token(hash) if bearer(request.headers()).is_some_and(|token| secrets::hash(token) == *hash) => Ok(()),
            Self::Token(_) => Err(StatusCode::UNAUTHORIZED),
            Self::ThisMachine => {
                let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
                let is_forwarded = FORWARDED.iter().any(|name| request.headers().contains_key(*name));
                if peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback()) && !is_forwarded { Ok(()) } else { Err(StatusCode::NOT_FOUND) }
            }
            Self::Nobody => Err(StatusCode::NOT_FOUND),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn is_this_machine(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    const MACHINE: &str = "http://127.0.0.1:3000";

    fn check(readers: &Readers, from: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(ConnectInfo(from.parse::<SocketAddr>().unwrap()));
        for (name, value) in headers {
            request.headers_mut().insert(http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        readers.let_in(&request).err().map_or(200, |status| status.as_u16())
    }

    #[test]
    fn by_default_only_this_machine_reads_them() {
        let readers = Readers::among_people(None, 0, MACHINE);
        assert_eq!(check(&readers, "127.0.0.1:5000", &[]), 200);
        assert_eq!(check(&readers, "[::1]:5000", &[]), 200);
        assert_eq!(check(&readers, "[::ffff:127.0.0.1]:5000", &[]), 200);
        assert_eq!(check(&readers, "10.0.0.9:5000", &[]), 404);
        // it came through a proxy that nobody told us of
        assert_eq!(check(&readers, "127.0.0.1:5000", &[("x-forwarded-for", "6.6.6.6")]), 404);
    }

    #[test]
    fn where_people_come_from_elsewhere_nobody_reads_them_without_a_token() {
        for readers in [Readers::among_people(None, 1, MACHINE), Readers::among_people(None, 0, "https://rolecall.test")] {
            assert_eq!(check(&readers, "127.0.0.1:5000", &[]), 404);
        }
    }

    #[test]
    fn who_has_the_token_reads_them_from_anywhere() {
        let token = SecretString::from("a token of thirty-two characters");
        for readers in [Readers::among_people(Some(&token), 1, "https://rolecall.test"), Readers::apart(Some(&token))] {
            assert_eq!(check(&readers, "10.0.0.9:5000", &[("authorization", "Bearer a token of thirty-two characters")]), 200);
            assert_eq!(check(&readers, "10.0.0.9:5000", &[("authorization", "Bearer another")]), 401);
            assert_eq!(check(&readers, "127.0.0.1:5000", &[]), 401);
        }
        assert_eq!(check(&Readers::apart(None), "10.0.0.9:5000", &[]), 200);
    }
}
