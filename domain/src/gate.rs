//! A gate: a place with rules on who may enter, how often and when.
//!
//! A gate is kept as flat texts, one per rule, so that two people can change different rules at the same time.
//! [`Gate::parse`] is the one place that reads those texts, wherever they come from.

mod added;
mod agenda;
pub mod question;

pub use added::{AddedMax, Reached};
pub use agenda::Slot;
pub use question::Question;

use jiff::Timestamp;
use jiff::civil::Time;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Who may pass here, how often, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Id, as typed at the door.
    pub id: String,
    /// Name, as shown.
    pub name: String,
    /// What entries are counted in: two doors of one area never take the same single-entry ticket twice.
    pub area: String,
    /// Ticket types that may pass; none given: all.
    pub ticket_types: Option<BTreeSet<String>>,
    /// How often one ticket may enter.
    pub entries: Entries,
    /// Time of day at which a new day begins.
    pub day_turns: Time,
    /// Whether somebody who left may come in again.
    pub reentry_after_exit: bool,
    /// From when on the gate lets people in.
    pub opens: Option<Bound>,
    /// Until when the gate lets people in.
    pub closes: Option<Bound>,
    /// What to do with a person while other stations cannot be heard.
    pub when_silent: WhenSilent,
    /// Whether an unpaid ticket may be taken here by an explicit act.
    pub include_pending: bool,
    /// Whether a ticket is taken for the one ticket of its order that enters here, such as a workshop bought with it.
    pub addon_match: bool,
    /// Ids of the gates that are asked at this door as well, in turn, where this one lets nobody in.
    pub also: Vec<String>,
    /// What the gate is on each day, in order; empty: the same every day.
    pub agenda: Vec<Slot>,
    /// How many people who are not on the list may be added here.
    pub added_max: AddedMax,
    /// What is asked here.
    pub questions: Vec<Question>,
}

/// How often one ticket may enter an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entries {
    /// Once for the whole event.
    Once,
    /// Once a day.
    OncePerDay,
    /// As often as one likes.
    Unlimited,
}

/// A limit in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// At this time of every day, on the event's wall clock.
    Daily(Time),
    /// At one moment.
    At(Timestamp),
}

/// What a gate does while stations it knows of are silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenSilent {
    /// Admits.
    Admit,
    /// Admits and says so.
    Flag,
    /// Waits for a supervisor.
    Hold,
}

/// Names of a gate's rules, in the order in which they are listed.
pub const KEYS: [&str; 16] = [
    "id",
    "name",
    "area",
    "ticket_types",
    "entries",
    "day_turns",
    "reentry_after_exit",
    "opens",
    "closes",
    "when_silent",
    "include_pending",
    "addon_match",
    "also",
    "agenda",
    "added_max",
    "questions",
];

/// What is wrong with a gate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Gate \"{gate}\": {key} is {value:?}; it must be {expected}.")]
pub struct GateProblem {
    /// The gate's id, as far as it was given.
    pub gate: String,
    /// The rule.
    pub key: &'static str,
    /// What stands there.
    pub value: String,
    /// What could stand there.
    pub expected: Cow<'static, str>,
}

impl Gate {
    /// The gate every event begins with: everybody, once, or once a day where there are several days.
    #[must_use]
    pub fn main(several_days: bool) -> Self {
        Self {
            id: "main".to_owned(),
            name: "main".to_owned(),
            area: "main".to_owned(),
            ticket_types: None,
            entries: if several_days { Entries::OncePerDay } else { Entries::Once },
            day_turns: Time::midnight(),
            reentry_after_exit: true,
            opens: None,
            closes: None,
            when_silent: WhenSilent::Flag,
            include_pending: false,
            addon_match: false,
            also: Vec::new(),
            agenda: Vec::new(),
            added_max: AddedMax::default(),
            questions: Vec::new(),
        }
    }

