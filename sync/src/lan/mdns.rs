//! Finding stations by mDNS. What it finds is a hint where to dial; TLS proves who answers.
//!
//! Strangers do not read event ids: an announcement holds tags, four bytes of a hash of each.

use super::driver::Driver;
use super::limits::{ANNOUNCE_MS, TAGS, WATCH};
use crate::id::{EventId, StationKey, hash32, hex};
use mdns_sd::{ResolvedService, ScopedIp, ServiceDaemon, ServiceEvent, ServiceInfo};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const SERVICE: &str = "_lanyard._udp.local.";
/// Keys of the TXT record: the station's key, the tags of its events, the port for IPv6.
const KEY: &str = "k";
const EVENTS: &str = "e";
const PORT_V6: &str = "p6";

/// Ends the daemon's thread, and says goodbye on the network, whenever the search ends.
struct Daemon(ServiceDaemon);

impl Drop for Daemon {
    fn drop(&mut self) {
        // Fails only where the thread has ended before.
        drop(self.0.shutdown());
    }
}

/// Announces and searches for as long as there is an event; never where discovery is off.
pub(super) async fn run(driver: &Driver, discovery: bool) {
    if !discovery {
        return std::future::pending().await;
    }
    let mut jitter = Duration::from_millis(driver.shared.dice(ANNOUNCE_MS));
    loop {
        while driver.shared.state().events().is_empty() {
            driver.shared.announce.notified().await;
        }
        search(driver, jitter).await;
        // The daemon does not follow an interface that comes back: after each change a new one is started.
        jitter = Duration::ZERO;
    }
}

/// Runs one daemon until the own addresses change.
async fn search(driver: &Driver, jitter: Duration) {
    let Ok(daemon) = ServiceDaemon::new().map(Daemon) else { return sleep(WATCH).await };
    let first = Instant::now() + jitter;
    loop {
        let events: Vec<_> = driver.shared.state().events().into_iter().take(TAGS).collect();
        if events.is_empty() {
            return;
        }
        // Asking again tells what the daemon has found so far.
        let Ok(found) = daemon.0.browse(SERVICE) else { return sleep(WATCH).await };
        let until = async {
            tokio::time::sleep_until(first.into()).await;
            if let Some(service) = announcement(driver, &events) {
                drop(daemon.0.register(service));
            }
            changed(driver, &events).await;
        };
        let hear = async {
            while let Ok(event) = found.recv_async().await {
                if let ServiceEvent::ServiceResolved(service) = event {
                    learn(driver, &service, &events);
                }
            }
            // The daemon stops telling where nobody listened for too long.
            sleep(WATCH).await;
        };
        tokio::select! {
            () = until => {}
            () = hear => {}
            () = driver.moved.notified() => return,
        }
    }
}

/// Waits until the set of events is another.
async fn changed(driver: &Driver, events: &[EventId]) {
    while driver.shared.state().events().iter().take(TAGS).eq(events) {
        driver.shared.announce.notified().await;
    }
}

fn announcement(driver: &Driver, events: &[EventId]) -> Option<ServiceInfo> {
    let sockets = driver.endpoint.bound_sockets();
    let port = |of: fn(&SocketAddr) -> bool| sockets.iter().find(|a| of(a)).map(SocketAddr::port);
    let (v4, v6) = (port(SocketAddr::is_ipv4), port(SocketAddr::is_ipv6));
    let key = driver.shared.me.to_string();
    let name: String = key.chars().take(16).collect();
    let tags: Vec<_> = events.iter().map(tag).collect();
    let mut texts = vec![(KEY, key), (EVENTS, tags.join(","))];
    texts.extend(v6.map(|port| (PORT_V6, port.to_string())));
    let host = format!("{name}.local.");
    let service = ServiceInfo::new(SERVICE, &name, &host, "", v4.or(v6)?, texts.as_slice());
    let mut service = service.ok()?.enable_addr_auto();
    // The name is the key's: asking first whether another has it would cost three quarters of a second.
    service.set_requires_probe(false);
    Some(service)
}

fn learn(driver: &Driver, service: &ResolvedService, events: &[EventId]) {
    let text = |key| service.get_property_val_str(key).unwrap_or_default();
    let Some(peer) = StationKey::from_hex(text(KEY)) else { return };
    let ours: Vec<_> = events.iter().map(tag).collect();
    if !text(EVENTS).split(',').any(|tag| ours.iter().any(|our| our == tag)) {
        return;
    }
    let v6 = text(PORT_V6).parse().unwrap_or(service.get_port());
    let all = service.get_addresses().iter().map(|ip| address(ip, service.get_port(), v6));
    let mut addresses: Vec<_> = all.filter(|address| driver.may_dial(address)).collect();
    addresses.sort_unstable();
    driver.shared.state().learn(peer, &addresses, Instant::now());
    driver.shared.dial.notify_one();
}

fn address(ip: &ScopedIp, v4: u16, v6: u16) -> SocketAddr {
    let ip = ip.to_ip_addr();
    SocketAddr::new(ip, if ip.is_ipv4() { v4 } else { v6 })
}

/// What an announcement shows of an event.
fn tag(event: &EventId) -> String {
    hex(&hash32("lanyard mdns 1", &[&event.0])).chars().take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_eight_digits_of_a_hash() {
        let hash = blake3::hash(&[b"lanyard mdns 1\0".as_slice(), &[7; 16]].concat());
        let tag = tag(&EventId([7; 16]));
        assert!(tag.len() == 8 && hash.to_hex().starts_with(&tag), "{tag}");
    }
}
