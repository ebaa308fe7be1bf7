//! What is told of the stations: the list, the strip on every screen, and how sure a verdict is.

use super::Net;
use crate::api::{Certainty, Output, PeerLine, RevokedLine, SilentLine, StationWarning, SyncLine};
use crate::clock::SystemEntropy;
use crate::feed::Happening;
use crate::owner::Shared;
use crate::post::Post;
use crate::power::Seen;
use crate::problem::{Code, Problem};
use crate::station::{OpenEvent, Station};
use domain::access::{Role, may_become};
use jiff::Timestamp;
use std::path::Path;
use std::time::{Duration, Instant};
use sync::engine::{PeerState, Quiet};
use sync::id::{EventId, StationKey};
use sync::store::Admission;

/// Screens hear at most so often how things stand.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// A clock that is off by more decides who may come in.
const CLOCK_OFF: i64 = 30_000;
/// A battery at which somebody should look for a socket.
const BATTERY_LOW: u8 = 30;

impl Net {
    pub(crate) fn peers(
        &mut self,
        station: &mut Station,
        id: EventId,
    ) -> Result<Vec<Output>, Problem> {
        let now = self.now();
        self.engine(station, id)?;
        let open = station.event(id)?;
        let states = self.engines.get(&id).map(|engine| engine.peers(&open.store, now));
        let lines = states.into_iter().flatten();
        Ok(lines.map(|state| Output::Peer(Box::new(peer_line(open, &state)))).collect())
    }

    pub(crate) fn sync_show(
        &mut self,
        station: &mut Station,
        id: EventId,
    ) -> Result<Vec<Output>, Problem> {
        Ok(vec![Output::Sync(Box::new(self.sync_line(station, id)?))])
    }

    fn sync_line(&mut self, station: &mut Station, id: EventId) -> Result<SyncLine, Problem> {
        let now = self.now();
        self.engine(station, id)?;
        let joiners = self.joiners_waiting(id);
        let addresses = self.listening().iter().map(ToString::to_string).collect();
        let certainty = self.certainty(station, id);
        let open = station.event(id)?;
        let Some(engine) = self.engines.get(&id) else { return Ok(SyncLine::default()) };
        let own = open.store.station();
        let members = open.store.members();
        let certificate = members.certificate(&own);
        let states = engine.peers(&open.store, now);
        let silent = engine.quiet(&open.store, now);
        let clock_offset_ms = engine.clock_offset();
        let mut warnings: Vec<StationWarning> = Vec::new();
        if let Some(offset_ms) = clock_offset_ms.filter(|offset| offset.abs() > CLOCK_OFF) {
            warnings.push(StationWarning::Clock { offset_ms });
        }
        if states.iter().any(|state| state.twice) {
            warnings.push(StationWarning::RunsTwice);
        }
        if let Some((times, what)) = engine.strangers() {
            let what = format!("A device that is no station of this event, {times} times: {what}");
            warnings.push(StationWarning::Misbehaved { what });
        }
        let Seen { power, awake } = self.laptop.seen();
        warnings.extend(low_battery(power.battery, power.on_mains));
        Ok(SyncLine {
            on: self.lan.is_some(),
            role: certificate.map(|own| own.role.as_str().to_owned()).unwrap_or_default(),
            gate: certificate.and_then(|own| own.gate.clone()),
            addresses,
            known: certainty.known,
            heard: certainty.heard,
            silent: silent.iter().map(|quiet| silent_line(open, quiet)).collect(),
            alone: engine.alone(&open.store),
            missing: engine.missing(&open.store),
            conflicts: u32::try_from(open.open_conflicts.len()).unwrap_or(u32::MAX),
            joiners,
            clock_offset_ms,
            battery: power.battery,
            on_mains: power.on_mains,
            awake,
            revoked: members.is_revoked(&own),
            warnings,
        })
    }

    /// How sure a verdict is right now.
    pub(crate) fn certainty(&mut self, station: &mut Station, id: EventId) -> Certainty {
        let now = self.now();
        // Also where this process speaks with nobody: certificates say who there is, not connections.
        let _ = self.engine(station, id);
        let (Some(engine), Ok(open)) = (self.engines.get(&id), station.event(id)) else {
            return Certainty::default();
        };
        let quiet = engine.quiet(&open.store, now);
        let own = open.store.station();
        let members = open.store.members();
        let others = members.certificates().keys().filter(|station| **station != own);
        let known = others.filter(|one| members.role(one).is_some_and(Role::lets_people_in));
        let known = u32::try_from(known.count()).unwrap_or(u32::MAX);
        let silent = u32::try_from(quiet.len()).unwrap_or(u32::MAX);
        Certainty {
            known,
            heard: known.saturating_sub(silent),
            silent: quiet.iter().map(|quiet| silent_line(open, quiet)).collect(),
        }
    }

