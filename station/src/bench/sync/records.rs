//! What check-ins and people cost on the way from one station to another, in bytes and time; no carrier between.

use super::pair::{DOOR, OFFICE, Pair, failed};
use crate::bench::disk::{Place, timed};
use crate::bench::verdict::{code_of, event, scan, scan_all, spread};
use crate::bench::{BenchLine, Size, cpu_seconds};
use crate::problem::Problem;
use domain::access::Space;
use domain::id::LogId;
use std::collections::BTreeMap;
use std::time::Instant;
use sync::replica::Replica;
use sync::store::floor;

/// Check-ins that one station makes before the other hears of them, where there are so many people.
const CHECK_INS: u32 = 10_000;
/// How often: a single sync of the disk decides what one round takes.
const ROUNDS: u32 = 5;
/// Check-ins that are told one by one.
const LIVE: u32 = 200;

/// Who comes in before the other station hears of it, each round, and who after.
#[derive(Clone, Copy)]
struct Crowd {
    before: u32,
    live: u32,
}

impl Crowd {
    fn of(size: &Size) -> Self {
        Self { before: size.attendees.min(CHECK_INS), live: size.attendees.min(LIVE) }
    }

    const fn people(self) -> u32 {
        ROUNDS * self.before + self.live
    }
}

/// Check-ins in bulk and live, applying them, and meeting again with nothing new.
pub(super) fn check_ins(size: &Size) -> Result<Vec<BenchLine>, Problem> {
    let place = Place::new(size)?;
    let crowd = Crowd::of(size);
    let size = Size { attendees: crowd.people(), earlier: 0, ..size.clone() };
    let folder = event(&place, &size)?;
    let mut pair = Pair::new(&place, &folder)?;
    pair.open()?;
    pair.settle()?;
    level(&mut pair)?;
    let mut lines = reconnect(&mut pair, "nothing new, few documents")?;
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        rounds.push(bulk(&mut pair, &place, crowd, round)?);
    }
    lines.extend(summed_up(&rounds, crowd));
    lines.extend(live(&mut pair, crowd)?);
    Ok(lines)
}

fn level(pair: &mut Pair) -> Result<(), Problem> {
    if pair.is_level()? { Ok(()) } else { Err(failed("they hold different records")) }
}

/// Meeting again with nothing new, from the first word until neither says anything.
fn reconnect(pair: &mut Pair, what: &str) -> Result<Vec<BenchLine>, Problem> {
    pair.close()?;
    pair.forget();
    pair.open()?;
    pair.settle()?;
    let bytes = pair.sides.iter().map(|side| side.sent).max().unwrap_or_default();
    let busy = pair.sides.iter().map(|side| side.busy).sum::<f64>();
    let bulk = pair.sides.iter().filter_map(|side| side.frames.first()).map(Vec::len).max();
    Ok(vec![
        BenchLine::new(format!("meeting again, {what}: each way"), count(bytes), "B"),
        BenchLine::new("frames of it, each way", count(bulk.unwrap_or_default() as u64), "n"),
        BenchLine::new("work of both for it", busy * 1e3, "ms"),
    ])
}

/// What one round came to: bytes of the office, then seconds.
struct Round {
    sent: u64,
    /// Of the door, disk included, and of the floor.
    applied: (f64, f64),
    /// CPU of both stations, and of the floor.
    cpu: (f64, f64),
    wall: f64,
}

fn bulk(pair: &mut Pair, place: &Place, crowd: Crowd, round: u32) -> Result<Round, Problem> {
    pair.close()?;
    let first = round * crowd.before;
    let numbers = first..first + crowd.before;
    scan_all(&mut pair.side(OFFICE)?.station, numbers, crowd.people())?;
    let seq = attendance(pair)?.values().copied().max().unwrap_or_default();
    pair.forget();
    let begun = (Instant::now(), cpu_seconds());
    pair.open()?;
    pair.settle()?;
    let (wall, cpu) = (begun.0.elapsed().as_secs_f64(), cpu_seconds() - begun.1);
    level(pair)?;
    let (sent, applied) = (pair.side(OFFICE)?.sent, pair.side(DOOR)?.busy);
    let rows = rows(pair, seq + 1)?;
    let file = place.path(&format!("floor-{round}.db"));
    let floor = cpu_and_wall(|| Ok(floor::insert_or_ignore(&file, &rows)?))?;
    Ok(Round { sent, applied: (applied, floor.1), cpu: (cpu, floor.0), wall })
}

fn summed_up(rounds: &[Round], crowd: Crowd) -> Vec<BenchLine> {
    let middle = |of: &dyn Fn(&Round) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        super::p50(&values)
    };
    let millis = |of: &dyn Fn(&Round) -> f64| middle(of) * 1e3;
    let bytes = middle(&|round| count(round.sent)) / f64::from(crowd.before);
    vec![
        BenchLine::new("a check-in on the wire, in bulk", bytes, "B"),
        BenchLine::over(
            format!("applying {} check-ins, disk included", crowd.before),
            millis(&|round| round.applied.0),
            millis(&|round| round.applied.1),
            "ms",
        ),
        BenchLine::over(
            "both stations, CPU",
            millis(&|round| round.cpu.0),
            millis(&|round| round.cpu.1),
            "ms",
        ),
        BenchLine::new("both stations, disk included", millis(&|round| round.wall), "ms"),
    ]
}

