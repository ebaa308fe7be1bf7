//! A place: a temporary folder with a data folder and a runtime folder in it, where commands are run.

use crate::binary::lanyard_binary;
use crate::{Live, Ran};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A folder of its own for one test.
#[derive(Debug)]
pub struct Place {
    /// Removed with the place.
    _dir: TempDir,
    path: PathBuf,
}

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}

impl Place {
    /// An empty place: no data folder yet.
    #[must_use]
    pub fn new() -> Self {
        // A short name: a socket's path has room for a hundred bytes.
        let dir = tempfile::Builder::new().prefix("ly").tempdir().expect("a temporary folder");
        let path = dir.path().canonicalize().expect("the folder is there");
        std::fs::create_dir(path.join("run")).expect("a runtime folder");
        Self { _dir: dir, path }
    }

    /// A place with an event in Berlin, at station North.
    #[must_use]
    pub fn with_event() -> Self {
        Self::with_event_of(&[])
    }

    /// The same, with more words for `event new`.
    #[must_use]
    pub fn with_event_of(more: &[&str]) -> Self {
        let place = Self::new();
        let _ = place.new_event("Spring Fair", more);
        place
    }

    /// Makes an event and gives its id.
    #[must_use]
    pub fn new_event(&self, name: &str, more: &[&str]) -> String {
        let mut words = vec![
            "event",
            "new",
            "--name",
            name,
            "--timezone",
            "Europe/Berlin",
            "--station-name",
            "North",
        ];
        words.extend(more);
        self.run(&words).one()["event"].as_str().expect("an id").to_owned()
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// The store of the only event.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        let events = std::fs::read_dir(self.data().join("events")).expect("events");
        let stores: Vec<PathBuf> =
            events.map(|event| event.expect("an event").path().join("store.db")).collect();
        assert_eq!(stores.len(), 1, "one event: {stores:?}");
        stores[0].clone()
    }

    /// Writes a file and gives its path as text.
    #[must_use]
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path.join(name);
        std::fs::write(&path, bytes).expect("a file can be written");
        path.to_str().expect("a path in UTF-8").to_owned()
    }

    /// `lanyard` with these words, for this place and nothing else of this machine.
    pub fn command(&self, words: &[impl AsRef<OsStr>]) -> Command {
        let no_bus = format!("unix:path={}", self.path.join("run/no-bus").display());
        let mut command = Command::new(lanyard_binary());
        command
            .args(words)
            .current_dir(&self.path)
            .env_remove("LANYARD_DATA")
            .env("HOME", &self.path)
            .env("XDG_DATA_HOME", self.path.join("share"))
            .env("XDG_RUNTIME_DIR", self.path.join("run"))
            // A test neither keeps this machine awake nor sees its battery.
            .env("DBUS_SYSTEM_BUS_ADDRESS", &no_bus)
            .env("DBUS_SESSION_BUS_ADDRESS", &no_bus)
            .env("LANYARD_POWER_SUPPLY", self.path.join("power"));
        command
    }

    /// The same with `--json` and this place's data folder.
    pub fn json_command(&self, words: &[impl AsRef<OsStr>]) -> Command {
        let mut command = self.command(words);
        command.arg("--json").arg("--data").arg(self.data());
        command
    }

    /// Runs with `--json`.
    #[must_use]
    pub fn run(&self, words: &[&str]) -> Ran {
        self.run_with(words, b"")
    }

    /// Runs with `--json` and this on standard input.
    #[must_use]
    pub fn run_with(&self, words: &[&str], stdin: &[u8]) -> Ran {
        // `--` ends the options, so ours come before it.
        let (options, codes) =
            words.split_at(words.iter().position(|word| *word == "--").unwrap_or(words.len()));
        let mut command = self.json_command(options);
        command.args(codes);
        Ran::of(command, stdin)
    }

    /// Runs as a person would, without `--json`.
    #[must_use]
    pub fn plain(&self, words: &[&str]) -> Ran {
        let mut command = self.command(words);
        command.arg("--data").arg(self.data());
        Ran::of(command, b"")
    }

    /// Starts a command that is spoken with.
    #[must_use]
    pub fn live(&self, words: &[&str]) -> Live {
        Live::start(self.json_command(words))
    }

    /// Imports a file that is taken whole, and gives the counts.
    #[must_use]
    pub fn import(&self, name: &str, bytes: impl AsRef<[u8]>) -> Value {
        let file = self.file(name, bytes);
        let line = self.run(&["roster", "import", &file]).one();
        assert_eq!(line["rejected"], Value::Array(Vec::new()), "every row should go in");
        line
    }

    /// Scans one code and gives its line, whatever the verdict.
    #[must_use]
    pub fn scan(&self, words: &[&str]) -> Value {
        let mut all = vec!["scan", "--gate", "main"];
        all.extend(words);
        let ran = self.run(&all);
        let lines = ran.lines();
        assert_eq!(lines.len(), 1, "one code, one line: {ran}");
        assert!(lines[0].get("error").is_none(), "should be judged: {ran}");
        let passes = ["admitted", "readmitted", "exited"]
            .contains(&lines[0]["verdict"].as_str().expect("a verdict"));
        assert_eq!(ran.code, i32::from(!passes), "the exit code follows the verdict: {ran}");
        lines[0].clone()
    }

    /// The roots of all spaces: equal where nothing was recorded in between.
    #[must_use]
    pub fn digest(&self) -> Vec<Value> {
        self.run(&["digest"]).ok()
    }

    /// How many attendees there are.
    #[must_use]
    pub fn attendees(&self) -> u64 {
        self.run(&["event", "show"]).one()["attendees"].as_u64().expect("a number")
    }

    /// Fails unless all records and projections are as they were signed.
    pub fn verify(&self) {
        let line = self.run(&["verify"]).one();
        assert_eq!(line["ok"], true, "{line}");
        assert_eq!(line["problems"], Value::Array(Vec::new()));
    }

    /// The roster as CSV.
    #[must_use]
    pub fn export(&self) -> String {
        let ran = self.plain(&["roster", "export"]);
        assert_eq!(ran.code, 0, "{ran}");
        ran.stdout
    }
}

/// A record as commands take it.
#[must_use]
pub fn record_name(record: &Value) -> String {
    let text =
        |key: &str| record[key].as_str().unwrap_or_else(|| panic!("{key} is text: {record}"));
    let seq = record["seq"].as_u64().unwrap_or_else(|| panic!("seq is a number: {record}"));
    format!("{}/{}/{seq}", text("station"), text("epoch"))
}
