//! What is wanted, what is open and what is due: values and rules, with the time as an argument.

use super::limits::{
    ADDRESSES, AT_ONCE, ATTEMPTS, ATTEMPTS_OF_ONE, COURTESY, FOUND, HEARD_ADDRESSES, LINKS,
};
use super::outbox::Outbox;
use super::{LinkId, Purpose};
use crate::id::{EventId, StationKey};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A station with which a link is wanted.
#[derive(Debug)]
struct Target {
    addresses: Vec<SocketAddr>,
    /// Not before this.
    at: Instant,
    /// Attempts under way.
    dialing: u32,
    /// Something new is known that attempts under way do not use.
    news: bool,
}

#[derive(Debug)]
struct Open {
    event: EventId,
    peer: StationKey,
    purpose: Purpose,
    dialed: bool,
    since: Instant,
    outbox: Arc<Outbox>,
}

/// A connection that both sides have agreed on, about to become a link.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) event: EventId,
    pub(super) peer: StationKey,
    pub(super) purpose: Purpose,
    pub(super) dialed: bool,
    /// Whether it was dialed because a link is wanted, and not just once.
    pub(super) wanted: bool,
    /// When this side began to dial or to answer.
    pub(super) began: Instant,
}

/// One dial to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attempt {
    pub(super) event: EventId,
    pub(super) peer: StationKey,
    pub(super) purpose: Purpose,
    pub(super) addresses: Vec<SocketAddr>,
    /// Whether it is one of those that are made again and again.
    pub(super) wanted: bool,
}

#[derive(Debug)]
pub(super) struct State {
    me: StationKey,
    wanted: BTreeMap<EventId, BTreeMap<StationKey, Target>>,
    offers: BTreeMap<EventId, BTreeSet<Purpose>>,
    once: BTreeMap<(EventId, StationKey, Purpose), Vec<SocketAddr>>,
    /// Dials of `once` that are under way.
    running: BTreeSet<(EventId, StationKey, Purpose)>,
    /// Dials that have reached their station and are telling it what they are for.
    agreeing: BTreeSet<(EventId, StationKey, Purpose)>,
    heard: BTreeMap<StationKey, Vec<SocketAddr>>,
    links: BTreeMap<LinkId, Open>,
    next_link: u64,
    attempts: usize,
    pub(super) addresses: Vec<SocketAddr>,
}

impl State {
    pub(super) fn new(me: StationKey) -> Self {
        Self {
            me,
            wanted: BTreeMap::new(),
            offers: BTreeMap::new(),
            once: BTreeMap::new(),
            running: BTreeSet::new(),
            agreeing: BTreeSet::new(),
            heard: BTreeMap::new(),
            links: BTreeMap::new(),
            next_link: 0,
            attempts: 0,
            addresses: Vec::new(),
        }
    }

    pub(super) fn outbox(&self, link: LinkId) -> Option<Arc<Outbox>> {
        self.links.get(&link).map(|open| Arc::clone(&open.outbox))
    }

    /// When to dial a station of which something was just learned.
    fn soon(&self, peer: StationKey, now: Instant) -> Instant {
        if peer < self.me { now + COURTESY } else { now }
    }

    pub(super) fn want(
        &mut self,
        event: EventId,
        wanted: BTreeMap<StationKey, Vec<SocketAddr>>,
        now: Instant,
    ) {
        let mut earlier = self.wanted.remove(&event).unwrap_or_default();
        let mut targets = BTreeMap::new();
        for (peer, mut addresses) in wanted.into_iter().filter(|(peer, _)| *peer != self.me) {
            addresses.truncate(ADDRESSES);
            let target = match earlier.remove(&peer) {
                Some(target) if addresses.iter().all(|a| target.addresses.contains(a)) => {
                    Target { addresses, ..target }
                }
                Some(target) => {
                    Target { addresses, at: self.soon(peer, now), news: true, ..target }
                }
                None => Target { addresses, at: self.soon(peer, now), dialing: 0, news: true },
            };
            targets.insert(peer, target);
        }
        self.wanted.insert(event, targets);
    }

