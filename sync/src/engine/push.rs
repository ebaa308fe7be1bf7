//! Giving what is asked for, and telling what is new.

use super::{Engine, Lane, LinkId, Turn};
use crate::frame::{Frame, From};
use crate::id::StationKey;
use crate::replica::ReplicaProblem;
use crate::stretch::Stretch;
use domain::access::Space;
use domain::id::LogId;
use std::collections::BTreeMap;

/// New records that together are longer travel in bulk: whoever lacks them asks.
pub(super) const LIVE_BYTES_MAX: i64 = 4 << 10;
/// Logs that one side may ask for at a time: every log of a large event.
const SERVING_MAX: usize = 20_000;

impl Engine {
    /// The other side asks for records.
    pub(super) fn wanted(
        &mut self,
        turn: &mut Turn<'_>,
        link: LinkId,
        wanted: &[From],
    ) -> Result<(), ReplicaProblem> {
        let heads = turn.replica.heads();
        let Some(session) = self.sessions.get(&link) else { return Ok(()) };
        let mut given: Vec<(Space, LogId, u64)> = Vec::new();
        for from in wanted.iter().take(SERVING_MAX) {
            // What it may not have is as if it were not there.
            let head = heads.get(&from.log);
            let Some(head) = head.filter(|head| self.shared(turn, session, head.name.space)) else {
                continue;
            };
            given.push((head.name.space, from.log, from.seq.max(head.base + 1)));
        }
        let Some(session) = self.sessions.get_mut(&link) else { return Ok(()) };
        for (_, log, from) in given {
            session.serving.retain(|(other, _)| *other != log);
            if session.serving.len() < SERVING_MAX {
                session.serving.push_back((log, from));
            }
        }
        let rank = |log: &LogId| heads.get(log).map(|head| urgency(head.name.space));
        session.serving.make_contiguous().sort_by_key(|(log, _)| rank(log));
        self.serve(turn, link)
    }

    /// More may be sent.
    pub(super) fn credited(
        &mut self,
        turn: &mut Turn<'_>,
        link: LinkId,
        bytes: u32,
    ) -> Result<(), ReplicaProblem> {
        if let Some(session) = self.sessions.get_mut(&link) {
            session.credit = (session.credit + i64::from(bytes)).min(super::session::CREDIT);
        }
        self.serve(turn, link)
    }

    /// Sends of what was asked for as much as may be sent.
    fn serve(&mut self, turn: &mut Turn<'_>, link: LinkId) -> Result<(), ReplicaProblem> {
        while let Some(session) = self.sessions.get_mut(&link).filter(|s| s.credit > 0) {
            let Some((log, from)) = session.serving.pop_front() else { break };
            let Some(stretch) = turn.replica.stretch(log, from)? else { continue };
            let next = stretch.last() + 1;
            if turn.replica.heads().get(&log).is_some_and(|head| next <= head.seq) {
                session.serving.push_front((log, next));
            }
            let bytes = Frame::Range(Box::new(stretch)).to_bytes();
            session.credit -= i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            turn.effects.push(super::Effect::Send { link, lane: Lane::Bulk, bytes });
        }
        Ok(())
    }

    /// The other side has stored records.
    pub(super) fn stored_there(&mut self, link: LinkId, got: &[From]) {
        let Some(session) = self.sessions.get_mut(&link) else { return };
        for from in got {
            let known = session.known.entry(from.log).or_default();
            *known = (*known).max(from.seq);
        }
        let peer = session.peer;
        self.peers.stored_at(peer, got.iter().map(|from| (from.log, from.seq)));
    }

    /// Tells everybody what this station has just written.
    pub(super) fn recorded(&mut self, turn: &mut Turn<'_>) -> Result<(), ReplicaProblem> {
        let news: Vec<(LogId, u64)> = turn
            .replica
            .heads()
            .iter()
            .filter(|(log, head)| self.announced.get(*log).copied().unwrap_or(0) < head.seq)
            .map(|(log, _)| (*log, self.announced.get(log).copied().unwrap_or(0) + 1))
            .collect();
        let own = turn.replica.key().public();
        let mut control = false;
        for (log, from) in news {
            let Some(head) = turn.replica.heads().get(&log) else { continue };
            let (space, author, last) = (head.name.space, head.name.station, head.seq);
            self.announced.insert(log, last);
            control |= space == Space::Control;
            let root = turn.replica.members().root();
            if author == own || author == root {
                self.tell(turn, log, from, None)?;
            }
        }
        if control {
            self.members_changed(turn)?;
        }
        Ok(())
    }

