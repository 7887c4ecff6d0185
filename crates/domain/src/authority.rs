//! The part of an absolute URL that names a server (RFC 3986, 3.2): a host, and a port where there is one. The addresses of webhooks and of
//! identity providers read it alike.

use std::net::Ipv6Addr;

/// A character that no URL may hold as it stands.
pub(crate) fn misplaced(url: &str) -> Option<char> {
    url.chars().find(|c| !c.is_ascii_graphic() || "<>\"\\^`{|}".contains(*c))
}

/// What stands between the scheme and the path or query.
pub(crate) fn of(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}

/// The host, an IPv6 address with its brackets, and whatever stands behind the colon after it.
pub(crate) fn split(authority: &str) -> (&str, Option<&str>) {
    // the colons of an IPv6 address stand within its brackets
    let after_brackets = authority.find(']').map_or(0, |at| at + 1);
    match authority[after_brackets..].find(':') {
        Some(at) => (&authority[..after_brackets + at], Some(&authority[after_brackets + at + 1..])),
        None => (authority, None),
    }
}

/// Whether it is a name, an IPv4 address, or an IPv6 address in brackets.
pub(crate) fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => {
            let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
            is_plain && !host.is_empty() && !host.starts_with(['.', '-'])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_a_port_are_told_apart() {
        for (url, host, port) in [
            ("https://a.test", "a.test", None),
            ("https://a.test:8443/x:1?y", "a.test", Some("8443")),
            ("https://a.test?x=b:1", "a.test", None),
            ("https://[::1]:99/", "[::1]", Some("99")),
            ("https://[::1]", "[::1]", None),
            ("a.test", "", None),
        ] {
            assert_eq!(split(of(url)), (host, port), "{url}");
        }
    }

    #[test]
    fn a_host_is_a_name_or_a_number() {
        assert!(["a.test", "127.0.0.1", "[::1]", "under_score"].into_iter().all(is_host));
        for bad in ["", ".a", "-a", "a,b", "[::g]", "[::1", "::1", "[]", "[::1]x"] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