fn cpu_and_wall<T>(work: impl FnOnce() -> Result<T, Problem>) -> Result<(f64, f64), Problem> {
    let cpu = cpu_seconds();
    let (_, wall) = timed(work)?;
    Ok((cpu_seconds() - cpu, wall / 1e3))
}

/// The logs of check-ins at the door, and how far they go.
fn attendance(pair: &mut Pair) -> Result<BTreeMap<LogId, u64>, Problem> {
    let heads = pair.store(DOOR)?.heads().iter();
    let heads = heads.filter(|(_, head)| head.name.space == Space::Attendance);
    Ok(heads.map(|(log, head)| (*log, head.seq)).collect())
}

/// The check-ins as the door has stored them, from a position on.
fn rows(pair: &mut Pair, first: u64) -> Result<Vec<Vec<u8>>, Problem> {
    let logs = attendance(pair)?;
    let store = pair.store(DOOR)?;
    let mut rows = Vec::new();
    for (log, last) in logs {
        let mut from = first;
        while from <= last
            && let Some(stretch) =
                Replica::stretch(store, log, from).map_err(|problem| failed(&problem.0))?
        {
            from = stretch.last() + 1;
            rows.extend(stretch.records.iter().map(sync::record::Record::to_bytes));
        }
    }
    Ok(rows)
}

fn live(pair: &mut Pair, crowd: Crowd) -> Result<Vec<BenchLine>, Problem> {
    let mut there = Vec::new();
    let (mut sent, mut answered, mut longest) = (0, 0, 0);
    for number in ROUNDS * crowd.before..crowd.people() {
        let number = spread(number, crowd.people());
        if !scan(&mut pair.side(OFFICE)?.station, number)? {
            return Err(failed("somebody was not let in"));
        }
        pair.forget();
        let begun = Instant::now();
        pair.recorded(OFFICE)?;
        there.push(begun.elapsed().as_secs_f64() * 1e3);
        let office = pair.side(OFFICE)?;
        sent += office.sent;
        let frames = office.frames.iter().flatten().copied();
        longest = longest.max(frames.max().unwrap_or_default());
        answered += pair.side(DOOR)?.sent;
    }
    level(pair)?;
    there.sort_by(f64::total_cmp);
    let each = |bytes: u64| count(bytes) / f64::from(crowd.live);
    Ok(vec![
        BenchLine::new("a check-in on the wire, live", each(sent), "B"),
        BenchLine::new("longest frame of one", count(longest as u64), "B"),
        BenchLine::new("what the other side answers", each(answered), "B"),
        BenchLine::new("telling, storing and answering, p95", super::p95(&there), "ms"),
    ])
}

/// A new station and a long list: until somebody of the list can be let in, and until all is there.
pub(super) fn newcomer(size: &Size) -> Result<Vec<BenchLine>, Problem> {
    let place = Place::new(size)?;
    let folder = event(&place, size)?;
    let mut pair = Pair::new(&place, &folder)?;
    let sample = code_of(size.attendees / 2);
    let (begun, cpu) = (Instant::now(), cpu_seconds());
    pair.open()?;
    let (mut event_there, mut anybody, mut sampled) = (None, None, None);
    while let Some(took) = pair.carry()? {
        let Some(took) = took else { continue };
        let at = begun.elapsed().as_secs_f64();
        let id = pair.event;
        let open = pair.side(DOOR)?.station.event(id)?;
        if !open.event.gates.is_empty() {
            event_there.get_or_insert(at);
        }
        if took.spaces.contains(&Space::Roster) {
            anybody.get_or_insert(at);
            if sampled.is_none() && open.person(&sample).is_ok() {
                sampled = Some(at);
            }
        }
    }
    let (wall, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    level(&mut pair)?;
    let bytes = pair.side(OFFICE)?.sent;
    let busy = pair.side(DOOR)?.busy;
    let verdict = timed(|| scan(&mut pair.side(DOOR)?.station, size.attendees / 2))?;
    if !verdict.0 {
        return Err(failed("the new station does not let in whom it should"));
    }
    pair.recorded(DOOR)?;
    let people = size.attendees;
    let mut lines = vec![
        BenchLine::new(format!("{people} attendees to a new station"), count(bytes) / 1e6, "MB"),
        BenchLine::new("until its gates are known", event_there.unwrap_or_default(), "s"),
        BenchLine::new("until the first of them can be let in", anybody.unwrap_or_default(), "s"),
        BenchLine::new("until one in the middle can be", sampled.unwrap_or_default(), "s"),
        BenchLine::new("until all is there", wall, "s"),
        BenchLine::new("CPU of both stations", cpu, "s"),
        BenchLine::new("of that the new one, disk included", busy, "s"),
        BenchLine::new("a verdict afterwards", verdict.1, "ms"),
    ];
    lines.extend(reconnect(&mut pair, "all these people")?);
    Ok(lines)
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}
