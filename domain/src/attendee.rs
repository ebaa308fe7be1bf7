//! An attendee: who the organizer's list says may come, and what is known about the person.
//!
//! A field is text with a meaning that [`Field`] fixes; [`Fields`] is what is known of one attendee.
//! Nothing here knows where a field is stored or which column of a file it came from.

use std::collections::{BTreeMap, BTreeSet};

/// Names the fields of an attendee, in the order in which a roster is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// What the ticket's QR holds.
    Code,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Whole name, where the list does not split it.
    Name,
    /// E-mail address.
    Email,
    /// Company or organisation, as printed on a badge.
    Company,
    /// Telephone number, as written in the list.
    Phone,
    /// Ticket type: the name a gate's `ticket_types` speaks of.
    TicketType,
    /// [`Status`] of the ticket.
    Status,
    /// Order that the ticket was bought with; people of one order came together.
    Order,
    /// Position within the order.
    OrderPosition,
    /// First moment at which the ticket is valid: RFC 3339, or local time of the event.
    ValidFrom,
    /// Last moment at which the ticket is valid: RFC 3339, or local time of the event.
    ValidUntil,
    /// Days on which the ticket is valid, `YYYY-MM-DD` separated by spaces; empty: every day.
    Days,
    /// Why this person is not to be let in; empty: not blocked.
    Blocked,
    /// Attention note for the door.
    Notes,
    /// Language tag such as `de`.
    Language,
    /// How many entries one ticket carries; empty: one.
    Entries,
    /// Position, on the same order, of the ticket that this one is an add-on to.
    AddonTo,
    /// `yes` for somebody whom a host wants to greet; empty: nobody in particular.
    Vip,
    /// Who accompanies this child: a name, or a position on the same order. Empty: no child.
    Guardian,
    /// How the name is read or spelt in other letters, for whoever looks for it by ear.
    Reading,
    /// When somebody who was not on the list was added at a door; empty: was on the list.
    AddedAt,
    /// Id of the gate at which that was.
    AddedGate,
    /// Who added the person.
    AddedBy,
    /// Why.
    AddedReason,
}

impl Field {
    /// Every field, in the order of an export.
    pub const ALL: [Self; 26] = [
        Self::Code,
        Self::FirstName,
        Self::LastName,
        Self::Name,
        Self::Email,
        Self::Company,
        Self::Phone,
        Self::TicketType,
        Self::Status,
        Self::Order,
        Self::OrderPosition,
        Self::ValidFrom,
        Self::ValidUntil,
        Self::Days,
        Self::Blocked,
        Self::Notes,
        Self::Language,
        Self::Entries,
        Self::AddonTo,
        Self::Vip,
        Self::Guardian,
        Self::Reading,
        Self::AddedAt,
        Self::AddedGate,
        Self::AddedBy,
        Self::AddedReason,
    ];
    /// Fields that every export has a column for; of the later ones those that somebody has.
    const ALWAYS_LISTED: usize = 18;

    /// The field's name in files, documents and commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Name => "name",
            Self::Email => "email",
            Self::Company => "company",
            Self::Phone => "phone",
            Self::TicketType => "ticket_type",
            Self::Status => "status",
            Self::Order => "order",
            Self::OrderPosition => "order_position",
            Self::ValidFrom => "valid_from",
            Self::ValidUntil => "valid_until",
            Self::Days => "days",
            Self::Blocked => "blocked",
            Self::Notes => "notes",
            Self::Language => "language",
            Self::Entries => "entries",
            Self::AddonTo => "addon_to",
            Self::Vip => "vip",
            Self::Guardian => "guardian",
            Self::Reading => "reading",
            Self::AddedAt => "added_at",
            Self::AddedGate => "added_gate",
            Self::AddedBy => "added_by",
            Self::AddedReason => "added_reason",
        }
    }

    /// Whether it says who somebody is and what the door should know, which doors may put right.
    #[must_use]
    pub const fn is_spelling(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::FirstName
                | Self::LastName
                | Self::Company
                | Self::Notes
                | Self::Language
                | Self::Reading
        )
    }

    /// Whether it tells how somebody came to be added at a door: recorded with it, and by nobody's hand.
    #[must_use]
    pub const fn is_of_addition(self) -> bool {
        matches!(self, Self::AddedAt | Self::AddedGate | Self::AddedBy | Self::AddedReason)
    }

    /// The columns of an export of these people, in order. How somebody came to be added is a report's, not a list's.
    #[must_use]
    pub fn columns<'a>(rows: impl IntoIterator<Item = &'a Fields>) -> Vec<Self> {
        let (always, later) = Self::ALL.split_at(Self::ALWAYS_LISTED);
        let mut used: BTreeSet<Self> = BTreeSet::new();
        for row in rows {
            let told = later.iter().filter(|field| !field.is_of_addition());
            used.extend(told.filter(|field| row.contains_key(field)));
        }
        always.iter().copied().chain(used).collect()
    }

    /// The field of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// The field's number in records: its place in [`Field::ALL`], from 1. New fields go to the end.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The field of that number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// Whether the field belongs to the sealed `contact` space, which only admins read.
    #[must_use]
    pub const fn is_contact(self) -> bool {
        matches!(self, Self::Code | Self::Email | Self::Phone)
    }
}

/// Fields of one attendee that have a value. An absent field is empty.
pub type Fields = BTreeMap<Field, String>;

/// State of a ticket, as the organizer's list has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Paid, or free.
    #[default]
    Paid,
    /// Ordered, not paid.
    Pending,
    /// Cancelled, refunded or expired.
    Cancelled,
    /// Waits for the organizer's approval.
    Unapproved,
    /// Not paid, and let in all the same: the organizer said so of the order.
    ValidIfPending,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] =
        [Self::Paid, Self::Pending, Self::Cancelled, Self::Unapproved, Self::ValidIfPending];

    /// The status as files and documents write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Pending => "pending",
            Self::Cancelled => "cancelled",
            Self::Unapproved => "unapproved",
            Self::ValidIfPending => "valid_if_pending",
        }
    }

    /// The status of that exact name; synonyms of files are `roster`'s.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Whether a host wants to greet this person.
#[must_use]
pub fn is_vip(fields: &Fields) -> bool {
    fields.get(&Field::Vip).is_some_and(|vip| vip == "yes")
}

/// The name to show for these fields: the whole name, else first and last, else e-mail, else order.
#[must_use]
pub fn display_name(fields: &Fields) -> String {
    let get = |field| fields.get(&field).map(String::as_str).unwrap_or_default();
    let whole = get(Field::Name).trim();
    if !whole.is_empty() {
        return whole.to_owned();
    }
    let parts = [get(Field::FirstName).trim(), get(Field::LastName).trim()];
    let joined =
        parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ");
    if joined.is_empty() { get(Field::Email).to_owned() } else { joined }
}
