//! Some `lanyard serve` processes that joined one event: how soon all of them know of a check-in, and how soon one that
//! is shut out lets nobody in any more.

use super::laptop::{Laptop, Told, WITHIN};
use super::pair::failed;
use super::{SyncSize, p50, p95};
use crate::api::Command as Ask;
use crate::bench::disk::Place;
use crate::bench::verdict::event;
use crate::bench::{BenchLine, Size};
use crate::feed::Happening;
use crate::folder::Folder;
use crate::owner::pause;
use crate::problem::Problem;
use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

/// Check-ins that are measured, each at the next laptop, where there are so many people.
const CHECK_INS: u32 = 60;
/// Laptops that are shut out at the end, one after the other.
const SHUT_OUT: usize = 3;
/// Between two check-ins: nothing is left under way.
const CALM: Duration = Duration::from_millis(150);

/// An event with so many laptops, all joined.
struct Hall {
    /// Dropped first: whoever listened would take the place of a laptop that has ended.
    told: Receiver<Told>,
    laptops: Vec<Laptop>,
    next: u32,
}

impl Hall {
    fn new(place: &Place, size: &SyncSize) -> Result<Self, Problem> {
        let folder = event(place, &Size { attendees: 2_000, earlier: 0, ..size.size.clone() })?;
        let mut laptops = vec![Laptop::start(&folder)?];
        let count = size.stations.saturating_sub(1).max(1);
        let ticket = office(&laptops)?.invite(count)?;
        for number in 1..=count {
            let laptop = Laptop::start(&Folder::at(&place.path(&format!("laptop-{number}"))))?;
            let name = Some(format!("door {number}"));
            laptop.ask(Ask::Join { ticket: ticket.clone(), name })?;
            let digits = laptop.join_until(|line| line.digits.is_some())?.digits;
            office(&laptops)?.approve(digits.unwrap_or_default())?;
            laptop.join_until(|line| line.state == "joined")?;
            laptops.push(laptop);
        }
        let (tell, told) = sync_channel(4_096);
        for (number, laptop) in laptops.iter().enumerate() {
            laptop.listen(number, tell.clone())?;
        }
        Ok(Self { laptops, told, next: 0 })
    }

    fn laptop(&self, number: usize) -> Result<&Laptop, Problem> {
        self.laptops.get(number).ok_or_else(|| failed("no such laptop"))
    }

    /// Takes what was told so far.
    fn calm(&self) {
        pause(CALM);
        self.told.try_iter().for_each(drop);
    }

    /// A check-in at a laptop: milliseconds from its verdict until each other knows.
    fn check_in(&mut self, at: usize) -> Result<Vec<f64>, Problem> {
        let number = self.next;
        self.next += 1;
        if !self.laptop(at)?.scan(number)? {
            return Err(failed("somebody was not let in"));
        }
        let done = Instant::now();
        let mut waiting: BTreeSet<usize> = (0..self.laptops.len()).collect();
        waiting.remove(&at);
        let mut taken = Vec::new();
        while !waiting.is_empty() {
            let told = self.told.recv_timeout(WITHIN);
            let (who, what, when) = told.map_err(|_| failed("a laptop does not hear of it"))?;
            if matches!(what, Happening::Attendance { .. }) && waiting.remove(&who) {
                // It may have known before this process had read the verdict.
                taken.push(when.saturating_duration_since(done).as_secs_f64() * 1e3);
            }
            if done.elapsed() > WITHIN {
                return Err(failed(&format!("laptops {waiting:?} do not hear of it")));
            }
        }
        Ok(taken)
    }

    /// Shuts a laptop out: milliseconds until it lets nobody in any more.
    fn shut_out(&mut self, which: usize) -> Result<f64, Problem> {
        let station = format!("door {which}");
        self.calm();
        let begun = Instant::now();
        self.laptop(0)?.ask(Ask::Revoke { station, root_key: None })?;
        while begun.elapsed() < WITHIN {
            let told = self.told.recv_timeout(WITHIN);
            let (who, what, when) = told.map_err(|_| failed("it does not hear that it is out"))?;
            if who != which || !matches!(what, Happening::Event { .. }) {
                continue;
            }
            self.next += 1;
            if self.laptop(which)?.scan(self.next).is_err() {
                return Ok(when.saturating_duration_since(begun).as_secs_f64() * 1e3);
            }
        }
        Err(failed("a laptop that was shut out still lets people in"))
    }
}

fn office(laptops: &[Laptop]) -> Result<&Laptop, Problem> {
    laptops.first().ok_or_else(|| failed("no office"))
}

pub(super) fn run(size: &SyncSize) -> Result<Vec<BenchLine>, Problem> {
    let place = Place::new(&size.size)?;
    let begun = Instant::now();
    let mut hall = Hall::new(&place, size)?;
    let count = hall.laptops.len();
    // Until everybody has found whom it speaks with.
    hall.check_in(0)?;
    let ready = begun.elapsed().as_secs_f64();
    let (mut last, mut each) = (Vec::new(), Vec::new());
    for at in (0..count).cycle().take(size.at_most(CHECK_INS) as usize) {
        hall.calm();
        let taken = hall.check_in(at)?;
        last.push(taken.iter().copied().fold(0.0, f64::max));
        each.extend(taken);
    }
    last.sort_by(f64::total_cmp);
    each.sort_by(f64::total_cmp);
    let mut worst = 0.0_f64;
    let times = SHUT_OUT.min(count - 1);
    for which in 1..=times {
        worst = worst.max(hall.shut_out(which)?);
    }
    Ok(vec![
        BenchLine::new(format!("one check-in to all of {count} stations, p50"), p50(&last), "ms"),
        BenchLine::new(format!("one check-in to all of {count} stations, p95"), p95(&last), "ms"),
        BenchLine::new("to any one of them, p50", p50(&each), "ms"),
        BenchLine::new("to any one of them, p95", p95(&each), "ms"),
        BenchLine::new("from no process to all of them joined", ready, "s"),
        BenchLine::new(format!("shut out to letting nobody in, worst of {times}"), worst, "ms"),
    ])
}
