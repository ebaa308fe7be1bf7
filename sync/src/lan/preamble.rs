//! The first bytes of each stream: what the link is for, which event, which lane. The other side answers with one.

use super::{Lane, Purpose};
use crate::id::EventId;

/// Names this protocol and its version in TLS.
pub(super) const ALPN: &[u8] = b"lanyard/1";

/// The answer on each lane to a preamble that is welcome.
pub(super) const WELCOME: u8 = 1;

/// Length of a preamble.
pub(super) const LEN: usize = 18;

/// What the dialer says first on a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Preamble {
    pub(super) purpose: Purpose,
    pub(super) event: EventId,
    pub(super) lane: Lane,
}

impl Preamble {
    pub(super) fn encode(self) -> [u8; LEN] {
        let purpose = match self.purpose {
            Purpose::Sync => 0,
            Purpose::Join => 1,
        };
        let lane = match self.lane {
            Lane::Bulk => 0,
            Lane::Live => 1,
        };
        let mut bytes = [0; LEN];
        bytes
            .iter_mut()
            .zip([purpose, lane].iter().chain(&self.event.0))
            .for_each(|(to, from)| *to = *from);
        bytes
    }

    /// `None` where a later version says something that this one does not know.
    pub(super) fn decode(bytes: [u8; LEN]) -> Option<Self> {
        let (&[purpose, lane], event) = bytes.split_first_chunk::<2>()?;
        let purpose = match purpose {
            0 => Purpose::Sync,
            1 => Purpose::Join,
            _ => return None,
        };
        let lane = match lane {
            0 => Lane::Bulk,
            1 => Lane::Live,
            _ => return None,
        };
        Some(Self { purpose, event: EventId(event.try_into().ok()?), lane })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preamble_has_eighteen_known_bytes() {
        let preamble =
            Preamble { purpose: Purpose::Join, event: EventId([7; 16]), lane: Lane::Live };
        let mut bytes = [7; LEN];
        bytes[..2].copy_from_slice(&[1, 1]);
        assert_eq!(preamble.encode(), bytes);
        assert_eq!(Preamble::decode(bytes), Some(preamble));
        bytes[0] = 2;
        assert_eq!(Preamble::decode(bytes), None);
    }
}
