//! Letting other laptops in: invitations, those who ask, and a person's word on each.

use super::{Net, Route};
use crate::api::{ApprovedLine, InviteLine, InviteRequest, JoinerLine, Output};
use crate::clock::SystemEntropy;
use crate::feed::Happening;
use crate::folder::write_durably;
use crate::owner::Shared;
use crate::problem::{Code, Problem};
use crate::station::{OpenEvent, Station};
use domain::access::Role;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::time::Duration;
use sync::engine::{Lane, LinkId};
use sync::entropy::random;
use sync::frame::Deframer;
use sync::id::{EventId, StationKey};
use sync::join::{ADDRESSES_MAX, Ask, NAME_CHARS_MAX, Refusal, Say, Ticket, digits, to_frame};
use sync::replica::introduction;
use sync::store::Admission;

/// How long a ticket for one laptop is good: a walk across the hall.
const ONE_FOR: i64 = 15 * 60 * 1000;
/// How long a ticket for many is good: setting up a row of doors.
const MANY_FOR: i64 = 4 * 3600 * 1000;
/// Laptops that one ticket lets ask.
const COUNT_MAX: u32 = 200;
/// Laptops that may wait for a person at a time.
const JOINERS_MAX: usize = 64;
/// Longest word of a laptop that asks.
const ASK_BYTES_MAX: usize = 4 << 10;
/// How often a ticket may be asked with, beside `ASKS_EACH` for each laptop that it is for. Each question makes other
/// digits: whoever may ask without end comes to those that another laptop shows.
const ASKS_MORE: u32 = 10;
/// How often one laptop may need to.
const ASKS_EACH: u32 = 3;
/// How long a laptop may take to say what it wants.
const ASK_WITHIN: Duration = Duration::from_secs(10);

/// An invitation, as it is kept until it is used up.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Invite {
    secret: String,
    role: String,
    gate: Option<String>,
    exhibitor: Option<String>,
    left: u32,
    expires: i64,
}

impl Invite {
    fn secret(&self) -> Option<[u8; 16]> {
        domain::id::from_hex(&self.secret)
    }
}

/// A laptop that wants in.
#[derive(Debug)]
pub(super) struct Joiner {
    event: EventId,
    station: StationKey,
    opened: Duration,
    bytes: Deframer,
    asked: Option<Asked>,
}

/// What it asked with.
#[derive(Debug, Clone)]
struct Asked {
    digits: String,
    name: String,
    box_key: [u8; 32],
    invite: Invite,
    since: i64,
}

impl Joiner {
    pub(super) fn new(event: EventId, station: StationKey, opened: Duration) -> Self {
        Self { event, station, opened, bytes: Deframer::default(), asked: None }
    }
}

fn read_invites(path: &Path, now: i64) -> Vec<Invite> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let all: Vec<Invite> = serde_json::from_str(&text).unwrap_or_default();
    all.into_iter().filter(|invite| invite.left > 0 && invite.expires > now).collect()
}

fn write_invites(path: &Path, invites: &[Invite]) -> Result<(), Problem> {
    let text = serde_json::to_string(invites).unwrap_or_default();
    // A secret is never written over another file: the old one goes first.
    let _ = std::fs::remove_file(path);
    write_durably(path, text.as_bytes(), true)
}

impl Net {
    pub(crate) fn invite(
        &mut self,
        station: &mut Station,
        id: EventId,
        ask: &InviteRequest,
        now: Timestamp,
    ) -> Result<Vec<Output>, Problem> {
        let path = station.folder.invites(id);
        let open = station.event(id)?;
        let role = open.may_let_in(ask)?;
        let addresses = self.listening();
        if addresses.is_empty() {
            return Err(Problem::new(
                Code::Unreachable,
                "This laptop does not speak with others right now, so nobody would find it.",
                "Start `lanyard serve` or open the window, and connect the laptop to the network.",
            ));
        }
        let count = ask.count.unwrap_or(1).max(1);
        let millis = now.as_millisecond();
        let expires = millis + if count > 1 { MANY_FOR } else { ONE_FOR };
        let secret: [u8; 16] = random(&mut SystemEntropy);
        let mut invites = read_invites(&path, millis);
        invites.push(Invite {
            secret: secret.iter().map(|byte| format!("{byte:02x}")).collect(),
            role: role.as_str().to_owned(),
            gate: ask.gate.clone(),
            exhibitor: ask.exhibitor.clone(),
            left: count,
            expires,
        });
        write_invites(&path, &invites)?;
        let ticket = Ticket {
            event: id,
            issuer: open.store.station(),
            secret,
            addresses: addresses.into_iter().take(ADDRESSES_MAX).collect(),
        };
        Ok(vec![Output::Invite(InviteLine {
            ticket: ticket.to_string(),
            expires: open.format_millis(expires),
            role: role.as_str().to_owned(),
            gate: ask.gate.clone(),
            exhibitor: ask.exhibitor.clone(),
            count,
        })])
    }

