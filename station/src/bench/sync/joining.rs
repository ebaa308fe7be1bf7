//! Laptops that join with a ticket whose first addresses lead nowhere: from the dial to the first record of the event.

use super::carried::dead;
use super::laptop::{Laptop, WITHIN};
use super::pair::failed;
use super::{SyncSize, millis, p50, p95};
use crate::api::Command as Ask;
use crate::bench::disk::Place;
use crate::bench::verdict::event;
use crate::bench::{BenchLine, Size};
use crate::feed::Happening;
use crate::folder::Folder;
use crate::problem::Problem;
use std::net::SocketAddr;
use std::sync::mpsc::sync_channel;
use std::time::Instant;
use sync::join::Ticket;

/// Laptops that join, one after the other, at most.
const JOINERS_MAX: u32 = 20;
/// What may wait of one laptop's words: far more than it says while it joins.
const WAITING_MAX: usize = 256;

/// How long one laptop waited, in milliseconds.
struct Waited {
    /// For its digits.
    digits: f64,
    /// From the yes to the first record of the event.
    record: f64,
}

/// Joins with a new laptop. Nobody compares digits: the yes comes at once.
fn join(office: &Laptop, folder: &Folder, ticket: &str) -> Result<Waited, Problem> {
    let laptop = Laptop::start(folder)?;
    // Dropped before the laptop: whoever listened would take the place of one that has ended.
    let (tell, told) = sync_channel(WAITING_MAX);
    laptop.listen(0, tell)?;
    let next = || told.recv_timeout(WITHIN).map_err(|_| failed("a laptop does not get in"));
    let begun = Instant::now();
    laptop.ask(Ask::Join { ticket: ticket.to_owned(), name: None })?;
    let digits = loop {
        if let (_, Happening::Join { join }, _) = next()?
            && let Some(digits) = join.digits
        {
            break digits;
        }
    };
    let waited = millis(begun);
    let begun = Instant::now();
    office.approve(digits)?;
    loop {
        let (_, what, when) = next()?;
        let may_be = matches!(what, Happening::Event { .. });
        // Its name comes with the first record of the event itself.
        if may_be && laptop.join_line()?.event_name.is_some() {
            let record = when.saturating_duration_since(begun).as_secs_f64() * 1e3;
            return Ok(Waited { digits: waited, record });
        }
    }
}

pub(super) fn run(size: &SyncSize) -> Result<Vec<BenchLine>, Problem> {
    let place = Place::new(&size.size)?;
    let folder = event(&place, &Size { attendees: 1_000, earlier: 0, ..size.size.clone() })?;
    let office = Laptop::start(&folder)?;
    let joiners = size.stations.clamp(1, JOINERS_MAX);
    let ticket = office.invite(joiners)?;
    let mut ticket: Ticket = ticket.parse().map_err(|_| failed("no ticket"))?;
    let sockets = dead()?;
    let nowhere: Vec<SocketAddr> = sockets.iter().filter_map(|one| one.local_addr().ok()).collect();
    ticket.addresses.splice(0..0, nowhere);
    let ticket = ticket.to_string();
    let (mut digits, mut record, mut both) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..joiners {
        let folder = Folder::at(&place.path(&format!("joiner-{number}")));
        let waited = join(&office, &folder, &ticket)?;
        digits.push(waited.digits);
        record.push(waited.record);
        both.push(waited.digits + waited.record);
    }
    for list in [&mut digits, &mut record, &mut both] {
        list.sort_by(f64::total_cmp);
    }
    Ok(vec![
        BenchLine::new("ticket, two dead addresses, to digits, p95", p95(&digits), "ms"),
        BenchLine::new("approved to first record, p95", p95(&record), "ms"),
        BenchLine::new("ticket to first record, p50", p50(&both), "ms"),
        BenchLine::new("ticket to first record, p95", p95(&both), "ms"),
    ])
}
