//! Searching among many people: names of several scripts, typed as at a door, beside a plain scan of the same names.
//!
//! People and queries come from one seeded generator, so that every run asks the same. What counts is CPU: on the wall
//! a search of some milliseconds is often a search and somebody else's time slice.

mod people;

use super::disk::{Place, peak_memory_of};
use super::verdict::request;
use super::{BenchLine, Size, cpu_seconds, quantile};
use crate::api::{Command, Output};
use crate::book::Book;
use crate::clock;
use crate::folder::Folder;
use crate::problem::Problem;
use crate::station::{OpenEvent, Station};
use domain::attendee::display_name;
use domain::search::fold;
use people::{MISSPELT, Roll};
use std::time::Duration;
use sync::store::PersonRow;

/// How many different texts are searched for.
const QUERIES: usize = 500;
/// How often each is; the best counts, because caches that others emptied are not its own.
const ROUNDS: usize = 3;
/// Among how many of the first a misspelt person is to be.
const AMONG_FIRST: usize = 3;

/// CPU milliseconds that `work` took.
fn spent<T>(work: impl FnOnce() -> T) -> (T, f64) {
    // The system counts a thread's time when it stops running: without a pause the count would be some milliseconds old.
    let count = || {
        std::thread::sleep(Duration::from_micros(1));
        cpu_seconds()
    };
    let start = count();
    let value = work();
    (value, (count() - start) * 1e3)
}

/// A folder with an event of so many people and those who are looked for by misspelt names.
fn folder(place: &Place, roll: &Roll) -> Result<Folder, Problem> {
    let folder = Folder::at(&place.path("data"));
    let file = place.path("roster.csv");
    std::fs::write(&file, roll.csv()).map_err(|e| Problem::io(&file, &e))?;
    let mut station = Station::new(folder.clone());
    let make = Command::EventNew {
        name: "Bench".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        days: None,
        setup: false,
        station_name: "bench".to_owned(),
    };
    station.answer(&request(make), clock::now())?;
    super::import::import(&mut station, &file, clock::now())?;
    Ok(folder)
}

pub(super) fn run(size: &Size) -> Result<Vec<BenchLine>, Problem> {
    let place = Place::new(size)?;
    let roll = Roll::new(size.attendees);
    let mut station = Station::new(folder(&place, &roll)?);
    let id = station.choose(None)?;
    let open = &*station.event(id)?;
    let (book, built) = spent(|| Book::of(open));
    let book = book?;
    let mut names: Vec<String> = Vec::new();
    let fold_name = |person: PersonRow| names.push(fold(&display_name(&person.fields)));
    let (folded, read) = spent(|| open.store.each_person(fold_name));
    folded?;
    let mut lines = Vec::new();
    let answered = answers(&book, open, &roll.queries(QUERIES), &names)?;
    lines.extend(answered);
    lines.push(BenchLine::over("making the index, reading included", built, read, "ms"));
    let mebibytes = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    lines.push(BenchLine::new("index in memory", mebibytes(book.index().bytes()), "MiB"));
    if let Some(peak) = peak_memory_of("self") {
        lines.push(BenchLine::new("most memory of all this", peak, "MiB"));
    }
    lines.push(BenchLine::new("distinct words", book.index().words() as f64, "n"));
    lines.extend(found(&book, open)?);
    Ok(lines)
}

/// What the texts cost, the scan of the names beside it.
fn answers(
    book: &Book,
    open: &OpenEvent,
    queries: &[(&'static str, String)],
    names: &[String],
) -> Result<Vec<BenchLine>, Problem> {
    let (mut all, mut floors) = (Vec::new(), Vec::new());
    let mut kinds: Vec<(&'static str, Vec<f64>)> = Vec::new();
    for (kind, text) in queries {
        let mut best = f64::INFINITY;
        let mut floor = f64::INFINITY;
        for _ in 0..ROUNDS {
            let (found, cpu) = spent(|| book.search(open, text, None));
            let _ = found?;
            best = best.min(cpu);
        }
        let folded = fold(text);
        let words: Vec<&str> = folded.split(' ').collect();
        for _ in 0..ROUNDS {
            let fits = |name: &&String| words.iter().all(|word| name.contains(word));
            let scan = || std::hint::black_box(names.iter().filter(fits).count());
            floor = floor.min(spent(scan).1);
        }
        all.push(best);
        floors.push(floor);
        match kinds.iter_mut().find(|(known, _)| known == kind) {
            Some((_, times)) => times.push(best),
            None => kinds.push((kind, vec![best])),
        }
    }
    all.sort_by(f64::total_cmp);
    floors.sort_by(f64::total_cmp);
    let mut lines = Vec::new();
    for (name, share) in [("search p50", 0.5), ("search p99", 0.99), ("search, slowest", 1.0)] {
        lines.push(BenchLine::over(name, quantile(&all, share), quantile(&floors, share), "ms"));
    }
    for (kind, mut times) in kinds {
        times.sort_by(f64::total_cmp);
        lines.push(BenchLine::new(format!("p99 of {kind}"), quantile(&times, 0.99), "ms"));
    }
    Ok(lines)
}

/// How many of the misspelt people are among the first, and a line for each that is not.
fn found(book: &Book, open: &OpenEvent) -> Result<Vec<BenchLine>, Problem> {
    let mut found = 0.0;
    let mut missed = Vec::new();
    for (name, text) in MISSPELT {
        let first = book.search(open, text, Some(AMONG_FIRST))?;
        if first.iter().any(|line| matches!(line, Output::Found(line) if line.name == name)) {
            found += 1.0;
        } else {
            missed.push(BenchLine::new(format!("not found: {text} ({name})"), 0.0, ""));
        }
    }
    let of = MISSPELT.len();
    let line = BenchLine::new(format!("of {of} misspelt, among the first three"), found, "n");
    Ok(std::iter::once(line).chain(missed).collect())
}
