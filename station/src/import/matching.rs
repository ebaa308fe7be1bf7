//! Who a row of a file is: surest matches first, over the whole file, so that no guess takes a person whom another row
//! names exactly.
//!
//! A row with a code is the person with that code. A row without is the row that an earlier file had in the same words;
//! else somebody on the same order: by position, or e-mail and name together; by name; by an e-mail that only one of
//! them has. Else it is somebody new.

use crate::problem::Problem;
use crate::station::OpenEvent;
use domain::attendee::{Field, Fields, display_name};
use domain::id::AttendeeId;
use domain::roster::Row;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The source under which attendees of files are named.
const SOURCE: &str = "csv";

/// What somebody on an order is recognised by.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Traits {
    position: Option<String>,
    email: Option<String>,
    name: Option<String>,
}

impl Traits {
    fn of(fields: &Fields) -> Self {
        let name = Some(display_name(fields)).filter(|name| !name.is_empty());
        let get = |field| fields.get(&field).cloned();
        Self { position: get(Field::OrderPosition), email: get(Field::Email), name }
    }

    /// Whether two could be the same person: different positions are different people.
    fn fits(&self, other: &Self) -> bool {
        self.position.is_none() || other.position.is_none() || self.position == other.position
    }

    fn same(&self, other: &Self, pass: u8) -> bool {
        let equal = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        self.fits(other)
            && match pass {
                1 if self.position.is_some() => equal(&self.position, &other.position),
                1 => self.email == other.email && equal(&self.name, &other.name),
                2 => equal(&self.name, &other.name),
                _ => equal(&self.email, &other.email),
            }
    }
}

/// A row that is not sure yet, and who it is if it is nobody who was here before.
#[derive(Debug)]
struct Loose {
    row: Row,
    new: AttendeeId,
}

/// Finds out who the rows of one file are.
#[derive(Debug, Default)]
pub(super) struct Matching {
    /// Whether anybody was here before: if not, nobody has to be looked for.
    anybody: bool,
    taken: BTreeSet<AttendeeId>,
    /// How often the same words came in this file: each time they are another person, such as a second guest.
    again: BTreeMap<String, u32>,
    loose: VecDeque<Loose>,
    unsure: VecDeque<Loose>,
    pass: u8,
    on_order: BTreeMap<String, Vec<(AttendeeId, Traits)>>,
    /// How many unsure rows have an order and an e-mail.
    shared: BTreeMap<(String, String), u32>,
}

impl Matching {
    pub(super) fn new(anybody: bool) -> Self {
        Self { anybody, pass: 1, ..Self::default() }
    }

    /// Who a row is, if that is sure; else it waits for [`Matching::next`].
    pub(super) fn place(
        &mut self,
        open: &OpenEvent,
        row: Row,
    ) -> Result<Option<(AttendeeId, Row)>, Problem> {
        if let Some(code) = row.fields.get(&Field::Code) {
            let naming = open.naming()?;
            let hash = naming.code(code);
            let known = if self.anybody { open.store.id_by_code(hash)? } else { None };
            let new = || naming.attendee(SOURCE, &format!("code:{code}"));
            let id = known.unwrap_or_else(new);
            self.taken.insert(id);
            return Ok(Some((id, row)));
        }
        let new = self.in_these_words(open, &row.fields)?;
        if !self.anybody || (!self.taken.contains(&new) && open.store.person_by_id(new)?.is_some())
        {
            self.taken.insert(new);
            return Ok(Some((new, row)));
        }
        self.loose.push_back(Loose { row, new });
        Ok(None)
    }

    /// Whether rows still wait.
    pub(super) fn waits(&self) -> bool {
        !self.loose.is_empty() || !self.unsure.is_empty()
    }

    /// Looks at the next row that waits; who it is, if that is decided now.
    pub(super) fn next(&mut self, open: &OpenEvent) -> Result<Option<(AttendeeId, Row)>, Problem> {
        let Some(loose) = self.loose.pop_front() else {
            self.begin_pass();
            return Ok(None);
        };
        let found = match loose.row.fields.get(&Field::Order) {
            Some(order) => self.on_the_order(open, order, &Traits::of(&loose.row.fields))?,
            None => None,
        };
        match found {
            Some(id) => {
                self.taken.insert(id);
                Ok(Some((id, loose.row)))
            }
            None if self.pass < 3 => {
                self.unsure.push_back(loose);
                Ok(None)
            }
            None => {
                self.taken.insert(loose.new);
                Ok(Some((loose.new, loose.row)))
            }
        }
    }

    fn begin_pass(&mut self) {
        self.loose = std::mem::take(&mut self.unsure);
        self.pass += 1;
        if self.pass == 3 {
            for loose in &self.loose {
                let get = |field| loose.row.fields.get(&field).cloned().unwrap_or_default();
                *self.shared.entry((get(Field::Order), get(Field::Email))).or_default() += 1;
            }
        }
    }

    fn on_the_order(
        &mut self,
        open: &OpenEvent,
        order: &str,
        row: &Traits,
    ) -> Result<Option<AttendeeId>, Problem> {
        if !self.on_order.contains_key(order) {
            let people = open.store.people_by_order(order)?.into_iter();
            let people = people.map(|person| (person.id, Traits::of(&person.fields))).collect();
            self.on_order.insert(order.to_owned(), people);
        }
        let people = self.on_order.get_mut(order).map(std::mem::take).unwrap_or_default();
        let free: Vec<_> = people.into_iter().filter(|(id, _)| !self.taken.contains(id)).collect();
        let mut same = free.iter().filter(|(_, person)| row.same(person, self.pass));
        let found = same.next().map(|(id, _)| *id);
        let alone = same.next().is_none();
        let email = row.email.clone().unwrap_or_default();
        let one_row = self.shared.get(&(order.to_owned(), email)).is_none_or(|rows| *rows == 1);
        self.on_order.insert(order.to_owned(), free);
        // By e-mail alone only where nobody else could be meant: one buyer's address stands on all of an order.
        Ok(found.filter(|_| self.pass < 3 || (alone && one_row)))
    }

    /// The attendee whom a file calls by these words, the same at every import and every station.
    fn in_these_words(&mut self, open: &OpenEvent, fields: &Fields) -> Result<AttendeeId, Problem> {
        let text = |field| fields.get(&field).map(String::as_str).unwrap_or_default();
        let who = match text(Field::OrderPosition) {
            "" => format!("{}\u{1f}{}", text(Field::Email), display_name(fields)),
            position => position.to_owned(),
        };
        let words = format!("row:{}\u{1f}{who}", text(Field::Order));
        let again = self.again.entry(words.clone()).or_default();
        let stable = format!("{words}\u{1f}{again}");
        *again += 1;
        Ok(open.naming()?.attendee(SOURCE, &stable))
    }
}