    pub(super) fn offer(&mut self, event: EventId, purposes: BTreeSet<Purpose>) {
        if purposes.is_empty() {
            self.offers.remove(&event);
        } else {
            self.offers.insert(event, purposes);
        }
    }

    pub(super) fn dial_once(
        &mut self,
        event: EventId,
        peer: StationKey,
        purpose: Purpose,
        mut addresses: Vec<SocketAddr>,
    ) {
        addresses.truncate(ADDRESSES);
        if peer != self.me && self.once.len() < ATTEMPTS {
            self.once.insert((event, peer, purpose), addresses);
        }
    }

    pub(super) fn forget(&mut self, event: EventId) {
        self.wanted.remove(&event);
        self.offers.remove(&event);
        self.once.retain(|(of, _, _), _| *of != event);
        self.running.retain(|(of, _, _)| *of != event);
        self.links
            .values()
            .filter(|open| open.event == event)
            .for_each(|open| open.outbox.drop_all());
    }

    /// Whether an incoming link is answered at all.
    pub(super) fn accepts(&self, event: EventId, purpose: Purpose) -> bool {
        let wanted = purpose == Purpose::Sync && self.wanted.contains_key(&event);
        wanted || self.offers.get(&event).is_some_and(|purposes| purposes.contains(&purpose))
    }

    /// The events that others may find this station by.
    pub(super) fn events(&self) -> BTreeSet<EventId> {
        self.wanted.keys().chain(self.offers.keys()).copied().collect()
    }

    /// Addresses of a station, from mDNS or from a link. Those that are new are dialed at once.
    pub(super) fn learn(&mut self, peer: StationKey, addresses: &[SocketAddr], now: Instant) {
        let wanted = self.wanted.values().any(|targets| targets.contains_key(&peer));
        if peer == self.me
            || (!wanted && !self.heard.contains_key(&peer) && self.heard.len() >= FOUND)
        {
            return;
        }
        let known = self.heard.entry(peer).or_default();
        let news = addresses.iter().any(|address| !known.contains(address));
        known.retain(|address| !addresses.contains(address));
        known.splice(0..0, addresses.iter().copied());
        known.truncate(HEARD_ADDRESSES);
        if news {
            self.poke(Some(peer), self.soon(peer, now));
        }
    }

    /// Something has changed here: everybody without a link is dialed at once.
    pub(super) fn dial_all(&mut self, now: Instant) {
        self.poke(None, now);
    }

    fn poke(&mut self, peer: Option<StationKey>, at: Instant) {
        for (key, target) in self.wanted.values_mut().flatten() {
            if peer.is_none_or(|peer| peer == *key) {
                target.at = target.at.min(at);
                target.news = true;
            }
        }
    }

    /// The dials to make now, and when to ask again if nothing else happens.
    pub(super) fn due(&mut self, now: Instant) -> (Vec<Attempt>, Option<Instant>) {
        let mut attempts = Vec::new();
        while self.attempts < ATTEMPTS {
            let Some(((event, peer, purpose), mut addresses)) = self.once.pop_first() else {
                break;
            };
            add_heard(&mut addresses, self.heard.get(&peer));
            self.attempts += 1;
            self.running.insert((event, peer, purpose));
            attempts.push(Attempt { event, peer, purpose, addresses, wanted: false });
        }
        let linked: BTreeSet<_> = self
            .links
            .values()
            .filter(|open| open.purpose == Purpose::Sync && open.outbox.is_open())
            .map(|open| (open.event, open.peer))
            .collect();
        let mut next: Option<Instant> = None;
        for (event, targets) in &mut self.wanted {
            for (peer, target) in targets {
                let free = target.dialing == 0 || (target.news && target.dialing < ATTEMPTS_OF_ONE);
                if linked.contains(&(*event, *peer)) || !free || self.attempts >= ATTEMPTS {
                    continue;
                }
                let mut addresses = target.addresses.clone();
                add_heard(&mut addresses, self.heard.get(peer));
                if addresses.is_empty() {
                    continue;
                }
                if target.at > now {
                    next = Some(next.map_or(target.at, |next| next.min(target.at)));
                    continue;
                }
                target.dialing += 1;
                target.news = false;
                self.attempts += 1;
                let (event, peer, purpose) = (*event, *peer, Purpose::Sync);
                attempts.push(Attempt { event, peer, purpose, addresses, wanted: true });
            }
        }
        (attempts, next)
    }

