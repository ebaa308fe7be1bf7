//! Who may ask: the token, and the names under which a page of ours can have been opened.

use crate::operators::same;
use std::net::{IpAddr, SocketAddr};

/// What a question is checked against.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    address: SocketAddr,
    token: String,
}

impl Gate {
    pub(super) const fn new(address: SocketAddr, token: String) -> Self {
        Self { address, token }
    }

    /// Whether the page can be ours: asked for by an address of this machine, and from no other page.
    ///
    /// Another site can make a browser ask here, under a name of its own that it points at this machine; it cannot
    /// make it leave that name out.
    pub(super) fn is_ours(&self, host: Option<&str>, origin: Option<&str>) -> bool {
        let Some(host) = host.filter(|host| self.is_host(host)) else { return false };
        origin.is_none_or(|origin| origin.strip_prefix("http://") == Some(host))
    }

    fn is_host(&self, host: &str) -> bool {
        let port = self.address.port();
        // Browsers leave out the port that every page of this kind has.
        let host = match port {
            80 if !host.ends_with(":80") => &format!("{host}:80"),
            _ => host,
        };
        if host == format!("localhost:{port}") {
            return true;
        }
        let Ok(named) = host.parse::<SocketAddr>() else { return false };
        let may_be = |ip: IpAddr| ip == self.address.ip() || ip.is_loopback();
        named.port() == self.address.port()
            && (self.address.ip().is_unspecified() || may_be(named.ip()))
    }

    /// Whether the header names the token.
    pub(super) fn knows(&self, authorization: Option<&str>) -> bool {
        let token = authorization.and_then(|text| text.strip_prefix("Bearer "));
        token.is_some_and(|token| same(token.as_bytes(), self.token.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_origins() {
        let gate = |address: &str| Gate::new(address.parse().unwrap(), "00".to_owned());
        let (local, all) = (gate("127.0.0.1:80"), gate("0.0.0.0:80"));
        for (host, origin, ours, ours_on_all) in [
            (Some("127.0.0.1:80"), None, true, true),
            (Some("localhost:80"), None, true, true),
            (Some("[::1]:80"), None, true, true),
            (Some("127.0.0.1"), Some("http://127.0.0.1"), true, true),
            (Some("localhost"), None, true, true),
            (Some("localhost:80"), Some("http://localhost:80"), true, true),
            (Some("localhost:80"), Some("http://127.0.0.1:80"), false, false),
            (Some("localhost:80"), Some("https://localhost:80"), false, false),
            (Some("localhost:80"), Some("null"), false, false),
            (Some("localhost:80"), Some("http://evil.example"), false, false),
            (Some("evil.example:80"), None, false, false),
            (Some("127.0.0.1.evil.example:80"), None, false, false),
            (Some("127.0.0.1:81"), None, false, false),
            (Some("10.0.0.7:80"), None, false, true),
            (None, None, false, false),
        ] {
            assert_eq!(local.is_ours(host, origin), ours, "{host:?} {origin:?}");
            assert_eq!(all.is_ours(host, origin), ours_on_all, "{host:?} {origin:?}");
        }
    }

    #[test]
    fn tokens() {
        let gate = Gate::new("127.0.0.1:80".parse().unwrap(), "a1b2".to_owned());
        for (header, knows) in [
            (Some("Bearer a1b2"), true),
            (Some("Bearer a1b3"), false),
            (Some("Bearer a1b"), false),
            (Some("Bearer "), false),
            (Some("a1b2"), false),
            (None, false),
        ] {
            assert_eq!(gate.knows(header), knows, "{header:?}");
        }
    }
}
