//! Laptops of one event on this machine's loopback: each a place with its own `lanyard serve`, let in as people do it.
//!
//! Nothing here leaves the machine: ports are chosen by the system, and nobody is looked for by multicast.

use crate::{Live, Place, Sheet};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::Command;
use std::time::{Duration, Instant};

/// How a laptop speaks with others in tests.
pub const LOOPBACK: [&str; 3] = ["--sync", "127.0.0.1:0", "--no-discovery"];
/// Far more than anything takes that no promise stands for, on a busy machine too.
pub const LONG: Duration = Duration::from_secs(60);
/// Within this, stations that can hear each other hold the same.
pub const AGREED: Duration = Duration::from_secs(5);

/// One laptop. Dropped, its processes are ended.
#[derive(Debug)]
pub struct Station {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub place: Place,
    /// Environment of its `serve`, such as a wrong clock.
    pub env: BTreeMap<String, OsString>,
    /// More words for its `serve`; with `--sync` among them it speaks with others there, and not on loopback.
    pub words: Vec<String>,
    /// Another `lanyard` for its `serve`, such as one that writes frames down.
    pub program: Option<OsString>,
    serve: Option<Live>,
}

impl Station {
    /// A laptop that does not run yet.
    #[must_use]
    pub fn new(name: &str, place: Place) -> Self {
        let (env, words) = (BTreeMap::new(), Vec::new());
        Self { name: name.to_owned(), place, env, words, program: None, serve: None }
    }

    /// The organizer's laptop, North, with an event; it runs.
    #[must_use]
    pub fn organizer() -> Self {
        Self::running("North", Place::with_event())
    }

    /// The organizer's laptop and two doors, East and West, let in with one ticket; all hold these people.
    #[must_use]
    pub fn hall(people: usize) -> [Self; 3] {
        let north = Self::organizer();
        let _ = north.place.import("people.csv", Sheet::of_people(people).csv(','));
        let ticket = north.invite(&["--role", "door", "--gate", "main", "--count", "2"]);
        let [east, west] = ["East", "West"].map(|name| Self::joined(&north, &ticket, name));
        let all = [&north, &east, &west];
        until_level("the doors have everything", &all);
        let met = |station: &&Self| station.sync()["heard"] == 2;
        let _ = until("everybody hears everybody", LONG, || {
            if all.iter().all(met) { Ok(()) } else { Err(format!("{:?}", all.map(Self::sync))) }
        });
        [north, east, west]
    }

    /// A laptop that runs.
    #[must_use]
    pub fn running(name: &str, place: Place) -> Self {
        let mut station = Self::new(name, place);
        station.start();
        station
    }

    /// A new laptop that runs and was let in with a ticket.
    #[must_use]
    pub fn joined(organizer: &Self, ticket: &str, name: &str) -> Self {
        let mut station = Self::new(name, Place::new());
        station.join(organizer, ticket);
        station
    }

    /// Starts its `serve`, and waits until it answers.
    pub fn start(&mut self) {
        assert!(self.serve.is_none(), "{} runs already", self.name);
        let elsewhere = self.words.iter().any(|word| word == "--sync");
        let words: Vec<&str> = std::iter::once("serve")
            .chain(LOOPBACK.into_iter().filter(|_| !elsewhere))
            .chain(self.words.iter().map(String::as_str))
            .collect();
        let mut command = self.place.json_command(&words);
        if let Some(program) = &self.program {
            command = with_program(&command, program);
        }
        command.envs(&self.env);
        let serve = Live::start(command);
        let ready = serve.hear();
        assert!(ready["sync"].as_array().is_some_and(|sync| !sync.is_empty()), "{ready}");
        self.serve = Some(serve);
    }

    /// Ends its `serve` without a warning; what that had written to standard error.
    pub fn kill(&mut self) -> Vec<String> {
        self.serve.take().expect("it runs").kill()
    }

    /// Its running `serve`.
    #[must_use]
    pub fn serve(&self) -> &Live {
        self.serve.as_ref().expect("it runs")
    }

    /// A ticket of this laptop's event.
    #[must_use]
    pub fn invite(&self, words: &[&str]) -> String {
        let line = self.place.run(&[&["invite"], words].concat()).one();
        line["ticket"].as_str().expect("a ticket").to_owned()
    }

    /// Begins to join an event, and gives the process that waits with the digits that it shows.
    #[must_use]
    pub fn ask(&mut self, ticket: &str) -> (Live, String) {
        if self.serve.is_none() {
            self.start();
        }
        let asking = self.place.live(&["join", ticket, "--name", &self.name]);
        let digits = asking.hear()["digits"].as_str().expect("digits").to_owned();
        (asking, digits)
    }

    /// Joins an event: the digits are the same on both screens, and the organizer says yes.
    pub fn join(&mut self, organizer: &Self, ticket: &str) {
        let (asking, digits) = self.ask(ticket);
        let listed = organizer.place.run(&["approve"]).ok();
        let shown = listed.iter().find(|line| line["name"] == self.name.as_str());
        assert_eq!(shown.expect("it is listed")["digits"], digits.as_str(), "{listed:?}");
        let approved = organizer.place.run(&["approve", &digits]).one();
        assert_eq!(approved["approved"], self.name.as_str());
        let joined = asking.hear();
        assert!(joined["joined"].is_string(), "{joined}");
        assert_eq!(joined["station"], approved["station"]);
    }

    /// How it stands with the others.
    #[must_use]
    pub fn sync(&self) -> Value {
        self.place.run(&["sync"]).one()
    }

    /// Another station, as this one sees it.
    #[must_use]
    pub fn peer(&self, name: &str) -> Value {
        let peers = self.place.run(&["peers"]).ok();
        let found = peers.iter().find(|peer| peer["name"] == name).cloned();
        found.unwrap_or_else(|| panic!("{} does not know {name}: {peers:?}", self.name))
    }

    /// The attendance in numbers.
    #[must_use]
    pub fn stats(&self) -> Value {
        self.place.run(&["stats"]).one()
    }

    /// What a command prints, to be compared byte by byte.
    #[must_use]
    pub fn text(&self, words: &[&str]) -> String {
        let ran = self.place.run(words);
        assert_eq!(ran.code, 0, "{ran}");
        ran.stdout
    }
}

/// The same command with another program.
fn with_program(command: &Command, program: &OsString) -> Command {
    let mut other = Command::new(program);
    other.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => other.env(name, value),
            None => other.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        other.current_dir(folder);
    }
    other
}

/// Looks until something is so, and says how long that took. `look` says what is still missing.
pub fn until<T>(
    what: &str,
    within: Duration,
    mut look: impl FnMut() -> Result<T, String>,
) -> (T, Duration) {
    let begun = Instant::now();
    loop {
        match look() {
            Ok(found) => {
                let took = begun.elapsed();
                println!("{what}: after {} ms", took.as_millis());
                return (found, took);
            }
            Err(missing) => {
                assert!(begun.elapsed() < within, "{what}: not within {within:?}: {missing}");
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until these commands print the same on all stations, byte by byte, and gives what they print.
pub fn until_equal(what: &str, words: &[&str], stations: &[&Station]) -> String {
    let look = || {
        let texts: Vec<String> = stations.iter().map(|station| station.text(words)).collect();
        let (first, rest) = texts.split_first().expect("a station");
        if rest.iter().all(|text| text == first) {
            Ok(first.clone())
        } else {
            Err(texts.join("\n"))
        }
    };
    until(what, AGREED, look).0
}

/// Waits until all stations hold the same records.
pub fn until_level(what: &str, stations: &[&Station]) {
    let _ = until_equal(what, &["digest"], stations);
}
