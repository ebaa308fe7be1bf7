//! Projections as they follow from the records, as they are stored, and what is different between the two.

use super::super::query::{ChangeRow, Changes, read_fact};
use super::super::{Store, StoreError, person_no, place_of, record_key};
use crate::document::{Document, Scalar};
use crate::record::DocRef;
use crate::roster::{SHARDS, encode_row, shard_name};
use domain::access::Kind;
use domain::access::Space;
use domain::attendee::Field;
use domain::id::{AttendeeId, CodeHash};
use rusqlite::{Row, params};
use std::collections::{BTreeMap, BTreeSet};

/// All projections, as they follow from the records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Projections {
    settings: BTreeMap<String, String>,
    people: BTreeMap<AttendeeId, Vec<u8>>,
    orders: BTreeSet<(String, AttendeeId)>,
    codes: BTreeSet<(CodeHash, AttendeeId)>,
    revoked: BTreeSet<(CodeHash, AttendeeId)>,
    added: BTreeSet<AttendeeId>,
    facts: BTreeSet<(i64, i64)>,
    changes: BTreeSet<(Vec<u8>, i64)>,
}

impl Store {
    pub(super) fn projections_of_records(&self) -> Result<Projections, StoreError> {
        let mut made = Projections::default();
        let mut found: BTreeMap<[u8; 16], Changes> = BTreeMap::new();
        for log in self.logs.values() {
            let space = log.name.space;
            self.each_record(log, |seq, record| {
                let key = record_key(log.no, seq);
                match (space, record.kind, record.doc) {
                    (Space::Control, ..) => {}
                    (Space::Attendance, ..) => {
                        let person = read_fact(&record).and_then(|fact| fact.attendee());
                        made.facts.extend(person.map(|id| (person_no(id), key)));
                    }
                    (_, Kind::CHANGE, Some(DocRef { doc, .. })) => {
                        made.changes.insert((doc.to_vec(), key));
                        if self.can_open(space)
                            && let Some(body) = self.open_body(log, seq, &record)
                        {
                            let change = ChangeRow::new(&log.name, record.hlc, body);
                            found.entry(doc).or_default().add(self, log, seq, change);
                        }
                    }
                    _ => {}
                }
                Ok(())
            })?;
        }
        let bodies: BTreeMap<[u8; 16], Vec<ChangeRow>> =
            found.into_iter().map(|(doc, changes)| (doc, changes.with_effect())).collect();
        let document = |space, name: &str| {
            let bodies = bodies.get(&DocRef::new(space, name).doc);
            let changes = bodies.into_iter().flatten();
            let changes = changes.map(|change| (change.log, change.body.as_slice()));
            Document::load(self.author(space), changes)
        };
        let naming = self.naming().ok();
        made.settings = texts(&document(Space::Event, "event"));
        for shard in (0..SHARDS).filter_map(|shard| u8::try_from(shard).ok()) {
            let name = shard_name(shard);
            let halves = crate::roster::Shard {
                roster: document(Space::Roster, &name),
                contact: document(Space::Contact, &name),
                desk: document(Space::Desk, &name),
            };
            for (id, person) in halves.people() {
                let fields = person.fields(id, naming.as_ref());
                let order = fields.get(&Field::Order).cloned();
                made.added.extend(fields.contains_key(&Field::AddedAt).then_some(id));
                made.people.insert(id, encode_row(fields.iter(), None));
                made.orders.extend(order.map(|order| (order, id)));
                made.codes.extend(person.code.map(|code| (code, id)));
                made.revoked.extend(person.revoked.into_iter().map(|code| (code, id)));
            }
        }
        Ok(made)
    }

