//! Lines about double admissions.

use super::{RecordName, Who};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Answer of `conflicts`, one a double admission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConflictLine {
    /// Its id, the same on every station: 16 hex digits.
    pub id: String,
    /// Id of the person.
    pub attendee: String,
    /// The person, where this station has the list. Only screens are told.
    pub who: Option<Who>,
    /// The area that was entered. Only screens are told.
    pub area: String,
    /// The admissions, oldest first.
    pub scans: Vec<ConflictScan>,
    /// What somebody said of all of them; null: still open.
    pub resolved: Option<Resolved>,
}

/// One of the admissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConflictScan {
    /// Id of the gate.
    pub gate: String,
    /// Name of the station.
    pub station: String,
    /// When: RFC 3339 with the event's offset.
    pub at: String,
    /// Operator. Only screens are told.
    pub operator: Option<String>,
    /// The record. Only screens are told.
    pub record: RecordName,
}

/// What somebody said of a double admission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Resolved {
    /// Who.
    pub by: String,
    /// What.
    pub note: String,
}

impl ConflictLine {
    /// The object that a terminal's `--json` shows.
    #[must_use]
    pub fn terminal(&self) -> Value {
        let scan = |scan: &ConflictScan| json!({ "gate": scan.gate, "station": scan.station, "at": scan.at });
        json!({
            "id": self.id,
            "attendee": self.attendee,
            "scans": self.scans.iter().map(scan).collect::<Vec<_>>(),
            "resolved": self.resolved,
        })
    }
}
