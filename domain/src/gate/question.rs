//! Questions that a gate asks before it lets somebody in, and what counts as an answer.
//!
//! Kept as one JSON text, an array. A question that must be answered holds the person up until it is; one that need not
//! be is asked once, and may be passed over with an empty answer.

use crate::attendee::{Field, Fields};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Questions that one gate may ask: more would hold up a queue for an hour.
const QUESTIONS_MAX: usize = 50;
/// Characters of a question or of one option.
const TEXT_CHARS_MAX: usize = 500;
/// Options of one choice.
const OPTIONS_MAX: usize = 200;
/// Characters of an answer.
pub const ANSWER_CHARS_MAX: usize = 1_000;

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Id, by which answers name it.
    pub id: String,
    /// The question, as people read it.
    pub text: String,
    /// What an answer is.
    pub kind: Kind,
    /// Whether nobody goes in without an answer.
    pub required: bool,
    /// Ticket types that are asked; none given: all.
    pub ticket_types: Option<BTreeSet<String>>,
}

/// What an answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Any text on a few lines.
    Text,
    /// A number.
    Number,
    /// One of these.
    Choice(Vec<String>),
    /// A day.
    Date,
    /// Yes or no.
    YesNo,
}

impl Kind {
    /// The kind's word in files and answers.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Choice(_) => "choice",
            Self::Date => "date",
            Self::YesNo => "yes_no",
        }
    }
}

/// Why a text is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// There is none, and there must be.
    Missing,
    /// Not a number.
    Number,
    /// None of the options.
    Choice,
    /// Not a day.
    Date,
    /// Neither yes nor no.
    YesNo,
    /// Characters that no text has.
    Control,
}

impl NoAnswer {
    /// What an answer must be, in words.
    #[must_use]
    pub const fn must(&self) -> &'static str {
        match self {
            Self::Missing => "must be answered",
            Self::Number => "must be a number, such as 3 or 2.5",
            Self::Choice => "must be one of the options",
            Self::Date => "must be a day, such as 2027-03-28",
            Self::YesNo => "must be yes or no",
            Self::Control => "must be a text without control characters",
        }
    }
}

/// Answers by the ids of their questions; an empty one was passed over.
pub type Answers = BTreeMap<String, String>;

impl Question {
    /// Whether it is asked of this ticket.
    #[must_use]
    pub fn concerns(&self, ticket: &Fields) -> bool {
        let ticket_type = ticket.get(&Field::TicketType).map_or("", String::as_str);
        self.ticket_types.as_ref().is_none_or(|types| types.contains(ticket_type))
    }

    /// An answer in the form in which it is kept; empty where it is passed over.
    ///
    /// # Errors
    /// Says why the text is none.
    pub fn answer(&self, text: &str) -> Result<String, NoAnswer> {
        let text = text.trim();
        if text.is_empty() {
            return if self.required { Err(NoAnswer::Missing) } else { Ok(String::new()) };
        }
        match &self.kind {
            Kind::Text => {
                let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
                if text.contains(is_odd) { Err(NoAnswer::Control) } else { Ok(text.to_owned()) }
            }
            Kind::Number => number(text).ok_or(NoAnswer::Number),
            Kind::Choice(options) => {
                let same = |option: &&String| option.to_lowercase() == text.to_lowercase();
                options.iter().find(same).cloned().ok_or(NoAnswer::Choice)
            }
            Kind::Date => {
                let day = text.parse::<Date>().ok().filter(|_| text.len() == 10);
                day.map(|day| day.to_string()).ok_or(NoAnswer::Date)
            }
            Kind::YesNo => match text.to_lowercase().as_str() {
                "yes" | "y" | "true" | "1" | "ja" | "j" | "oui" | "si" | "sí" => {
                    Ok("yes".to_owned())
                }
                "no" | "n" | "false" | "0" | "nein" | "non" => Ok("no".to_owned()),
                _ => Err(NoAnswer::YesNo),
            },
        }
    }

    /// Whether this is answered, or passed over where that is allowed.
    #[must_use]
    pub fn is_settled(&self, answers: &Answers) -> bool {
        answers.get(&self.id).is_some_and(|answer| self.answer(answer).is_ok())
    }
}

/// A number as people write it, with a point or a comma.
fn number(text: &str) -> Option<String> {
    let plain = text.replace(',', ".");
    let digits = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && !digits.ends_with('.')
        && digits.matches('.').count() <= 1
        && digits.len() <= 30;
    is_plain.then(|| plain.trim_start_matches('+').to_owned())
}

/// A question as files write it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    #[serde(alias = "question", alias = "label")]
    text: String,
    #[serde(default = "text_kind", alias = "type")]
    kind: String,
    #[serde(default)]
    required: bool,
    #[serde(default, alias = "choices", skip_serializing_if = "Vec::is_empty")]
    options: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ticket_types: Option<Vec<String>>,
}

fn text_kind() -> String {
    Kind::Text.as_str().to_owned()
}

/// What is wrong: the value, and what it must be.
type Wrong = (String, String);

/// Reads questions.
pub(super) fn parse(text: &str) -> Result<Vec<Question>, Wrong> {
    const SHAPE: &str = r#"a list such as [{"id":"meal","text":"Which meal?","kind":"choice","options":["Fish","Vegan"],"required":true}]"#;
    let written: Vec<Written> =
        serde_json::from_str(text).map_err(|e| (text.to_owned(), format!("{SHAPE} ({e})")))?;
    if written.len() > QUESTIONS_MAX {
        return Err((format!("{} questions", written.len()), format!("at most {QUESTIONS_MAX}")));
    }
    let (mut questions, mut ids) = (Vec::new(), BTreeSet::new());
    for (place, one) in (1..).zip(written) {
        let question = question(one)
            .map_err(|(value, must)| (value, format!("{must}, in question {place}")))?;
        if !ids.insert(question.id.clone()) {
            return Err((question.id, format!("an id that no other has, in question {place}")));
        }
        questions.push(question);
    }
    Ok(questions)
}

