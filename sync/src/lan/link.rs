//! One connection: agreeing on what it is for, then carrying bytes until it ends.

use super::driver::Driver;
use super::limits::{CHUNK, GOODBYE};
use super::outbox::{Next, Outbox};
use super::preamble::{ALPN, LEN, Preamble, WELCOME};
use super::shared::Shared;
use super::state::{Attempt, Candidate};
use super::{Heard, Lane, LinkId, Purpose};
use crate::id::{EventId, StationKey};
use iroh::endpoint::{Connection, ConnectionError, RecvStream, SendStream, VarInt};
use iroh::{EndpointAddr, EndpointId, TransportAddr};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// Codes of closing, told to the other side.
pub(super) const DONE: u32 = 0;
/// The event or purpose is not served here.
pub(super) const REFUSED: u32 = 1;
/// Another link of the same stations stays.
pub(super) const DOUBLE: u32 = 2;

/// Why there is no link. Nobody is told the cause but the loop that dials again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoLink {
    Unreachable,
    Refused,
}

/// The streams of one lane.
struct Streams {
    send: SendStream,
    recv: RecvStream,
}

/// An agreed connection.
pub(super) struct Agreed {
    connection: Connection,
    candidate: Candidate,
    bulk: Streams,
    live: Streams,
    /// Kept until the link is open.
    claim: Option<Claim>,
}

/// The right to agree on a link, given back when it ends.
struct Claim {
    shared: Arc<Shared>,
    on: (EventId, StationKey, Purpose),
}

impl Claim {
    fn take(shared: &Arc<Shared>, attempt: &Attempt, began: Instant) -> Option<Self> {
        let on = (attempt.event, attempt.peer, attempt.purpose);
        shared.state().claim(attempt, began).then(|| Self { shared: Arc::clone(shared), on })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.shared.state().release(self.on);
    }
}

/// Dials all addresses at the same time and waits for the other side's welcome.
pub(super) async fn dial(driver: &Driver, attempt: &Attempt) -> Result<Agreed, NoLink> {
    let began = Instant::now();
    let id = EndpointId::from_bytes(&attempt.peer.0).map_err(|_| NoLink::Unreachable)?;
    let addresses = attempt.addresses.iter().filter(|address| driver.may_dial(address));
    let addresses =
        EndpointAddr::from_parts(id, addresses.map(|address| TransportAddr::Ip(*address)));
    if addresses.is_empty() {
        return Err(NoLink::Unreachable);
    }
    let connection =
        driver.endpoint.connect(addresses, ALPN).await.map_err(|_| NoLink::Unreachable)?;
    let claim = Claim::take(&driver.shared, attempt, began).ok_or(NoLink::Unreachable)?;
    let streams = async {
        let mut bulk = open(&connection, attempt, Lane::Bulk).await?;
        let mut live = open(&connection, attempt, Lane::Live).await?;
        welcomed(&mut bulk).await?;
        welcomed(&mut live).await?;
        Some((bulk, live))
    };
    let Some((bulk, live)) = streams.await else {
        return Err(match connection.close_reason() {
            Some(ConnectionError::ApplicationClosed(close))
                if close.error_code == VarInt::from_u32(REFUSED) =>
            {
                NoLink::Refused
            }
            _ => NoLink::Unreachable,
        });
    };
    let Attempt { event, peer, purpose, .. } = *attempt;
    let candidate = Candidate { event, peer, purpose, dialed: true, wanted: attempt.wanted, began };
    Ok(Agreed { connection, candidate, bulk, live, claim: Some(claim) })
}

async fn open(connection: &Connection, attempt: &Attempt, lane: Lane) -> Option<Streams> {
    let (mut send, recv) = connection.open_bi().await.ok()?;
    let preamble = Preamble { purpose: attempt.purpose, event: attempt.event, lane };
    send.write_all(&preamble.encode()).await.ok()?;
    Some(Streams { send, recv })
}

async fn welcomed(streams: &mut Streams) -> Option<()> {
    let mut answer = [0];
    streams.recv.read_exact(&mut answer).await.ok()?;
    (answer == [WELCOME]).then_some(())
}

/// Hears what an incoming connection is for. Refused at once where that is not served.
pub(super) async fn answer(driver: &Driver, connection: Connection) -> Option<Agreed> {
    let began = Instant::now();
    let peer = StationKey(*connection.remote_id().as_bytes());
    let (first, one) = incoming(&connection).await?;
    if !driver.shared.state().accepts(first.event, first.purpose) {
        connection.close(VarInt::from_u32(REFUSED), b"");
        return None;
    }
    let (second, two) = incoming(&connection).await?;
    let same = (first.event, first.purpose) == (second.event, second.purpose);
    let (bulk, live) = match (first.lane, second.lane) {
        (Lane::Bulk, Lane::Live) if same => (one, two),
        (Lane::Live, Lane::Bulk) if same => (two, one),
        _ => return None,
    };
    let Preamble { event, purpose, .. } = first;
    let candidate = Candidate { event, peer, purpose, dialed: false, wanted: false, began };
    Some(Agreed { connection, candidate, bulk, live, claim: None })
}

