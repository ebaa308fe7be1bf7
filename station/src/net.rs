//! The station among others: the engine of each event, the carrier on the LAN, and what both bring to the owner.
//!
//! Everything here runs in the owner's loop, after whoever stands at a door: what comes over the network waits in a
//! bounded queue of its own, and is taken in small steps when nobody asks for anything.

mod addresses;
mod enrol;
mod guests;
mod joining;
mod laptop;
mod lines;
mod took;
#[cfg(feature = "trace-frames")]
pub mod trace;
mod wire;

pub(crate) use joining::ticket;
pub(crate) use wire::{TOGETHER_MAX, Wire};

use crate::api::{Answer, Command, JoinLine, Output, Request, SyncLine};
use crate::clock::SystemEntropy;
use crate::owner::Shared;
use crate::post::Post;
use crate::problem::{Code, Problem};
use crate::station::Station;
use addresses::Addresses;
use enrol::Joiner;
use jiff::Timestamp;
use joining::Joining;
use laptop::Laptop;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use sync::engine::{self, Effect, Engine, Guards, Input, Lane, LinkId, Now};
use sync::id::EventId;
use sync::lan::{Heard, Lan, Purpose};
use sync::replica::Replica;
use wire::Told;

/// How this laptop speaks with others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncOptions {
    /// Addresses to listen on; none: every interface.
    pub bind: Vec<SocketAddr>,
    /// Whether stations are looked for by multicast.
    pub discovery: bool,
    /// Where every frame is written down; only in test builds.
    #[serde(default)]
    pub trace: Option<std::path::PathBuf>,
    /// A guard that is left out; only in test builds.
    #[serde(default)]
    pub without: Option<String>,
}

/// Who a link is with, as far as this station is concerned.
#[derive(Debug)]
enum Route {
    /// A station of an event.
    Sync(EventId),
    /// A laptop that wants in.
    Joiner(Box<Joiner>),
    /// The station that lets this laptop in.
    Joining,
}

/// The station's ties to others.
pub(crate) struct Net {
    wire: Arc<Wire>,
    started: Instant,
    options: SyncOptions,
    lan: Option<Lan>,
    engines: BTreeMap<EventId, Engine>,
    routes: BTreeMap<LinkId, Route>,
    joining: Option<Joining>,
    /// How often each ticket was asked with, beyond what the laptops that were let in may have needed.
    asks: BTreeMap<String, u32>,
    addresses: Addresses,
    laptop: Laptop,
    /// What screens were last told, and when.
    told: BTreeMap<EventId, (Instant, SyncLine)>,
    told_join: JoinLine,
    /// Events whose peers have changed since screens were told.
    stirred: BTreeMap<EventId, bool>,
    /// Admissions that the host here was told of.
    greeted: BTreeSet<domain::id::RecordRef>,
    #[cfg(feature = "trace-frames")]
    trace: Option<trace::Trace>,
}

impl Net {
    pub(crate) fn new(station: &Station, wire: Arc<Wire>) -> Self {
        Self {
            wire,
            started: Instant::now(),
            options: SyncOptions::default(),
            lan: None,
            engines: BTreeMap::new(),
            routes: BTreeMap::new(),
            joining: None,
            asks: BTreeMap::new(),
            addresses: Addresses::of(&station.folder),
            laptop: Laptop::default(),
            told: BTreeMap::new(),
            told_join: JoinLine::default(),
            stirred: BTreeMap::new(),
            greeted: BTreeSet::new(),
            #[cfg(feature = "trace-frames")]
            trace: None,
        }
    }

    /// Whether something waits to be taken.
    pub(crate) fn has_work(&self) -> bool {
        self.wire.waiting() > 0
    }

    fn now(&self) -> Now {
        let ticks = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Now { wall: crate::clock::now().as_millisecond(), ticks }
    }

