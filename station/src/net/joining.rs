//! Becoming a station: this laptop shows its ticket, its digits are compared, and it makes its own store.

use super::Net;
use crate::api::{JoinLine, Output};
use crate::clock::SystemEntropy;
use crate::feed::Happening;
use crate::owner::Shared;
use crate::post::Post;
use crate::problem::{Code, Problem};
use crate::station::Station;
use std::time::Duration;
use sync::engine::{Lane, LinkId};
use sync::frame::Deframer;
use sync::id::{EventId, StationKey};
use sync::join::{
    Ask, NAME_CHARS_MAX, Refusal, Say, Ticket, WORD_BYTES_MAX, control_of, digits, to_frame,
};
use sync::keys::SecretKey;
use sync::lan::Purpose;
use sync::store::{Joining as Given, Store};

/// How long this laptop looks for the one that invited it.
const FOUND_WITHIN: Duration = Duration::from_secs(30);
/// How often it tries.
const TRY_EVERY: Duration = Duration::from_millis(500);

/// An event being joined.
#[derive(Debug)]
pub(super) struct Joining {
    ticket: Ticket,
    name: String,
    key: SecretKey,
    began: Duration,
    tried: Duration,
    link: Option<LinkId>,
    asked: [u8; 16],
    bytes: Deframer,
    line: JoinLine,
}

impl Joining {
    fn is_over(&self) -> bool {
        matches!(self.line.state.as_str(), "joined" | "failed")
    }

    fn fail(&mut self, problem: &str, hint: &str) {
        self.line.state = "failed".to_owned();
        self.line.digits = None;
        (self.line.problem, self.line.hint) = (Some(problem.to_owned()), Some(hint.to_owned()));
    }
}

impl Net {
    /// Begins to join an event.
    pub(crate) fn join(
        &mut self,
        station: &mut Station,
        text: &str,
        name: Option<&str>,
    ) -> Result<Vec<Output>, Problem> {
        let ticket = ticket(text)?;
        station.folder.make()?;
        if station.folder.events()?.contains(&ticket.event) {
            return Err(Problem::bad(
                "This laptop is a station of that event already.",
                "Open the event; there is nothing to join.",
            ));
        }
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        if name.is_some_and(|name| name.chars().count() > NAME_CHARS_MAX) {
            return Err(Problem::bad("The laptop's name is too long.", "Use at most 100 letters."));
        }
        let host = crate::folder::host_name();
        let (key, known) = station.folder.found_station(name.unwrap_or(&host))?;
        let name = name.map_or(known, str::to_owned);
        station.folder.name_station(&name)?;
        if self.lan.is_none() {
            let options = self.options.clone();
            self.start(station, &options)?;
        }
        let now = self.started.elapsed();
        let line = JoinLine {
            state: "connecting".to_owned(),
            station: Some(key.public().to_string()),
            ..JoinLine::default()
        };
        self.joining = Some(Joining {
            ticket,
            name,
            key,
            began: now,
            tried: now,
            link: None,
            asked: [0; 16],
            bytes: Deframer::default(),
            line: line.clone(),
        });
        self.knock();
        Ok(vec![Output::Join(line)])
    }

    fn knock(&mut self) {
        let now = self.started.elapsed();
        let (Some(lan), Some(joining)) = (&self.lan, &mut self.joining) else { return };
        joining.tried = now;
        let Ticket { event, issuer, addresses, .. } = &joining.ticket;
        lan.dial(*event, *issuer, addresses.iter().copied(), Purpose::Join);
    }

    /// Knocks again while nobody has answered.
    pub(super) fn retry_joining(&mut self, shared: &Shared) {
        self.drop_mute_joiners();
        let now = self.started.elapsed();
        let Some(joining) = &mut self.joining else { return };
        if !joining.is_over() && joining.link.is_none() {
            if now > joining.began + FOUND_WITHIN {
                joining.fail(
                    "The organizer's laptop does not answer.",
                    "Connect both laptops to the same network, and ask for a new ticket.",
                );
            } else if now >= joining.tried + TRY_EVERY {
                self.knock();
            }
        }
        self.tell_join(shared);
    }

    /// The station that invited this one is there: asks to be let in.
    pub(super) fn ask_to_join(&mut self, _station: &Station, link: LinkId) {
        let (Some(lan), Some(joining)) = (&self.lan, &mut self.joining) else { return };
        if joining.is_over() || joining.link.is_some() {
            lan.close(link);
            return;
        }
        let own = joining.key.public();
        let box_key = joining.key.box_public();
        let ask = Ask::new(&joining.ticket, own, box_key, &joining.name, &mut SystemEntropy);
        joining.asked = ask.nonce;
        joining.bytes = Deframer::default();
        joining.link = Some(link);
        lan.send(link, Lane::Bulk, to_frame(&ask));
    }

