//! Importing a roster, beside a plain insert of the same rows into the same tables and indexes.

use super::disk::Place;
use super::verdict::{request, roster};
use super::{BenchLine, Size, cpu_seconds};
use crate::api::{Command, ImportOptions, Output};
use crate::clock;
use crate::folder::Folder;
use crate::import::{Import, Step, mapping, prepare};
use crate::problem::Problem;
use crate::station::Station;
use domain::attendee::Field;
use jiff::Timestamp;
use std::path::Path;
use sync::store::{Change, floor};

/// Imports a file into the only event of a station, as the owner's loop does.
pub(super) fn import(
    station: &mut Station,
    file: &Path,
    now: Timestamp,
) -> Result<Output, Problem> {
    let options = ImportOptions::default();
    let prepared = prepare(file, &mapping(&options, None)?)?;
    let id = station.choose(None)?;
    let open = station.event(id)?;
    let mut import = Import::begin(open, prepared, options)?;
    while import.step(open, now)? != Step::Done {}
    Ok(import.answer())
}

pub(super) fn run(size: &Size) -> Result<Vec<BenchLine>, Problem> {
    let place = Place::new(size)?;
    let file = place.path("roster.csv");
    std::fs::write(&file, roster(size.attendees)).map_err(|e| Problem::io(&file, &e))?;
    let mut station = Station::new(Folder::at(&place.path("data")));
    let make = Command::EventNew {
        name: "Bench".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        days: None,
        setup: false,
        station_name: "bench".to_owned(),
    };
    station.answer(&request(make), clock::now())?;
    let start = cpu_seconds();
    import(&mut station, &file, clock::now())?;
    let imported = cpu_seconds() - start;
    let start = cpu_seconds();
    import(&mut station, &file, clock::now())?;
    let again = cpu_seconds() - start;
    let id = station.choose(None)?;
    let open = station.event(id)?;
    let naming = open.naming()?.clone();
    let mut changes: Vec<Change> = open
        .store
        .people()?
        .into_iter()
        .map(|row| {
            let code = row.fields.get(&Field::Code).map(|code| naming.code(code));
            Change {
                no: None,
                id: row.id,
                fields: row.fields,
                old_order: None,
                old_code: None,
                revoked: Vec::new(),
                code,
            }
        })
        .collect();
    // In the order of the file, as a plain import would write them.
    changes.sort_by(|a, b| a.fields.get(&Field::Code).cmp(&b.fields.get(&Field::Code)));
    let start = cpu_seconds();
    floor::insert_people(&place.path("floor.db"), &changes)?;
    let plain = cpu_seconds() - start;
    let bytes = open.store.settle()?;
    Ok(vec![
        BenchLine::over(format!("import of {} rows, CPU", size.attendees), imported, plain, "s"),
        BenchLine::over("the same file again, CPU", again, plain, "s"),
        #[allow(clippy::cast_precision_loss, reason = "files are far shorter than 2^52 bytes")]
        BenchLine::new("store after it", bytes as f64 / 1e6, "MB"),
    ])
}
