//! The station: the state of one laptop and the answers it gives. One thread owns it.

use crate::api::{Answer, Certainty, Command, Output, Request};
use crate::clock::SystemEntropy;
use crate::folder::Folder;
use crate::people::Word;
use crate::problem::{Code, Problem};
use domain::access::{Kind, Role, Space, may_write};
use domain::event::{Event, Stage, parse_days, parse_zone};
use domain::gate::Gate;
use domain::operator::Operator;
use jiff::Timestamp;
use std::collections::BTreeMap;
use sync::id::EventId;
use sync::roster::Naming;
use sync::store::{Store, StoreError};

/// One laptop's state.
#[derive(Debug)]
pub struct Station {
    pub(crate) folder: Folder,
    pub(crate) open: BTreeMap<EventId, OpenEvent>,
    /// The events of the folder, once they were read: nobody else adds any while it is owned.
    pub(crate) events: Option<Vec<EventId>>,
    /// Events whose disk failed: nothing more is written to them for the life of this process.
    sick: BTreeMap<EventId, Problem>,
}

/// An event that is in use.
#[derive(Debug)]
pub(crate) struct OpenEvent {
    pub(crate) store: Store,
    /// How names in the roster are derived; none where this station has no attendee list.
    pub(crate) naming: Option<Naming>,
    pub(crate) event: Event,
    pub(crate) settings: BTreeMap<String, String>,
    /// Which other stations are heard right now; whoever hears them keeps it up to date.
    pub(crate) certainty: Certainty,
    /// Double admissions that nobody has settled: by id, whose, and of how many scans.
    pub(crate) open_conflicts: BTreeMap<String, (String, usize)>,
}

impl OpenEvent {
    /// Opens an event of a folder.
    pub(crate) fn open(folder: &Folder, id: EventId) -> Result<Self, Problem> {
        let path = folder.store(id);
        let installation = folder.installation(&path);
        let key = folder.station_key()?;
        let store = Store::open(&path, &key, installation, &mut SystemEntropy)?;
        if store.event() != id {
            let message = format!("The store in {} is of event {}.", path.display(), store.event());
            return Err(Problem::new(
                Code::Damaged,
                message,
                "Put each store back into its own folder.",
            ));
        }
        Self::of(store)
    }

    pub(crate) fn of(store: Store) -> Result<Self, Problem> {
        let settings = store.settings()?;
        let event = read_event(&settings)?;
        let (naming, certainty) = (store.naming().ok(), Certainty::default());
        let open_conflicts = BTreeMap::new();
        Ok(Self { naming, store, event, settings, certainty, open_conflicts })
    }

    /// Whether this station may record that, in words.
    pub(crate) fn may_write(&self, space: Space, kind: Kind) -> Result<(), Problem> {
        let members = self.store.members();
        let own = self.store.station();
        if members.is_revoked(&own) {
            return Err(StoreError::ShutOut.into());
        }
        let role = members.role(&own);
        if role.is_some_and(|role| may_write(role, space, kind)) {
            return Ok(());
        }
        let what = match space {
            Space::Event => "The event, its gates and operators are changed",
            Space::Attendance => "That is recorded",
            Space::Contact => "E-mail, phone and codes of tickets are kept",
            _ => "The attendee list is changed",
        };
        let role = role.map_or("new", Role::as_str);
        Err(Problem::new(
            Code::NotAllowed,
            format!("{what} on an organizer's laptop; this is a {role} station."),
            "Do it there, or ask the organizer.",
        ))
    }

    /// How names in the roster are derived.
    pub(crate) fn naming(&self) -> Result<&Naming, Problem> {
        self.naming.as_ref().ok_or_else(|| {
            let role = self.store.certificate(&self.store.station()).map(|own| own.role.as_str());
            let role = role.unwrap_or("new");
            Problem::new(
                Code::NotAllowed,
                format!("This is a {role} station: it holds no attendee list."),
                "Do it at a door, or on the organizer's laptop.",
            )
        })
    }