    /// Speaks with others from now on; where it does already, nothing changes.
    pub(crate) fn start(
        &mut self,
        station: &mut Station,
        options: &SyncOptions,
    ) -> Result<(), Problem> {
        if self.lan.is_some() {
            return Ok(());
        }
        let (key, _) = station.folder.found_station(&crate::folder::host_name())?;
        let known = &mut self.addresses;
        let lan = addresses::listen(&station.folder, &key, options, &self.wire, known)?;
        self.options = options.clone();
        #[cfg(feature = "trace-frames")]
        if let Some(file) = &options.trace {
            self.trace = Some(trace::Trace::to(file)?);
        }
        self.lan = Some(lan);
        self.laptop.start();
        Wire::tick(&self.wire);
        for id in station.folder.events()? {
            self.tie(station, id);
        }
        Ok(())
    }

    /// Addresses at which others find this station.
    pub(crate) fn listening(&self) -> Vec<SocketAddr> {
        let all = self.lan.as_ref().map(Lan::addresses).unwrap_or_default();
        // Without a network the carrier names this laptop's own loopback, where nobody else finds it.
        let only_here = !self.options.bind.is_empty()
            && self.options.bind.iter().all(|bind| bind.ip().is_loopback());
        all.into_iter().filter(|address| only_here || !address.ip().is_loopback()).collect()
    }

    /// Makes the engine of an event, and looks for its stations.
    fn tie(&mut self, station: &mut Station, id: EventId) {
        let Ok(open) = station.event(id) else { return };
        if !self.engines.contains_key(&id) {
            let engine = Engine::new(&open.store, self.guards());
            self.engines.insert(id, engine);
        }
        self.count_conflicts(station, id);
        self.post(station, id);
        self.seek(station, id);
    }

    fn guards(&self) -> Guards {
        #[cfg(feature = "trace-frames")]
        if self.options.without.as_deref() == Some("scope") {
            return Guards::ALL.without(engine::Guard::Scope);
        }
        Guards::ALL
    }

    /// Takes the next thing that came.
    pub(crate) fn step(&mut self, station: &mut Station, shared: &Shared) {
        match self.wire.next() {
            None => {}
            Some(Told::Tick) => self.tick(station, shared),
            Some(Told::Heard(heard)) => self.hear(station, shared, heard),
        }
    }

    fn hear(&mut self, station: &mut Station, shared: &Shared, heard: Heard) {
        match heard {
            Heard::Opened { link, peer, event, purpose: Purpose::Sync, dialed, address } => {
                if let Some(address) = address {
                    self.addresses.reached(event, peer, address);
                }
                if station.event(event).is_err() {
                    self.hang_up(link);
                    return;
                }
                self.routes.insert(link, Route::Sync(event));
                self.give(station, shared, event, Input::Opened { link, peer, dialed });
            }
            Heard::Opened { link, peer, event, purpose: Purpose::Join, dialed: false, .. } => {
                let joiner = Joiner::new(event, peer, self.started.elapsed());
                self.routes.insert(link, Route::Joiner(Box::new(joiner)));
            }
            Heard::Opened { link, purpose: Purpose::Join, dialed: true, .. } => {
                self.routes.insert(link, Route::Joining);
                self.ask_to_join(station, link);
            }
            Heard::Bytes { link, lane, bytes } => match self.routes.get(&link) {
                Some(Route::Sync(event)) => {
                    let event = *event;
                    #[cfg(feature = "trace-frames")]
                    self.traced_in(event, link, lane, &bytes);
                    let bytes = bytes.as_slice();
                    self.give(station, shared, event, Input::Bytes { link, lane, bytes });
                }
                Some(Route::Joiner(_)) => self.joiner_says(station, shared, link, &bytes),
                Some(Route::Joining) => self.issuer_says(station, shared, link, &bytes),
                None => {}
            },
            Heard::Closed { link } => match self.routes.remove(&link) {
                Some(Route::Sync(event)) => {
                    self.give(station, shared, event, Input::Closed { link });
                }
                Some(Route::Joiner(joiner)) => self.joiner_left(shared, &joiner),
                Some(Route::Joining) => self.issuer_left(),
                None => {}
            },
            Heard::Addresses(_) => {
                let events: Vec<EventId> = self.engines.keys().copied().collect();
                events.into_iter().for_each(|event| self.post(station, event));
            }
        }
    }

