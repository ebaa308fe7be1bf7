//! People: finding one, adding, correcting, cancelling, and the roster as a file.

mod add;
mod edit;
mod history;

use crate::api::{Answer, AttendeeLine, Output};
use crate::limits::WORDS_CHARS_MAX;
use crate::problem::{Code, Problem};
use crate::station::OpenEvent;
use domain::attendee::{Field, Fields, display_name};
use domain::code::{self, Code as Read};
use domain::id::AttendeeId;
use domain::roster::normalise;
use jiff::Timestamp;
use std::collections::BTreeMap;
use sync::roster::{Person, shard_of};
use sync::store::PersonRow;

/// Who changes something about a person, and why: kept inside the change.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Word<'a> {
    pub(crate) by: Option<&'a str>,
    pub(crate) approved: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
}

impl Word<'_> {
    /// Three lines: who, the supervisor who agreed, why. None where nobody said anything.
    fn message(&self) -> Result<Option<String>, Problem> {
        let parts = [self.by, self.approved, self.reason];
        if parts.iter().flatten().any(|part| part.chars().count() > WORDS_CHARS_MAX) {
            return Err(Problem::bad("The reason is too long.", "Use at most 500 characters."));
        }
        let line = |part: Option<&str>| part.unwrap_or_default().trim().replace(['\n', '\r'], " ");
        let message = parts.map(line).join("\n");
        let message = message.trim_end();
        Ok((!message.is_empty()).then(|| message.to_owned()))
    }
}

impl OpenEvent {
    /// The attendee of an id, or of a code.
    pub(crate) fn person(&self, who: &str) -> Result<PersonRow, Problem> {
        let by_id = AttendeeId::from_hex(who.trim()).map(|id| self.store.person_by_id(id));
        if let Some(person) = by_id.transpose()?.flatten() {
            return Ok(person);
        }
        if let Read::Readable { text, minted } = code::parse(who) {
            for text in [Some(text), minted].into_iter().flatten() {
                let mut people = self.store.people_by_code(self.naming()?.code(&text))?;
                if people.len() > 1 {
                    let message = format!("{} attendees have this code.", people.len());
                    return Err(Problem::new(Code::Ambiguous, message, "Give the attendee's id."));
                }
                if let Some(person) = people.pop() {
                    return Ok(person);
                }
            }
        }
        let message = format!("Nobody has the id or code \"{who:.80}\".");
        let hint = "Ids and codes stand in `lanyard roster export` and in the answers of scans.";
        Err(Problem::new(Code::UnknownAttendee, message, hint))
    }

    pub(crate) fn attendee_show(&self, who: &str) -> Answer {
        let row = self.person(who)?;
        let line = AttendeeLine { edits: self.edits(row.id)?, ..self.attendee_line(&row)? };
        Ok(vec![Output::Attendee(Box::new(line))])
    }

    pub(crate) fn attendee_set(
        &mut self,
        who: &str,
        fields: &[String],
        word: Word<'_>,
        now: Timestamp,
    ) -> Answer {
        let row = self.person(who)?;
        let fields = parse_fields(fields)?;
        if fields.get(&Field::Code).is_some_and(String::is_empty) {
            let message = "A code can be replaced but not taken away.";
            return Err(Problem::bad(
                message,
                "Cancel the ticket with `lanyard attendee cancel` instead.",
            ));
        }
        self.edit(row.id, &fields, word, now)
    }

    fn attendee_line(&self, row: &PersonRow) -> Result<AttendeeLine, Problem> {
        let person: Person = self.store.shard(shard_of(row.id))?.person(row.id).unwrap_or_default();
        let of_file = person.sources.file.unwrap_or_default();
        let corrected = person.sources.edits.keys().filter(|_| !of_file.is_empty());
        let file: BTreeMap<String, String> = corrected
            .map(|field| {
                (field.as_str().to_owned(), of_file.get(field).cloned().unwrap_or_default())
            })
            .collect();
        let disputed = person.disputed.into_iter().map(|(field, mut values)| {
            values.sort();
            (field.as_str().to_owned(), values)
        });
        let (inside, came) = crate::book::presence(self, row.id)?;
        Ok(AttendeeLine {
            id: row.id.to_string(),
            fields: Field::ALL
                .into_iter()
                .map(|field| (field.as_str().to_owned(), row.fields.get(&field).cloned()))
                .collect(),
            display_name: display_name(&row.fields),
            disputed: disputed.collect(),
            file,
            history: self.history(row.id)?,
            edits: Vec::new(),
            inside,
            came,
            answers: crate::scan::answers_in(self.naming()?, &self.store.facts_of(row.id)?),
        })
    }

    /// The roster in the columns of an import, sorted by code.
    pub(crate) fn roster_export(&self) -> Answer {
        let mut people = self.store.people()?;
        people.sort_by(|a, b| {
            a.fields.get(&Field::Code).cmp(&b.fields.get(&Field::Code)).then(a.id.cmp(&b.id))
        });
        let columns = Field::columns(people.iter().map(|person| &person.fields));
        let rows = people.iter().map(|person| Output::Row(row(&columns, &person.fields)));
        Ok(std::iter::once(Output::Columns(names(&columns, &[]))).chain(rows).collect())
    }
}

/// A person as a row of these columns.
pub(crate) fn row(columns: &[Field], fields: &Fields) -> Vec<(String, String)> {
    let value = |field| fields.get(field).cloned().unwrap_or_default();
    columns.iter().map(|field| (field.as_str().to_owned(), value(field))).collect()
}

/// The names of these columns, and `more`.
pub(crate) fn names(columns: &[Field], more: &[&str]) -> Vec<String> {
    let fields = columns.iter().map(|field| field.as_str());
    fields.chain(more.iter().copied()).map(str::to_owned).collect()
}

/// Reads `field=value` words.
fn parse_fields(words: &[String]) -> Result<Fields, Problem> {
    let known = Field::ALL.map(Field::as_str).join(", ");
    let mut fields = Fields::new();
    for word in words {
        let Some((name, value)) = word.split_once('=') else {
            return Err(Problem::bad(
                format!("\"{word:.80}\" is not field=value."),
                format!("Fields are {known}."),
            ));
        };
        let field = Field::from_name(name.trim()).ok_or_else(|| {
            Problem::bad(
                format!("There is no field \"{name:.80}\"."),
                format!("Fields are {known}."),
            )
        })?;
        if field.is_of_addition() {
            let message =
                format!("{name} is recorded when somebody is added, and by nobody's hand.");
            return Err(Problem::bad(message, "Nothing was changed."));
        }
        let value = normalise(field, value).map_err(|why| {
            Problem::bad(format!("{name} cannot be \"{value:.80}\": {why}"), "Nothing was changed.")
        })?;
        fields.insert(field, value.unwrap_or_default());
    }
    Ok(fields)
}