    /// Whether logs of a station contradict each other: it went on from an older state of itself.
    pub(crate) fn is_forked(&self, station: &sync::id::StationKey) -> bool {
        let mut logs = self.store.logs().values();
        logs.any(|log| log.name.station == *station && log.id != log.name.id())
    }

    /// A time as a person or script gave it, or now.
    pub(crate) fn moment(&self, text: Option<&str>, now: Timestamp) -> Result<Timestamp, Problem> {
        let Some(text) = text else { return Ok(now) };
        domain::time::parse_moment(text, &self.event.zone).ok_or_else(|| {
            Problem::bad(
                format!("\"{text:.60}\" is not a time."),
                "Write it as 2027-03-28T09:15, in the event's zone, or with an offset: 2027-03-28T09:15:00+02:00.",
            )
        })
    }

    pub(crate) fn format(&self, moment: Timestamp) -> String {
        domain::time::format_moment(moment, &self.event.zone)
    }

    pub(crate) fn format_millis(&self, millis: i64) -> String {
        self.format(domain::time::from_millis(millis))
    }

    /// The name of a station, as its certificate has it.
    pub(crate) fn station_name(&self, key: &sync::id::StationKey) -> String {
        let certificate = self.store.certificate(key);
        certificate.map_or_else(|| format!("{key:.8}"), |certificate| certificate.name.clone())
    }
}

impl Station {
    /// The station of a folder.
    #[must_use]
    pub fn new(folder: Folder) -> Self {
        Self { folder, open: BTreeMap::new(), events: None, sick: BTreeMap::new() }
    }

    /// Answers a request at that time. Imports are jobs of the owner's loop, not answered here.
    ///
    /// # Errors
    /// Where a machine, a file or the request is not as it should be; then nothing was changed.
    pub fn answer(&mut self, request: &Request, now: Timestamp) -> Answer {
        let by = request.by.as_deref();
        if by.is_some_and(|by| by.chars().count() > crate::limits::WORDS_CHARS_MAX) {
            return Err(Problem::bad(
                "The name given with --by is too long.",
                "Give the operator's name.",
            ));
        }
        match &request.command {
            Command::EventNew { name, timezone, days, setup, station_name } => {
                let wanted =
                    crate::events::Wanted { name, timezone, days: days.as_deref(), setup: *setup };
                return self.event_new(&wanted, station_name, now);
            }
            Command::EventList => return self.event_list(),
            Command::StationShow => return self.post_show(),
            Command::StationSet(change) => {
                return self.post_set(request.event.as_deref(), change);
            }
            Command::Verify { rebuild: true } => return self.rebuild(request.event.as_deref()),
            command if command.is_report() => return report(&self.folder, request),
            _ => {}
        }
        let id = self.choose(request.event.as_deref())?;
        let approved = request.approved.as_deref();
        match &request.command {
            Command::Scan(scan) => {
                let warning = self.clock_warning(id, now).map(Output::Note);
                let lines = self.scan(id, scan, by, now)?.into_iter();
                let verdicts = lines.map(|line| Output::Verdict(Box::new(line)));
                Ok(warning.into_iter().chain(verdicts).collect())
            }
            Command::Override(ask) => {
                let lines = self.insist(id, ask, by, approved, now)?.into_iter();
                Ok(lines.map(|line| Output::Verdict(Box::new(line))).collect())
            }
            Command::EventKeyExport { file } => self.export_key(id, file),
            _ => self.event(id)?.answer(id, request, now),
        }
    }