    /// Something a laptop that wants in has said.
    pub(super) fn joiner_says(
        &mut self,
        station: &mut Station,
        shared: &Shared,
        link: LinkId,
        bytes: &[u8],
    ) {
        let Some(Route::Joiner(joiner)) = self.routes.get_mut(&link) else { return };
        joiner.bytes.push(bytes);
        let Ok(frames) = joiner.bytes.frames(ASK_BYTES_MAX) else {
            self.hang_up(link);
            return;
        };
        for frame in frames {
            let said = match sync::join::from_frame::<Ask>(&frame) {
                Ok(ask) => self.asked(station, link, &ask),
                Err(_) => Err(Refusal::Ticket),
            };
            match said {
                Ok(say) => self.say(link, &say),
                Err(why) => {
                    self.say(link, &Say::Refused { why });
                    self.hang_up(link);
                    return;
                }
            }
            self.tell_joiners(shared, link);
        }
    }

    fn asked(&mut self, station: &mut Station, link: LinkId, ask: &Ask) -> Result<Say, Refusal> {
        let waiting =
            self.routes.values().filter(|route| matches!(route, Route::Joiner(_))).count();
        if waiting > JOINERS_MAX {
            return Err(Refusal::Busy);
        }
        let now = crate::clock::now().as_millisecond();
        let Some(Route::Joiner(joiner)) = self.routes.get_mut(&link) else {
            return Err(Refusal::Ticket);
        };
        let (id, peer) = (joiner.event, joiner.station);
        let issuer = station.event(id).map_err(|_| Refusal::Ticket)?.store.station();
        let invite = read_invites(&station.folder.invites(id), now).into_iter().find(|invite| {
            invite.secret().is_some_and(|secret| ask.is_of(&secret, id, issuer, peer))
        });
        let invite = invite.ok_or(Refusal::Ticket)?;
        let asks = self.asks.entry(invite.secret.clone()).or_default();
        *asks += 1;
        if joiner.asked.is_some() || *asks > ASKS_MORE + ASKS_EACH * invite.left {
            return Err(Refusal::Ticket);
        }
        let nonce: [u8; 16] = random(&mut SystemEntropy);
        let name: String = ask.name.chars().filter(|c| !c.is_control()).collect();
        let name: String = name.trim().chars().take(NAME_CHARS_MAX).collect();
        joiner.asked = Some(Asked {
            digits: digits(id, issuer, peer, &ask.nonce, &nonce),
            name: if name.is_empty() { format!("{peer:.8}") } else { name },
            box_key: ask.box_key,
            invite,
            since: now,
        });
        Ok(Say::Compare { nonce })
    }

    fn say(&mut self, link: LinkId, say: &Say) {
        if let Some(lan) = &self.lan {
            lan.send(link, Lane::Bulk, to_frame(say));
        }
    }

    fn tell_joiners(&mut self, shared: &Shared, link: LinkId) {
        if let Some(Route::Joiner(joiner)) = self.routes.get(&link) {
            let event = joiner.event.to_string();
            shared.feed.tell(|| Some(Happening::Joiners { event }));
        }
    }

    pub(super) fn joiner_left(&mut self, shared: &Shared, joiner: &Joiner) {
        if joiner.asked.is_some() {
            let event = joiner.event.to_string();
            shared.feed.tell(|| Some(Happening::Joiners { event }));
        }
    }

    /// Ends the links of laptops that do not say what they want.
    pub(super) fn drop_mute_joiners(&mut self) {
        let now = self.started.elapsed();
        let mute = |joiner: &Joiner| joiner.asked.is_none() && now > joiner.opened + ASK_WITHIN;
        let links: Vec<LinkId> = self
            .routes
            .iter()
            .filter(|(_, route)| matches!(route, Route::Joiner(joiner) if mute(joiner)))
            .map(|(link, _)| *link)
            .collect();
        links.into_iter().for_each(|link| self.hang_up(link));
    }

    fn asking(&self, id: EventId) -> Vec<(LinkId, StationKey, Asked)> {
        let asking = self.routes.iter().filter_map(|(link, route)| match route {
            Route::Joiner(joiner) if joiner.event == id => {
                joiner.asked.clone().map(|asked| (*link, joiner.station, asked))
            }
            _ => None,
        });
        asking.collect()
    }

