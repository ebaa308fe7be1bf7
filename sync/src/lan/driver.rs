//! The thread and its tasks: listening, dialing, watching the own addresses.

use super::limits::{
    ATTEMPT, FIRST_ROUND_TRIP, HANDSHAKES, IDLE, KEEP_ALIVE, LANE_WINDOW, REDIAL_MS, REFUSED_MS,
    STOP, WATCH,
};
use super::link::{self, NoLink};
use super::preamble::ALPN;
use super::shared::Shared;
use super::state::Attempt;
use super::{Heard, LanProblem, LinkId, Options, address, mdns};
use iroh::endpoint::{
    BindOpts, Connection, Endpoint, IdleTimeout, Incoming, LocalTransportAddr, QuicTransportConfig,
    VarInt, presets,
};
use iroh::{RelayMode, SecretKey};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::{Notify, Semaphore};
use tokio::time::{sleep, sleep_until, timeout};

pub(super) struct Driver {
    pub(super) shared: Arc<Shared>,
    pub(super) endpoint: Endpoint,
    loopback: bool,
    connections: Mutex<BTreeMap<LinkId, Connection>>,
    /// The own addresses have changed.
    pub(super) moved: Notify,
}

/// Starts the thread; returns when it listens.
pub(super) fn start(options: Options, shared: Arc<Shared>) -> Result<JoinHandle<()>, LanProblem> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (ready, is_ready) = sync_channel(1);
    let thread = std::thread::Builder::new().name("lan".into()).spawn(move || {
        runtime.block_on(async {
            let endpoint = match bind(&options).await {
                Ok(endpoint) => endpoint,
                Err(problem) => return drop(ready.send(Err(problem))),
            };
            let driver = Arc::new(Driver {
                loopback: address::is_loopback(&options.bind),
                connections: Mutex::new(BTreeMap::new()),
                moved: Notify::new(),
                shared,
                endpoint,
            });
            let interfaces = address::interfaces().unwrap_or_default();
            driver.shared.state().addresses = driver.reachable(&interfaces);
            drop(ready.send(Ok(())));
            tokio::select! {
                () = driver.listen() => {}
                () = driver.keep_dialing() => {}
                () = driver.watch(interfaces) => {}
                () = mdns::run(&driver, options.discovery && !driver.loopback) => {}
                () = driver.shared.stop.notified() => {}
            }
            // Whether or not all peers could be told in that time.
            let _ = timeout(STOP, driver.endpoint.close()).await;
        });
    })?;
    match is_ready.recv() {
        Ok(Ok(())) => Ok(thread),
        Ok(Err(problem)) => Err(problem),
        Err(_) => Err(LanProblem::Thread(std::io::Error::other("it ended at once"))),
    }
}

async fn bind(options: &Options) -> Result<Endpoint, LanProblem> {
    let problem = |reason: String| {
        let addresses: Vec<_> = options.bind.iter().map(ToString::to_string).collect();
        LanProblem::Bind { addresses: addresses.join(", "), reason }
    };
    let mut builder = Endpoint::builder(presets::Minimal)
        .relay_mode(RelayMode::Disabled)
        .clear_address_lookup()
        .clear_ip_transports()
        .secret_key(SecretKey::from_bytes(&options.key.seed()))
        .alpns(vec![ALPN.to_vec()])
        .transport_config(transport().map_err(|error| problem(error.to_string()))?);
    for address in &options.bind {
        // A laptop may have IPv6 switched off, and does not need it.
        let required = address.is_ipv4() || options.bind.iter().all(SocketAddr::is_ipv6);
        let opts = BindOpts::default().set_is_required(required);
        builder = builder
            .bind_addr_with_opts(*address, opts)
            .map_err(|error| problem(error.to_string()))?;
    }
    let endpoint = builder.bind().await.map_err(|error| problem(format!("{error:#}")))?;
    if endpoint.bound_sockets().is_empty() {
        return Err(problem("no socket".into()));
    }
    Ok(endpoint)
}

fn transport() -> Result<QuicTransportConfig, iroh::endpoint::VarIntBoundsExceeded> {
    let window = VarInt::from_u32(LANE_WINDOW);
    Ok(QuicTransportConfig::builder()
        .max_idle_timeout(Some(IdleTimeout::try_from(IDLE)?))
        .keep_alive_interval(KEEP_ALIVE)
        .default_path_max_idle_timeout(IDLE)
        .default_path_keep_alive_interval(KEEP_ALIVE)
        .initial_rtt(FIRST_ROUND_TRIP)
        // Two lanes and nothing else.
        .max_concurrent_bidi_streams(VarInt::from_u32(2))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .datagram_receive_buffer_size(None)
        .stream_receive_window(window)
        .receive_window(VarInt::from_u32(2 * LANE_WINDOW))
        .send_window(2 * u64::from(LANE_WINDOW))
        .build())
}

