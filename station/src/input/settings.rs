//! What a laptop was set to read with, kept in its data folder. It belongs to the laptop and is nothing about people.

use super::lines::InputChange;
use crate::folder::{Folder, write_durably};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The longest id of a device, prefix or name of a kind of code.
const TEXT_CHARS_MAX: usize = 500;
/// Scanners on serial lines that one laptop listens to.
pub(super) const SCANNERS_MAX: usize = 8;

/// What was chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    pub(super) camera: String,
    pub(super) mirrored: bool,
    pub(super) symbologies: Vec<String>,
    pub(super) scanners: Vec<String>,
    pub(super) prefix: String,
    pub(super) suffix: String,
}

fn file(folder: &Folder) -> PathBuf {
    folder.path().join("inputs.json")
}

impl Settings {
    /// What was chosen last; where that cannot be read, nothing: scanning goes on with what a laptop always has.
    pub(super) fn read(folder: &Folder) -> Self {
        let text = std::fs::read_to_string(file(folder)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Keeps what is chosen now.
    pub(super) fn write(&self, folder: &Folder) -> Result<(), Problem> {
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        write_durably(&file(folder), &text, false)
    }

    /// With a change, where it makes sense.
    pub(super) fn with(&self, change: &InputChange, known: &[&str]) -> Result<Self, Problem> {
        let InputChange { camera, mirrored, symbologies, scanners, prefix, suffix } =
            change.clone();
        let texts = [&camera, &prefix, &suffix].into_iter().flatten();
        let lists = [&symbologies, &scanners].into_iter().flatten().flatten();
        if texts.chain(lists).any(|text| text.chars().count() > TEXT_CHARS_MAX) {
            return Err(Problem::bad(
                "That is too long for a name of a device.",
                "Choose it again.",
            ));
        }
        if scanners.as_ref().is_some_and(|chosen| chosen.len() > SCANNERS_MAX) {
            let message = format!("One laptop listens to {SCANNERS_MAX} serial scanners at most.");
            return Err(Problem::bad(message, "Leave some out."));
        }
        let unknown = symbologies.iter().flatten().find(|name| !known.contains(&name.as_str()));
        if let Some(name) = unknown {
            let message = format!("\"{name:.40}\" is no kind of code that can be read here.");
            return Err(Problem::bad(message, format!("There are: {}.", known.join(", "))));
        }
        if suffix.as_ref().is_some_and(|end| !["", "enter", "tab", "none"].contains(&end.as_str()))
        {
            let message = "A scanner's code ends with enter, tab or none.";
            return Err(Problem::bad(message, "Choose one of them."));
        }
        let now = self.clone();
        Ok(Self {
            camera: camera.unwrap_or(now.camera),
            mirrored: mirrored.unwrap_or(now.mirrored),
            symbologies: symbologies.unwrap_or(now.symbologies),
            scanners: scanners.unwrap_or(now.scanners),
            prefix: prefix.unwrap_or(now.prefix),
            suffix: suffix.unwrap_or(now.suffix),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_there_again() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(place.path());
        assert_eq!(Settings::read(&folder), Settings::default());
        let change = InputChange {
            camera: Some("usb-1".to_owned()),
            symbologies: Some(vec!["aztec".to_owned()]),
            ..InputChange::default()
        };
        let set = Settings::default().with(&change, &["aztec"]).unwrap();
        set.write(&folder).unwrap();
        let again = Settings::read(&folder);
        assert_eq!((again.camera.as_str(), again.symbologies.len()), ("usb-1", 1));
        // Half a file, or another's: nothing was chosen, and nothing breaks.
        std::fs::write(file(&folder), "{\"camera\": 7").unwrap();
        assert_eq!(Settings::read(&folder), Settings::default());
    }

    #[test]
    fn what_makes_no_sense_changes_nothing() {
        let list = |name: &str| Some(vec![name.to_owned()]);
        for change in [
            InputChange { symbologies: list("telex"), ..InputChange::default() },
            InputChange { suffix: Some("beep".to_owned()), ..InputChange::default() },
            InputChange { camera: Some("x".repeat(501)), ..InputChange::default() },
            InputChange { scanners: Some(vec![String::new(); 9]), ..InputChange::default() },
        ] {
            assert!(Settings::default().with(&change, &["aztec"]).is_err(), "{change:?}");
        }
    }
}
