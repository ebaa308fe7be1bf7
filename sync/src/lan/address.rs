//! Addresses: where this station can be reached, and which of others' are worth a packet.

use super::limits::ADDRESSES;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

/// Addresses of the interfaces that are up, loopback among them.
pub(super) fn interfaces() -> Option<BTreeSet<IpAddr>> {
    let all = if_addrs::get_if_addrs().ok()?;
    Some(all.iter().filter(|one| one.is_oper_up()).map(if_addrs::Interface::ip).collect())
}

/// Where others can reach sockets that are bound like this, IPv4 first. Loopback addresses only where nothing else
/// was asked for, or nothing else is there.
pub(super) fn reachable(bound: &[SocketAddr], interfaces: &BTreeSet<IpAddr>) -> Vec<SocketAddr> {
    let all: BTreeSet<SocketAddr> = bound
        .iter()
        .flat_map(|socket| -> Vec<SocketAddr> {
            if !socket.ip().is_unspecified() {
                return vec![*socket];
            }
            let same = |ip: &&IpAddr| ip.is_ipv4() == socket.is_ipv4();
            interfaces.iter().filter(same).map(|ip| SocketAddr::new(*ip, socket.port())).collect()
        })
        .filter(|address| is_global(address.ip()))
        .collect();
    let (mut here, mut out): (Vec<_>, Vec<_>) = all.into_iter().partition(|a| a.ip().is_loopback());
    out.truncate(ADDRESSES);
    here.truncate(ADDRESSES);
    if out.is_empty() { here } else { out }
}

/// Whether it means the same to another laptop: link-local IPv6 needs a scope that only its owner knows.
fn is_global(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_unspecified(),
        IpAddr::V6(ip) => !ip.is_unspecified() && !ip.is_unicast_link_local(),
    }
}

/// Whether packets may go to this address; `loopback` where nothing may leave the machine.
pub(super) fn may_dial(address: &SocketAddr, loopback: bool) -> bool {
    let ip = address.ip();
    let reaches = match ip {
        IpAddr::V4(ip) => !ip.is_broadcast(),
        // iroh 1.4 forgets by which interface they came and answers to nowhere.
        IpAddr::V6(ip) => !ip.is_unicast_link_local(),
    };
    let usable = address.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && reaches;
    usable && (!loopback || ip.is_loopback())
}

/// Whether sockets bound like this keep to the machine.
pub(super) fn is_loopback(bind: &[SocketAddr]) -> bool {
    bind.iter().all(|address| address.ip().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sockets(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn check(bound: &[&str], interfaces: &[&str], expected: &[&str]) {
        let interfaces = interfaces.iter().map(|ip| ip.parse().unwrap()).collect();
        assert_eq!(reachable(&sockets(bound), &interfaces), sockets(expected), "{bound:?}");
    }

    #[test]
    fn others_are_told_what_they_can_reach() {
        let all = ["127.0.0.1", "10.0.0.5", "::1", "fe80::1", "fd00::5"];
        check(&["0.0.0.0:7", "[::]:8"], &all, &["10.0.0.5:7", "[fd00::5]:8"]);
        check(&["0.0.0.0:7"], &all, &["10.0.0.5:7"]);
        check(&["127.0.0.1:7"], &all, &["127.0.0.1:7"]);
        check(&["127.0.0.1:7", "[::1]:8"], &[], &["127.0.0.1:7", "[::1]:8"]);
        check(&["10.0.0.5:7"], &[], &["10.0.0.5:7"]);
        check(&["0.0.0.0:7"], &["127.0.0.1"], &["127.0.0.1:7"]);
        check(&["0.0.0.0:7"], &[], &[]);
    }

    #[test]
    fn nothing_is_sent_where_nobody_can_be() {
        let good = ["10.0.0.5:7", "127.0.0.1:7", "[fd00::5]:8"];
        let bad = [
            "10.0.0.5:0",
            "0.0.0.0:7",
            "224.0.0.251:7",
            "255.255.255.255:7",
            "[fe80::1]:8",
            "[fe80::1%3]:8",
            "[ff02::1]:8",
        ];
        assert!(sockets(&good).iter().all(|address| may_dial(address, false)));
        assert!(!sockets(&bad).iter().any(|address| may_dial(address, false)));
        let kept: Vec<_> =
            sockets(&good).into_iter().filter(|address| may_dial(address, true)).collect();
        assert_eq!(kept, sockets(&["127.0.0.1:7"]));
    }
}