async fn incoming(connection: &Connection) -> Option<(Preamble, Streams)> {
    let (send, mut recv) = connection.accept_bi().await.ok()?;
    let mut bytes = [0; LEN];
    recv.read_exact(&mut bytes).await.ok()?;
    Some((Preamble::decode(bytes)?, Streams { send, recv }))
}

/// The address by which the peer is reached now.
pub(super) fn address_of(connection: &Connection) -> Option<SocketAddr> {
    let paths = connection.paths();
    let chosen = paths.iter().find(|path| path.is_selected()).or_else(|| paths.iter().next())?;
    match chosen.remote_addr() {
        TransportAddr::Ip(address) => Some(*address),
        _ => None,
    }
}

impl Agreed {
    /// Becomes a link, if it is the one to keep.
    pub(super) fn open(mut self, driver: &Driver) -> Option<Link> {
        let opened = driver.shared.state().open(self.candidate, Instant::now());
        self.claim = None;
        let Some((id, outbox)) = opened else {
            self.connection.close(VarInt::from_u32(DOUBLE), b"");
            return None;
        };
        driver.connected(id, &self.connection);
        Some(Link { id, outbox, agreed: self })
    }
}

/// An open link.
pub(super) struct Link {
    id: LinkId,
    outbox: Arc<Outbox>,
    agreed: Agreed,
}

impl Link {
    /// Tells that it is open, carries it to its end, and tells that.
    pub(super) async fn carry(self, driver: &Driver) {
        let Self { id: link, outbox, mut agreed } = self;
        let shared = &driver.shared;
        let Candidate { event, peer, purpose, dialed, .. } = agreed.candidate;
        if !dialed {
            // A write that fails shows itself when reading.
            let _ = agreed.bulk.send.write_all(&[WELCOME]).await;
            let _ = agreed.live.send.write_all(&[WELCOME]).await;
        }
        let _ = agreed.live.send.set_priority(1);
        let address = address_of(&agreed.connection);
        if let Some(address) = address {
            shared.state().learn(peer, &[address], Instant::now());
        }
        shared.tell(Heard::Opened { link, peer, event, purpose, dialed, address }).await;
        agreed.pump(driver, link, &outbox).await;
        driver.disconnected(link);
        shared.state().closed(link, Instant::now());
        shared.dial.notify_one();
        shared.tell(Heard::Closed { link }).await;
    }
}

impl Agreed {
    async fn pump(self, driver: &Driver, link: LinkId, outbox: &Outbox) {
        let Self { connection, bulk, live, .. } = self;
        let reads = async {
            // The end of one lane is a goodbye that the other will follow; an error is the end of both.
            let _ = tokio::try_join!(
                read(driver, link, Lane::Bulk, bulk.recv, outbox),
                read(driver, link, Lane::Live, live.recv, outbox)
            );
        };
        let writes = async {
            tokio::join!(
                write(Lane::Bulk, bulk.send, outbox),
                write(Lane::Live, live.send, outbox)
            );
            // The other side closes when it has read everything.
            connection.closed().await;
        };
        tokio::select! {
            () = reads => {}
            () = writes => {}
            () = ended(outbox) => {}
        }
        connection.close(VarInt::from_u32(DONE), b"");
    }
}

/// The link was dropped, or was closed and has had its time to say goodbye.
async fn ended(outbox: &Outbox) {
    while outbox.is_open() {
        outbox.ending.notified().await;
    }
    let goodbye = async {
        while !outbox.is_dropped() {
            outbox.ending.notified().await;
        }
    };
    // Over either way.
    let _ = tokio::time::timeout(GOODBYE, goodbye).await;
}

async fn read(
    driver: &Driver,
    link: LinkId,
    lane: Lane,
    mut recv: RecvStream,
    outbox: &Outbox,
) -> Result<(), NoLink> {
    // Filled with what is there: single packets would make fifty times the calls.
    let mut buffer = vec![0; CHUNK];
    loop {
        match recv.read(&mut buffer).await {
            Ok(Some(len)) if outbox.is_open() => {
                let bytes = buffer.get(..len).unwrap_or_default().to_vec();
                driver.shared.tell(Heard::Bytes { link, lane, bytes }).await;
            }
            // Closed here: what still comes is for nobody.
            Ok(Some(_)) => {}
            Ok(None) => return Ok(()),
            Err(_) => return Err(NoLink::Unreachable),
        }
    }
}

async fn write(lane: Lane, mut send: SendStream, outbox: &Outbox) {
    loop {
        match outbox.pop(lane) {
            Next::Send(bytes) => {
                if send.write_all(&bytes).await.is_err() {
                    return;
                }
                outbox.sent(bytes.len());
            }
            Next::Wait => outbox.changed(lane).await,
            Next::Finish => {
                // Fails only where the stream has already ended.
                let _ = send.finish();
                return;
            }
        }
    }
}
