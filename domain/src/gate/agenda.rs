//! A gate's agenda: what it is on each day, so that nobody has to set it anew in the morning.
//!
//! Kept as one JSON text, an array of slots. On a day with several slots the one counts that is on, or comes next; on
//! a day with none the gate is not open.

use super::{format_time, parse_time};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Slots that one gate may have: every hour of a long fair.
const SLOTS_MAX: usize = 500;
/// Characters of a title: what a door can show on one line.
const TITLE_CHARS_MAX: usize = 100;

/// What a gate is on one day, or for some hours of it. What is not said is as the gate has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// The day, as the gate counts days.
    pub day: Date,
    /// When it opens.
    pub opens: Option<Time>,
    /// When it closes.
    pub closes: Option<Time>,
    /// Ticket types that may pass.
    pub ticket_types: Option<BTreeSet<String>>,
    /// What takes place.
    pub title: Option<String>,
}

/// A slot as files write it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    day: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opens: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ticket_types: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

/// What is wrong: the value, and what it must be.
type Wrong = (String, String);

/// Reads an agenda.
pub(super) fn parse(text: &str) -> Result<Vec<Slot>, Wrong> {
    const SHAPE: &str = r#"a list such as [{"day":"2027-03-28","opens":"08:30","closes":"18:00","ticket_types":["Day 1"],"title":"Keynote"}]"#;
    let written: Vec<Written> =
        serde_json::from_str(text).map_err(|e| (text.to_owned(), format!("{SHAPE} ({e})")))?;
    if written.len() > SLOTS_MAX {
        return Err((format!("{} entries", written.len()), format!("at most {SLOTS_MAX}")));
    }
    let mut slots = Vec::new();
    for (place, one) in (1..).zip(written) {
        slots
            .push(slot(one).map_err(|(value, must)| (value, format!("{must}, in entry {place}")))?);
    }
    slots.sort();
    Ok(slots)
}

fn slot(one: Written) -> Result<Slot, Wrong> {
    let day = one.day.parse::<Date>().ok().filter(|_| one.day.len() == 10);
    let day = day.ok_or_else(|| (one.day.clone(), "a day such as 2027-03-28".to_owned()))?;
    let time = |text: Option<String>| {
        let Some(text) = text else { return Ok(None) };
        let time = parse_time(&text);
        time.map(Some).ok_or_else(|| (text, "a time of day such as 09:00".to_owned()))
    };
    let types = one.ticket_types.map(|types| {
        let types = types.iter().map(|name| name.trim().to_owned());
        types.filter(|name| !name.is_empty()).collect::<BTreeSet<_>>()
    });
    if types.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(("[]".to_owned(), "a list of at least one ticket type".to_owned()));
    }
    let title = one.title.map(|title| title.trim().to_owned()).filter(|title| !title.is_empty());
    if let Some(long) = title.as_ref().filter(|title| title.chars().count() > TITLE_CHARS_MAX) {
        return Err((long.clone(), format!("a title of at most {TITLE_CHARS_MAX} characters")));
    }
    let (opens, closes) = (time(one.opens)?, time(one.closes)?);
    Ok(Slot { day, opens, closes, ticket_types: types, title })
}

/// The text that [`parse`] reads back; empty where there is no agenda.
pub(super) fn text(slots: &[Slot]) -> String {
    if slots.is_empty() {
        return String::new();
    }
    let written = slots.iter().map(|slot| Written {
        day: slot.day.to_string(),
        opens: slot.opens.map(format_time),
        closes: slot.closes.map(format_time),
        ticket_types: slot.ticket_types.as_ref().map(|types| types.iter().cloned().collect()),
        title: slot.title.clone(),
    });
    // Texts and lists of texts always write.
    serde_json::to_string(&written.collect::<Vec<_>>()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_agenda_cannot_say_is_named_with_its_place() {
        for (text, value, must) in [
            (r#"[{"day":"2027-03-28"},{"day":"2027-02-30"}]"#, "2027-02-30", "in entry 2"),
            (r#"[{"day":"2027-03-28","opens":"25:00"}]"#, "25:00", "in entry 1"),
            (r#"[{"day":"2027-03-28","ticket_types":[]}]"#, "[]", "at least one"),
            (r#"[{"day":"2027-03-28","room":"A"}]"#, "room", "unknown field"),
            (r#"{"day":"2027-03-28"}"#, "day", "a list"),
        ] {
            let (found, said) = parse(text).unwrap_err();
            assert!(found.contains(value) && said.contains(must), "{text}: {found}: {said}");
        }
        let long = format!("[{}]", vec![r#"{"day":"2027-03-28"}"#; SLOTS_MAX + 1].join(","));
        assert!(parse(&long).is_err());
    }
}
