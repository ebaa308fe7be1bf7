//! Lines about the stations of an event: who they are, who hears whom, who asks to join.

use serde::{Deserialize, Serialize};

/// Answer of `invite`: what another laptop needs to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct InviteLine {
    /// The ticket: what is shown as a QR code, or typed.
    pub ticket: String,
    /// Until when it is good: RFC 3339.
    pub expires: String,
    /// Role of those who join with it.
    #[cfg_attr(test, ts(type = "StationRole"))]
    pub role: String,
    /// Gate that they are to stand at.
    pub gate: Option<String>,
    /// Exhibitor, of a booth.
    pub exhibitor: Option<String>,
    /// How many may join with it.
    pub count: u32,
}

/// A laptop that asks to join and waits for a person to compare its digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct JoinerLine {
    /// Six digits, the same on its screen.
    pub digits: String,
    /// Its name.
    pub name: String,
    /// Its key, 64 hex digits.
    pub station: String,
    /// Role that it is to have.
    #[cfg_attr(test, ts(type = "StationRole"))]
    pub role: String,
    /// Gate that it is to stand at.
    pub gate: Option<String>,
    /// Since when it waits: RFC 3339.
    pub since: String,
}

/// Answer of `approve`: a laptop that is a station now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ApprovedLine {
    /// Its name.
    pub approved: String,
    /// Its key.
    pub station: String,
}

/// How far this laptop is with joining an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct JoinLine {
    /// `none`, `connecting`, `waiting` for a person to approve, `joined`, or `failed`.
    #[cfg_attr(
        test,
        ts(type = "\"none\" | \"connecting\" | \"waiting\" | \"joined\" | \"failed\"")
    )]
    pub state: String,
    /// Six digits to compare, once there are any.
    pub digits: Option<String>,
    /// The event that was joined: its id.
    pub joined: Option<String>,
    /// Name of that event.
    pub event_name: Option<String>,
    /// This laptop's key.
    pub station: Option<String>,
    /// Why it failed, a sentence.
    pub problem: Option<String>,
    /// What to do about that.
    pub hint: Option<String>,
}

/// One station of the event, as this one sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PeerLine {
    /// Its key, 64 hex digits.
    pub station: String,
    /// Its name.
    pub name: String,
    /// Its role.
    #[cfg_attr(test, ts(type = "StationRole"))]
    pub role: String,
    /// The gate that it is set to stand at.
    pub gate: Option<String>,
    /// Exhibitor, of a booth.
    pub exhibitor: Option<String>,
    /// How long ago it was last heard, in milliseconds; null: never since this station started.
    pub heard_ms: Option<u64>,
    /// Records of this station that it does not have yet, as far as is known.
    pub lag_records: Option<u64>,
    /// How far its clock is ahead of this one's, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// Whether there is a connection to it right now.
    pub connected: bool,
    /// Whether it counts for certainty: it is heard when it was heard in the last ten seconds.
    pub heard: bool,
    /// Charge of its battery in percent; null: none, or not known.
    pub battery: Option<u8>,
    /// Whether it runs on mains; null: not known.
    pub on_mains: Option<bool>,
    /// Its version of Lanyard.
    pub version: Option<String>,
    /// Whether it was shut out.
    pub revoked: bool,
    /// What is wrong with it, if anything is.
    pub warnings: Vec<StationWarning>,
}

/// What can be wrong with a station, or with how this one sees the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum StationWarning {
    /// The same folder runs on two laptops.
    RunsTwice,
    /// It went on from an older state of itself: some of its records contradict each other.
    Forked,
    /// Its clock is off.
    Clock {
        /// How far it is ahead of this one's, in milliseconds.
        offset_ms: i64,
    },
    /// Its battery is low.
    Battery {
        /// Charge in percent.
        percent: u8,
    },
    /// It sent bytes that nobody signed, or more than it may; it was hung up on.
    Misbehaved {
        /// What it did, a sentence.
        what: String,
    },
}

/// Answer of `revoke`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RevokedLine {
    /// Name of the station that was shut out.
    pub revoked: String,
    /// Its key.
    pub station: String,
}

/// How this station stands with the others: what is always in view on a screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SyncLine {
    /// Whether this laptop speaks with others at all.
    pub on: bool,
    /// Role of this laptop in the event.
    #[cfg_attr(test, ts(type = "StationRole"))]
    pub role: String,
    /// The gate that the organizer set it to.
    pub gate: Option<String>,
    /// Addresses at which others find it.
    pub addresses: Vec<String>,
    /// Other stations that there are.
    pub known: u32,
    /// How many of them were heard in the last ten seconds.
    pub heard: u32,
    /// Names of the others, and for how many seconds nothing was heard of each; null: never since the start.
    pub silent: Vec<SilentLine>,
    /// Records of this station that are on no other station yet.
    pub alone: u64,
    /// Records that are still to come from others, as far as is known: catching up.
    pub missing: u64,
    /// Double admissions that nobody has settled.
    pub conflicts: u32,
    /// Laptops that ask to join here.
    pub joiners: u32,
    /// How far this clock is ahead of most others', in milliseconds; null: not known.
    pub clock_offset_ms: Option<i64>,
    /// Charge of this laptop's battery in percent; null: it has none.
    pub battery: Option<u8>,
    /// Whether it runs on mains; null: not known.
    pub on_mains: Option<bool>,
    /// Whether sleep and screen lock are held off.
    pub awake: bool,
    /// Whether this laptop was shut out of the event.
    pub revoked: bool,
    /// What is wrong.
    pub warnings: Vec<StationWarning>,
}

/// A station of which nothing is heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SilentLine {
    /// Its name.
    pub station: String,
    /// For how many seconds; null: never heard since this station started.
    pub seconds: Option<u64>,
}
