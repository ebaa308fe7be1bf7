//! What waits to be sent on one link. Any thread pushes, the link's two writers pop.

use super::Lane;
use super::limits::{ITEM, WAITING};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    /// Send what waits, then say goodbye.
    Finish,
    /// Now, whatever waits.
    Drop,
}

/// What a writer does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Send(Vec<u8>),
    Wait,
    Finish,
}

#[derive(Debug)]
struct Queues {
    bulk: VecDeque<Vec<u8>>,
    live: VecDeque<Vec<u8>>,
    waiting: usize,
    end: End,
}

#[derive(Debug)]
pub(super) struct Outbox {
    queues: Mutex<Queues>,
    pub(super) bulk: Notify,
    pub(super) live: Notify,
    pub(super) ending: Notify,
}

impl Outbox {
    pub(super) fn new() -> Self {
        let queues =
            Queues { bulk: VecDeque::new(), live: VecDeque::new(), waiting: 0, end: End::Open };
        Self {
            queues: Mutex::new(queues),
            bulk: Notify::new(),
            live: Notify::new(),
            ending: Notify::new(),
        }
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notify(&self, lane: Lane) -> &Notify {
        match lane {
            Lane::Bulk => &self.bulk,
            Lane::Live => &self.live,
        }
    }

    pub(super) fn push(&self, lane: Lane, bytes: Vec<u8>) {
        let mut queues = self.queues();
        if queues.end != End::Open || bytes.is_empty() {
            return;
        }
        queues.waiting += bytes.len() + ITEM;
        if queues.waiting > WAITING {
            drop(queues);
            return self.drop_all();
        }
        match lane {
            Lane::Bulk => queues.bulk.push_back(bytes),
            Lane::Live => queues.live.push_back(bytes),
        }
        drop(queues);
        self.notify(lane).notify_one();
    }

    pub(super) fn pop(&self, lane: Lane) -> Next {
        let mut queues = self.queues();
        let next = match lane {
            Lane::Bulk => queues.bulk.pop_front(),
            Lane::Live => queues.live.pop_front(),
        };
        match next {
            Some(bytes) => Next::Send(bytes),
            None if queues.end == End::Open => Next::Wait,
            None => Next::Finish,
        }
    }

    /// The transport has taken bytes of this length.
    pub(super) fn sent(&self, len: usize) {
        let mut queues = self.queues();
        queues.waiting = queues.waiting.saturating_sub(len + ITEM);
    }

    pub(super) async fn changed(&self, lane: Lane) {
        self.notify(lane).notified().await;
    }

    /// Ends after what waits has gone out.
    pub(super) fn finish(&self) {
        let mut queues = self.queues();
        if queues.end == End::Open {
            queues.end = End::Finish;
        }
        drop(queues);
        self.wake();
    }

    /// Ends now.
    pub(super) fn drop_all(&self) {
        let mut queues = self.queues();
        (queues.bulk, queues.live) = (VecDeque::new(), VecDeque::new());
        queues.end = End::Drop;
        drop(queues);
        self.wake();
    }

    fn wake(&self) {
        self.bulk.notify_one();
        self.live.notify_one();
        self.ending.notify_one();
    }

    /// Whether this side still listens to the link.
    pub(super) fn is_open(&self) -> bool {
        self.queues().end == End::Open
    }

    pub(super) fn is_dropped(&self) -> bool {
        self.queues().end == End::Drop
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_may_wait_ends_the_link() {
        let outbox = Outbox::new();
        for _ in 0..15 {
            outbox.push(Lane::Bulk, vec![0; 1024 * 1024]);
        }
        assert!(outbox.is_open());
        outbox.push(Lane::Live, vec![0; 1024 * 1024]);
        assert!(outbox.is_dropped());
        assert_eq!(outbox.pop(Lane::Bulk), Next::Finish);
    }

    #[test]
    fn what_was_sent_makes_room() {
        let outbox = Outbox::new();
        for _ in 0..100 {
            outbox.push(Lane::Bulk, vec![0; 1024 * 1024]);
            assert!(matches!(outbox.pop(Lane::Bulk), Next::Send(_)));
            outbox.sent(1024 * 1024);
        }
        assert!(outbox.is_open());
    }

    #[test]
    fn small_items_are_bounded_too() {
        let outbox = Outbox::new();
        for _ in 0..WAITING / (ITEM + 1) {
            outbox.push(Lane::Live, vec![0]);
        }
        assert!(outbox.is_open());
        outbox.push(Lane::Live, vec![0]);
        assert!(outbox.is_dropped());
    }
}
