//! Making events, opening and closing them, and their gates.

use crate::api::{Answer, EventLine, EventMade, Output};
use crate::clock::SystemEntropy;
use crate::gate_file;
use crate::problem::{Code, Problem};
use crate::station::{OpenEvent, Station, read_event};
use domain::access::{Kind, Space};
use domain::event::{Event, Stage, check_name, parse_days, parse_zone};
use domain::gate::Gate;
use domain::operator::Operator;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use sync::document::{Document, Scalar};
use sync::id::EventId;
use sync::keys::SecretKey;
use sync::store::{Founding, Store, StoreError};

/// Milliseconds that certificates outlast the last day: 48 hours.
const AFTER_THE_END: i64 = 48 * 3600 * 1000;
/// Longest name of a station.
const STATION_NAME_CHARS_MAX: usize = 100;
/// Days that an event may have.
const DAYS_MAX: usize = 366;

/// The event that is wanted.
pub(crate) struct Wanted<'a> {
    pub(crate) name: &'a str,
    pub(crate) timezone: &'a str,
    pub(crate) days: Option<&'a str>,
    pub(crate) setup: bool,
}

impl Station {
    pub(crate) fn event_new(
        &mut self,
        wanted: &Wanted<'_>,
        station_name: &str,
        now: Timestamp,
    ) -> Answer {
        check_name(wanted.name)?;
        let station_name = station_name.trim();
        let fits = (1..=STATION_NAME_CHARS_MAX).contains(&station_name.chars().count());
        if !fits || station_name.chars().any(char::is_control) {
            let message = "The station's name cannot be used.";
            return Err(Problem::bad(message, "Give it 1 to 100 characters on one line."));
        }
        let zone = parse_zone(wanted.timezone)?;
        let days = parse_days(wanted.days.unwrap_or_default())?;
        if days.len() > DAYS_MAX {
            return Err(Problem::bad("An event has at most 366 days.", "Nothing was made."));
        }
        let not_after = end_of_days(&days, &zone);
        self.folder.make()?;
        if self.folder.events()?.is_empty() {
            // Whoever only spoke with the network so far has the computer's name.
            self.folder.name_station(station_name)?;
        }
        let (key, name) = self.folder.found_station(station_name)?;
        let root = SecretKey::generate(&mut SystemEntropy);
        let id = EventId::of(&root.public());
        let draft = self.folder.draft(id)?;
        let path = draft.join("store.db");
        let installation = self.folder.installation(&path);
        let founding =
            Founding { root: &root, station: &key, name: &name, not_after, installation };
        let millis = now.as_millisecond();
        let mut store = Store::create(&path, &founding, millis, &mut SystemEntropy)?;
        let gate = Gate::main(days.len() > 1);
        let stage = if wanted.setup { Stage::Setup } else { Stage::Open };
        let day_texts: Vec<String> = days.iter().map(ToString::to_string).collect();
        let mut settings = vec![
            ("name".to_owned(), wanted.name.trim().to_owned()),
            ("timezone".to_owned(), wanted.timezone.to_owned()),
            ("days".to_owned(), day_texts.join(",")),
            ("stage".to_owned(), stage.as_str().to_owned()),
        ];
        settings.extend(gate_settings(&gate));
        change_settings(&mut store, &settings, now)?;
        // Closed before it is moved, so that nothing of it is left in SQLite's side files.
        drop(store);
        crate::folder::write_key(&draft.join("root.key"), &root)?;
        self.folder.publish(&draft, id)?;
        self.events = None;
        self.event(id)?;
        let made = EventMade {
            event: id.to_string(),
            station: key.public().to_string(),
            gates: vec![gate.id],
        };
        Ok(vec![Output::EventMade(made)])
    }

    pub(crate) fn event_list(&mut self) -> Answer {
        let ids = if self.folder.is_there() { self.folder.events()? } else { Vec::new() };
        ids.into_iter().map(|id| self.event(id)?.event_line(id).map(Output::Event)).collect()
    }

    pub(crate) fn export_key(&self, id: EventId, file: &Path) -> Answer {
        let path = self.folder.root_key(id);
        let key = crate::folder::read_key(&path).map_err(|_| {
            let message = "The root key of this event is not on this station any more.";
            Problem::new(
                Code::NotAllowed,
                message,
                "It was taken out before; look for the file it was written to.",
            )
        })?;
        crate::folder::write_key(file, &key)?;
        // The copy is durable now; only then does the original go.
        std::fs::remove_file(&path).map_err(|e| Problem::io(&path, &e))?;
        path.parent().map_or(Ok(()), crate::folder::sync_dir)?;
        let note =
            format!("The root key is now in {} and nowhere else. Keep it safe.", file.display());
        Ok(vec![Output::Note(note)])
    }
}

