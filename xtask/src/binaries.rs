//! The binaries of the product, built from the workspace.
//!
//! `ui/dist` goes into them: build the screens first.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::place::{Place, read};

/// With the cameras of the machine, as the desktop app has them: what they share is built once.
const CAMERAS: &str = "--features=station/webcam";

/// The command alone.
pub(crate) fn lanyard(place: &Place) -> Result<PathBuf> {
    let messages = build(place, &["--package", "station", "--bin", "lanyard", CAMERAS])?;
    found(&messages, "lanyard")
}

/// The command as a test build that writes down what it sends, beside the plain one.
pub(crate) fn tracing(place: &Place) -> Result<PathBuf> {
    let what = ["--package", "station", "--bin", "lanyard", CAMERAS, "--features=trace-frames"];
    let built = found(&build(place, &what)?, "lanyard")?;
    // The next build without the feature replaces what cargo built.
    let kept = built.with_file_name("lanyard-trace");
    fs::copy(&built, &kept)
        .with_context(|| format!("cannot copy {} to {}", built.display(), kept.display()))?;
    Ok(kept)
}

/// The command and the desktop app.
#[derive(Debug)]
pub(crate) struct Both {
    pub(crate) lanyard: PathBuf,
    pub(crate) desktop: PathBuf,
}

/// Both in one build: what they share is built once, with the same features.
pub(crate) fn both(place: &Place, release: bool) -> Result<Both> {
    let mut what = vec!["--package", "station", "--package", "lanyard-desktop", "--bins", CAMERAS];
    if release {
        what.push("--release");
    }
    let messages = build(place, &what)?;
    Ok(Both {
        lanyard: found(&messages, "lanyard")?,
        desktop: found(&messages, "lanyard-desktop")?,
    })
}

/// The examples that look through a camera and feed one: `see` and `show`.
pub(crate) fn eyes(place: &Place) -> Result<[PathBuf; 2]> {
    let what = ["--package", "hardware", "--features=webcam", "--example=see", "--example=show"];
    let messages = build(place, &what)?;
    Ok([found(&messages, "see")?, found(&messages, "show")?])
}

fn build(place: &Place, what: &[&str]) -> Result<String> {
    let mut cargo = place.cargo(&["build", "--message-format", "json-render-diagnostics"]);
    read(cargo.args(what).stderr(Stdio::inherit()))
}

/// The path as cargo tells it, whatever the target folder.
fn found(messages: &str, name: &str) -> Result<PathBuf> {
    let path = messages.lines().filter_map(|message| executable(message, name)).next_back();
    path.with_context(|| format!("cargo has built no binary named {name}"))
}

fn executable(message: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let path = message.get("executable")?.as_str()?;
    (message.get("target")?.get("name")? == name).then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_is_found_in_what_cargo_says() {
        let said = concat!(
            r#"{"target":{"name":"lanyard"},"executable":"/t/lanyard"}"#,
            "\nnot JSON\n",
            r#"{"target":{"name":"lanyard-desktop"},"executable":"/t/lanyard-desktop"}"#,
            "\n",
            r#"{"target":{"name":"station"},"executable":null}"#,
        );
        assert_eq!(found(said, "lanyard").unwrap(), PathBuf::from("/t/lanyard"));
        assert_eq!(found(said, "lanyard-desktop").unwrap(), PathBuf::from("/t/lanyard-desktop"));
        assert!(found(said, "station").is_err());
    }
}