    /// The gate whose rules are given as texts; a rule that is absent has its default.
    ///
    /// # Errors
    /// Names the first rule that cannot be read.
    pub fn parse(id: &str, texts: &BTreeMap<String, String>) -> Result<Self, GateProblem> {
        let read = Reader { gate: id, texts };
        if id.trim().is_empty() || id.chars().count() > 64 || id.contains(['/', '\n']) {
            return Err(read.problem("id", id, "1 to 64 characters without a slash"));
        }
        Ok(Self {
            id: id.to_owned(),
            name: read.text("name").unwrap_or(id).to_owned(),
            area: read.text("area").unwrap_or("main").to_owned(),
            ticket_types: read.ticket_types()?,
            entries: read.choice("entries", ENTRIES, ENTRIES_TEXT)?.unwrap_or(Entries::Once),
            day_turns: read.time("day_turns")?.unwrap_or(Time::midnight()),
            reentry_after_exit: read
                .choice("reentry_after_exit", YES_NO, YES_NO_TEXT)?
                .unwrap_or(true),
            opens: read.bound("opens")?,
            closes: read.bound("closes")?,
            when_silent: read
                .choice("when_silent", SILENT, SILENT_TEXT)?
                .unwrap_or(WhenSilent::Flag),
            include_pending: read.choice("include_pending", YES_NO, YES_NO_TEXT)?.unwrap_or(false),
            addon_match: read.choice("addon_match", YES_NO, YES_NO_TEXT)?.unwrap_or(false),
            also: read.lines("also").unwrap_or_default(),
            agenda: match read.text("agenda") {
                Some(text) => {
                    agenda::parse(text).map_err(|(v, why)| read.problem("agenda", &v, why))?
                }
                None => Vec::new(),
            },
            added_max: match read.text("added_max") {
                Some(text) => {
                    added::parse(text).ok_or_else(|| read.problem("added_max", text, ADDED_TEXT))?
                }
                None => AddedMax::default(),
            },
            questions: match read.text("questions") {
                Some(text) => {
                    question::parse(text).map_err(|(v, why)| read.problem("questions", &v, why))?
                }
                None => Vec::new(),
            },
        })
    }

    /// Whether the rules can hold together. What two people changed at the same time may not: then the gate stays shut
    /// and says why, and nothing else suffers. What one person asks for is refused.
    ///
    /// # Errors
    /// Names the rule that contradicts another.
    pub fn check(&self) -> Result<(), GateProblem> {
        let problem = |key, value: String, expected: &'static str| GateProblem {
            gate: self.id.clone(),
            key,
            value,
            expected: expected.into(),
        };
        if !self.is_in_order(self.opens, self.closes) {
            let value = self.closes.map(format_bound).unwrap_or_default();
            let expected = match self.closes {
                Some(Bound::At(_)) => "after it opens",
                _ => OPEN_OVERNIGHT,
            };
            return Err(problem("closes", value, expected));
        }
        if self.also.contains(&self.id) {
            return Err(problem("also", self.id.clone(), "the ids of other gates"));
        }
        for slot in &self.agenda {
            let (opens, closes) = (slot.opens.map(Bound::Daily), slot.closes.map(Bound::Daily));
            if !self.is_in_order(opens.or(self.opens), closes.or(self.closes)) {
                let closes = slot.closes.map(format_time).unwrap_or_default();
                let value = format!("closes {closes} on {}", slot.day);
                return Err(problem("agenda", value, OPEN_OVERNIGHT));
            }
        }
        Ok(())
    }

    fn is_in_order(&self, opens: Option<Bound>, closes: Option<Bound>) -> bool {
        match (opens, closes) {
            (Some(Bound::At(opens)), Some(Bound::At(closes))) => opens < closes,
            (Some(Bound::Daily(opens)), Some(Bound::Daily(closes))) => {
                // A day goes from its turn to the next: 02:00 is after 18:00 where it turns at 04:00.
                let since_turn = |time: Time| (time < self.day_turns, time);
                since_turn(opens) < since_turn(closes)
            }
            _ => true,
        }
    }

    /// The rules as texts that [`Gate::parse`] reads back, and that a gate file may hold.
    #[must_use]
    pub fn texts(&self) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        let mut put = |key: &str, value: String| texts.insert(key.to_owned(), value);
        put("name", self.name.clone());
        put("area", self.area.clone());
        let types = self.ticket_types.as_ref();
        put("ticket_types", types.map_or("all".to_owned(), join_lines));
        put("entries", word_of(ENTRIES, self.entries));
        put("day_turns", format_time(self.day_turns));
        put("reentry_after_exit", word_of(YES_NO, self.reentry_after_exit));
        if let Some(bound) = self.opens {
            put("opens", format_bound(bound));
        }
        if let Some(bound) = self.closes {
            put("closes", format_bound(bound));
        }
        put("when_silent", word_of(SILENT, self.when_silent));
        put("include_pending", word_of(YES_NO, self.include_pending));
        put("addon_match", word_of(YES_NO, self.addon_match));
        put("also", self.also.join("\n"));
        put("agenda", agenda::text(&self.agenda));
        put("added_max", added::text(&self.added_max));
        put("questions", question::text(&self.questions));
        texts
    }
}