fn question(one: Written) -> Result<Question, Wrong> {
    let id = one.id.trim().to_owned();
    let fits = |text: &str, most: usize| (1..=most).contains(&text.trim().chars().count());
    if !fits(&id, 64) || id.contains(char::is_control) {
        return Err((one.id, "an id of 1 to 64 characters".to_owned()));
    }
    if !fits(&one.text, TEXT_CHARS_MAX) {
        return Err((one.text, format!("a text of 1 to {TEXT_CHARS_MAX} characters")));
    }
    let options: Vec<String> = one.options.iter().map(|option| option.trim().to_owned()).collect();
    let few = (1..=OPTIONS_MAX).contains(&options.len());
    let kind = match one.kind.as_str() {
        "text" | "string" => Kind::Text,
        "number" => Kind::Number,
        "choice" if few && options.iter().all(|option| fits(option, TEXT_CHARS_MAX)) => {
            Kind::Choice(options.clone())
        }
        "choice" => {
            let value = format!("{} options", options.len());
            return Err((value, format!("1 to {OPTIONS_MAX} options, none of them empty")));
        }
        "date" => Kind::Date,
        "yes_no" | "yes/no" | "yesno" | "boolean" | "bool" => Kind::YesNo,
        _ => return Err((one.kind, "text, number, choice, date or yes_no".to_owned())),
    };
    if !options.is_empty() && !matches!(kind, Kind::Choice(_)) {
        return Err((one.kind, "choice, where there are options".to_owned()));
    }
    let types = one.ticket_types.map(|types| types.into_iter().collect::<BTreeSet<String>>());
    if types.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(("[]".to_owned(), "at least one ticket type".to_owned()));
    }
    let text = one.text.trim().to_owned();
    Ok(Question { id, text, kind, required: one.required, ticket_types: types })
}

/// The text that [`parse`] reads back; empty where there are no questions.
pub(super) fn text(questions: &[Question]) -> String {
    if questions.is_empty() {
        return String::new();
    }
    let written = questions.iter().map(|one| Written {
        id: one.id.clone(),
        text: one.text.clone(),
        kind: one.kind.as_str().to_owned(),
        required: one.required,
        options: match &one.kind {
            Kind::Choice(options) => options.clone(),
            Kind::Text | Kind::Number | Kind::Date | Kind::YesNo => Vec::new(),
        },
        ticket_types: one.ticket_types.as_ref().map(|types| types.iter().cloned().collect()),
    });
    // Texts and lists of texts always write.
    serde_json::to_string(&written.collect::<Vec<_>>()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_an_answer() {
        let of = |kind: &str, required: bool| {
            let options = if kind == "choice" { r#","options":["Fish","Végan"]"# } else { "" };
            let text = format!(
                r#"[{{"id":"q","text":"Q?","kind":"{kind}","required":{required}{options}}}]"#
            );
            parse(&text).unwrap().remove(0)
        };
        for (kind, given, expected) in [
            ("text", " two\nlines ", Ok("two\nlines")),
            ("text", "bell\u{7}", Err(NoAnswer::Control)),
            ("number", "42", Ok("42")),
            ("number", "-2,5", Ok("-2.5")),
            ("number", "1e9", Err(NoAnswer::Number)),
            ("number", "twelve", Err(NoAnswer::Number)),
            ("number", ".", Err(NoAnswer::Number)),
            ("choice", "fish", Ok("Fish")),
            ("choice", "VÉGAN", Ok("Végan")),
            ("choice", "Meat", Err(NoAnswer::Choice)),
            ("date", "2027-02-28", Ok("2027-02-28")),
            ("date", "2027-02-30", Err(NoAnswer::Date)),
            ("date", "28.02.2027", Err(NoAnswer::Date)),
            ("yes_no", "Ja", Ok("yes")),
            ("yes_no", "false", Ok("no")),
            ("yes_no", "perhaps", Err(NoAnswer::YesNo)),
        ] {
            let said = of(kind, true).answer(given);
            assert_eq!(said.as_deref(), expected.as_ref().copied(), "{kind} {given:?}");
            assert_eq!(of(kind, true).answer("  "), Err(NoAnswer::Missing));
            assert_eq!(of(kind, false).answer("  ").as_deref(), Ok(""));
        }
    }

    #[test]
    fn what_is_no_question_is_named_with_its_place() {
        for (text, must) in [
            (r#"[{"id":"a","text":"A?"},{"id":"a","text":"B?"}]"#, "no other has, in question 2"),
            (r#"[{"id":"","text":"A?"}]"#, "an id of"),
            (r#"[{"id":"a","text":" "}]"#, "a text of"),
            (r#"[{"id":"a","text":"A?","kind":"choice"}]"#, "options"),
            (r#"[{"id":"a","text":"A?","kind":"photo"}]"#, "yes_no, in question 1"),
            (r#"[{"id":"a","text":"A?","options":["x"]}]"#, "choice"),
            (r#"[{"id":"a","text":"A?","ticket_types":[]}]"#, "ticket type"),
            (r#"[{"id":"a"}]"#, "missing field"),
            (r#"["Vegan?"]"#, "a list such as"),
        ] {
            let (_, said) = parse(text).unwrap_err();
            assert!(said.contains(must), "{text}: {said}");
        }
    }
}
