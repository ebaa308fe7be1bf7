//! The laptop under the station: its battery, whether it may sleep, and what is done when it has slept.

use super::Net;
use crate::api::Command;
use crate::post::Post;
use crate::power::{Keeper, Power, Seen};
use crate::station::Station;
use std::time::Duration;
use sync::engine::Now;
use sync::id::EventId;
use sync::lan::Purpose;

/// How often it is asked whether a gate is open here: an event may be closed by another station.
const ASK_EVERY: Duration = Duration::from_secs(10);
/// Ticks that are further apart, by either clock, are those of a laptop that slept: they come four times a second.
const SLEPT_AFTER_MS: u64 = 5_000;

/// What is known of the laptop.
#[derive(Debug, Default)]
pub(super) struct Laptop {
    /// From when on this laptop speaks with others.
    keeper: Option<Keeper>,
    /// What others were last told.
    told: Power,
    asked: Option<Duration>,
    ticked: Option<Now>,
}

impl Laptop {
    /// Looks after the laptop from now on.
    pub(super) fn start(&mut self) {
        self.keeper.get_or_insert_with(Keeper::start);
    }

    /// What was seen last of the battery and of sleep. Never waits.
    pub(super) fn seen(&self) -> Seen {
        self.keeper.as_ref().map(Keeper::seen).unwrap_or_default()
    }

    /// Whether a request may have opened or closed a gate; then that is asked at the next tick.
    pub(super) fn after(&mut self, command: &Command) {
        if matches!(
            command,
            Command::StationSet(_)
                | Command::EventOpen
                | Command::EventRehearse
                | Command::EventClose
                | Command::EventNew { .. }
        ) {
            self.asked = None;
        }
    }

    /// Whether the laptop slept since the last tick.
    fn slept(&mut self, now: Now) -> bool {
        self.ticked.replace(now).is_some_and(|last| is_long(last, now))
    }
}

/// The clock that counts ticks stands still while a laptop sleeps, and the other does not; a process that was stopped
/// sees both go on. Who corrects a clock by hand makes everybody be looked for once more, which does no harm.
fn is_long(last: Now, now: Now) -> bool {
    let wall = u64::try_from(now.wall.saturating_sub(last.wall)).unwrap_or(0);
    now.ticks.saturating_sub(last.ticks).max(wall) > SLEPT_AFTER_MS
}

impl Net {
    /// Looks after the laptop; before anything else at a tick, because all else waits for links.
    pub(super) fn look_after(&mut self, station: &mut Station) {
        if self.laptop.slept(self.now()) {
            self.redial();
        }
        let power = self.laptop.seen().power;
        if power != self.laptop.told {
            self.laptop.told = power;
            self.posted(station);
        }
        let now = self.started.elapsed();
        if self.laptop.asked.is_none_or(|asked| now >= asked + ASK_EVERY) {
            self.laptop.asked = Some(now);
            let open = self.gate_is_open(station);
            if let Some(keeper) = &self.laptop.keeper {
                keeper.stay_awake(open);
            }
        }
    }

    /// Whether people are let in on this laptop: it stands at a gate of an event that takes scans.
    fn gate_is_open(&self, station: &mut Station) -> bool {
        let post = Post::of(&station.folder);
        let here = |id: &EventId| {
            let name = id.to_string();
            // Of several events it is the one that the screens show.
            post.event.as_ref().is_none_or(|shown| *shown == name) && post.gate(&name).is_some()
        };
        let mut events = self.engines.keys().filter(|id| here(id));
        events.any(|id| station.event(*id).is_ok_and(|open| open.event.stage.mode().is_some()))
    }

    /// Dials everybody at once: the others have given up the links of a laptop that slept, and it does not know yet.
    fn redial(&mut self) {
        let Some(lan) = &self.lan else { return };
        for (event, peers) in self.addresses.wanted() {
            for (peer, addresses) in peers {
                lan.dial(*event, *peer, addresses.iter().copied(), Purpose::Sync);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_off_for_long_is_seen_by_either_clock() {
        let at = |wall, ticks| Now { wall, ticks };
        let last = at(1_000_000, 500);
        assert!(!is_long(last, at(1_000_250, 750)));
        assert!(!is_long(last, at(1_005_000, 5_500)), "an owner that was busy");
        assert!(is_long(last, at(1_600_000, 750)), "asleep: ticks stood still");
        assert!(is_long(last, at(1_020_000, 20_500)), "stopped: ticks went on");
        assert!(is_long(last, at(900_000, 20_500)), "stopped, and the clock was set back");
        assert!(!is_long(last, at(900_000, 750)), "only the clock was set back");
        assert!(!is_long(last, at(i64::MIN, 0)));
    }

    #[test]
    fn power_on_is_no_sleep() {
        let mut laptop = Laptop::default();
        assert!(!laptop.slept(Now { wall: 5_000_000, ticks: 90_000 }), "the first tick");
        assert!(!laptop.slept(Now { wall: 5_000_250, ticks: 90_250 }));
        assert!(laptop.slept(Now { wall: 5_600_250, ticks: 90_500 }));
        assert!(!laptop.slept(Now { wall: 5_600_500, ticks: 90_750 }), "once");
    }
}
