//! Gate files: JSON to the flat texts that a gate is kept as, and back.

use crate::json::GateLine;
use crate::problem::{Code, Problem};
use domain::gate::{Gate, KEYS};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A gate of a file: its id and the rules that the file gives for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) id: String,
    pub(crate) texts: BTreeMap<String, String>,
}

fn bad(message: String) -> Problem {
    Problem::new(Code::BadRule, message, "No gate was changed.")
}

/// Reads a gate file: one object or an array of objects.
pub(crate) fn read(file: &Value) -> Result<Vec<Given>, Problem> {
    let gates = match file {
        Value::Object(gate) => vec![gate],
        Value::Array(gates) => gates
            .iter()
            .map(|gate| {
                let object = gate.as_object();
                object.ok_or_else(|| {
                    bad("A gate file holds an object, or an array of objects.".into())
                })
            })
            .collect::<Result<_, _>>()?,
        _ => {
            return Err(bad("A gate file holds an object, or an array of objects.".into()));
        }
    };
    gates.into_iter().map(read_gate).collect()
}

fn read_gate(gate: &Map<String, Value>) -> Result<Given, Problem> {
    let id = match gate.get("id") {
        Some(Value::String(id)) => id.clone(),
        _ => {
            return Err(bad(
                "A gate has no \"id\"; give each a short text by which the door calls it.".into(),
            ));
        }
    };
    let mut texts = BTreeMap::new();
    for (key, value) in gate.iter().filter(|(key, _)| key.as_str() != "id") {
        if !KEYS.contains(&key.as_str()) {
            let known = KEYS.join(", ");
            return Err(bad(format!("Gate \"{id}\": \"{key}\" is not a rule. Rules are {known}.")));
        }
        let text = text_of(key, value)
            .ok_or_else(|| bad(format!("Gate \"{id}\": {key} cannot be {value}.")))?;
        texts.insert(key.clone(), text);
    }
    Ok(Given { id, texts })
}

fn text_of(key: &str, value: &Value) -> Option<String> {
    match (key, value) {
        ("ticket_types" | "also", Value::Array(list)) => {
            let names: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
            names
                .filter(|names| !names.iter().any(|name| name.contains('\n')))
                .map(|n| n.join("\n"))
        }
        ("also", _) => None,
        ("agenda" | "questions", Value::Array(list)) if list.is_empty() => Some(String::new()),
        ("agenda" | "questions", Value::Array(_)) => Some(value.to_string()),
        ("agenda" | "questions", _) => None,
        ("ticket_types", Value::String(all)) => (all == "all").then(|| all.clone()),
        ("reentry_after_exit" | "include_pending" | "addon_match", Value::Bool(yes)) => {
            Some(yes.to_string())
        }
        ("reentry_after_exit" | "include_pending" | "addon_match", _) => None,
        ("added_max", Value::Number(_) | Value::Object(_)) => Some(value.to_string()),
        ("added_max", Value::Null) => Some(String::new()),
        ("added_max", _) => None,
        ("opens" | "closes", Value::Null) => Some(String::new()),
        (_, Value::String(text)) if text.len() <= 200 => Some(text.clone()),
        _ => None,
    }
}

/// The gate as `gate list` shows it.
pub(crate) fn line(gate: &Gate) -> GateLine {
    let texts = gate.texts();
    let text = |key: &str| texts.get(key).cloned();
    let types = gate.ticket_types.as_ref();
    GateLine {
        id: gate.id.clone(),
        name: gate.name.clone(),
        area: gate.area.clone(),
        ticket_types: types.map_or(Value::from("all"), |set| set.iter().cloned().collect()),
        entries: text("entries").unwrap_or_default(),
        day_turns: text("day_turns").unwrap_or_default(),
        reentry_after_exit: gate.reentry_after_exit,
        opens: text("opens"),
        closes: text("closes"),
        when_silent: text("when_silent").unwrap_or_default(),
        include_pending: gate.include_pending,
        addon_match: gate.addon_match,
        also: gate.also.clone(),
        agenda: text("agenda")
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default(),
        added_max: text("added_max").and_then(|text| serde_json::from_str(&text).ok()),
        questions: text("questions")
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_listed_gate_reads_back() {
        let given = json!({"id": "vip", "ticket_types": ["VIP", "Crew"], "entries": "unlimited",
            "opens": "09:00", "include_pending": true, "addon_match": true, "also": ["main"], "added_max": {"Walk-in": 20},
            "questions": [{"id": "meal", "text": "Meal?", "kind": "choice", "options": ["Fish"]}],
            "agenda": [{"day": "2027-03-28", "opens": "10:00", "ticket_types": ["Day 1"]}]});
        let read = |file| super::read(file).map(|mut gates| gates.remove(0));
        let first = read(&given).unwrap();
        let gate = Gate::parse(&first.id, &first.texts).unwrap();
        let listed = serde_json::to_value(line(&gate)).unwrap();
        let again = read(&listed).unwrap();
        assert_eq!(Gate::parse(&again.id, &again.texts).unwrap(), gate);
    }

    #[test]
    fn what_is_no_rule_is_named() {
        for (file, named) in [
            (json!({"id": "a", "colour": "red"}), "colour"),
            (json!({"id": "a", "questions": "Vegan?"}), "questions"),
            (json!({"id": "a", "ticket_types": "VIP"}), "ticket_types"),
            (json!({"id": "a", "reentry_after_exit": "yes"}), "reentry_after_exit"),
            (json!({"name": "a"}), "id"),
            (json!([1]), "array"),
            (json!("x"), "object"),
        ] {
            let problem = read(&file).unwrap_err();
            assert!(problem.message.contains(named), "{problem}");
        }
    }
}
