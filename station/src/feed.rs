//! What happens at a station, told to every screen that listens: in this process and, over the local socket, in others.
//!
//! A listener that does not keep up misses some and is told so; nothing waits for it.

use crate::api::{ConflictLine, GuestLine, JoinLine, RecentLine, RecordName, SyncLine};
use crate::input::ReadingLine;
use serde::{Deserialize, Serialize};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// What may wait for one listener: some seconds of the busiest door.
const WAITING_MAX: usize = 256;
/// Screens that may listen at once: more than one laptop can show.
const LISTENERS_MAX: usize = 64;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Happening {
    /// Somebody was scanned.
    Scan {
        /// The event.
        event: String,
        /// The scan.
        scan: Box<RecentLine>,
    },
    /// A door has let somebody in whom the host at this laptop wants to greet.
    Guest {
        /// The event.
        event: String,
        /// Who, where and when.
        guest: Box<GuestLine>,
    },
    /// A scan was taken back.
    Undo {
        /// The event.
        event: String,
        /// The scan.
        record: RecordName,
        /// Who did it.
        by: String,
    },
    /// A double admission came to light, or somebody settled one.
    Conflict {
        /// The event.
        event: String,
        /// How it stands now.
        conflict: Box<ConflictLine>,
    },
    /// What is known of people has changed.
    People {
        /// The event.
        event: String,
    },
    /// Others' scans have come in.
    Attendance {
        /// The event.
        event: String,
    },
    /// Name, state, gates or operators of the event have changed.
    Event {
        /// The event.
        event: String,
    },
    /// An import is under way.
    Import {
        /// The event.
        event: String,
        /// Rows done.
        done: u64,
        /// Rows in all.
        total: u64,
    },
    /// What this laptop is set to has changed.
    Station,
    /// How this station stands with the others has changed.
    Sync {
        /// The event.
        event: String,
        /// How it stands now.
        sync: Box<SyncLine>,
    },
    /// Stations have come, gone or been heard again.
    Peers {
        /// The event.
        event: String,
    },
    /// Laptops ask to join, or no longer do.
    Joiners {
        /// The event.
        event: String,
    },
    /// How far this laptop is with joining an event.
    Join {
        /// How far.
        join: JoinLine,
    },
    /// A device of this laptop has read something, and no other reading of it is told.
    Reading {
        /// What was read.
        reading: ReadingLine,
    },
    /// What this laptop reads with, or how that is, has changed.
    Input,
    /// Something happened that this listener was too slow for: all that is shown is to be asked for again.
    Missed,
    /// The station behind a screen went away, or is back.
    Link {
        /// Whether it is there.
        up: bool,
    },
    /// Nothing has happened for a while.
    Beat,
}

/// The listeners.
#[derive(Debug, Default)]
pub(crate) struct Feed(Mutex<Vec<Listener>>);

#[derive(Debug)]
struct Listener {
    sender: SyncSender<Arc<Happening>>,
    missed: bool,
}

impl Feed {
    /// Listens from now on; nobody listens where there are too many.
    pub(crate) fn listen(&self) -> Option<Receiver<Arc<Happening>>> {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let mut listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if listeners.len() >= LISTENERS_MAX {
            // Whoever has gone away is noticed when something is told.
            listeners.retain_mut(|listener| listener.hear(&Arc::new(Happening::Beat)));
        }
        if listeners.len() >= LISTENERS_MAX {
            return None;
        }
        listeners.push(Listener { sender, missed: false });
        Some(receiver)
    }

    /// Whether anybody listens.
    pub(crate) fn is_heard(&self) -> bool {
        !self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Tells everybody who listens.
    pub(crate) fn tell(&self, what: impl FnOnce() -> Option<Happening>) {
        let mut listeners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if listeners.is_empty() {
            return;
        }
        let Some(what) = what().map(Arc::new) else { return };
        listeners.retain_mut(|listener| listener.hear(&what));
    }
}

impl Listener {
    /// Hands it over; whether anybody still listens.
    fn hear(&mut self, what: &Arc<Happening>) -> bool {
        if self.missed {
            match self.sender.try_send(Arc::new(Happening::Missed)) {
                Ok(()) => self.missed = false,
                Err(TrySendError::Full(_)) => return true,
                Err(TrySendError::Disconnected(_)) => return false,
            }
        }
        match self.sender.try_send(Arc::clone(what)) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                self.missed = true;
                true
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_keep_up_is_told_so() {
        let feed = Feed::default();
        let ears = feed.listen().unwrap();
        for _ in 0..WAITING_MAX + 5 {
            feed.tell(|| Some(Happening::Station));
        }
        assert_eq!(ears.try_iter().count(), WAITING_MAX);
        feed.tell(|| Some(Happening::Station));
        let heard: Vec<_> = ears.try_iter().map(|what| (*what).clone()).collect();
        assert_eq!(heard, [Happening::Missed, Happening::Station]);
        drop(ears);
        feed.tell(|| Some(Happening::Station));
        feed.tell(|| panic!("nobody listens any more"));
    }
}
