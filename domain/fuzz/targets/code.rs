//! Any text as what a ticket says: a code within bounds or a reason, and never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|payload: &str| {
    let _ = domain::code::parse(payload);
});