    /// The event meant: the only one, or the one whose id begins like `wanted`.
    pub(crate) fn choose(&mut self, wanted: Option<&str>) -> Result<EventId, Problem> {
        if self.events.is_none() && self.folder.is_there() {
            self.events = Some(self.folder.events()?);
        }
        let all = self.events.as_deref().unwrap_or_default();
        let wanted = wanted.map(str::to_ascii_lowercase);
        let meant: Vec<EventId> = all
            .iter()
            .copied()
            .filter(|id| wanted.as_ref().is_none_or(|wanted| id.to_string().starts_with(wanted)))
            .collect();
        let folder = self.folder.path().display();
        match (meant.as_slice(), wanted) {
            ([id], _) => Ok(*id),
            ([], None) => Err(Problem::new(
                Code::NoEvent,
                format!("There is no event in {folder}."),
                "Make one with `lanyard event new --name NAME --timezone ZONE`, or give the right folder with --data.",
            )),
            ([], Some(wanted)) => Err(Problem::new(
                Code::NoEvent,
                format!("No event in {folder} has an id that begins with \"{wanted:.40}\"."),
                "`lanyard event list` shows the events of this folder.",
            )),
            (several, _) => Err(Problem::new(
                Code::Ambiguous,
                format!("{folder} holds {} events that could be meant.", several.len()),
                "Say which with --event ID; `lanyard event list` shows them.",
            )),
        }
    }

    /// The other events of this folder.
    pub(crate) fn others(&self, id: EventId) -> Vec<EventId> {
        self.events.iter().flatten().copied().filter(|other| *other != id).collect()
    }

    /// Remembers which events' disks have failed, whatever becomes of their stores.
    pub(crate) fn note_health(&mut self) {
        for (id, open) in &self.open {
            if let Some(problem @ StoreError::Disk(_)) = open.store.broken() {
                self.sick.entry(*id).or_insert_with(|| problem.clone().into());
            }
        }
    }

    /// Whether an event's disk is known to have failed.
    pub(crate) fn healthy(&self, id: EventId) -> Result<(), Problem> {
        self.sick.get(&id).cloned().map_or(Ok(()), Err)
    }

    /// An event of this folder, opened if it is not.
    pub(crate) fn event(&mut self, id: EventId) -> Result<&mut OpenEvent, Problem> {
        self.healthy(id)?;
        use std::collections::btree_map::Entry;
        match self.open.entry(id) {
            Entry::Occupied(open) => Ok(open.into_mut()),
            Entry::Vacant(slot) => Ok(slot.insert(OpenEvent::open(&self.folder, id)?)),
        }
    }
}

impl OpenEvent {
    /// Answers what is about this event alone.
    fn answer(&mut self, id: EventId, request: &Request, now: Timestamp) -> Answer {
        let (by, approved) = (request.by.as_deref(), request.approved.as_deref());
        let word = |reason| Word { by, approved, reason };
        match &request.command {
            Command::EventShow => Ok(vec![Output::Event(self.event_line(id)?)]),
            Command::EventOpen => self.set_stage(id, Stage::Open, now),
            Command::EventRehearse => self.set_stage(id, Stage::Rehearsal, now),
            Command::EventClose => self.set_stage(id, Stage::Closed, now),
            Command::AttendeeAdd { fields, reason, gate } => {
                self.attendee_add(fields, gate.as_deref(), word(reason.as_deref()), now)
            }
            Command::AttendeeSet { who, fields, reason } => {
                self.attendee_set(who, fields, word(reason.as_deref()), now)
            }
            Command::AttendeeCancel { who, reason } => {
                let fields = ["status=cancelled".into()];
                self.attendee_set(who, &fields, word(reason.as_deref()), now)
            }
            Command::OperatorList => self.operator_list(),
            Command::OperatorSet { id, name, role, pin } => {
                self.operator_set(id.as_deref(), name, role, pin.as_deref(), now)
            }
            Command::OperatorRemove { id } => self.operator_remove(id, now),
            Command::GateSet { gates } => self.gate_set(gates, now),
            Command::GateList => self.gate_list(),
            Command::Undo { record, reason } => self.undo(record, by, reason, approved, now),
            Command::ConflictResolve { id, note, attendee } => {
                self.conflict_resolve(id, attendee.as_deref(), by, note, now)
            }
            // Answered above, by `report`, or as a job of the owner.
            Command::EventNew { .. }
            | Command::EventList
            | Command::StationShow
            | Command::StationSet(_)
            | Command::SyncStart(_)
            | Command::Invite(_)
            | Command::Join { .. }
            | Command::JoinShow
            | Command::JoinCancel
            | Command::Joiners
            | Command::Approve { .. }
            | Command::Dismiss { .. }
            | Command::Peers
            | Command::SyncShow
            | Command::Assign { .. }
            | Command::Revoke { .. }
            | Command::Scan(_)
            | Command::Override(_)
            | Command::EventKeyExport { .. }
            | Command::AttendeeShow { .. }
            | Command::Search { .. }
            | Command::TicketTypes
            | Command::Recent { .. }
            | Command::Conflicts
            | Command::RosterImport { .. }
            | Command::RosterExport
            | Command::Stats
            | Command::AttendanceExport
            | Command::ReportAttendance(_)
            | Command::ReportInside
            | Command::ReportGates
            | Command::ReportActs
            | Command::ReportTable { .. }
            | Command::Digest
            | Command::Dump
            | Command::DumpRaw { .. }
            | Command::Verify { .. } => Ok(Vec::new()),
        }
    }
}

