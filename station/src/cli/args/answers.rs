//! Answers to questions, read from a file: for everybody who is scanned, or by code.

use super::read_json;
use crate::problem::Problem;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// The answers of a file.
#[derive(Debug, Default)]
pub(crate) struct AnswersFile {
    for_all: Option<BTreeMap<String, String>>,
    by_code: BTreeMap<String, BTreeMap<String, String>>,
}

impl AnswersFile {
    /// Reads a file; none where none is named.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, Problem> {
        let Some(file) = file else { return Ok(Self::default()) };
        let wrong = |what: &str| {
            let message = format!("{}: {what}", file.display());
            let hint = "Answers are {\"question\": \"answer\"}, or {\"CODE\": {\"question\": \"answer\"}}.";
            Problem::bad(message, hint)
        };
        let Value::Object(object) = read_json(file)? else {
            return Err(wrong("this is no object of answers."));
        };
        if !object.is_empty() && object.values().all(Value::is_object) {
            let mut by_code = BTreeMap::new();
            for (code, answers) in object {
                if let Value::Object(answers) = answers {
                    by_code.insert(code, texts(answers).map_err(|what| wrong(&what))?);
                }
            }
            return Ok(Self { for_all: None, by_code });
        }
        let for_all = Some(texts(object).map_err(|what| wrong(&what))?);
        Ok(Self { for_all, by_code: BTreeMap::new() })
    }

    /// The answers of whoever has this code.
    pub(crate) fn of(&self, code: &str) -> Option<BTreeMap<String, String>> {
        self.for_all.clone().or_else(|| self.by_code.get(code).cloned())
    }
}

fn texts(answers: Map<String, Value>) -> Result<BTreeMap<String, String>, String> {
    let text = |(id, value): (String, Value)| match value {
        Value::String(text) => Ok((id, text)),
        Value::Number(number) => Ok((id, number.to_string())),
        Value::Bool(yes) => Ok((id, yes.to_string())),
        Value::Null => Ok((id, String::new())),
        Value::Array(_) | Value::Object(_) => {
            Err(format!("the answer to \"{id:.64}\" is neither a text, a number, true nor false."))
        }
    };
    answers.into_iter().map(text).collect()
}