    /// An attempt is over, whether or not it became a link.
    pub(super) fn attempted(&mut self, attempt: &Attempt, now: Instant, pause: Duration) {
        self.attempts = self.attempts.saturating_sub(1);
        if !attempt.wanted {
            self.running.remove(&(attempt.event, attempt.peer, attempt.purpose));
            return;
        }
        let targets = self.wanted.get_mut(&attempt.event);
        if let Some(target) = targets.and_then(|targets| targets.get_mut(&attempt.peer)) {
            target.dialing = target.dialing.saturating_sub(1);
            if !target.news {
                target.at = target.at.max(now + pause);
            }
        }
    }

    /// Whether a dial that has reached its station may go on: several attempts to one station may be under way, and
    /// the other side must hear of one only. Whoever may, releases.
    pub(super) fn claim(&mut self, attempt: &Attempt, began: Instant) -> bool {
        let same = (attempt.event, attempt.peer, attempt.purpose);
        let linked = self.links.values().any(|open| {
            (open.event, open.peer, open.purpose) == same
                && open.since >= began
                && open.outbox.is_open()
        });
        !linked && self.agreeing.insert(same)
    }

    pub(super) fn release(&mut self, claimed: (EventId, StationKey, Purpose)) {
        self.agreeing.remove(&claimed);
    }

    /// Makes a link of a candidate, if it is the one to keep; others of the same purpose with the same station end.
    pub(super) fn open(&mut self, new: Candidate, now: Instant) -> Option<(LinkId, Arc<Outbox>)> {
        let rivals = || {
            self.links.values().filter(|open| {
                (open.event, open.peer, open.purpose) == (new.event, new.peer, new.purpose)
                    && open.outbox.is_open()
            })
        };
        let full = self.links.len() >= LINKS && rivals().next().is_none();
        if full || !self.may_open(&new) || rivals().any(|rival| self.stays(rival, &new, now)) {
            return None;
        }
        rivals().for_each(|rival| rival.outbox.drop_all());
        let link = LinkId(self.next_link);
        self.next_link += 1;
        let outbox = Arc::new(Outbox::new());
        let Candidate { event, peer, purpose, dialed, .. } = new;
        let open = Open { event, peer, purpose, dialed, since: now, outbox: Arc::clone(&outbox) };
        self.links.insert(link, open);
        if let Some(target) = self.wanted.get_mut(&event).and_then(|of| of.get_mut(&peer)) {
            target.news = false;
        }
        Some((link, outbox))
    }

    /// Whether the event is still served: it may have been forgotten while the two sides agreed.
    fn may_open(&self, new: &Candidate) -> bool {
        match (new.dialed, new.wanted) {
            (false, _) => self.accepts(new.event, new.purpose),
            (true, true) => self.wanted.contains_key(&new.event),
            (true, false) => self.running.contains(&(new.event, new.peer, new.purpose)),
        }
    }

    /// Whether the link that is there stays and the new one goes. A second link means that the peer has lost the
    /// first, or that both sides dialed at once; then both keep the one that the smaller key dialed.
    fn stays(&self, rival: &Open, new: &Candidate, now: Instant) -> bool {
        let at_once = now.duration_since(rival.since) < AT_ONCE;
        match (new.dialed, rival.dialed) {
            (true, false) => rival.since >= new.began && self.me > new.peer,
            (false, true) => at_once && self.me < new.peer,
            // The same side dialed again.
            (true, true) | (false, false) => false,
        }
    }

    /// A link is gone. Where one is wanted, dialing begins.
    pub(super) fn closed(&mut self, link: LinkId, now: Instant) {
        let Some(open) = self.links.remove(&link) else { return };
        let at = self.soon(open.peer, now);
        if let Some(target) = self.wanted.get_mut(&open.event).and_then(|of| of.get_mut(&open.peer))
        {
            // What this station has learned meanwhile is worth a dial of its own.
            target.at = if target.news { target.at } else { at };
        }
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.links.len()
    }

