//! How many people who are not on the list may be added at a gate.

use crate::attendee::{Field, Fields, Status};
use serde_json::Value;
use std::collections::BTreeMap;

/// The most that a limit can be: more is no limit.
const MOST: u64 = 1_000_000;

/// Limits on those who are added at one gate; none said: as many as come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddedMax {
    /// All together.
    pub total: Option<u32>,
    /// Of each ticket type.
    pub by_type: BTreeMap<String, u32>,
}

/// A limit that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The limit.
    pub max: u32,
    /// The ticket type that it is of; none: all together.
    pub ticket_type: Option<String>,
}

impl AddedMax {
    /// Whether there is a limit at all.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.total.is_none() && self.by_type.is_empty()
    }

    /// The limit that leaves no room for one more at `gate`. `added` are all who were added anywhere; whose ticket was
    /// cancelled since leaves his place to another.
    #[must_use]
    pub fn reached<'a>(
        &self,
        gate: &str,
        ticket_type: &str,
        added: impl Iterator<Item = &'a Fields>,
    ) -> Option<Reached> {
        let get = |fields: &'a Fields, field| fields.get(&field).map_or("", String::as_str);
        let here = added.filter(|fields| {
            get(fields, Field::AddedGate) == gate
                && Status::from_name(get(fields, Field::Status)) != Some(Status::Cancelled)
        });
        let (mut all, mut same) = (0_u32, 0_u32);
        for fields in here {
            all = all.saturating_add(1);
            same = same.saturating_add(u32::from(get(fields, Field::TicketType) == ticket_type));
        }
        let of_type = self.by_type.get(ticket_type).filter(|max| same >= **max);
        if let Some(max) = of_type {
            return Some(Reached { max: *max, ticket_type: Some(ticket_type.to_owned()) });
        }
        let max = self.total.filter(|max| all >= *max)?;
        Some(Reached { max, ticket_type: None })
    }
}

/// Reads limits: a number, or an object from ticket type to number, in which `*` means all together.
pub(super) fn parse(text: &str) -> Option<AddedMax> {
    let number = |value: &Value| value.as_u64().filter(|max| *max <= MOST)?.try_into().ok();
    match serde_json::from_str(text).ok()? {
        Value::Object(limits) => {
            let mut all = AddedMax::default();
            for (name, value) in limits {
                let max = number(&value)?;
                if name == "*" {
                    all.total = Some(max);
                } else {
                    all.by_type.insert(name, max);
                }
            }
            Some(all)
        }
        value => Some(AddedMax { total: Some(number(&value)?), by_type: BTreeMap::new() }),
    }
}

/// The text that [`parse`] reads back; empty where there is no limit.
pub(super) fn text(limits: &AddedMax) -> String {
    match (limits.total, limits.by_type.is_empty()) {
        (None, true) => String::new(),
        (Some(total), true) => total.to_string(),
        (total, false) => {
            let mut all: BTreeMap<&str, u32> =
                limits.by_type.iter().map(|(name, max)| (name.as_str(), *max)).collect();
            all.extend(total.map(|total| ("*", total)));
            // Texts and numbers always write.
            serde_json::to_string(&all).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_reached_by_gate_and_ticket_type() {
        let person = |gate: &str, ticket_type: &str, status: &str| -> Fields {
            let fields = [
                (Field::AddedGate, gate),
                (Field::TicketType, ticket_type),
                (Field::Status, status),
            ];
            fields.map(|(field, value)| (field, value.to_owned())).into()
        };
        let added = [
            person("main", "Day", ""),
            person("main", "Day", "cancelled"),
            person("main", "VIP", ""),
            person("south", "Day", ""),
        ];
        for (limits, gate, ticket_type, expected) in [
            ("", "main", "Day", None),
            ("3", "main", "Day", None),
            ("2", "main", "Day", Some((2, None))),
            ("0", "main", "Day", Some((0, None))),
            ("1", "south", "Day", Some((1, None))),
            (r#"{"Day":2}"#, "main", "Day", None),
            (r#"{"Day":1}"#, "main", "Day", Some((1, Some("Day")))),
            (r#"{"Day":1}"#, "main", "VIP", None),
            (r#"{"Day":9,"*":2}"#, "main", "Press", Some((2, None))),
        ] {
            let limits =
                if limits.is_empty() { AddedMax::default() } else { parse(limits).unwrap() };
            let reached = limits.reached(gate, ticket_type, added.iter());
            let reached = reached.as_ref().map(|one| (one.max, one.ticket_type.as_deref()));
            assert_eq!(reached, expected, "{limits:?} at {gate} for {ticket_type}");
            assert!(limits.is_none() || parse(&text(&limits)).as_ref() == Some(&limits));
        }
        for text in ["-1", "many", "1.5", r#"{"Day":"x"}"#, "[1]", "9999999999"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