/// Answers what only reads, from one state of the store, beside whoever owns it: no door waits for a report.
pub(crate) fn report(folder: &Folder, request: &Request) -> Answer {
    let id = Station::new(folder.clone()).choose(request.event.as_deref())?;
    if let Command::Verify { .. } = &request.command {
        return crate::records::verify(folder, id);
    }
    let open = OpenEvent::of(Store::inspect(&folder.store(id), &folder.station_key()?)?)?;
    if needs_list(&request.command) {
        open.naming()?;
    }
    match &request.command {
        Command::RosterExport => open.roster_export(),
        Command::AttendeeShow { who } => open.attendee_show(who),
        Command::Stats => open.stats(),
        Command::Recent { gate, limit, before } => {
            open.recent(gate.as_deref(), *limit, before.as_deref())
        }
        Command::Conflicts => open.conflicts(),
        Command::AttendanceExport => open.attendance_export(),
        Command::ReportAttendance(ask) => open.report_attendance(ask),
        Command::ReportInside => open.report_inside(),
        Command::ReportGates => open.report_gates(),
        Command::ReportActs => open.report_acts(),
        Command::ReportTable { report } => open.report_table(*report),
        Command::Digest => open.digest(),
        Command::DumpRaw { file } => open.dump_raw(file),
        _ => open.dump(),
    }
}

/// Whether a report is about people on the list, so that a station without it has to say so.
const fn needs_list(command: &Command) -> bool {
    matches!(
        command,
        Command::RosterExport
            | Command::AttendeeShow { .. }
            | Command::AttendanceExport
            | Command::ReportAttendance(_)
            | Command::ReportInside
            | Command::ReportGates
            | Command::ReportActs
            | Command::ReportTable { .. }
    )
}

/// The event that its settings describe.
pub(crate) fn read_event(settings: &BTreeMap<String, String>) -> Result<Event, Problem> {
    let text = |key: &str| settings.get(key).map(String::as_str).unwrap_or_default();
    // Of an event that was just joined nothing may be known yet.
    let zone_name = settings.get("timezone").map_or("UTC", String::as_str);
    let below = |folder: &str| {
        let mut found: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (key, value) in settings {
            if let Some((id, rule)) = key.strip_prefix(folder).and_then(|rest| rest.split_once('/'))
            {
                found.entry(id.to_owned()).or_default().insert(rule.to_owned(), value.clone());
            }
        }
        found
    };
    let gates = below("gate/")
        .into_iter()
        .map(|(id, texts)| Gate::parse(&id, &texts).map(|gate| (id, gate)))
        .collect::<Result<_, _>>()?;
    let operators = below("operator/").into_iter();
    let operators = operators
        .filter_map(|(id, texts)| Operator::parse(&id, &texts).map(|operator| (id, operator)));
    Ok(Event {
        name: text("name").to_owned(),
        zone_name: zone_name.to_owned(),
        zone: parse_zone(zone_name)?,
        days: parse_days(text("days"))?,
        stage: Stage::from_name(text("stage")).unwrap_or(Stage::Setup),
        gates,
        operators: operators.collect(),
    })
}

#[cfg(test)]
mod tests;
