//! Durable verdicts: the station's public API, one scan at a time, beside a bare commit on the same disk.

use super::disk::{Place, timed};
use super::{BenchLine, Size, cpu_seconds, quantile};
use crate::api::{Command, Output, Request, ScanRequest};
use crate::clock;
use crate::folder::Folder;
use crate::problem::Problem;
use crate::station::Station;
use std::ops::Range;
use sync::store::floor::CommitFloor;
use sync::store::syncs;

/// Words without an event or operator.
pub(super) fn request(command: Command) -> Request {
    Request::new(None, None, command)
}

/// The code of the attendee of that number.
pub(super) fn code_of(number: u32) -> String {
    format!("T{number:07}X{:05}", (u64::from(number) * 7_919) % 99_991)
}

/// A roster of so many people, as a CSV file.
pub(super) fn roster(people: u32) -> String {
    let mut text = String::from("code,first_name,last_name,email,company,ticket_type,order\n");
    for number in 0..people {
        let ticket =
            ["Regular", "Speaker", "VIP", "Student"].get(number as usize % 4).unwrap_or(&"Regular");
        text.push_str(&format!(
            "{},First{},Lastname{},person{number}@example.org,Company {} GmbH,{ticket},ORD{:06}\n",
            code_of(number),
            number % 977,
            number % 7919,
            number % 2003,
            number / 2
        ));
    }
    text
}

/// A folder with an event of so many people, all of whom could come in.
pub(super) fn event(place: &Place, size: &Size) -> Result<Folder, Problem> {
    let folder = Folder::at(&place.path("data"));
    let file = place.path("roster.csv");
    std::fs::write(&file, roster(size.attendees)).map_err(|e| Problem::io(&file, &e))?;
    let mut station = Station::new(folder.clone());
    station.answer(
        &request(Command::EventNew {
            name: "Bench".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
            days: None,
            setup: false,
            station_name: "bench".to_owned(),
        }),
        clock::now(),
    )?;
    super::import::import(&mut station, &file, clock::now())?;
    Ok(folder)
}

/// Scans somebody at the only gate; whether that let them in.
pub(super) fn scan(station: &mut Station, number: u32) -> Result<bool, Problem> {
    let scan =
        ScanRequest { gate: "main".to_owned(), code: code_of(number), ..ScanRequest::default() };
    let outputs = station.answer(&request(Command::Scan(scan)), clock::now())?;
    Ok(outputs
        .iter()
        .any(|output| matches!(output, Output::Verdict(line) if line.verdict == "admitted")))
}

/// Spreads numbers over the roster, so that no two verdicts in a row touch the same page by luck.
pub(super) fn spread(number: u32, people: u32) -> u32 {
    let people = u64::from(people.max(1));
    u32::try_from(u64::from(number) * 7_368_787 % people).unwrap_or_default()
}

/// Lets the earlier check-ins happen, and tells how many bytes the store grew by.
pub(super) fn fill(station: &mut Station, size: &Size) -> Result<u64, Problem> {
    scan_all(station, 0..size.earlier, size.attendees)
}

/// Lets so many of these people in, and tells how many bytes the store grew by.
pub(super) fn scan_all(
    station: &mut Station,
    numbers: Range<u32>,
    people: u32,
) -> Result<u64, Problem> {
    let id = station.choose(None)?;
    station.event(id)?.store.set_durable(false)?;
    let before = station.event(id)?.store.settle()?;
    for number in numbers {
        scan(station, spread(number, people))?;
    }
    let after = station.event(id)?.store.settle()?;
    station.event(id)?.store.set_durable(true)?;
    Ok(after.saturating_sub(before))
}

pub(super) fn run(size: &Size) -> Result<Vec<BenchLine>, Problem> {
    let counted = syncs::count();
    let place = Place::new(size)?;
    let folder = event(&place, size)?;
    let mut station = Station::new(folder);
    let bytes = fill(&mut station, size)?;
    let id = station.choose(None)?;
    let floor = CommitFloor::new(&place.path("floor.db"))?;
    let (mut verdicts, mut commits) = (Vec::new(), Vec::new());
    let (mut cpu, mut synced) = (0.0, 0);
    // In turn, so that a disk that slows down slows both down.
    for round in 0..size.verdicts.div_ceil(50) {
        for _ in 0..50 {
            commits.push(timed(|| floor.commit())?.1);
        }
        let (cpu_before, synced_before) = (cpu_seconds(), syncs::syncs());
        for step in 0..50 {
            let number = spread(size.earlier + round * 50 + step, size.attendees);
            verdicts.push(timed(|| scan(&mut station, number))?.1);
        }
        cpu += cpu_seconds() - cpu_before;
        synced += syncs::syncs() - synced_before;
    }
    let checked = station.event(id)?.store.check();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let means = (mean(&verdicts), mean(&commits));
    verdicts.sort_by(f64::total_cmp);
    commits.sort_by(f64::total_cmp);
    let mut lines = Vec::new();
    for (name, share) in [("verdict p50", 0.5), ("verdict p95", 0.95), ("verdict p99", 0.99)] {
        lines.push(BenchLine::over(
            name,
            quantile(&verdicts, share),
            quantile(&commits, share),
            "ms",
        ));
    }
    lines.push(BenchLine::over("verdict mean", means.0, means.1, "ms"));
    let count = f64::from(u32::try_from(verdicts.len()).unwrap_or(u32::MAX));
    lines.push(BenchLine::new("CPU a verdict", cpu * 1e3 / count, "ms"));
    if counted {
        let synced = f64::from(u32::try_from(synced).unwrap_or(u32::MAX));
        lines.push(BenchLine::new("verdicts", count, "n"));
        lines.push(BenchLine::new("syncs during the verdicts", synced, "n"));
    }
    if size.earlier > 0 {
        #[allow(clippy::cast_precision_loss, reason = "files are far shorter than 2^52 bytes")]
        let bytes = bytes as f64 / f64::from(size.earlier);
        lines.push(BenchLine::new("a check-in on disk", bytes, "B"));
    }
    lines.push(BenchLine::new(
        "problems found by verify afterwards",
        checked.problems.len() as f64,
        "n",
    ));
    if size.keep {
        lines.push(BenchLine::new(format!("kept in {}", place.path("data").display()), 0.0, ""));
    }
    Ok(lines)
}