const ENTRIES: &[(&str, Entries)] = &[
    ("once", Entries::Once),
    ("once_per_day", Entries::OncePerDay),
    ("unlimited", Entries::Unlimited),
];
const ENTRIES_TEXT: &str = "once, once_per_day or unlimited";
const YES_NO: &[(&str, bool)] = &[("true", true), ("false", false)];
const YES_NO_TEXT: &str = "true or false";
const SILENT: &[(&str, WhenSilent)] =
    &[("admit", WhenSilent::Admit), ("flag", WhenSilent::Flag), ("hold", WhenSilent::Hold)];
const SILENT_TEXT: &str = "admit, flag or hold";
const ADDED_TEXT: &str =
    "a whole number up to a million, or one for each ticket type such as {\"Walk-in\":20,\"*\":50}";
const OPEN_OVERNIGHT: &str =
    "after it opens; if it is open over midnight, let the day turn after that with day_turns";

struct Reader<'a> {
    gate: &'a str,
    texts: &'a BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    fn text(&self, key: &str) -> Option<&'a str> {
        self.texts.get(key).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn problem(
        &self,
        key: &'static str,
        value: &str,
        expected: impl Into<Cow<'static, str>>,
    ) -> GateProblem {
        let value = value.chars().take(100).collect();
        let gate = self.gate.chars().take(64).collect();
        GateProblem { gate, key, value, expected: expected.into() }
    }

    /// Lines that are not empty; none where nothing is said.
    fn lines(&self, key: &str) -> Option<Vec<String>> {
        let lines = self.text(key)?.lines().map(str::trim).filter(|line| !line.is_empty());
        Some(lines.map(str::to_owned).collect())
    }

    fn choice<T: Copy>(
        &self,
        key: &'static str,
        words: &[(&str, T)],
        expected: &'static str,
    ) -> Result<Option<T>, GateProblem> {
        let Some(text) = self.text(key) else {
            return Ok(None);
        };
        let found = words.iter().find(|(word, _)| *word == text);
        found.map(|(_, value)| Some(*value)).ok_or_else(|| self.problem(key, text, expected))
    }

    fn time(&self, key: &'static str) -> Result<Option<Time>, GateProblem> {
        let Some(text) = self.text(key) else {
            return Ok(None);
        };
        parse_time(text)
            .map(Some)
            .ok_or_else(|| self.problem(key, text, "a time of day such as 04:00"))
    }

    fn bound(&self, key: &'static str) -> Result<Option<Bound>, GateProblem> {
        let Some(text) = self.text(key) else {
            return Ok(None);
        };
        let daily = parse_time(text).map(Bound::Daily);
        let bound = daily.or_else(|| text.parse().ok().map(Bound::At));
        let expected = "a time of day such as 09:00, or a moment such as 2027-03-28T09:00:00+02:00";
        bound.map(Some).ok_or_else(|| self.problem(key, text, expected))
    }

    fn ticket_types(&self) -> Result<Option<BTreeSet<String>>, GateProblem> {
        match self.texts.get("ticket_types").map(String::as_str) {
            None | Some("all") => Ok(None),
            Some(given) => {
                let set: BTreeSet<String> =
                    self.lines("ticket_types").unwrap_or_default().into_iter().collect();
                let expected = "\"all\" or a list of at least one ticket type";
                if set.is_empty() {
                    Err(self.problem("ticket_types", given, expected))
                } else {
                    Ok(Some(set))
                }
            }
        }
    }
}