    /// Lets an engine take something in, and does what it wants.
    fn give(&mut self, station: &mut Station, shared: &Shared, id: EventId, input: Input<'_>) {
        let now = self.now();
        let Some(engine) = self.engines.get_mut(&id) else { return };
        let Ok(open) = station.event(id) else { return };
        match engine.handle(input, now, &mut open.store, &mut SystemEntropy) {
            Ok(effects) => self.act(station, shared, id, effects),
            // A disk that fails is told where somebody asks for something; nobody is kept waiting here.
            Err(_) => self.give_up(id),
        }
        station.note_health();
    }

    fn act(&mut self, station: &mut Station, shared: &Shared, id: EventId, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { link, lane, bytes } => self.send(id, link, lane, bytes),
                Effect::Close { link, .. } => self.hang_up(link),
                Effect::Took(took) => self.took(station, shared, id, &took),
                Effect::Peers => {
                    self.stirred.insert(id, true);
                }
            }
        }
    }

    fn send(&mut self, _id: EventId, link: LinkId, lane: Lane, bytes: Vec<u8>) {
        #[cfg(feature = "trace-frames")]
        self.traced_out(_id, link, lane, &bytes);
        if let Some(lan) = &self.lan {
            lan.send(link, lane, bytes);
        }
    }

    fn hang_up(&mut self, link: LinkId) {
        self.routes.remove(&link);
        if let Some(lan) = &self.lan {
            lan.close(link);
        }
    }

    /// No more of an event until its store is well: its links are closed, so that nobody waits for it.
    fn give_up(&mut self, id: EventId) {
        let links: Vec<LinkId> = self
            .routes
            .iter()
            .filter(|(_, route)| matches!(route, Route::Sync(event) if *event == id))
            .map(|(link, _)| *link)
            .collect();
        links.into_iter().for_each(|link| self.hang_up(link));
        self.engines.remove(&id);
    }

    fn tick(&mut self, station: &mut Station, shared: &Shared) {
        self.look_after(station);
        let events = station.folder.events().unwrap_or_default();
        for id in events {
            if !self.engines.contains_key(&id) && station.healthy(id).is_ok() {
                self.tie(station, id);
            }
            self.give(station, shared, id, Input::Tick);
            self.seek(station, id);
            self.tell_screens(station, shared, id);
        }
        self.retry_joining(shared);
        self.addresses.save_now_and_then(&station.folder, self.started.elapsed());
    }

    /// Tells the others what this station has just written.
    pub(crate) fn recorded(&mut self, station: &mut Station, shared: &Shared) {
        let events: Vec<EventId> = self.engines.keys().copied().collect();
        let is_open = |id: &EventId| station.open.contains_key(id);
        let events: Vec<EventId> = events.into_iter().filter(is_open).collect();
        for id in events {
            self.give(station, shared, id, Input::Recorded);
        }
    }

    /// Says how this laptop is to be told of.
    fn post(&mut self, station: &mut Station, id: EventId) {
        let now = self.now();
        let post = Post::of(&station.folder);
        let power = self.laptop.seen().power;
        let told = engine::Post {
            gate: post.gate(&id.to_string()).map(str::to_owned),
            battery: power.battery,
            on_mains: power.on_mains,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            addresses: self.listening().iter().map(ToString::to_string).collect(),
        };
        let (Some(engine), Ok(open)) = (self.engines.get_mut(&id), station.event(id)) else {
            return;
        };
        let effects = engine.handle(Input::Posted(told), now, &mut open.store, &mut SystemEntropy);
        for effect in effects.unwrap_or_default() {
            if let Effect::Send { link, lane, bytes } = effect {
                self.send(id, link, lane, bytes);
            }
        }
    }

    /// Answers what is about other stations; none: it is about something else.
    pub(crate) fn answer(
        &mut self,
        station: &mut Station,
        request: &Request,
        now: Timestamp,
    ) -> Option<Answer> {
        match &request.command {
            Command::SyncStart(options) => {
                return Some(self.start(station, options).map(|()| self.started_line()));
            }
            Command::Join { ticket, name } => {
                return Some(self.join(station, ticket, name.as_deref()));
            }
            Command::JoinShow => return Some(Ok(self.join_show(station))),
            Command::JoinCancel => return Some(Ok(self.join_cancel(station))),
            Command::Invite(_)
            | Command::Joiners
            | Command::Approve { .. }
            | Command::Dismiss { .. }
            | Command::Peers
            | Command::SyncShow
            | Command::Assign { .. }
            | Command::Revoke { .. } => {}
            _ => return None,
        }
        let id = match station.choose(request.event.as_deref()) {
            Ok(id) => id,
            Err(problem) => return Some(Err(problem)),
        };
        Some(self.answer_of(station, id, &request.command, now))
    }

    fn answer_of(
        &mut self,
        station: &mut Station,
        id: EventId,
        command: &Command,
        now: Timestamp,
    ) -> Answer {
        match command {
            Command::Invite(ask) => self.invite(station, id, ask, now),
            Command::Joiners => self.joiners(station, id),
            Command::Approve { digits } if digits.is_empty() => self.joiners(station, id),
            Command::Approve { digits } => self.approve(station, id, digits, now),
            Command::Dismiss { digits } => self.dismiss(station, id, digits),
            Command::Peers => self.peers(station, id),
            Command::Assign { station: wanted, role, gate, name } => {
                let to = (role.as_deref(), gate.as_deref(), name.as_deref());
                self.assign(station, id, wanted, to, now)
            }
            Command::Revoke { station: wanted, root_key } => {
                self.revoke(station, id, wanted, root_key.as_deref(), now)
            }
            _ => self.sync_show(station, id),
        }
    }

    /// Addresses at which others find this station, one a line.
    fn started_line(&self) -> Vec<Output> {
        let addresses = self.listening();
        vec![Output::Note(addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    }

    /// What follows for the others from a request that was answered.
    pub(crate) fn after(&mut self, station: &mut Station, shared: &Shared, request: &Request) {
        self.recorded(station, shared);
        self.laptop.after(&request.command);
        if matches!(request.command, Command::StationSet(_)) {
            self.posted(station);
        }
        if matches!(request.command, Command::ConflictResolve { .. } | Command::Undo { .. })
            && let Ok(id) = station.choose(request.event.as_deref())
        {
            self.count_conflicts(station, id);
        }
    }

    /// What this laptop is set to has changed.
    pub(crate) fn posted(&mut self, station: &mut Station) {
        let events: Vec<EventId> = self.engines.keys().copied().collect();
        events.into_iter().for_each(|id| self.post(station, id));
    }

    /// Wants links with the stations of an event, as far as it may.
    fn seek(&mut self, station: &mut Station, id: EventId) {
        let (Some(lan), Some(engine)) = (&self.lan, self.engines.get(&id)) else { return };
        let Ok(open) = station.event(id) else { return };
        let linked = engine.links().into_values().collect();
        let wanted =
            sync::topology::wanted(id, open.store.key().public(), open.store.members(), &linked);
        for (peer, told) in engine.addresses() {
            self.addresses.heard(id, peer, &told);
        }
        let wanted: BTreeMap<_, _> =
            wanted.into_iter().map(|peer| (peer, self.addresses.known(id, peer))).collect();
        if self.addresses.changed(id, &wanted) {
            lan.accept(id, [Purpose::Sync, Purpose::Join]);
            lan.peers(id, wanted);
        }
    }

    fn engine(&mut self, station: &mut Station, id: EventId) -> Result<&Engine, Problem> {
        if !self.engines.contains_key(&id) {
            let open = station.event(id)?;
            let engine = Engine::new(&open.store, self.guards());
            self.engines.insert(id, engine);
        }
        self.engines.get(&id).ok_or_else(|| {
            Problem::new(Code::Unreachable, "The event is not open.", "Do it again.")
        })
    }
}

impl std::fmt::Debug for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Net({} events, {} links)", self.engines.len(), self.routes.len())
    }
}