    /// Passes on what others wrote, to those who do not hear the author themselves.
    pub(super) fn relay(
        &mut self,
        turn: &mut Turn<'_>,
        incoming: &[(LinkId, &Stretch)],
    ) -> Result<(), ReplicaProblem> {
        let mut news: BTreeMap<LogId, (u64, StationKey)> = BTreeMap::new();
        for (_, stretch) in incoming {
            let first =
                news.entry(stretch.name.id()).or_insert((stretch.first, stretch.name.station));
            first.0 = first.0.min(stretch.first);
        }
        for (log, (first, author)) in news {
            let Some(head) = turn.replica.heads().get(&log) else { continue };
            self.announced.insert(log, head.seq);
            self.tell(turn, log, first, Some(author))?;
        }
        Ok(())
    }

    /// Sends a log's records from a position on to whoever may have them and does not. `author`: who tells himself.
    fn tell(
        &mut self,
        turn: &mut Turn<'_>,
        log: LogId,
        from: u64,
        author: Option<StationKey>,
    ) -> Result<(), ReplicaProblem> {
        let Some(head) = turn.replica.heads().get(&log) else { return Ok(()) };
        let (space, last) = (head.name.space, head.seq);
        let listeners: Vec<LinkId> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.proven && self.shared(turn, session, space))
            .filter(|(_, session)| session.known.get(&log).is_none_or(|known| *known < last))
            .filter(|(_, session)| {
                author.is_none_or(|author| !self.peers.hears(&session.peer, &author))
            })
            .map(|(link, _)| *link)
            .collect();
        if listeners.is_empty() {
            return Ok(());
        }
        let whole = turn.replica.stretch(log, from)?.filter(|stretch| stretch.last() == last);
        let bytes = whole.map(|stretch| Frame::Live(Box::new(stretch)).to_bytes());
        let live = bytes.filter(|bytes| {
            i64::try_from(bytes.len()).is_ok_and(|length| length <= LIVE_BYTES_MAX)
        });
        for link in listeners {
            match &live {
                Some(bytes) => {
                    let bytes = bytes.clone();
                    turn.effects.push(super::Effect::Send { link, lane: Lane::Live, bytes });
                }
                None => self.say_soon(turn, link, author.is_some()),
            }
        }
        Ok(())
    }

    /// Sends what the other side lacks of `control`, on the lane on which its farewell follows.
    pub(super) fn say_why(
        &mut self,
        turn: &mut Turn<'_>,
        link: LinkId,
    ) -> Result<(), ReplicaProblem> {
        let Some(session) = self.sessions.get(&link) else { return Ok(()) };
        let control = turn.replica.heads().iter();
        let control = control.filter(|(_, head)| head.name.space == Space::Control);
        for (log, head) in control {
            let known = session.known.get(log).copied().unwrap_or(0);
            if known < head.seq
                && let Some(stretch) = turn.replica.stretch(*log, known + 1)?
            {
                let bytes = Frame::Range(Box::new(stretch)).to_bytes();
                turn.effects.push(super::Effect::Send { link, lane: Lane::Bulk, bytes });
            }
        }
        Ok(())
    }

    /// Lets the other side know that there is more: at once what is own, with the next tick what is others'.
    fn say_soon(&mut self, turn: &mut Turn<'_>, link: LinkId, of_others: bool) {
        if let Some(session) = self.sessions.get_mut(&link).filter(|_| of_others) {
            session.say_have = true;
            return;
        }
        self.say_have(turn, link);
    }
}

/// What goes first: who may have what, what is scanned by, who is in; then the people, then what can wait.
const fn urgency(space: Space) -> u8 {
    match space {
        Space::Control => 0,
        Space::Event => 1,
        Space::Attendance => 2,
        Space::Roster => 3,
        Space::Desk => 4,
        Space::Contact => 5,
        Space::Cards => 6,
    }
}
