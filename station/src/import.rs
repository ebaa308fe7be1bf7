//! Importing a roster while the door goes on: the file is read outside the owner's loop, then matched and staged in
//! steps of a few milliseconds, and published in one. Killed at any moment, nothing of it is there.

mod matching;

use crate::api::{Clash, ImportLine, ImportOptions, Output, RejectedRow};
use crate::clock::SystemEntropy;
use crate::limits::MATCH_ROWS;
use crate::problem::{Code, Problem};
use crate::station::OpenEvent;
use domain::attendee::{Field, Fields, Status, display_name};
use domain::id::AttendeeId;
use domain::merge::{Sources, merge};
use domain::roster::{self, Mapping, Row, Sheet, check_size};
use jiff::Timestamp;
use matching::Matching;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use sync::document::Document;
use sync::roster::{Naming, Person, SHARDS, shard_of};
use sync::store::{Change, ShardChange, Stage, StoreError};

/// People whose changes share one small transaction: some milliseconds' work between two looks at the door.
const STAGE_PEOPLE: usize = 1_000;
/// Rows shown before an import.
const SAMPLE_ROWS: usize = 5;

/// A file that was read and is ready to be imported.
#[derive(Debug)]
pub(crate) struct Prepared {
    sheet: Sheet,
}

/// Reads a file. Needs nothing of the station, so that no door waits for it.
pub(crate) fn prepare(file: &Path, mapping: &Mapping) -> Result<Prepared, Problem> {
    let problem = |e| Problem::io(file, &e);
    let meta = file.metadata().map_err(problem)?;
    if meta.is_dir() {
        let message = format!("{} is a folder.", file.display());
        return Err(Problem::bad(message, "Give the CSV file itself."));
    }
    if !meta.is_file() {
        let message = format!("{} is not a plain file.", file.display());
        return Err(Problem::bad(message, "Save the list as a file first, then import that."));
    }
    check_size(meta.len())?;
    let mut open = File::open(file).map_err(problem)?;
    let mut bytes = Vec::new();
    // A file that grows meanwhile is cut one byte past what is allowed and refused then.
    open.by_ref().take(roster::MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(problem)?;
    check_size(bytes.len() as u64)?;
    Ok(Prepared { sheet: roster::read(&bytes, mapping)? })
}

/// The mapping that options ask for: a saved one, and columns given by hand over it.
pub(crate) fn mapping(options: &ImportOptions, saved: Option<&str>) -> Result<Mapping, Problem> {
    let saved: Vec<&str> = saved.map(|text| text.lines().collect()).unwrap_or_default();
    let mut mapping = Mapping::parse(saved)?;
    let by_hand = Mapping::parse(options.map.iter().map(String::as_str))?;
    mapping.0.retain(|_, field| field.is_none() || !by_hand.0.values().any(|other| other == field));
    mapping.0.extend(by_hand.0);
    Ok(mapping)
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// There is more to do: done and all, in rows.
    More(u64, u64),
    /// It is done.
    Done,
}

/// An import under way.
#[derive(Debug)]
pub(crate) struct Import {
    rows: VecDeque<Row>,
    total: u64,
    done: u64,
    options: ImportOptions,
    /// Whether anybody was here before.
    anybody: bool,
    matching: Matching,
    placed: BTreeSet<AttendeeId>,
    /// What stands in rejected rows: nobody named there is cancelled as missing.
    spoilt: BTreeSet<String>,
    by_shard: BTreeMap<u8, Vec<(AttendeeId, Fields)>>,
    shards: VecDeque<u8>,
    /// Shards that are merged and not yet staged: small ones share a transaction.
    pending: Vec<ShardChange>,
    stage: Option<Stage>,
    line: ImportLine,
}

impl Import {
    pub(crate) fn begin(
        open: &mut OpenEvent,
        prepared: Prepared,
        options: ImportOptions,
    ) -> Result<Self, Problem> {
        let stage = if options.dry_run { None } else { Some(open.store.begin_stage()?) };
        let sheet = prepared.sheet;
        let anybody = open.store.people_count()? > 0;
        let rejected = sheet.rejected.into_iter().map(|row| RejectedRow {
            line: row.line,
            column: row.column,
            value: row.value,
            reason: row.reason,
        });
        let columns = sheet.columns.into_iter();
        let line = ImportLine {
            rows: sheet.row_count as u64,
            rejected: rejected.collect(),
            columns: columns
                .map(|(name, field)| (name, field.map(|f| f.as_str().to_owned())))
                .collect(),
            dry_run: options.dry_run,
            sample: if options.dry_run { sample(&sheet.rows) } else { Vec::new() },
            ..ImportLine::default()
        };
        Ok(Self {
            total: sheet.rows.len() as u64,
            rows: sheet.rows.into(),
            done: 0,
            anybody,
            matching: Matching::new(anybody),
            placed: BTreeSet::new(),
            spoilt: sheet.spoilt,
            options,
            by_shard: BTreeMap::new(),
            shards: (0..SHARDS).filter_map(|shard| u8::try_from(shard).ok()).collect(),
            pending: Vec::new(),
            stage,
            line,
        })
    }

    /// Does the next few milliseconds' work.
    pub(crate) fn step(&mut self, open: &mut OpenEvent, now: Timestamp) -> Result<Step, Problem> {
        if !self.rows.is_empty() {
            for _ in 0..MATCH_ROWS {
                let Some(row) = self.rows.pop_front() else {
                    break;
                };
                if let Some((id, row)) = self.matching.place(open, row)? {
                    self.placed(id, row);
                }
            }
        } else if self.matching.waits() {
            for _ in 0..MATCH_ROWS {
                if !self.matching.waits() {
                    break;
                }
                if let Some((id, row)) = self.matching.next(open)? {
                    self.placed(id, row);
                }
            }
        } else if let Some(shard) = self.shards.pop_front() {
            self.merge_shard(open, shard)?;
            let pending: usize = self.pending.iter().map(|change| change.people.len()).sum();
            if pending >= STAGE_PEOPLE {
                self.stage_pending(open, now)?;
            }
        } else {
            self.stage_pending(open, now)?;
            if let Some(stage) = self.stage.take() {
                open.store.publish(stage, now.as_millisecond(), &mut SystemEntropy)?;
            }
            return Ok(Step::Done);
        }
        Ok(Step::More(self.done, self.total))
    }

    /// Takes back what was staged so far.
    pub(crate) fn abandon(&mut self, open: &mut OpenEvent) -> Result<(), Problem> {
        match self.stage.take() {
            Some(stage) => Ok(open.store.abandon(stage)?),
            None => Ok(()),
        }
    }

    /// What came of it.
    pub(crate) fn answer(self) -> Output {
        Output::Import(self.line)
    }

    /// Keeps a row for the shard of the person it is.
    fn placed(&mut self, id: AttendeeId, row: Row) {
        if !self.placed.insert(id) {
            self.line.rejected.push(RejectedRow {
                line: row.line,
                column: Field::Code.as_str().to_owned(),
                value: row.fields.get(&Field::Code).cloned().unwrap_or_default(),
                reason: "another row of this file is the same attendee".to_owned(),
            });
            self.line.rejected.sort_by_key(|row| row.line);
            return;
        }
        self.by_shard.entry(shard_of(id)).or_default().push((id, row.fields));
    }

    fn merge_shard(&mut self, open: &mut OpenEvent, shard: u8) -> Result<(), Problem> {
        let rows = self.by_shard.remove(&shard).unwrap_or_default();
        self.done += rows.len() as u64;
        if rows.is_empty() && !self.anybody {
            return Ok(());
        }
        let mut halves = open.store.shard(shard)?;
        let mut people = halves.people();
        let mut changes = Vec::new();
        for (id, row) in rows {
            let known = people.remove(&id);
            if let Some(change) = self.merge_row(open, &mut halves, id, row, known)? {
                changes.push(change);
            }
        }
        for (id, person) in people {
            if let Some(change) = self.miss(open, &mut halves, id, person)? {
                changes.push(change);
            }
        }
        if self.stage.is_some() && !changes.is_empty() {
            let commit = |half: &mut Document| half.commit().map_err(StoreError::from);
            let (roster, contact) = (commit(&mut halves.roster)?, commit(&mut halves.contact)?);
            let desk = commit(&mut halves.desk)?;
            self.pending.push(ShardChange { shard, roster, contact, desk, people: changes });
        }
        Ok(())
    }

    fn stage_pending(&mut self, open: &mut OpenEvent, now: Timestamp) -> Result<(), Problem> {
        let pending = std::mem::take(&mut self.pending);
        if let Some(stage) = &mut self.stage
            && !pending.is_empty()
        {
            open.store.stage(stage, pending, now.as_millisecond(), &mut SystemEntropy)?;
        }
        Ok(())
    }

    fn merge_row(
        &mut self,
        open: &OpenEvent,
        halves: &mut sync::roster::Shard,
        id: AttendeeId,
        mut row: Fields,
        known: Option<Person>,
    ) -> Result<Option<Change>, Problem> {
        let naming = open.naming()?;
        row.entry(Field::Code).or_insert_with(|| code_of(naming, id, known.as_ref()));
        let Some(person) = known else {
            self.line.added += 1;
            let code = row.get(&Field::Code).map(|code| naming.code(code));
            halves
                .set_row(id, &row, code.unwrap_or_else(|| naming.code("")))
                .map_err(StoreError::from)?;
            return Ok(Some(Change {
                no: None,
                id,
                fields: row,
                old_order: None,
                old_code: None,
                code,
                revoked: Vec::new(),
            }));
        };
        let merged = merge(&person.sources, &row);
        self.line.clashes.extend(merged.clashes.iter().map(|clash| Clash {
            attendee: id.to_string(),
            column: clash.field.as_str().to_owned(),
            mine: clash.mine.clone(),
            file: clash.file.clone(),
        }));
        if !merged.changed && merged.settled.is_empty() {
            self.line.unchanged += 1;
            return Ok(None);
        }
        if merged.changed {
            self.line.changed += 1
        } else {
            self.line.unchanged += 1
        }
        let mut person = person;
        for field in merged.settled {
            person.sources.edits.remove(&field);
            halves.forget_edit(id, field).map_err(StoreError::from)?;
        }
        write_row(open, halves, id, row, person).map(Some)
    }

    /// Somebody of an earlier file who is not in this one.
    fn miss(
        &mut self,
        open: &OpenEvent,
        halves: &mut sync::roster::Shard,
        id: AttendeeId,
        person: Person,
    ) -> Result<Option<Change>, Problem> {
        let effective = person.sources.effective();
        let cancelled =
            effective.get(&Field::Status).map(String::as_str) == Some(Status::Cancelled.as_str());
        let Some(mut row) = person.sources.file.clone().filter(|_| !cancelled) else {
            return Ok(None);
        };
        self.line.missing += 1;
        self.line.missing_attendees.push((id.to_string(), display_name(&effective)));
        if !self.options.cancel_missing || self.is_spoilt(&effective) {
            return Ok(None);
        }
        if let Some(mine) = person.sources.edits.get(&Field::Status) {
            // A person said that this ticket holds: that stays, and is listed.
            self.line.clashes.push(Clash {
                attendee: id.to_string(),
                column: Field::Status.as_str().to_owned(),
                mine: mine.clone(),
                file: Status::Cancelled.as_str().to_owned(),
            });
            return Ok(None);
        }
        self.line.cancelled += 1;
        row.insert(Field::Status, Status::Cancelled.as_str().to_owned());
        write_row(open, halves, id, row, person).map(Some)
    }

    /// Whether a rejected row may be this person: a bad cell is no cancellation.
    fn is_spoilt(&self, fields: &Fields) -> bool {
        let named = [Field::Code, Field::Email, Field::Name, Field::LastName, Field::FirstName];
        named.iter().filter_map(|field| fields.get(field)).any(|text| self.spoilt.contains(text))
    }
}

/// The first rows as they would be taken, for somebody to look at.
fn sample(rows: &[Row]) -> Vec<BTreeMap<String, String>> {
    let fields = |row: &Row| {
        let fields =
            row.fields.iter().map(|(field, text)| (field.as_str().to_owned(), text.clone()));
        fields.collect()
    };
    rows.iter().take(SAMPLE_ROWS).map(fields).collect()
}

/// Writes what the file says now, and tells what holds of the attendee then.
fn write_row(
    open: &OpenEvent,
    halves: &mut sync::roster::Shard,
    id: AttendeeId,
    row: Fields,
    known: Person,
) -> Result<Change, Problem> {
    let naming = open.naming()?;
    let code_of = |fields: &Fields| fields.get(&Field::Code).map(|code| naming.code(code));
    let in_file = code_of(&row).unwrap_or_else(|| naming.code(""));
    let was_in_file = known.sources.file.as_ref().and_then(code_of);
    halves.set_row(id, &row, in_file).map_err(StoreError::from)?;
    let fields = Sources { file: Some(row), edits: known.sources.edits }.effective();
    let code = code_of(&fields);
    let row = open.store.person_by_id(id)?;
    let old_order = row.as_ref().and_then(|row| row.fields.get(&Field::Order).cloned());
    let no = row.map(|row| row.no);
    let revoked = was_in_file.filter(|was| *was != in_file).into_iter().collect();
    Ok(Change { no, id, fields, old_order, old_code: known.code, code, revoked })
}

/// The code of somebody whose row has none: the one that earlier files gave, or else holds, or one of ours.
fn code_of(naming: &Naming, id: AttendeeId, known: Option<&Person>) -> String {
    let of_file = known.and_then(|person| person.sources.file.as_ref()?.get(&Field::Code));
    let holds = known.and_then(|person| person.sources.edits.get(&Field::Code));
    of_file.or(holds).cloned().unwrap_or_else(|| naming.minted(id))
}

/// Remembers a mapping under a name.
pub(crate) fn profile_setting(name: &str, mapping: &Mapping) -> Result<(String, String), Problem> {
    if name.trim().is_empty() || name.len() > 64 || name.contains('/') {
        let hint = "Use 1 to 64 characters without a slash.";
        return Err(Problem::bad("A profile needs a short name.", hint));
    }
    if mapping.0.is_empty() {
        let hint = "Map at least one column with --map \"COLUMN=field\".";
        return Err(Problem::new(Code::BadFile, "There is no mapping to save.", hint));
    }
    let lines: Vec<String> = mapping
        .0
        .iter()
        .map(|(column, field)| format!("{column}={}", field.map_or("", Field::as_str)))
        .collect();
    Ok((format!("profile/{name}"), lines.join("\n")))
}