    pub(super) fn projections_stored(&self) -> Result<Projections, StoreError> {
        let mut stored = Projections { settings: self.settings()?, ..Projections::default() };
        let mut numbers = BTreeMap::new();
        let sql = "SELECT no, id, fields FROM attendee WHERE no <= ?";
        let mut statement = self.db.prepare(sql)?;
        let mut rows = statement.query([self.published])?;
        while let Some(row) = rows.next()? {
            let id = AttendeeId::new(row.get(1)?);
            numbers.insert(row.get::<_, i64>(0)?, id);
            stored.people.insert(id, row.get(2)?);
        }
        let nobody = AttendeeId::new([0; 16]);
        let whose = |no: i64| numbers.get(&no).copied().unwrap_or(nobody);
        let mut statement = self.db.prepare("SELECT hash, attendee FROM code")?;
        let code = |row: &Row<'_>| Ok((CodeHash::new(row.get(0)?), whose(row.get(1)?)));
        stored.codes = statement.query_map([], code)?.collect::<Result<_, _>>()?;
        let mut statement = self.db.prepare("SELECT hash, attendee FROM revoked")?;
        stored.revoked = statement.query_map([], code)?.collect::<Result<_, _>>()?;
        let mut statement = self.db.prepare("SELECT attendee FROM added WHERE attendee <= ?")?;
        let added = statement.query_map([self.published], |row| Ok(whose(row.get(0)?)))?;
        stored.added = added.collect::<Result<_, _>>()?;
        let mut statement = self.db.prepare("SELECT name, attendee FROM orders")?;
        let order = |row: &Row<'_>| Ok((row.get(0)?, whose(row.get(1)?)));
        stored.orders = statement.query_map([], order)?.collect::<Result<_, _>>()?;
        let mut statement = self.db.prepare("SELECT person, record FROM fact")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        stored.facts = rows.collect::<Result<_, _>>()?;
        let mut statement = self.db.prepare("SELECT doc, record FROM change")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        stored.changes = rows.collect::<Result<_, _>>()?;
        if self.staging {
            // What an import has staged is not there yet.
            stored.changes.retain(|(_, key)| {
                let (no, seq) = place_of(*key);
                self.logs.get(&no).is_none_or(|log| seq <= log.seq)
            });
        }
        Ok(stored)
    }

    pub(super) fn write_projections(&self, made: &Projections) -> Result<i64, StoreError> {
        for table in ["setting", "attendee", "code", "revoked", "added", "orders", "fact", "change"]
        {
            self.db.execute(&format!("DELETE FROM {table}"), [])?;
        }
        let prepare = |sql| self.db.prepare(sql);
        let mut insert = prepare("INSERT INTO setting VALUES (?, ?)")?;
        for (key, value) in &made.settings {
            insert.execute(params![key, value])?;
        }
        let mut insert = prepare("INSERT INTO attendee VALUES (?, ?, ?)")?;
        let mut numbers = BTreeMap::new();
        for ((id, fields), no) in made.people.iter().zip(1_i64..) {
            insert.execute(params![no, id.bytes().as_slice(), fields])?;
            numbers.insert(*id, no);
        }
        let mut insert = prepare("INSERT INTO code VALUES (?, ?)")?;
        for (hash, id) in &made.codes {
            insert.execute(params![hash.bytes().as_slice(), numbers.get(id)])?;
        }
        let mut insert = prepare("INSERT INTO revoked VALUES (?, ?)")?;
        for (hash, id) in &made.revoked {
            insert.execute(params![hash.bytes().as_slice(), numbers.get(id)])?;
        }
        let mut insert = prepare("INSERT INTO added VALUES (?)")?;
        for id in &made.added {
            insert.execute([numbers.get(id)])?;
        }
        let mut insert = prepare("INSERT INTO orders VALUES (?, ?)")?;
        for (name, id) in &made.orders {
            insert.execute(params![name, numbers.get(id)])?;
        }
        let mut insert = prepare("INSERT INTO fact VALUES (?, ?)")?;
        for (person, record) in &made.facts {
            insert.execute([person, record])?;
        }
        let mut insert = prepare("INSERT INTO change VALUES (?, ?)")?;
        for (doc, record) in &made.changes {
            insert.execute(params![doc, record])?;
        }
        let published = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
        self.db.execute("UPDATE meta SET value = ? WHERE key = 'published'", [published])?;
        Ok(published)
    }
}

pub(in super::super) fn texts(document: &Document) -> BTreeMap<String, String> {
    let entries = document.entries().into_iter();
    let texts = entries.filter_map(|(key, value)| match value {
        Scalar::Text(text) => Some((key, text)),
        Scalar::Bytes(_) => None,
    });
    texts.collect()
}

pub(super) fn compare(stored: &Projections, made: &Projections, problems: &mut Vec<String>) {
    let mut differ = |what: &str, differs: bool| {
        if differs {
            problems.push(format!(
                "The list of {what} does not say what the records say; `verify --rebuild` makes it anew."
            ));
        }
    };
    differ("settings", stored.settings != made.settings);
    differ("attendees", stored.people != made.people);
    differ("codes", stored.codes != made.codes);
    differ("replaced codes", stored.revoked != made.revoked);
    differ("people added", stored.added != made.added);
    differ("orders", stored.orders != made.orders);
    differ("check-ins", stored.facts != made.facts);
    differ("document changes", stored.changes != made.changes);
}
