//! Where other stations are found: what was reached last, what they tell of themselves, what a ticket said.

use super::{SyncOptions, Wire};
use crate::folder::{Folder, write_durably};
use crate::problem::{Code, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use sync::id::{EventId, StationKey};
use sync::keys::SecretKey;
use sync::lan::{Lan, Options};

/// Addresses kept of one station: those of its interfaces, and where it was before.
const ADDRESSES_MAX: usize = 12;
/// Written down at most so often.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// What is remembered of where others are, over a restart.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Known {
    /// Port on which this station listened last: others look for it there.
    port: Option<u16>,
    /// Event, station, addresses, the latest first.
    peers: BTreeMap<String, BTreeMap<String, Vec<SocketAddr>>>,
}

impl Known {
    fn of(folder: &Folder) -> Self {
        let text = std::fs::read_to_string(folder.peers()).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn write(&self, folder: &Folder) {
        // Without it others are found again all the same, only later.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        let _ = write_durably(&folder.peers(), text.as_bytes(), false);
    }
}

/// Where the stations of each event are found.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    known: Known,
    dirty: bool,
    saved: Duration,
    wanted: BTreeMap<EventId, BTreeMap<StationKey, Vec<SocketAddr>>>,
}

impl Addresses {
    pub(super) fn of(folder: &Folder) -> Self {
        Self { known: Known::of(folder), ..Self::default() }
    }

    fn list(&mut self, event: EventId, peer: StationKey) -> &mut Vec<SocketAddr> {
        let peers = self.known.peers.entry(event.to_string()).or_default();
        peers.entry(peer.to_string()).or_default()
    }

    /// A station was reached there.
    pub(super) fn reached(&mut self, event: EventId, peer: StationKey, address: SocketAddr) {
        let list = self.list(event, peer);
        if list.first() == Some(&address) {
            return;
        }
        list.retain(|known| *known != address);
        list.insert(0, address);
        list.truncate(ADDRESSES_MAX);
        self.dirty = true;
    }

    /// A station says that it is found there.
    pub(super) fn heard(&mut self, event: EventId, peer: StationKey, told: &[String]) {
        let list = self.list(event, peer);
        let before = list.len();
        for address in told.iter().filter_map(|text| text.parse::<SocketAddr>().ok()) {
            if !list.contains(&address) {
                list.push(address);
            }
        }
        if list.len() > ADDRESSES_MAX {
            list.drain(..list.len() - ADDRESSES_MAX);
        }
        self.dirty |= list.len() != before;
    }

    /// Where a station may be.
    pub(super) fn known(&self, event: EventId, peer: StationKey) -> Vec<SocketAddr> {
        let peers = self.known.peers.get(&event.to_string());
        peers.and_then(|peers| peers.get(&peer.to_string())).cloned().unwrap_or_default()
    }

    /// Whether other stations are wanted, or elsewhere, than when that was last asked.
    pub(super) fn changed(
        &mut self,
        event: EventId,
        wanted: &BTreeMap<StationKey, Vec<SocketAddr>>,
    ) -> bool {
        if self.wanted.get(&event) == Some(wanted) {
            return false;
        }
        self.wanted.insert(event, wanted.clone());
        true
    }

    /// Whom this station wanted links with when that was last asked, and where.
    pub(super) const fn wanted(&self) -> &BTreeMap<EventId, BTreeMap<StationKey, Vec<SocketAddr>>> {
        &self.wanted
    }

    /// Writes down what has changed, now and then.
    pub(super) fn save_now_and_then(&mut self, folder: &Folder, now: Duration) {
        if self.dirty && now >= self.saved + SAVE_EVERY {
            self.saved = now;
            self.save(folder);
        }
    }

    /// The port on which this station listens, for the next start.
    fn listens_on(&mut self, folder: &Folder, port: u16) {
        if self.known.port.replace(port) != Some(port) {
            self.save(folder);
        }
    }

    /// Writes down what is known.
    pub(super) fn save(&mut self, folder: &Folder) {
        self.dirty = false;
        self.known.write(folder);
    }
}

/// Listens: where that was said, or else on the port of last time, so that others find this station where it was.
pub(super) fn listen(
    folder: &Folder,
    key: &SecretKey,
    options: &SyncOptions,
    wire: &Arc<Wire>,
    known: &mut Addresses,
) -> Result<Lan, Problem> {
    let any = |port| {
        let v4 = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
        vec![v4, SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), port)]
    };
    let last = known.known.port.filter(|_| options.bind.is_empty()).map(any);
    let given = if options.bind.is_empty() { any(0) } else { options.bind.clone() };
    let start = |bind| {
        let wire = Arc::clone(wire);
        let options = Options { key: key.clone(), bind, discovery: options.discovery };
        Lan::start(options, move |heard| wire.hear(heard))
    };
    let lan = match last.map(start) {
        Some(Ok(lan)) => lan,
        _ => start(given).map_err(|problem| {
            Problem::new(
                Code::Unreachable,
                format!("This laptop cannot speak with others: {problem}"),
                "Give another address with --sync; port 0 takes a free one.",
            )
        })?,
    };
    if let (true, Some(first)) = (options.bind.is_empty(), lan.addresses().first()) {
        known.listens_on(folder, first.port());
    }
    Ok(lan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_and_the_others_addresses_outlive_a_restart_together() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::at(dir.path());
        folder.make().unwrap();
        let (event, peer) = (EventId([1; 16]), StationKey([2; 32]));
        let there: SocketAddr = "192.168.1.20:4711".parse().unwrap();
        let mut first = Addresses::of(&folder);
        first.listens_on(&folder, 4712);
        first.reached(event, peer, there);
        first.save_now_and_then(&folder, SAVE_EVERY);
        let second = Addresses::of(&folder);
        assert_eq!((second.known.port, second.known(event, peer)), (Some(4712), vec![there]));
    }
}
