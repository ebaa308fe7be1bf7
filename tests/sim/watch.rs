//! Checkers that look on while a run goes: at every frame that is sent, and at what stations keep for each other.

use super::work::{EMAIL, NAME};
use super::world::{STRANGER, World};
use domain::access::{Space, holds};
use std::collections::BTreeSet;
use sync::engine::Lane;
use sync::frame::{FRAME_BYTES_MAX, Farewell, Frame, STRANGER_BYTES_MAX};
use sync::id::StationKey;
use sync::replica::Replica;

/// What one side may send unasked: what is granted, the stretch that goes over it, and what is in a chunk.
const UNASKED_MAX: usize = (1 << 20) + FRAME_BYTES_MAX + (128 << 10);
/// Type of a frame that answers what was asked.
const RANGE: u8 = 6;

impl World {
    /// Looks at a frame that a station is about to send.
    pub(super) fn inspect(
        &mut self,
        from: usize,
        link: u64,
        _lane: Lane,
        bytes: &[u8],
        revoked: &BTreeSet<StationKey>,
    ) {
        let Some((to, side)) = self.links.get(&link).and_then(|link| {
            let to = link.other(from);
            Some((to, link.side(from)?))
        }) else {
            return;
        };
        self.trace(&[u8::try_from(from).unwrap_or(0), u8::try_from(side).unwrap_or(0)]);
        let frame = bytes.get(4..).map(|body| Frame::from_bytes(self.event, body));
        let Some(Ok(frame)) = frame else {
            self.fail("sound", format!("station {from} sends what is no frame"));
            return;
        };
        if let Frame::Credit(more) = &frame
            && let Some(link) = self.links.get_mut(&link)
        {
            let unasked = &mut link.unasked[side];
            *unasked = unasked.saturating_sub(usize::try_from(*more).unwrap_or(0));
        }
        if self.laptops[from].is_honest() {
            self.tally.count("scope");
            self.inspect_scope(from, to, &frame, revoked);
            self.inspect_words(from, to, bytes, &frame);
        }
    }

    /// Whether a station may have a space, as far as the other one can know.
    fn may_have(
        &self,
        from: usize,
        to: usize,
        space: Space,
        revoked: &BTreeSet<StationKey>,
    ) -> bool {
        if space == Space::Control {
            return true;
        }
        let Some(receiver) = self.laptops.get(to) else { return false };
        let Some(running) = &self.laptops[from].up else { return true };
        let key = receiver.public();
        let known = running.store.members().certificate(&key).map(|certificate| certificate.role);
        let by_sender = known.is_some_and(|role| holds(role, space).is_some());
        let in_truth = receiver.roles.iter().any(|role| holds(*role, space).is_some());
        by_sender && in_truth && !revoked.contains(&key)
    }

    fn inspect_scope(
        &mut self,
        from: usize,
        to: usize,
        frame: &Frame,
        revoked: &BTreeSet<StationKey>,
    ) {
        let spaces: BTreeSet<Space> = match frame {
            Frame::Range(stretch) | Frame::Live(stretch) => BTreeSet::from([stretch.name.space]),
            Frame::Vector(vector) => self.spaces_of(from, vector.entries.iter().map(|one| one.log)),
            Frame::Want(wants) | Frame::Got(wants) => {
                self.spaces_of(from, wants.iter().filter(|one| one.seq > 0).map(|one| one.log))
            }
            _ => return,
        };
        for space in spaces {
            if !self.may_have(from, to, space, revoked) {
                let role = self.role_of(to);
                let what = match frame {
                    Frame::Range(_) | Frame::Live(_) => "records of",
                    _ => "the names of logs of",
                };
                self.fail("scope", format!("station {from} sends {to} ({role:?}) {what} {space}"));
            }
        }
    }

    fn spaces_of(
        &self,
        station: usize,
        logs: impl Iterator<Item = domain::id::LogId>,
    ) -> BTreeSet<Space> {
        let Some(running) = &self.laptops[station].up else { return BTreeSet::new() };
        let heads = running.store.heads();
        logs.filter_map(|log| Some(heads.get(&log)?.name.space)).collect()
    }

    /// Names are looked for in the bytes themselves, packed and unpacked; addresses may be nowhere in the clear.
    fn inspect_words(&mut self, from: usize, to: usize, bytes: &[u8], frame: &Frame) {
        let roles = self.laptops.get(to).map(|one| one.roles.clone()).unwrap_or_default();
        let reads = roles.iter().any(|role| holds(*role, Space::Roster).is_some());
        let mut all = bytes.to_vec();
        if let Frame::Range(stretch) | Frame::Live(stretch) = frame {
            for body in stretch.records.iter().filter_map(|record| record.body.bytes()) {
                all.extend_from_slice(body);
            }
        }
        let has = |word: &str| all.windows(word.len()).any(|part| part == word.as_bytes());
        if !reads && has(NAME) {
            self.fail("scope", format!("station {from} sends {to} ({roles:?}) a name"));
        }
        if has(EMAIL) {
            self.fail(
                "scope",
                format!("station {from} sends {to} ({roles:?}) an address in the clear"),
            );
        }
    }

    /// What a station keeps for others is bounded.
    pub(super) fn bound(&mut self, station: usize) {
        self.tally.count("bounded");
        let links = self.links.values().filter(|link| link.side(station).is_some()).count() + 2;
        let Some(running) = &self.laptops[station].up else { return };
        let waiting = running.engine.waiting_bytes();
        let most = links * (2 * FRAME_BYTES_MAX + STRANGER_BYTES_MAX);
        if waiting > most {
            self.fail(
                "bounded",
                format!("station {station} keeps {waiting} bytes for {links} links"),
            );
        }
    }

    /// Counts what of a station that means ill came in without having been asked for.
    pub(super) fn tap(&mut self, number: u64, from: usize, to: usize, lane: Lane, bytes: &[u8]) {
        let ill = self.laptops.get(from).is_some_and(|one| !one.is_honest());
        if !ill || lane != Lane::Bulk {
            return;
        }
        let Some(link) = self.links.get_mut(&number) else { return };
        let Some(side) = link.side(to).filter(|side| !link.is_closed(*side)) else { return };
        let tap = &mut link.taps[side];
        tap.push(bytes);
        let frames = tap.frames(FRAME_BYTES_MAX).unwrap_or_default();
        let ranges = frames.iter().filter(|frame| frame.first() == Some(&RANGE));
        link.unasked[side] += ranges.map(Vec::len).sum::<usize>();
        let unasked = link.unasked[side];
        if unasked > UNASKED_MAX {
            self.fail(
                "bounded",
                format!("station {to} took {unasked} bytes that it had not asked for"),
            );
        }
    }

    /// No session between stations that mean well ends as a misdeed.
    pub(super) fn judge_farewell(&mut self, station: usize, link: u64, why: Farewell) {
        self.trace(&[why as u8]);
        let Some(other) = self.links.get(&link).map(|link| link.other(station)) else { return };
        if other == STRANGER || !matches!(why, Farewell::Forged | Farewell::TooMuch) {
            return;
        }
        self.tally.count(if why == Farewell::Forged {
            "closed as forged"
        } else {
            "closed as too much"
        });
        if self.laptops[other].is_honest() && self.laptops[station].is_honest() {
            self.fail(
                "unaffected",
                format!("station {station} closes its session with {other}: {why:?}"),
            );
        }
    }
}
