//! Importing a roster while the door goes on: the file is read outside the owner's loop, then matched and staged in
//! steps of a few milliseconds, and published in one. Killed at any moment, nothing of it is there.

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
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use sync::document::Document;
use sync::roster::{Person, SHARDS, shard_of};
use sync::store::{Change, ShardChange, Stage, StoreError};

/// People whose changes share one small transaction: some milliseconds' work between two looks at the door.
const STAGE_PEOPLE: usize = 1_000;
/// The source under which attendees of files are named.
const SOURCE: &str = "csv";

/// A file that was read and is ready to be imported.
#[derive(Debug)]
pub(crate) struct Prepared {
    sheet: Sheet,
}

/// Reads a file. Needs nothing of the station, so that no door waits for it.
pub(crate) fn prepare(file: &Path, mapping: &Mapping) -> Result<Prepared, Problem> {
    let problem = |e| Problem::io(file, &e);
    let mut open = File::open(file).map_err(problem)?;
    let meta = open.metadata().map_err(problem)?;
    if meta.is_dir() {
        let message = format!("{} is a folder.", file.display());
        return Err(Problem::bad(message, "Give the CSV file itself."));
    }
    check_size(meta.len())?;
    let mut bytes = Vec::new();
    // A pipe does not tell its length; it is cut one byte past what is allowed and refused then.
    open.by_ref().take(roster::MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(problem)?;
    check_size(bytes.len() as u64)?;
    Ok(Prepared { sheet: roster::read(&bytes, mapping)? })
}

/// The mapping that options ask for: a saved one, and columns given by hand over it.
pub(crate) fn mapping(options: &ImportOptions, saved: Option<&str>) -> Result<Mapping, Problem> {
    let saved: Vec<&str> = saved.map(|text| text.lines().collect()).unwrap_or_default();
    let mut mapping = Mapping::parse(saved)?;
    let by_hand = Mapping::parse(options.map.iter().map(String::as_str))?;
    mapping.0.retain(|_, field| !by_hand.0.values().any(|other| other == field));
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
    /// Whether anybody was here before: if not, nobody has to be looked for.
    anybody: bool,
    matched: BTreeSet<AttendeeId>,
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
            ..ImportLine::default()
        };
        Ok(Self {
            total: sheet.rows.len() as u64,
            rows: sheet.rows.into(),
            done: 0,
            anybody: open.store.people_count()? > 0,
            options,
            matched: BTreeSet::new(),
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
                self.place(open, row)?;
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

    /// Finds out who a row is.
    fn place(&mut self, open: &OpenEvent, row: Row) -> Result<(), Problem> {
        let mut fields = row.fields;
        let id = match fields.get(&Field::Code) {
            Some(code) => self.by_code(open, code)?,
            None => {
                let id = self.without_code(open, &fields)?;
                fields.insert(Field::Code, code_in_use(open, id)?);
                id
            }
        };
        if !self.matched.insert(id) {
            self.line.rejected.push(RejectedRow {
                line: row.line,
                column: Field::Code.as_str().to_owned(),
                value: fields.remove(&Field::Code).unwrap_or_default(),
                reason: "another row of this file is the same attendee".to_owned(),
            });
            self.line.rejected.sort_by_key(|row| row.line);
            return Ok(());
        }
        self.by_shard.entry(shard_of(id)).or_default().push((id, fields));
        Ok(())
    }

    fn by_code(&self, open: &OpenEvent, code: &str) -> Result<AttendeeId, Problem> {
        let known =
            if self.anybody { open.store.id_by_code(open.naming.code(code))? } else { None };
        Ok(known.unwrap_or_else(|| open.naming.attendee(SOURCE, &format!("code:{code}"))))
    }

    /// Somebody on the same order with the same position, else e-mail, else name; or somebody new.
    fn without_code(&self, open: &OpenEvent, fields: &Fields) -> Result<AttendeeId, Problem> {
        let order = fields.get(&Field::Order);
        if let Some(order) = order.filter(|_| self.anybody) {
            let free: Vec<_> = open
                .store
                .people_by_order(order)?
                .into_iter()
                .filter(|person| !self.matched.contains(&person.id))
                .collect();
            for field in [Some(Field::OrderPosition), Some(Field::Email), None] {
                let key = |fields: &Fields| match field {
                    Some(field) => fields.get(&field).cloned(),
                    None => Some(display_name(fields)).filter(|name| !name.is_empty()),
                };
                let Some(wanted) = key(fields) else { continue };
                if let Some(person) =
                    free.iter().find(|person| key(&person.fields).as_ref() == Some(&wanted))
                {
                    return Ok(person.id);
                }
            }
        }
        let text = |field| fields.get(&field).map(String::as_str).unwrap_or_default();
        let who = match text(Field::OrderPosition) {
            "" => format!("{}\u{1f}{}", text(Field::Email), display_name(fields)),
            position => position.to_owned(),
        };
        // The same words again in one file are another person, such as a second guest without a name.
        let stable = (0_u32..)
            .map(|again| format!("row:{}\u{1f}{who}\u{1f}{again}", text(Field::Order)))
            .map(|stable| open.naming.attendee(SOURCE, &stable))
            .find(|id| !self.matched.contains(id));
        Ok(stable.unwrap_or_else(|| open.naming.attendee(SOURCE, &who)))
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
            self.pending.push(ShardChange { shard, roster, contact, people: changes });
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
        row: Fields,
        known: Option<Person>,
    ) -> Result<Option<Change>, Problem> {
        let Some(person) = known else {
            self.line.added += 1;
            let code = row.get(&Field::Code).map(|code| open.naming.code(code));
            halves
                .set_row(id, &row, code.unwrap_or_else(|| open.naming.code("")))
                .map_err(StoreError::from)?;
            return Ok(Some(Change {
                no: None,
                id,
                fields: row,
                old_order: None,
                old_code: None,
                code,
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
        let mut edits = person.sources.edits;
        for field in merged.settled {
            edits.remove(&field);
            halves.forget_edit(id, field).map_err(StoreError::from)?;
        }
        write_row(open, halves, id, row, edits, person.code).map(Some)
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
        let Some(mut row) = person.sources.file.filter(|_| !cancelled) else {
            return Ok(None);
        };
        self.line.missing += 1;
        self.line.missing_attendees.push((id.to_string(), display_name(&effective)));
        if !self.options.cancel_missing {
            return Ok(None);
        }
        self.line.cancelled += 1;
        row.insert(Field::Status, Status::Cancelled.as_str().to_owned());
        write_row(open, halves, id, row, person.sources.edits, person.code).map(Some)
    }
}

/// Writes what the file says now, and tells what holds of the attendee then.
fn write_row(
    open: &OpenEvent,
    halves: &mut sync::roster::Shard,
    id: AttendeeId,
    row: Fields,
    edits: Fields,
    old_code: Option<domain::id::CodeHash>,
) -> Result<Change, Problem> {
    let code_of = |fields: &Fields| fields.get(&Field::Code).map(|code| open.naming.code(code));
    let in_file = code_of(&row).unwrap_or_else(|| open.naming.code(""));
    halves.set_row(id, &row, in_file).map_err(StoreError::from)?;
    let fields = Sources { file: Some(row), edits }.effective();
    let code = code_of(&fields);
    let row = open.store.person_by_id(id)?;
    let old_order = row.as_ref().and_then(|row| row.fields.get(&Field::Order).cloned());
    let no = row.map(|row| row.no);
    Ok(Change { no, id, fields, old_order, old_code, code })
}

/// The code of somebody whose row has none: the one that the last import gave, or one of ours.
fn code_in_use(open: &OpenEvent, id: AttendeeId) -> Result<String, Problem> {
    let known = open.store.person_by_id(id)?;
    let code = known.and_then(|person| person.fields.get(&Field::Code).cloned());
    Ok(code.unwrap_or_else(|| open.naming.minted(id)))
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
    let lines: Vec<String> =
        mapping.0.iter().map(|(column, field)| format!("{column}={}", field.as_str())).collect();
    Ok((format!("profile/{name}"), lines.join("\n")))
}