    pub(super) fn joiners_waiting(&self, id: EventId) -> u32 {
        u32::try_from(self.asking(id).len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn joiners(
        &self,
        station: &mut Station,
        id: EventId,
    ) -> Result<Vec<Output>, Problem> {
        let open = station.event(id)?;
        let mut asking = self.asking(id);
        asking.sort_by_key(|(_, _, asked)| asked.since);
        let line = |(_, key, asked): (LinkId, StationKey, Asked)| {
            Output::Joiner(line_of(open, key, &asked))
        };
        Ok(asking.into_iter().map(line).collect())
    }

    pub(crate) fn approve(
        &mut self,
        station: &mut Station,
        id: EventId,
        wanted: &[String],
        now: Timestamp,
    ) -> Result<Vec<Output>, Problem> {
        let mut approved = Vec::new();
        for wanted in wanted {
            let (link, key, asked) = self.find(id, wanted)?;
            let path = station.folder.invites(id);
            // Whoever asked in time may be late; more laptops than the ticket is for are not.
            if !read_invites(&path, asked.since).iter().any(|one| one.secret == asked.invite.secret)
            {
                return Err(Problem::new(
                    Code::NotAllowed,
                    "As many laptops as this ticket is for have been let in.",
                    "Make a new ticket, and let this laptop join with it.",
                ));
            }
            let open = station.event(id)?;
            let role = Role::from_name(&asked.invite.role).unwrap_or(Role::Door);
            let admission = Admission {
                station: key,
                box_key: asked.box_key,
                name: asked.name.clone(),
                role,
                exhibitor: asked.invite.exhibitor.clone(),
                gate: asked.invite.gate.clone(),
                may_issue: role == Role::Admin,
                not_after: crate::events::end_of(&open.event),
            };
            open.store.admit(&admission, now.as_millisecond(), &mut SystemEntropy)?;
            self.use_up(&path, &asked.invite)?;
            if let Some(asks) = self.asks.get_mut(&asked.invite.secret) {
                *asks = asks.saturating_sub(ASKS_EACH);
            }
            let control = introduction(&open.store).map_err(|problem| {
                Problem::new(Code::Damaged, problem.0, "Run `lanyard verify`.")
            })?;
            let control = control.iter().map(|stretch| stretch.to_bytes().into()).collect();
            self.say(link, &Say::Welcome { root: open.store.root().0, control });
            approved.push(Output::Approved(ApprovedLine {
                approved: asked.name,
                station: key.to_string(),
            }));
            if let Some(Route::Joiner(joiner)) = self.routes.get_mut(&link) {
                // It hangs up itself once it has all of it.
                joiner.asked = None;
                joiner.opened = self.started.elapsed();
            }
        }
        Ok(approved)
    }

    pub(crate) fn dismiss(
        &mut self,
        station: &mut Station,
        id: EventId,
        wanted: &str,
    ) -> Result<Vec<Output>, Problem> {
        let (link, key, asked) = self.find(id, wanted)?;
        self.say(link, &Say::Refused { why: Refusal::Person });
        self.hang_up(link);
        Ok(vec![Output::Joiner(line_of(station.event(id)?, key, &asked))])
    }

    fn find(&self, id: EventId, wanted: &str) -> Result<(LinkId, StationKey, Asked), Problem> {
        let wanted: String = wanted.chars().filter(char::is_ascii_digit).collect();
        let mut found: Vec<_> =
            self.asking(id).into_iter().filter(|(_, _, asked)| asked.digits == wanted).collect();
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (Some(_), false) => Err(Problem::new(
                Code::Ambiguous,
                format!("Two laptops show {wanted:.12}: one of them may be somebody else's."),
                "Let none of them in; make a new ticket and have yours join again.",
            )),
            (None, _) => Err(Problem::bad(
                format!("No laptop that asks to join shows \"{wanted:.12}\"."),
                "`lanyard approve` without digits lists those who ask.",
            )),
        }
    }

    fn use_up(&self, path: &Path, used: &Invite) -> Result<(), Problem> {
        let mut invites = read_invites(path, i64::MIN);
        for invite in invites.iter_mut().filter(|invite| invite.secret == used.secret) {
            invite.left = invite.left.saturating_sub(1);
        }
        write_invites(path, &invites)
    }
}

fn line_of(open: &OpenEvent, key: StationKey, asked: &Asked) -> JoinerLine {
    JoinerLine {
        digits: asked.digits.clone(),
        name: asked.name.clone(),
        station: key.to_string(),
        role: asked.invite.role.clone(),
        gate: asked.invite.gate.clone(),
        since: open.format_millis(asked.since),
    }
}

impl OpenEvent {
    /// The role that an invitation asks for, where this station may let such in.
    fn may_let_in(&self, ask: &InviteRequest) -> Result<Role, Problem> {
        self.may_issue()?;
        let role = Role::from_name(ask.role.trim()).ok_or_else(|| {
            let message = format!("\"{:.40}\" is not a role of a laptop.", ask.role);
            Problem::bad(message, "Roles are admin, door, kiosk and booth.")
        })?;
        if let Some(gate) = &ask.gate {
            self.gate_known(gate)?;
        }
        if ask.count.is_some_and(|count| !(1..=COUNT_MAX).contains(&count)) {
            return Err(Problem::bad("A ticket is for 1 to 200 laptops.", "Give another number."));
        }
        Ok(role)
    }

    pub(super) fn may_issue(&self) -> Result<(), Problem> {
        if self.store.members().may_issue(&self.store.station()) {
            return Ok(());
        }
        Err(Problem::new(
            Code::NotAllowed,
            "Only an organizer's laptop lets others in, moves them or shuts them out.",
            "Do it on the organizer's laptop.",
        ))
    }

    pub(super) fn gate_known(&self, gate: &str) -> Result<(), Problem> {
        if self.event.gates.contains_key(gate) {
            return Ok(());
        }
        let known: Vec<&str> = self.event.gates.keys().map(String::as_str).collect();
        let hint = format!("Gates of this event: {}.", known.join(", "));
        Err(Problem::new(Code::UnknownGate, format!("There is no gate \"{gate:.64}\"."), hint))
    }
}