    /// Ends links, of which a rule knows that they are dead.
    pub(super) fn drop_links(&self, links: &[LinkId]) {
        links
            .iter()
            .filter_map(|link| self.links.get(link))
            .for_each(|open| open.outbox.drop_all());
    }
}

/// Adds what was heard of a station to what is known, newest first: the list is cut at the end.
fn add_heard(addresses: &mut Vec<SocketAddr>, heard: Option<&Vec<SocketAddr>>) {
    let heard: Vec<_> =
        heard.into_iter().flatten().filter(|a| !addresses.contains(a)).copied().collect();
    addresses.splice(0..0, heard);
    addresses.truncate(ADDRESSES + HEARD_ADDRESSES);
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: EventId = EventId([7; 16]);
    const SMALL: StationKey = StationKey([1; 32]);
    const LARGE: StationKey = StationKey([2; 32]);

    fn addresses(ports: &[u16]) -> Vec<SocketAddr> {
        ports.iter().map(|port| SocketAddr::from(([127, 0, 0, 1], *port))).collect()
    }

    /// A state that wants a link with the other.
    fn wanting(me: StationKey, other: StationKey, now: Instant) -> State {
        let mut state = State::new(me);
        state.want(EVENT, BTreeMap::from([(other, addresses(&[1]))]), now);
        state
    }

    fn candidate(peer: StationKey, dialed: bool, began: Instant) -> Candidate {
        Candidate { event: EVENT, peer, purpose: Purpose::Sync, dialed, wanted: dialed, began }
    }

    #[test]
    fn the_smaller_key_dials_first() {
        let now = Instant::now();
        assert_eq!(wanting(SMALL, LARGE, now).due(now).0.len(), 1);
        let mut large = wanting(LARGE, SMALL, now);
        assert_eq!(large.due(now), (vec![], Some(now + COURTESY)));
        assert_eq!(large.due(now + COURTESY).0.len(), 1);
    }

    #[test]
    fn new_addresses_do_not_wait_for_an_attempt_that_hangs() {
        let now = Instant::now();
        let mut state = wanting(SMALL, LARGE, now);
        let mut made = state.due(now).0.len();
        for port in 2..9 {
            assert!(state.due(now).0.is_empty());
            state.want(EVENT, BTreeMap::from([(LARGE, addresses(&[port]))]), now);
            made += state.due(now).0.len();
        }
        assert_eq!(made, usize::try_from(ATTEMPTS_OF_ONE).unwrap(), "but only so many at a time");
    }

    #[test]
    fn after_an_attempt_comes_a_pause_and_after_a_link_none() {
        let now = Instant::now();
        let mut state = wanting(SMALL, LARGE, now);
        let attempt = state.due(now).0.remove(0);
        let pause = Duration::from_millis(250);
        state.attempted(&attempt, now, pause);
        assert_eq!(state.due(now), (vec![], Some(now + pause)));
        assert_eq!(state.due(now + pause).0, vec![attempt.clone()]);
        let (link, _) = state.open(candidate(LARGE, true, now), now).unwrap();
        state.attempted(&attempt, now, pause);
        assert_eq!(state.due(now + pause * 9), (vec![], None), "linked");
        state.closed(link, now);
        assert_eq!(state.due(now).0, vec![attempt]);
    }

    #[test]
    fn what_is_heard_of_a_station_is_dialed_and_bounded() {
        let now = Instant::now();
        let mut state = State::new(SMALL);
        state.want(EVENT, BTreeMap::from([(LARGE, vec![])]), now);
        assert_eq!(state.due(now), (vec![], None), "nowhere to dial");
        for port in 1..=100 {
            state.learn(LARGE, &addresses(&[port]), now);
        }
        let attempts = state.due(now).0;
        assert_eq!(attempts[0].addresses, addresses(&[100, 99, 98, 97, 96, 95, 94, 93]));
        for stranger in 0..2000u16 {
            let [low, high] = stranger.to_le_bytes();
            let mut key = [9; 32];
            key[..2].copy_from_slice(&[low, high]);
            state.learn(StationKey(key), &addresses(&[1]), now);
        }
        assert_eq!(state.heard.len(), FOUND);
    }

    /// Whether the acceptor (or else the dialer) of the connection that the smaller (or else the larger) key dialed
    /// is next.
    type Step = (bool, bool);

    /// Both sides dial at once; their steps come in this order. Says which connections each side has at the end.
    fn meet(steps: [Step; 4]) -> [Vec<bool>; 2] {
        let now = Instant::now();
        let mut sides = [wanting(SMALL, LARGE, now), wanting(LARGE, SMALL, now)];
        let mut links: [BTreeMap<bool, LinkId>; 2] = Default::default();
        let mut dead = BTreeSet::new();
        for (accepts, by_small) in steps {
            let side = usize::from(accepts == by_small);
            if dead.contains(&by_small) {
                continue;
            }
            let peer = if side == 0 { LARGE } else { SMALL };
            match sides[side].open(candidate(peer, !accepts, now), now) {
                Some((link, _)) => drop(links[side].insert(by_small, link)),
                None => drop(dead.insert(by_small)),
            }
            for side in [0, 1] {
                let ended =
                    |link: &LinkId| sides[side].outbox(*link).is_none_or(|o| o.is_dropped());
                dead.extend(links[side].iter().filter(|(_, link)| ended(link)).map(|(of, _)| *of));
            }
            for (state, links) in sides.iter_mut().zip(&mut links) {
                for of in &dead {
                    links.remove(of).into_iter().for_each(|link| state.closed(link, now));
                }
            }
        }
        links.map(|links| links.into_keys().collect())
    }

    #[test]
    fn when_both_dial_at_once_both_keep_what_the_smaller_key_dialed() {
        let steps = [(true, true), (false, true), (true, false), (false, false)];
        let orders: [[usize; 4]; 6] =
            [[0, 1, 2, 3], [0, 2, 1, 3], [0, 2, 3, 1], [2, 0, 1, 3], [2, 0, 3, 1], [2, 3, 0, 1]];
        for order in orders {
            let kept = meet(order.map(|at| steps[at]));
            assert_eq!(kept, [vec![true], vec![true]], "{order:?}");
        }
    }

    #[test]
    fn a_second_link_later_replaces_one_that_the_peer_has_lost() {
        let now = Instant::now();
        for first_dialed in [true, false] {
            for (me, peer) in [(SMALL, LARGE), (LARGE, SMALL)] {
                let mut state = wanting(me, peer, now);
                let (_, first) = state.open(candidate(peer, first_dialed, now), now).unwrap();
                let later = now + AT_ONCE;
                assert!(state.open(candidate(peer, false, later), later).is_some());
                assert!(first.is_dropped());
            }
        }
    }

    #[test]
    fn only_one_attempt_agrees_at_a_time() {
        let now = Instant::now();
        let mut state = wanting(SMALL, LARGE, now);
        let attempt = state.due(now).0.remove(0);
        assert!(state.claim(&attempt, now));
        assert!(!state.claim(&attempt, now));
        state.release((EVENT, LARGE, Purpose::Sync));
        state.open(candidate(LARGE, true, now), now).unwrap();
        assert!(!state.claim(&attempt, now), "linked since it began");
    }

    #[test]
    fn what_is_not_offered_is_not_accepted() {
        let now = Instant::now();
        let mut state = State::new(SMALL);
        assert!(!state.accepts(EVENT, Purpose::Sync));
        state.want(EVENT, BTreeMap::new(), now);
        assert!(state.accepts(EVENT, Purpose::Sync) && !state.accepts(EVENT, Purpose::Join));
        state.offer(EVENT, BTreeSet::from([Purpose::Join]));
        assert!(state.accepts(EVENT, Purpose::Join));
        state.forget(EVENT);
        assert!(!state.accepts(EVENT, Purpose::Sync) && !state.accepts(EVENT, Purpose::Join));
        assert!(state.open(candidate(LARGE, true, now), now).is_none(), "forgotten while dialing");
    }
}
