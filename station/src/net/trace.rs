//! Writes down every frame that is sent and received, in the clear, to show what a station is told; only in builds
//! for tests.

use super::Net;
use crate::problem::Problem;
use base64::Engine as _;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use sync::engine::{Lane, LinkId};
use sync::frame::{Deframer, FRAME_BYTES_MAX, Frame};
use sync::id::EventId;

/// Where frames are written down.
#[derive(Debug)]
pub struct Trace {
    file: File,
    frames: BTreeMap<(LinkId, Lane), Deframer>,
}

impl Trace {
    pub(super) fn to(path: &Path) -> Result<Self, Problem> {
        let file = File::options().create(true).append(true).open(path);
        Ok(Self { file: file.map_err(|e| Problem::io(path, &e))?, frames: BTreeMap::new() })
    }

    fn line(&mut self, event: EventId, peer: &str, dir: &str, frame: &[u8]) {
        let space = match Frame::from_bytes(event, frame) {
            Ok(Frame::Range(stretch) | Frame::Live(stretch)) => {
                Some(stretch.name.space.as_str().to_owned())
            }
            _ => None,
        };
        let b64 = base64::engine::general_purpose::STANDARD.encode(frame);
        let line = serde_json::json!({ "peer": peer, "dir": dir, "space": space, "b64": b64 });
        let _ = writeln!(self.file, "{line}");
    }
}

impl Net {
    pub(super) fn traced_out(&mut self, id: EventId, link: LinkId, _lane: Lane, bytes: &[u8]) {
        let peer = self.peer_of(id, link);
        if let (Some(trace), Some(frame)) = (&mut self.trace, bytes.get(4..)) {
            trace.line(id, &peer, "out", frame);
        }
    }

    pub(super) fn traced_in(&mut self, id: EventId, link: LinkId, lane: Lane, bytes: &[u8]) {
        let peer = self.peer_of(id, link);
        let Some(trace) = &mut self.trace else { return };
        let frames = trace.frames.entry((link, lane)).or_default();
        frames.push(bytes);
        for frame in frames.frames(FRAME_BYTES_MAX).unwrap_or_default() {
            trace.line(id, &peer, "in", &frame);
        }
    }

    fn peer_of(&self, id: EventId, link: LinkId) -> String {
        let links = self.engines.get(&id).map(sync::engine::Engine::all_links);
        let peer = links.and_then(|links| links.get(&link).copied());
        peer.map(|peer| peer.to_string()).unwrap_or_default()
    }
}
