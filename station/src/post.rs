//! What this laptop is set to: the event, the gate it stands at, who works here, how its screens look. It belongs to the
//! laptop and is not replicated; a restart lands where it was.

use crate::api::{Answer, Output, StationChange, StationLine};
use crate::folder::Folder;
use crate::limits::WORDS_CHARS_MAX;
use crate::problem::{Code, Problem};
use crate::station::Station;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Post {
    pub(crate) event: Option<String>,
    /// The gate by event: another event has other gates.
    pub(crate) gates: BTreeMap<String, String>,
    exit: bool,
    operator: Option<String>,
    language: Option<String>,
    theme: Option<String>,
    /// Whether it was silenced.
    silent: bool,
    /// Whether a host stands here, who wants to hear whom others let in.
    pub(crate) host: bool,
    /// The gate by event that the organizer last put this laptop at.
    assigned: BTreeMap<String, String>,
}

impl Post {
    /// What this folder's laptop is set to. A file that cannot be read is as good as none.
    pub(crate) fn of(folder: &Folder) -> Self {
        let text = std::fs::read_to_string(folder.post()).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// The gate at this event.
    pub(crate) fn gate(&self, event: &str) -> Option<&str> {
        self.gates.get(event).map(String::as_str)
    }

    /// Goes where the organizer put this laptop, unless it was there before; whether it moved.
    pub(crate) fn follow(&mut self, event: &str, gate: &str) -> bool {
        if self.assigned.get(event).is_some_and(|assigned| assigned == gate) {
            return false;
        }
        self.assigned.insert(event.to_owned(), gate.to_owned());
        self.gates.insert(event.to_owned(), gate.to_owned());
        true
    }

    /// Keeps it.
    pub(crate) fn write(&self, folder: &Folder) -> Result<(), Problem> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        crate::folder::write_durably(&folder.post(), text.as_bytes(), false)
    }

    /// The event that a change is about, as it was named.
    pub(crate) fn target<'a>(
        &'a self,
        wanted: Option<&'a str>,
        change: &'a StationChange,
    ) -> Option<&'a str> {
        change.event.as_deref().or(wanted).or(self.event.as_deref())
    }

    fn line(&self, folder: &Folder) -> StationLine {
        StationLine {
            name: folder.station_name().unwrap_or_else(crate::folder::host_name),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            folder: folder.path().display().to_string(),
            event: self.event.clone(),
            gate: self.event.as_deref().and_then(|event| self.gate(event)).map(str::to_owned),
            exit: self.exit,
            operator: self.operator.clone(),
            language: self.language.clone(),
            theme: self.theme.clone(),
            sound: !self.silent,
            host: self.host,
        }
    }
}

impl Station {
    pub(crate) fn post_show(&mut self) -> Answer {
        let mut post = Post::of(&self.folder);
        // An event that is not here any more is not gone back to.
        if post.event.as_deref().is_some_and(|event| self.choose(Some(event)).is_err()) {
            post.event = None;
        }
        Ok(vec![Output::Station(post.line(&self.folder))])
    }

    pub(crate) fn post_set(&mut self, wanted: Option<&str>, change: &StationChange) -> Answer {
        let StationChange { gate, exit, operator, language, theme, sound, host, .. } =
            change.clone();
        let words = [&operator, &language, &theme];
        if words.into_iter().flatten().any(|word| word.chars().count() > WORDS_CHARS_MAX) {
            return Err(Problem::bad("A setting is too long.", "Use at most 500 characters."));
        }
        let mut post = Post::of(&self.folder);
        let target = match (&change.event, &gate) {
            (None, None) => None,
            _ => Some(self.choose(post.target(wanted, change))?),
        };
        if let Some(id) = target {
            post.event = Some(id.to_string());
        }
        if let (Some(gate), Some(id)) = (gate, target) {
            let known = &self.event(id)?.event.gates;
            if !known.contains_key(&gate) {
                let gates: Vec<&str> = known.keys().map(String::as_str).collect();
                let hint = format!("Gates of this event: {}.", gates.join(", "));
                let message = format!("There is no gate \"{gate:.64}\".");
                return Err(Problem::new(Code::UnknownGate, message, hint));
            }
            post.gates.insert(id.to_string(), gate);
        }
        let given = |text: Option<String>, was: Option<String>| match text {
            Some(text) => Some(text).filter(|text| !text.trim().is_empty()),
            None => was,
        };
        post.exit = exit.unwrap_or(post.exit);
        post.operator = given(operator, post.operator);
        post.language = given(language, post.language);
        post.theme = given(theme, post.theme);
        post.silent = sound.map_or(post.silent, |sound| !sound);
        post.host = host.unwrap_or(post.host);
        post.write(&self.folder)?;
        Ok(vec![Output::Station(post.line(&self.folder))])
    }
}
