//! The address of a request: scheme, host and port, path and query, and nothing else.

use hyper::Uri;

/// `https://login.example.com/token`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    https: bool,
    host: String,
    port: u16,
    authority: String,
    target: String,
}

impl Address {
    const MOST: usize = 2_000;

    /// None unless it is an absolute `http` or `https` URL without user, password and fragment.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        if url.len() > Self::MOST || url.contains('#') {
            return None;
        }
        let uri: Uri = url.parse().ok()?;
        let https = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || authority.as_str().contains('@') {
            return None;
        }
        let port = match authority.port() {
            Some(port) => Some(port.as_u16()).filter(|port| *port > 0)?,
            None if https => 443,
            None => 80,
        };
        let target = uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        Some(Self { https, host: host.to_owned(), port, authority: authority.to_string(), target })
    }

    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// A name or an IP address, the latter without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// For the header `Host`.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Path and query.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let address = Address::parse("https://login.example.com/token?a=b").unwrap();
        assert_eq!((address.host(), address.port(), address.target(), address.is_https()), ("login.example.com", 443, "/token?a=b", true));
        let address = Address::parse("http://[::1]:8080").unwrap();
        assert_eq!((address.host(), address.port(), address.target(), address.authority()), ("::1", 8080, "/", "[::1]:8080"));
    }

    #[test]
    fn nothing_else_is_an_address() {
        for bad in
            ["", "/token", "login.example.com", "ftp://a.org/", "https://", "https://me:pw@a.org/", "https://a.org/#x", "https://a.org:0/", "https://a b/"]
        {
            assert_eq!(Address::parse(bad), None, "{bad}");
        }
    }
}