fn parse_time(text: &str) -> Option<Time> {
    let shape = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
    shape.then(|| text.parse().ok()).flatten()
}

fn format_time(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn format_bound(bound: Bound) -> String {
    match bound {
        Bound::Daily(time) => format_time(time),
        Bound::At(moment) => moment.to_string(),
    }
}

fn join_lines(set: &BTreeSet<String>) -> String {
    set.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn word_of<T: PartialEq + Copy>(words: &[(&str, T)], value: T) -> String {
    words.iter().find(|(_, v)| *v == value).map(|(word, _)| (*word).to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn absent_rules_have_their_defaults() {
        let gate = Gate::parse("main", &texts(&[])).unwrap();
        assert_eq!(gate, Gate::main(false));
    }

    #[test]
    fn texts_read_back_as_the_same_gate() {
        let rules = texts(&[
            ("area", "lounge"),
            ("ticket_types", "VIP\nSpeaker"),
            ("entries", "unlimited"),
            ("day_turns", "04:30"),
            ("reentry_after_exit", "false"),
            ("opens", "09:00"),
            ("closes", "2027-03-28T18:00:00+02:00"),
            ("when_silent", "hold"),
            ("include_pending", "true"),
            ("addon_match", "true"),
            ("also", "south\nVIP lounge"),
            (
                "questions",
                r#"[{"id":"meal","text":"Meal?","kind":"choice","options":["Fish","Vegan"],"required":true},{"id":"age","text":"Age?","kind":"number"}]"#,
            ),
            ("added_max", r#"{"*":50,"Walk-in":20}"#),
            (
                "agenda",
                r#"[{"day":"2027-03-28","opens":"08:30","ticket_types":["Day 1"]},{"day":"2027-03-29"}]"#,
            ),
        ]);
        let gate = Gate::parse("north", &rules).unwrap();
        assert_eq!(Gate::parse("north", &gate.texts()).unwrap(), gate);
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let cases = [
            ("g", ("entries", "twice"), "entries"),
            ("g", ("day_turns", "25:00"), "day_turns"),
            ("g", ("opens", "soon"), "opens"),
            ("g", ("ticket_types", ""), "ticket_types"),
            ("g", ("when_silent", "panic"), "when_silent"),
            ("", ("name", "x"), "id"),
            ("a/b", ("name", "x"), "id"),
        ];
        for (id, pair, key) in cases {
            assert_eq!(Gate::parse(id, &texts(&[pair])).unwrap_err().key, key, "{pair:?}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_named() {
        let slot = |hours: &str| format!(r#"[{{"day":"2027-03-28",{hours}}}]"#);
        let early = slot(r#""closes":"08:00""#);
        let late = slot(r#""opens":"17:00","closes":"01:00""#);
        type Rules<'a> = &'a [(&'a str, &'a str)];
        let cases: &[(Rules<'_>, Option<&str>)] = &[
            (
                &[("opens", "2027-03-28T18:00:00Z"), ("closes", "2027-03-28T09:00:00Z")],
                Some("closes"),
            ),
            (&[("opens", "18:00"), ("closes", "09:00")], Some("closes")),
            (&[("opens", "09:00"), ("closes", "09:00")], Some("closes")),
            (&[("opens", "18:00"), ("closes", "02:00")], Some("closes")),
            (&[("opens", "18:00"), ("closes", "02:00"), ("day_turns", "04:00")], None),
            (&[("opens", "18:00"), ("closes", "04:00"), ("day_turns", "04:00")], Some("closes")),
            (&[("opens", "09:00"), ("closes", "18:00"), ("day_turns", "04:00")], None),
            (&[("opens", "09:00")], None),
            (&[("also", "south\ng")], Some("also")),
            (&[("opens", "09:00"), ("agenda", &early)], Some("agenda")),
            (&[("agenda", &late)], Some("agenda")),
            (&[("agenda", &late), ("day_turns", "03:00")], None),
        ];
        for (rules, key) in cases {
            let checked = Gate::parse("g", &texts(rules)).unwrap().check();
            assert_eq!(checked.err().map(|problem| problem.key), *key, "{rules:?}");
        }
    }
}
