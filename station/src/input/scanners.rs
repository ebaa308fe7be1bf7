//! The serial scanners of this laptop: those that were chosen, and those that are known to be scanners as soon as they
//! are plugged in.

use super::Heart;
use super::lines::{DeviceLine, DeviceState};
use super::settings::SCANNERS_MAX;
use domain::reading::Source;
use hardware::serial::{self, Heard, Lost, Port, Scanner, State};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The scanners of a laptop.
#[derive(Debug, Default)]
pub(super) struct Scanners {
    chosen: Vec<String>,
    /// Those that were plugged in and are known: once seen, missed when they are gone.
    known: Vec<String>,
    ports: Vec<Port>,
    open: BTreeMap<String, Scanner>,
}

impl Scanners {
    /// Takes other ones for chosen.
    pub(super) fn choose(&mut self, ids: Vec<String>) {
        self.chosen = ids;
    }

    /// Looks which are plugged in, and listens to all that should be heard; whether anything is otherwise.
    pub(super) fn look(&mut self, heart: &Arc<Heart>) -> bool {
        let ports = serial::list();
        let has_changed = ports != self.ports;
        self.ports = ports;
        for port in self.ports.iter().filter(|port| port.is_scanner) {
            if !self.known.contains(&port.id) && self.known.len() < SCANNERS_MAX {
                self.known.push(port.id.clone());
            }
        }
        let wanted: Vec<&String> = self.chosen.iter().chain(&self.known).collect();
        self.open.retain(|id, _| wanted.contains(&id));
        for id in wanted {
            if !self.open.contains_key(id) {
                self.open.insert(id.clone(), listen(id, Arc::clone(heart)));
            }
        }
        has_changed
    }

    pub(super) fn states(&self) -> Vec<DeviceState> {
        self.open.iter().map(|(id, scanner)| state_of(id, &scanner.state())).collect()
    }

    pub(super) fn ports(&self) -> Vec<DeviceLine> {
        let line = |port: &Port| DeviceLine {
            id: port.id.clone(),
            name: port.name.clone(),
            likely: port.is_scanner,
        };
        self.ports.iter().map(line).collect()
    }
}

fn listen(id: &str, heart: Arc<Heart>) -> Scanner {
    Scanner::listen(id.to_owned(), move |heard| match heard {
        Heard::Code { text, symbology, at } => heart.read(Source::Serial, symbology, &text, at),
        Heard::State(_) => heart.changed(),
    })
}

fn state_of(id: &str, state: &State) -> DeviceState {
    let (name, problem, detail) = match state {
        State::Starting => ("starting", None, None),
        State::Listening => ("running", None, None),
        State::Noise => ("running", Some("noise"), None),
        State::Lost(lost) => ("lost", Some(problem_of(lost)), Some(lost.to_string())),
    };
    DeviceState {
        id: id.to_owned(),
        state: name.to_owned(),
        problem: problem.map(str::to_owned),
        detail,
    }
}

const fn problem_of(lost: &Lost) -> &'static str {
    match lost {
        Lost::Gone => "gone",
        Lost::Denied => "denied",
        Lost::Busy => "busy",
        Lost::Failed(_) => "broken",
    }
}
