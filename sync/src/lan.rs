//! The carrier on one network: authenticated links between stations, each with two lanes of bytes.
//!
//! It knows links, lanes, bytes and addresses, and nothing of records, frames or rights: what an event's stations
//! may say to each other is for those who listen. A station is its key, proven by TLS; who may sync is decided above.
//! Nothing here asks the internet for anything: no relay, no lookup, no port mapper.
//!
//! One thread with its own runtime does all of it. What the outside wants is written into shared state, never into a
//! queue, so that no call waits: [`Lan::peers`] says with whom a link is wanted, and the driver keeps dialing.
//! At most one link of a purpose lasts between two stations; when both dial at once, the one that the smaller key
//! dialed stays.

mod address;
mod driver;
mod limits;
mod link;
mod mdns;
mod outbox;
mod preamble;
mod shared;
mod state;
#[cfg(test)]
mod tests;

pub use crate::engine::{Lane, LinkId};
use crate::id::{EventId, StationKey};
use crate::keys::SecretKey;
use shared::Shared;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Two stations of an event agree on its records.
    Sync,
    /// A laptop asks to become a station.
    Join,
}

/// What the driver tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Both sides have agreed on a link; bytes can be sent.
    Opened {
        /// The new link.
        link: LinkId,
        /// The station at the other end; TLS has proven its key.
        peer: StationKey,
        /// The event it is about.
        event: EventId,
        /// What it is for.
        purpose: Purpose,
        /// Whether this side dialed.
        dialed: bool,
        /// Where the peer was reached.
        address: Option<SocketAddr>,
    },
    /// Bytes of one lane, in order, at most 64 KiB.
    Bytes {
        /// The link.
        link: LinkId,
        /// The lane.
        lane: Lane,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// The link is gone, whoever closed it. Told once for each [`Heard::Opened`], as the last of that link.
    Closed {
        /// The link.
        link: LinkId,
    },
    /// Where other stations can reach this one now: at start and after every change.
    Addresses(Vec<SocketAddr>),
}

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// The station's key; others find it authenticated as the peer.
    pub key: SecretKey,
    /// Where to listen; port 0 is chosen by the system. Where only loopback addresses stand here, nothing leaves the
    /// machine.
    pub bind: Vec<SocketAddr>,
    /// Whether to announce and look for stations by mDNS. Without it no multicast socket is opened.
    pub discovery: bool,
}

/// Why the carrier could not start.
#[derive(Debug, thiserror::Error)]
pub enum LanProblem {
    /// No address to listen at was given, or none could be taken.
    #[error("cannot listen at {addresses}: {reason}. Is another program using the port?")]
    Bind {
        /// What was asked for.
        addresses: String,
        /// What the system said.
        reason: String,
    },
    /// The system gave no thread.
    #[error("cannot start the network thread: {0}")]
    Thread(#[from] std::io::Error),
}

/// The running carrier. Dropping it closes all links and ends its threads; nothing is told afterwards.
pub struct Lan {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Lan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lan({})", self.shared.me)
    }
}

impl Lan {
    /// Starts listening. `hear` is called on the driver's thread and must not block: where it returns `false`, its
    /// queue is full, and the same is told again shortly; until then that link is not read, and the peer cannot send
    /// more. It must not drop the `Lan`.
    ///
    /// # Errors
    /// Where no thread or no address could be had.
    pub fn start(
        options: Options,
        hear: impl Fn(Heard) -> bool + Send + Sync + 'static,
    ) -> Result<Self, LanProblem> {
        let shared = Arc::new(Shared::new(options.key.public(), Box::new(hear)));
        let thread = driver::start(options, Arc::clone(&shared))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Where this station can be reached now, for tickets.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.shared.state().addresses.clone()
    }

    /// Sends bytes in order on one lane. Never waits; a link on which more than 16 MiB wait is closed.
    pub fn send(&self, link: LinkId, lane: Lane, bytes: Vec<u8>) {
        let outbox = self.shared.state().outbox(link);
        if let Some(outbox) = outbox {
            outbox.push(lane, bytes);
        }
    }

    /// Closes a link. What was sent before still goes out, for at most two seconds; nothing of it is heard any more
    /// but [`Heard::Closed`].
    pub fn close(&self, link: LinkId) {
        let outbox = self.shared.state().outbox(link);
        if let Some(outbox) = outbox {
            outbox.finish();
        }
    }

    /// The stations of an event with which a link is wanted, and the addresses known so far. Replaces the event's
    /// earlier set; links to stations that are no longer in it stay until they are closed. From now on, links of
    /// this event for [`Purpose::Sync`] are accepted from anybody.
    pub fn peers(&self, event: EventId, wanted: BTreeMap<StationKey, Vec<SocketAddr>>) {
        self.shared.state().want(event, wanted, self.shared.now());
        self.shared.wake();
    }

    /// Accepts links of an event for these purposes, besides those that [`Lan::peers`] accepts. Replaces what was
    /// said before.
    pub fn accept(&self, event: EventId, purposes: impl IntoIterator<Item = Purpose>) {
        self.shared.state().offer(event, purposes.into_iter().collect::<BTreeSet<_>>());
        self.shared.wake();
    }

    /// Dials once, now, whether or not there is a link already. Whether it worked is told by [`Heard::Opened`], or
    /// not at all; an attempt lasts 1.5 s at most.
    pub fn dial(
        &self,
        event: EventId,
        peer: StationKey,
        addresses: impl IntoIterator<Item = SocketAddr>,
        purpose: Purpose,
    ) {
        self.shared.state().dial_once(event, peer, purpose, addresses.into_iter().collect());
        self.shared.wake();
    }

    /// No more links for this event: dials nobody, accepts nobody, closes what is open.
    pub fn forget(&self, event: EventId) {
        self.shared.state().forget(event);
        self.shared.wake();
    }
}

impl Drop for Lan {
    fn drop(&mut self) {
        self.shared.stop.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A panic of that thread is its own report; there is nobody to hand it to.
            drop(thread.join());
        }
    }
}