    pub(super) fn issuer_says(
        &mut self,
        station: &mut Station,
        shared: &Shared,
        link: LinkId,
        bytes: &[u8],
    ) {
        let Some(joining) = &mut self.joining else { return };
        if joining.link != Some(link) {
            return;
        }
        joining.bytes.push(bytes);
        let Ok(frames) = joining.bytes.frames(WORD_BYTES_MAX) else {
            self.hang_up(link);
            return;
        };
        for frame in frames {
            match sync::join::from_frame::<Say>(&frame) {
                Ok(Say::Compare { nonce }) => {
                    let Ticket { event, issuer, .. } = &joining.ticket;
                    let own = joining.key.public();
                    let shown = digits(*event, *issuer, own, &joining.asked, &nonce);
                    joining.line.digits = Some(shown);
                    joining.line.state = "waiting".to_owned();
                }
                Ok(Say::Welcome { root, control }) => {
                    let made = welcome(station, joining, StationKey(root), &control);
                    match made {
                        Ok(()) => joining.line.state = "joined".to_owned(),
                        Err(problem) => joining.fail(&problem.message, &problem.hint),
                    }
                    let event = joining.ticket.event;
                    self.hang_up(link);
                    self.arrived(station, event);
                    break;
                }
                Ok(Say::Refused { why }) => {
                    let (problem, hint) = refused(why);
                    joining.fail(problem, hint);
                    self.hang_up(link);
                    break;
                }
                Err(_) => {
                    self.hang_up(link);
                    break;
                }
            }
        }
        self.tell_join(shared);
    }

    /// The new event's store is there: its stations are looked for, first of all the one that let this one in.
    fn arrived(&mut self, station: &mut Station, event: EventId) {
        let Some(joining) = self.joining.as_mut().filter(|joining| joining.line.state == "joined")
        else {
            return;
        };
        joining.line.joined = Some(event.to_string());
        let (issuer, addresses) = (joining.ticket.issuer, joining.ticket.addresses.clone());
        for address in addresses.iter().rev() {
            self.addresses.reached(event, issuer, *address);
        }
        // At once: after a power cut nothing else says where the organizer's laptop is.
        self.addresses.save(&station.folder);
        station.events = None;
        let mut post = Post::of(&station.folder);
        post.event = Some(event.to_string());
        // Without it the screens ask where this laptop stands.
        let _ = post.write(&station.folder);
        self.tie(station, event);
        // The other side may not look for this laptop before its next tick; people wait here.
        if let Some(lan) = &self.lan {
            lan.dial(event, issuer, addresses, Purpose::Sync);
        }
        self.follow_assignment(station, event);
    }

    pub(super) fn issuer_left(&mut self) {
        if let Some(joining) = self.joining.as_mut().filter(|joining| !joining.is_over()) {
            joining.link = None;
            joining.began = self.started.elapsed();
            joining.line.state = "connecting".to_owned();
            joining.line.digits = None;
        }
    }

    pub(crate) fn join_show(&self, station: &mut Station) -> Vec<Output> {
        vec![Output::Join(self.join_line(station))]
    }

    fn join_line(&self, station: &mut Station) -> JoinLine {
        let none = || JoinLine { state: "none".to_owned(), ..JoinLine::default() };
        let mut line = self.joining.as_ref().map_or_else(none, |joining| joining.line.clone());
        if let Some(joining) = self.joining.as_ref().filter(|joining| joining.line.joined.is_some())
        {
            let name = station.event(joining.ticket.event).map(|open| open.event.name.clone());
            line.event_name = name.ok().filter(|name| !name.is_empty());
        }
        line
    }

    pub(crate) fn join_cancel(&mut self, station: &mut Station) -> Vec<Output> {
        if let Some(joining) = self.joining.take().filter(|joining| !joining.is_over())
            && let Some(link) = joining.link
        {
            self.hang_up(link);
        }
        self.join_show(station)
    }

    fn tell_join(&mut self, shared: &Shared) {
        let Some(joining) = &self.joining else { return };
        if joining.line != self.told_join {
            self.told_join = joining.line.clone();
            let join = joining.line.clone();
            shared.feed.tell(|| Some(Happening::Join { join }));
        }
    }
}

/// Reads a ticket.
pub(crate) fn ticket(text: &str) -> Result<Ticket, Problem> {
    text.parse().map_err(|problem: sync::join::BadTicket| {
        Problem::bad(
            format!("{}.", capital(&problem.to_string())),
            "Scan the ticket again, or copy all of it from the organizer's screen.",
        )
    })
}

/// Makes the store of the event that this laptop was let into.
fn welcome(
    station: &mut Station,
    joining: &Joining,
    root: StationKey,
    control: &[minicbor::bytes::ByteVec],
) -> Result<(), Problem> {
    let event = joining.ticket.event;
    let wrong = || {
        Problem::new(
            Code::NotAllowed,
            "What the organizer's laptop sent does not prove that this one was let in.",
            "Ask for a new ticket, and make sure that it is shown by the organizer's own screen.",
        )
    };
    if EventId::of(&root) != event {
        return Err(wrong());
    }
    let control = control_of(event, control).map_err(|_| wrong())?;
    let draft = station.folder.draft(event)?;
    let path = draft.join("store.db");
    let installation = station.folder.installation(&path);
    let given = Given { root, station: &joining.key, control: &control, installation };
    let now = crate::clock::now().as_millisecond();
    let store =
        Store::join(&path, &given, now, &mut SystemEntropy).map_err(|problem| match problem {
            sync::store::StoreError::NotAllowed(_) => wrong(),
            other => other.into(),
        })?;
    // Closed before it is moved, so that nothing of it is left in SQLite's side files.
    drop(store);
    station.folder.publish(&draft, event)
}

const fn refused(why: Refusal) -> (&'static str, &'static str) {
    match why {
        Refusal::Ticket => (
            "The organizer's laptop does not take this ticket: it is used up, or too old.",
            "Ask for a new ticket.",
        ),
        Refusal::Person => (
            "The organizer said that this is not one of theirs.",
            "Compare the six digits on both screens, then ask for a new ticket.",
        ),
        Refusal::Busy => (
            "Too many laptops ask to join at the moment.",
            "Wait until some of them are let in, then try again.",
        ),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
