//! Bounds, each with its reason. Nothing in a station grows without one.

use std::time::Duration;

/// Commands that wait for the owner: more than a door can have at once; the next waits in its own process.
pub const INPUTS_MAX: usize = 64;
/// Lines of other processes served at the same time: every terminal and window of one laptop, those that listen, and room.
pub const CONNECTIONS_MAX: usize = 128;
/// Longest request over the local socket: a code of a megabyte, every character escaped.
pub const REQUEST_BYTES_MAX: u64 = 16 << 20;
/// Longest line read from standard input; more of it cannot be a code and is skipped.
pub const LINE_BYTES_MAX: usize = 2 << 20;
/// How long a command waits for a folder that another process owns.
pub const BUSY_AFTER: Duration = Duration::from_secs(5);
/// How long an operation may take at the owner, import of a large list included, before a caller gives up on it.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(3600);
/// Pause between two tries to reach or become the owner.
pub const RETRY_EVERY: Duration = Duration::from_millis(15);
/// Rows of a file that are matched between two looks at the door: a few milliseconds' work.
pub const MATCH_ROWS: usize = 500;
/// Characters of a scanned text that are repeated in an answer.
pub const ECHO_CHARS_MAX: usize = 4_296;
/// Longest name of an operator or reason.
pub const WORDS_CHARS_MAX: usize = 500;
/// A clock this far behind the last record was set wrong, not merely corrected by the network.
pub const CLOCK_BEHIND: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
/// A clock this far ahead of the last record: no event is made five years before its doors open.
pub const CLOCK_AHEAD: jiff::SignedDuration = jiff::SignedDuration::from_hours(5 * 366 * 24);
/// How long a thread stays awake for an answer before it sleeps: about the time of a durable commit on a good disk.
pub const AWAKE_FOR: Duration = Duration::from_micros(300);
/// Longest word with which a caller may ask to speak.
pub const WORD_BYTES_MAX: u64 = 64;
/// Idle lines to the owner that a process keeps: a screen asks several things at a time.
pub const LINES_KEPT: usize = 4;
/// How often a listener hears that all is well when nothing happens.
pub const BEAT_EVERY: Duration = Duration::from_secs(2);
/// A line that has not beaten for so long is dead.
pub const SILENT_AFTER: Duration = Duration::from_secs(7);
/// Gates that one door asks: more than a person could mean.
pub const GATES_MAX: usize = 16;
/// Longest name that somebody gives a scan so that it counts once.
pub const NONCE_CHARS_MAX: usize = 100;
/// Latest scans that are looked through for one that is delivered again, where its code is nobody's.
pub const NONCES_KEPT: usize = 64;
/// People who are let in by one act: two coaches. More is a list that went wrong, or a scan that holds up a door.
pub const GROUP_MAX: usize = 100;
/// People of an order whom a verdict names: what a screen can show.
pub const ORDER_MATES_MAX: usize = 100;