    /// Tells screens how things stand, when that has changed and not too often.
    pub(super) fn tell_screens(&mut self, station: &mut Station, shared: &Shared, id: EventId) {
        if !shared.feed.is_heard() {
            return;
        }
        let told = self.told.get(&id);
        if told.is_some_and(|(at, _)| at.elapsed() < TELL_EVERY) {
            return;
        }
        let event = id.to_string();
        if self.stirred.remove(&id).is_some() {
            shared.feed.tell(|| Some(Happening::Peers { event: event.clone() }));
        }
        let Ok(line) = self.sync_line(station, id) else { return };
        if self.told.get(&id).is_none_or(|(_, told)| *told != line) {
            self.told.insert(id, (Instant::now(), line.clone()));
            shared.feed.tell(|| Some(Happening::Sync { event, sync: Box::new(line) }));
        }
    }

    pub(crate) fn assign(
        &mut self,
        station: &mut Station,
        id: EventId,
        wanted: &str,
        to: (Option<&str>, Option<&str>, Option<&str>),
        now: Timestamp,
    ) -> Result<Vec<Output>, Problem> {
        let (role, gate, name) = to;
        let open = station.event(id)?;
        open.may_issue()?;
        let key = open.find_station(wanted)?;
        let known = open.store.members().certificate(&key).cloned();
        let known = known.ok_or_else(|| no_station(wanted))?;
        let role = match role {
            None => known.role,
            Some(role) => Role::from_name(role).ok_or_else(|| {
                let message = format!("\"{role:.40}\" is not a role of a laptop.");
                Problem::bad(message, "Roles are admin, door, kiosk and booth.")
            })?,
        };
        if open.store.members().may_issue(&key) && role != Role::Admin {
            return Err(Problem::new(
                Code::NotAllowed,
                "An organizer's laptop stays one.",
                "Shut it out with the event's root key, and let it join anew as what it is to be.",
            ));
        }
        if !may_become(known.role, role) {
            return Err(Problem::new(
                Code::NotAllowed,
                "The attendee list lies on this laptop: it cannot become a booth's.",
                "Shut it out, and let it join anew from an empty data folder.",
            ));
        }
        if let Some(gate) = gate {
            open.gate_known(gate)?;
        }
        let admission = Admission {
            station: key,
            box_key: known.box_key,
            name: name.map_or(known.name, |name| name.chars().take(100).collect()),
            role,
            exhibitor: known.exhibitor,
            gate: gate.map(str::to_owned).or(known.gate),
            may_issue: role == Role::Admin,
            not_after: known.not_after,
        };
        open.store.admit(&admission, now.as_millisecond(), &mut SystemEntropy)?;
        if key == open.store.station() {
            self.follow_assignment(station, id);
            return Ok(Vec::new());
        }
        let own = key.to_string();
        let lines = self.peers(station, id)?.into_iter();
        Ok(lines.filter(|line| matches!(line, Output::Peer(line) if line.station == own)).collect())
    }

    pub(crate) fn revoke(
        &mut self,
        station: &mut Station,
        id: EventId,
        wanted: &str,
        root_key: Option<&Path>,
        now: Timestamp,
    ) -> Result<Vec<Output>, Problem> {
        let at_home = station.folder.root_key(id);
        let open = station.event(id)?;
        open.may_issue()?;
        let key = open.find_station(wanted)?;
        if key == open.store.station() {
            return Err(Problem::new(
                Code::NotAllowed,
                "A laptop does not shut itself out.",
                "Do it on another organizer's laptop.",
            ));
        }
        if open.store.members().is_revoked(&key) {
            let message = "That laptop is shut out already.";
            return Err(Problem::new(Code::NotAllowed, message, "Nothing is to be done."));
        }
        let revoked = open.station_name(&key);
        let millis = now.as_millisecond();
        if open.store.members().may_issue(&key) {
            let path = root_key.unwrap_or(&at_home);
            let root = crate::folder::read_key(path).map_err(|_| {
                Problem::new(
                    Code::NotAllowed,
                    "Only the event's root key shuts out an organizer's laptop, and it is not here.",
                    "Do it where the root key is, or give its file with --root-key FILE.",
                )
            })?;
            open.store.revoke_by_root(&root, key, millis, &mut SystemEntropy)?;
        } else {
            open.store.revoke(key, millis, &mut SystemEntropy)?;
        }
        Ok(vec![Output::Revoked(RevokedLine { revoked, station: key.to_string() })])
    }

