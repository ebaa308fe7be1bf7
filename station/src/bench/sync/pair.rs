//! Two stations of one event in this process, what they say to each other carried by hand: what records cost without
//! the carrier.

use crate::bench::disk::Place;
use crate::clock::{self, SystemEntropy};
use crate::folder::Folder;
use crate::net::TOGETHER_MAX;
use crate::problem::{Code, Problem};
use crate::station::Station;
use domain::access::{Role, Space, holds};
use std::collections::VecDeque;
use std::time::Instant;
use sync::engine::{Effect, Engine, Guards, Input, Lane, LinkId, Now};
use sync::frame::{Deframer, FRAME_BYTES_MAX};
use sync::id::EventId;
use sync::replica::{Ingested, Replica, introduction};
use sync::store::{Admission, Joining, Store};
use sync::stretch::Verified;

/// The number of the first station, in lists.
pub(super) const OFFICE: usize = 0;
/// And of the second.
pub(super) const DOOR: usize = 1;
/// The carrier hands bytes over in such pieces.
const PIECE: usize = 64 << 10;
/// The one link between the two.
const LINK: LinkId = LinkId(1);

/// One of the two.
pub(super) struct Side {
    pub(super) station: Station,
    engine: Engine,
    /// Seconds spent in the engine and the store.
    pub(super) busy: f64,
    /// Bytes of frames that it sent, and the frames of each lane.
    pub(super) sent: u64,
    pub(super) frames: [Vec<usize>; 2],
    deframers: [Deframer; 2],
}

/// Something that is under way.
struct Piece {
    to: usize,
    lane: Lane,
    bytes: Vec<u8>,
}

/// Two stations.
pub(super) struct Pair {
    pub(super) event: EventId,
    pub(super) sides: [Side; 2],
    started: Instant,
    wire: VecDeque<Piece>,
}

/// Lets a door into the only event of a station: its folder, as joining makes it.
pub(super) fn let_in(office: &mut Station, folder: &Folder, name: &str) -> Result<(), Problem> {
    let event = office.choose(None)?;
    folder.make()?;
    let (key, name) = folder.found_station(name)?;
    let now = clock::now().as_millisecond();
    let store = &mut office.event(event)?.store;
    let admission = Admission {
        station: key.public(),
        box_key: key.box_public(),
        name,
        role: Role::Door,
        exhibitor: None,
        gate: None,
        may_issue: false,
        not_after: None,
    };
    store.admit(&admission, now, &mut SystemEntropy)?;
    let shown = introduction(store).map_err(|problem| failed(&problem.0))?;
    let control: Result<Vec<Verified>, _> =
        shown.into_iter().map(sync::stretch::Stretch::verify).collect();
    let control = control.map_err(|problem| failed(&problem.to_string()))?;
    let draft = folder.draft(event)?;
    let path = draft.join("store.db");
    let installation = folder.installation(&path);
    let joining = Joining { root: store.root(), station: &key, control: &control, installation };
    drop(Store::join(&path, &joining, now, &mut SystemEntropy)?);
    folder.publish(&draft, event)
}

/// What cannot happen between two stations that are well.
pub(super) fn failed(what: &str) -> Problem {
    Problem::new(Code::Damaged, format!("The stations of the bench do not agree: {what}."), "")
}

impl Side {
    fn new(mut station: Station, event: EventId) -> Result<Self, Problem> {
        let engine = Engine::new(&station.event(event)?.store, Guards::ALL);
        let (frames, deframers) = (Default::default(), Default::default());
        Ok(Self { station, engine, busy: 0.0, sent: 0, frames, deframers })
    }

    fn note(&mut self, lane: Lane, bytes: &[u8]) {
        self.sent += bytes.len() as u64;
        let place = usize::from(lane == Lane::Live);
        if let (Some(deframer), Some(list)) =
            (self.deframers.get_mut(place), self.frames.get_mut(place))
        {
            deframer.push(bytes);
            // With the four bytes that say how long each is.
            let frames = deframer.frames(FRAME_BYTES_MAX).unwrap_or_default();
            list.extend(frames.iter().map(|frame| frame.len() + 4));
        }
    }
}

