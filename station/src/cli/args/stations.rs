//! The words about other stations.

use super::{Ask, from_here};
use crate::api::{Command, InviteRequest};
use crate::serve::SyncArgs;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a ticket with which other laptops join the event.
    Invite {
        /// `admin`, `door`, `kiosk` or `booth`.
        #[arg(long)]
        role: String,
        /// Gate that they are to stand at.
        #[arg(long)]
        gate: Option<String>,
        /// Exhibitor, of a booth.
        #[arg(long)]
        exhibitor: Option<String>,
        /// How many laptops may join with it.
        #[arg(long, default_value_t = 1)]
        count: u32,
    },
    /// Join an event with a ticket from the organizer's laptop.
    Join {
        /// The ticket.
        ticket: String,
        /// Name of this laptop; its host name, if not given.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        sync: SyncArgs,
    },
    /// Let laptops in that ask to join, by the six digits on their screens; without digits, list them.
    Approve {
        /// The digits, of one or several.
        digits: Vec<String>,
    },
    /// Send a laptop away that asks to join.
    Dismiss {
        /// Its digits.
        digits: String,
    },
    /// The other stations of the event, and when each was heard.
    Peers,
    /// How this station stands with the others.
    Sync,
    /// Put a station at another gate, or give it another role or name.
    Assign {
        /// Its name, its key, or the beginning of that.
        station: String,
        /// Role.
        #[arg(long)]
        role: Option<String>,
        /// Gate.
        #[arg(long)]
        gate: Option<String>,
        /// Name.
        #[arg(long)]
        name: Option<String>,
    },
    /// Shut a station out: lost, stolen, or not needed any more.
    Revoke {
        /// Its name, its key, or the beginning of that.
        station: String,
        /// The event's root key, where it was taken out: an organizer's laptop is shut out with it alone.
        #[arg(long, value_name = "FILE")]
        root_key: Option<PathBuf>,
    },
}

/// What the words ask for.
pub(super) fn ask(verb: Verb) -> Ask {
    Ask::One(match verb {
        Verb::Invite { role, gate, exhibitor, count } => {
            Command::Invite(InviteRequest { role, gate, exhibitor, count: Some(count) })
        }
        Verb::Join { ticket, name, sync } => return Ask::Join { ticket, name, sync },
        Verb::Approve { digits } => Command::Approve { digits },
        Verb::Dismiss { digits } => Command::Dismiss { digits },
        Verb::Peers => Command::Peers,
        Verb::Sync => Command::SyncShow,
        Verb::Assign { station, role, gate, name } => Command::Assign { station, role, gate, name },
        Verb::Revoke { station, root_key } => {
            Command::Revoke { station, root_key: root_key.as_deref().map(from_here) }
        }
    })
}