    /// Stands where the organizer put this laptop, once each time that it is put elsewhere.
    pub(super) fn follow_assignment(&mut self, station: &mut Station, id: EventId) -> bool {
        let Ok(open) = station.event(id) else { return false };
        let own = open.store.members().certificate(&open.store.station());
        let Some(gate) = own.and_then(|own| own.gate.clone()) else { return false };
        let mut post = Post::of(&station.folder);
        if !post.follow(&id.to_string(), &gate) {
            return false;
        }
        let _ = post.write(&station.folder);
        self.post(station, id);
        true
    }
}

impl OpenEvent {
    /// The station meant: by its key, the beginning of that, or its name.
    fn find_station(&self, wanted: &str) -> Result<StationKey, Problem> {
        let plain = wanted.trim();
        let hex = plain.to_ascii_lowercase();
        let all = self.store.members().certificates();
        let by_key = all.keys().filter(|key| hex.len() >= 4 && key.to_string().starts_with(&hex));
        let by_name = all.iter().filter(|(_, one)| one.name == plain).map(|(key, _)| key);
        let mut found: Vec<StationKey> = by_key.chain(by_name).copied().collect();
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(no_station(wanted)),
            _ => Err(Problem::new(
                Code::Ambiguous,
                format!("Several laptops could be meant by \"{plain:.80}\"."),
                "Give the whole key; `lanyard peers` shows them.",
            )),
        }
    }
}

fn no_station(wanted: &str) -> Problem {
    Problem::bad(
        format!("No laptop of this event is \"{wanted:.80}\"."),
        "`lanyard peers` shows the laptops: give a name, or the beginning of a key.",
    )
}

fn silent_line(open: &OpenEvent, quiet: &Quiet) -> SilentLine {
    SilentLine {
        station: open.station_name(&quiet.station),
        seconds: quiet.for_ms.map(|ms| ms / 1000),
    }
}

/// Somebody should look for a socket.
fn low_battery(battery: Option<u8>, on_mains: Option<bool>) -> Option<StationWarning> {
    let low = battery.filter(|percent| *percent <= BATTERY_LOW && on_mains != Some(true));
    low.map(|percent| StationWarning::Battery { percent })
}

fn peer_line(open: &OpenEvent, state: &PeerState) -> PeerLine {
    let members = open.store.members();
    let certificate = members.certificate(&state.station);
    let sign = state.sign.as_ref();
    let battery = sign.and_then(|sign| sign.battery);
    let on_mains = sign.and_then(|sign| sign.on_mains);
    let mut warnings = Vec::new();
    if state.twice {
        warnings.push(StationWarning::RunsTwice);
    }
    if open.is_forked(&state.station) {
        warnings.push(StationWarning::Forked);
    }
    if let Some(offset_ms) = state.clock_offset.filter(|offset| offset.abs() > CLOCK_OFF) {
        warnings.push(StationWarning::Clock { offset_ms });
    }
    warnings.extend(low_battery(battery, on_mains));
    if let Some(what) = state.misdeed {
        warnings.push(StationWarning::Misbehaved { what: what.to_owned() });
    }
    PeerLine {
        station: state.station.to_string(),
        name: open.station_name(&state.station),
        role: certificate.map(|one| one.role.as_str().to_owned()).unwrap_or_default(),
        gate: sign
            .and_then(|sign| sign.gate.clone())
            .or_else(|| certificate.and_then(|one| one.gate.clone())),
        exhibitor: certificate.and_then(|one| one.exhibitor.clone()),
        heard_ms: state.heard_ms,
        lag_records: state.lag,
        clock_offset_ms: state.clock_offset,
        connected: state.connected,
        heard: state.heard,
        battery,
        on_mains,
        version: sign.and_then(|sign| sign.version.clone()),
        revoked: members.is_revoked(&state.station),
        warnings,
    }
}
