//! The `lanyard` binary that tests start, built once per test program.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The real `lanyard`, built from this workspace. Cargo itself says where it lies, so any target folder will do.
pub fn lanyard_binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(build)
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    // Where cargo runs this test, not where it was built: checkouts may share a target folder.
    let package = std::env::var("CARGO_MANIFEST_DIR");
    let package = package.unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&package).join("..").canonicalize().expect("the workspace is there")
}

fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let mut command = Command::new(cargo);
    // What cargo told this test of its own package is not meant for another build: build scripts that read it would
    // compile the carrier anew each time.
    for (name, _) in std::env::vars_os() {
        let own = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_", "OUT_DIR"];
        if name.to_str().is_some_and(|name| own.iter().any(|own| name.starts_with(own))) {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["build", "-p", "station", "--bin", "lanyard", "--message-format", "json"])
        .current_dir(workspace())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "`cargo build -p station --bin lanyard` failed");
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let lanyard = |message: &Value| message["target"]["name"] == "lanyard";
    let mut paths = messages
        .filter(lanyard)
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    paths.next_back().expect("cargo names the binary it built")
}
