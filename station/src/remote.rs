//! The local socket: how other processes of this laptop reach the owner of a folder.
//!
//! A caller first asks whether it may speak, and sends its request only once the owner has said so. An owner that has
//! said so answers before it lets go of the folder. So whoever finds the line dead before that may simply try again,
//! and a scan is never made twice.

use crate::api::Output;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// What an owner sends back: one object a line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Progress(u64, u64),
    Output(Box<Output>),
    Done,
    Problem(Problem),
}

const MAY_I: &str = "may i?";
const SPEAK: &str = "speak";
/// Said instead of a question: tell me what happens from now on.
const LISTEN: &str = "listen";

/// Why a call came to nothing.
#[derive(Debug)]
pub(crate) enum CallProblem {
    /// The request was not taken: it may be made again, here or elsewhere.
    NotTaken,
    /// The station answered with a problem, or the line broke after the request was taken.
    Answered(Problem),
}

#[cfg(not(unix))]
mod elsewhere;
#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
pub(crate) use elsewhere::{Line, Server};
#[cfg(unix)]
pub(crate) use unix::{Line, Server};
