//! Libraries that are loaded below the real binary, to make a disk forget or a clock wrong: `shim/NAME.c`.

use std::path::{Path, PathBuf};
use std::process::Command;
use tests::binary::workspace;

/// A shim, compiled by this machine's C compiler, which Rust needs anyway.
pub(crate) fn compiled(name: &str) -> PathBuf {
    built(name, &["-shared", "-fPIC"])
}

/// A program of `shim/`, built with more words for the compiler.
pub(crate) fn built(name: &str, words: &[&str]) -> PathBuf {
    let source = workspace().join("tests/it/shim").join(format!("{name}.c"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (made, shim) = (
        folder.join(format!("{name}-{}.so", std::process::id())),
        folder.join(format!("{name}.so")),
    );
    let mut cc = Command::new("cc");
    cc.args(words)
        .args(["-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-o"])
        .arg(&made)
        .arg(source);
    assert!(cc.status().expect("there is a C compiler").success(), "{name}.c does not compile");
    // Another test program may be using the one that is there.
    std::fs::rename(&made, &shim).unwrap();
    shim
}
