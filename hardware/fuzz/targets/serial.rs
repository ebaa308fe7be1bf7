//! Any bytes of a serial line, in any portions: codes or noise, bounded, and never a panic.
#![no_main]

use hardware::serial::{Piece, Splitter};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|portions: Vec<(Vec<u8>, u16)>| {
    let mut splitter = Splitter::default();
    let mut now_ms = 0;
    for (bytes, later) in portions {
        now_ms += u64::from(later);
        for piece in splitter.push(&bytes, now_ms) {
            if let Piece::Code { text, .. } = piece {
                assert!(!text.is_empty());
            }
        }
    }
});