/// Until when sessions are held with an event's stations.
pub(crate) fn end_of(event: &Event) -> Option<i64> {
    end_of_days(&event.days, &event.zone)
}

fn end_of_days(days: &BTreeSet<Date>, zone: &TimeZone) -> Option<i64> {
    let last_day = days.last().and_then(|day| day.tomorrow().ok());
    let end = last_day.and_then(|day| zone.to_zoned(day.into()).ok());
    end.map(|end| end.timestamp().as_millisecond() + AFTER_THE_END)
}

impl OpenEvent {
    pub(crate) fn event_line(&self, id: EventId) -> Result<EventLine, Problem> {
        let station = self.store.station();
        Ok(EventLine {
            event: id.to_string(),
            name: self.event.name.clone(),
            timezone: self.event.zone_name.clone(),
            days: self.event.days.iter().map(ToString::to_string).collect(),
            state: self.event.stage.as_str().to_owned(),
            station: station.to_string(),
            station_name: self.station_name(&station),
            gates: self.event.gates.keys().cloned().collect(),
            attendees: self.store.people_count()?,
            profiles: self
                .settings
                .keys()
                .filter_map(|key| key.strip_prefix("profile/").map(str::to_owned))
                .collect(),
            supervised: self.event.operators.values().any(Operator::may_approve),
        })
    }

    pub(crate) fn set_stage(&mut self, id: EventId, stage: Stage, now: Timestamp) -> Answer {
        self.change(&[("stage".to_owned(), stage.as_str().to_owned())], now)?;
        Ok(vec![Output::Event(self.event_line(id)?)])
    }

    pub(crate) fn gate_set(&mut self, file: &serde_json::Value, now: Timestamp) -> Answer {
        let mut settings = Vec::new();
        let mut ids = Vec::new();
        let all_given = gate_file::read(file)?;
        let given_ids: BTreeSet<String> = all_given.iter().map(|given| given.id.clone()).collect();
        let is_there = |id: &String| self.event.gates.contains_key(id) || given_ids.contains(id);
        for given in all_given {
            let known = self.event.gates.get(&given.id);
            let mut texts = known.map(Gate::texts).unwrap_or_default();
            for rule in ["opens", "closes"] {
                // A bound that is gone has to be said, or the document would keep it.
                texts.entry(rule.to_owned()).or_default();
            }
            texts.extend(given.texts);
            let gate = Gate::parse(&given.id, &texts)?;
            gate.check()?;
            if let Some(gone) = gate.also.iter().find(|id| !is_there(id)) {
                let message =
                    format!("Gate \"{}\": also names \"{gone:.64}\", which is no gate.", gate.id);
                return Err(Problem::new(Code::BadRule, message, "No gate was changed."));
            }
            let mut all = gate.texts();
            for rule in ["opens", "closes"] {
                all.entry(rule.to_owned()).or_default();
            }
            settings.extend(
                all.into_iter().map(|(rule, text)| (format!("gate/{}/{rule}", gate.id), text)),
            );
            ids.push(gate.id);
        }
        self.change(&settings, now)?;
        let set = ids.iter().filter_map(|id| self.event.gates.get(id));
        Ok(set.map(|gate| Output::Gate(gate_file::line(gate))).collect())
    }

    pub(crate) fn gate_list(&self) -> Answer {
        Ok(self.event.gates.values().map(|gate| Output::Gate(gate_file::line(gate))).collect())
    }

    /// Changes settings of the event, durably, and what follows from them.
    pub(crate) fn change(
        &mut self,
        changes: &[(String, String)],
        now: Timestamp,
    ) -> Result<(), Problem> {
        self.may_write(Space::Event, Kind::CHANGE)?;
        self.settings = change_settings(&mut self.store, changes, now)?;
        self.event = read_event(&self.settings)?;
        Ok(())
    }
}

fn gate_settings(gate: &Gate) -> impl Iterator<Item = (String, String)> {
    gate.texts().into_iter().map(|(rule, text)| (format!("gate/{}/{rule}", gate.id), text))
}

fn change_settings(
    store: &mut Store,
    changes: &[(String, String)],
    now: Timestamp,
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut document: Document = store.document(Space::Event, "event")?;
    for (key, value) in changes {
        if document.get(key) != Some(Scalar::Text(value.clone())) {
            document.put(key, Scalar::Text(value.clone()))?;
        }
    }
    let change = document.commit()?;
    let texts = document.entries().into_iter().filter_map(|(key, value)| match value {
        Scalar::Text(text) => Some((key, text)),
        Scalar::Bytes(_) => None,
    });
    let settings: BTreeMap<String, String> = texts.collect();
    if let Some(change) = change {
        store.write(now.as_millisecond(), &mut SystemEntropy, |batch| {
            batch.change_event(&change, &settings)
        })?;
    }
    Ok(settings)
}
