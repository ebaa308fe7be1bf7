//! Somebody who is no member: it dials, and shows a certificate that it made itself.

use super::mischief::{craft, own_certificate, record};
use super::world::{STRANGER, World};
use domain::access::{Kind, Space};
use std::collections::BTreeMap;
use sync::engine::Lane;
use sync::frame::{Deframer, FRAME_BYTES_MAX, Frame, Have, Hello, VERSION};
use sync::id::{Epoch, LogName};
use sync::keys::SecretKey;

/// The stranger.
#[derive(Debug)]
pub(super) struct Stranger {
    /// Its key.
    pub key: SecretKey,
    heard: BTreeMap<u64, Deframer>,
}

impl World {
    /// It tries everybody.
    pub(super) fn stranger_comes(&mut self) {
        let key = SecretKey::generate(&mut self.dice);
        self.stranger = Some(Stranger { key, heard: BTreeMap::new() });
        for station in self.those(|_| true) {
            self.connect(STRANGER, station);
        }
    }

    pub(super) fn stranger_opened(&mut self, link: u64) {
        self.tally.count("stranger");
        self.stranger_greets(link, false);
        if self.dice.chance(30) {
            self.send(STRANGER, link, Lane::Live, &Frame::Introduce.to_bytes());
        }
    }

    fn stranger_greets(&mut self, link: u64, again: bool) {
        let have = Have { control: [0; 32], root: [0; 32], time: 0 };
        let hello = Hello { versions: vec![VERSION], epoch: 5, have, again };
        self.send(STRANGER, link, Lane::Bulk, &Frame::Hello(hello).to_bytes());
    }

    pub(super) fn stranger_hears(&mut self, link: u64, lane: Lane, bytes: &[u8]) {
        if lane == Lane::Live {
            return;
        }
        let Some(stranger) = &mut self.stranger else { return };
        let heard = stranger.heard.entry(link).or_default();
        heard.push(bytes);
        let frames = heard.frames(FRAME_BYTES_MAX).unwrap_or_default();
        let key = stranger.key.clone();
        for frame in frames {
            if Frame::from_bytes(self.event, &frame) == Ok(Frame::Introduce) {
                let (event, station) = (self.event, key.public());
                let name = LogName { event, space: Space::Control, station, epoch: Epoch(5) };
                let records = vec![record(1, Kind::CERTIFICATE, own_certificate(&key))];
                let stretch = craft(&key, name, (1, [0; 32]), records);
                let shown = Frame::Range(Box::new(stretch)).to_bytes();
                self.send(STRANGER, link, Lane::Bulk, &shown);
                self.stranger_greets(link, true);
            }
        }
    }
}