impl Pair {
    /// The station of a folder, and a door that joined it and has heard nothing else yet.
    pub(super) fn new(place: &Place, office: &Folder) -> Result<Self, Problem> {
        let mut station = Station::new(office.clone());
        let event = station.choose(None)?;
        let folder = Folder::at(&place.path("door"));
        let_in(&mut station, &folder, "door")?;
        let sides = [Side::new(station, event)?, Side::new(Station::new(folder), event)?];
        Ok(Self { event, sides, started: Instant::now(), wire: VecDeque::new() })
    }

    pub(super) fn side(&mut self, side: usize) -> Result<&mut Side, Problem> {
        self.sides.get_mut(side).ok_or_else(|| failed("there are two"))
    }

    pub(super) fn store(&mut self, side: usize) -> Result<&mut Store, Problem> {
        let event = self.event;
        Ok(&mut self.side(side)?.station.event(event)?.store)
    }

    fn now(&self) -> Now {
        let ticks = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Now { wall: clock::now().as_millisecond(), ticks }
    }

    /// Counts anew.
    pub(super) fn forget(&mut self) {
        for side in &mut self.sides {
            (side.busy, side.sent, side.frames) = (0.0, 0, Default::default());
        }
    }

    fn give(&mut self, to: usize, input: Input<'_>) -> Result<Option<Ingested>, Problem> {
        let (now, event) = (self.now(), self.event);
        let begun = Instant::now();
        let side = self.side(to)?;
        let open = side.station.event(event)?;
        let effects = side.engine.handle(input, now, &mut open.store, &mut SystemEntropy);
        let effects = effects.map_err(|problem| failed(&problem.0))?;
        side.busy += begun.elapsed().as_secs_f64();
        let mut took = None;
        for effect in effects {
            match effect {
                Effect::Send { lane, bytes, .. } => {
                    self.side(to)?.note(lane, &bytes);
                    let pieces = bytes.chunks(PIECE).map(|piece| Piece {
                        to: 1 - to,
                        lane,
                        bytes: piece.to_vec(),
                    });
                    self.wire.extend(pieces);
                }
                Effect::Took(new) => {
                    self.side(to)?.station.event(event)?.heed(&new);
                    took = Some(new);
                }
                Effect::Close { why, .. } => return Err(failed(&format!("{why:?}"))),
                Effect::Peers => {}
            }
        }
        Ok(took)
    }

    /// Connects the two; what they say is under way.
    pub(super) fn open(&mut self) -> Result<(), Problem> {
        let keys = [self.store(DOOR)?.station(), self.store(OFFICE)?.station()];
        for (side, peer) in keys.into_iter().enumerate() {
            self.give(side, Input::Opened { link: LINK, peer, dialed: side == OFFICE })?;
        }
        Ok(())
    }

    /// Cuts the two apart: what was under way is lost.
    pub(super) fn close(&mut self) -> Result<(), Problem> {
        self.wire.clear();
        for side in [OFFICE, DOOR] {
            self.give(side, Input::Closed { link: LINK })?;
        }
        Ok(())
    }

    /// Carries the next piece; whether there was one, and what it made a store take in.
    pub(super) fn carry(&mut self) -> Result<Option<Option<Ingested>>, Problem> {
        let Some(Piece { to, lane, mut bytes }) = self.wire.pop_front() else { return Ok(None) };
        while let Some(next) = self.wire.front()
            && (next.to, next.lane) == (to, lane)
            && bytes.len() + next.bytes.len() <= TOGETHER_MAX
        {
            bytes.extend(self.wire.pop_front().map(|next| next.bytes).unwrap_or_default());
        }
        self.give(to, Input::Bytes { link: LINK, lane, bytes: &bytes }).map(Some)
    }

    /// Carries until nobody says anything more.
    pub(super) fn settle(&mut self) -> Result<(), Problem> {
        while self.carry()?.is_some() {}
        Ok(())
    }

    /// Tells the other what a station has just written.
    pub(super) fn recorded(&mut self, side: usize) -> Result<(), Problem> {
        self.give(side, Input::Recorded)?;
        self.settle()
    }

    /// Whether both hold the same of what both have.
    pub(super) fn is_level(&mut self) -> Result<bool, Problem> {
        let digests = |store: &Store| {
            let shared = Space::ALL.into_iter().filter(|space| holds(Role::Door, *space).is_some());
            shared.map(|space| store.space_digest(space)).collect::<Vec<_>>()
        };
        let office = digests(self.store(OFFICE)?);
        Ok(office == digests(self.store(DOOR)?))
    }
}