impl Driver {
    pub(super) fn may_dial(&self, address: &SocketAddr) -> bool {
        address::may_dial(address, self.loopback)
    }

    fn reachable(&self, interfaces: &BTreeSet<IpAddr>) -> Vec<SocketAddr> {
        address::reachable(&self.endpoint.bound_sockets(), interfaces)
    }

    fn connections(&self) -> MutexGuard<'_, BTreeMap<LinkId, Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn connected(&self, link: LinkId, connection: &Connection) {
        self.connections().insert(link, connection.clone());
    }

    pub(super) fn disconnected(&self, link: LinkId) {
        self.connections().remove(&link);
    }

    async fn listen(self: &Arc<Self>) {
        let handshakes = Arc::new(Semaphore::new(HANDSHAKES));
        while let Some(incoming) = self.endpoint.accept().await {
            let Ok(permit) = Arc::clone(&handshakes).try_acquire_owned() else {
                incoming.refuse();
                continue;
            };
            let driver = Arc::clone(self);
            tokio::spawn(async move {
                let agreed = timeout(ATTEMPT, agree(&driver, incoming)).await.ok().flatten();
                drop(permit);
                if let Some(link) = agreed.and_then(|agreed| agreed.open(&driver)) {
                    link.carry(&driver).await;
                }
            });
        }
    }

    async fn keep_dialing(self: &Arc<Self>) {
        loop {
            let (attempts, next) = self.shared.state().due(Instant::now());
            for attempt in attempts {
                tokio::spawn(Arc::clone(self).attempt(attempt));
            }
            let wait = async {
                match next {
                    Some(next) => sleep_until(next.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.shared.dial.notified() => {}
                () = wait => {}
            }
        }
    }

    async fn attempt(self: Arc<Self>, attempt: Attempt) {
        let result = timeout(ATTEMPT, link::dial(&self, &attempt)).await;
        let result = result.unwrap_or(Err(NoLink::Unreachable));
        let pause = if matches!(result, Err(NoLink::Refused)) { REFUSED_MS } else { REDIAL_MS };
        let link = result.ok().and_then(|agreed| agreed.open(&self));
        self.shared.state().attempted(&attempt, Instant::now(), self.shared.pause(pause));
        self.shared.dial.notify_one();
        if let Some(link) = link {
            link.carry(&self).await;
        }
    }

    /// Tells the own addresses, and what to do when they change. Waiting for the transport to find out took 6 s.
    async fn watch(&self, mut interfaces: BTreeSet<IpAddr>) {
        self.tell_addresses().await;
        loop {
            sleep(WATCH).await;
            let Some(now) = address::interfaces() else { continue };
            let addresses = self.reachable(&now);
            if now == interfaces || addresses == self.shared.state().addresses {
                interfaces = now;
                continue;
            }
            self.shared.state().addresses = addresses;
            self.endpoint.network_change().await;
            self.drop_stranded(&now);
            self.shared.state().dial_all(Instant::now());
            self.shared.dial.notify_one();
            self.moved.notify_one();
            interfaces = now;
            self.tell_addresses().await;
        }
    }

    async fn tell_addresses(&self) {
        let addresses = self.shared.state().addresses.clone();
        self.shared.tell(Heard::Addresses(addresses)).await;
    }

    /// Ends links whose own address is gone, if there is another to dial from: an interface that flaps may come back
    /// with the same address before the link has died.
    fn drop_stranded(&self, interfaces: &BTreeSet<IpAddr>) {
        if interfaces.iter().all(IpAddr::is_loopback) {
            return;
        }
        let connections = self.connections();
        let stranded =
            connections.iter().filter(|(_, connection)| is_stranded(connection, interfaces));
        let links: Vec<_> = stranded.map(|(link, _)| *link).collect();
        drop(connections);
        self.shared.state().drop_links(&links);
    }
}

async fn agree(driver: &Driver, incoming: Incoming) -> Option<link::Agreed> {
    link::answer(driver, incoming.accept().ok()?.await.ok()?).await
}

/// Whether every path of the connection begins at an address that this laptop no longer has.
fn is_stranded(connection: &Connection, interfaces: &BTreeSet<IpAddr>) -> bool {
    let paths = connection.paths();
    paths.iter().all(|path| match path.local_addr() {
        LocalTransportAddr::Ip(Some(ip)) => !interfaces.contains(&ip.to_canonical()),
        _ => false,
    })
}
