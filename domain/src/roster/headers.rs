//! What a column's header means, by `words` and by how ticket shops put them together.
//!
//! Here because a list should go in without a mapping. It looks at one header alone; what needs
//! the others ("Name" beside "Vorname") it calls ambiguous, and `columns` decides.

use super::{fold, words};
use crate::attendee::Field;

/// What a header means as far as it tells by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The field's own name: goes before every synonym.
    Exact(Field),
    /// A synonym.
    Is(Field),
    /// Means the field only where no other column does, like the e-mail of whoever paid.
    Weak(Field),
    /// "Name": the whole name, or what a first or last name beside it leaves.
    Name,
    /// "Nom": the whole name, or the last name beside a first name.
    Nom,
    /// "Nombre": the whole name, or the first name beside a last name.
    Nombre,
    /// "Ticket": the code, or the ticket type beside a code.
    Ticket,
}

/// The meaning of a header.
pub(super) fn meaning(header: &str) -> Option<Meaning> {
    if let Some(field) = Field::from_name(super::values::trim(header)) {
        // How somebody came to be added is no file's to say.
        return (!field.is_of_addition()).then_some(Meaning::Exact(field));
    }
    let mut key = fold::key(header);
    // "Attendee #" counts attendees and does not name them.
    if super::values::trim(header).ends_with('#') {
        key.push_str("number");
    }
    word(&key).or_else(|| of_attendee(&key)).or_else(|| of_buyer(&key))
}

fn word(key: &str) -> Option<Meaning> {
    Some(match key {
        "name" => Meaning::Name,
        "nom" | "noms" => Meaning::Nom,
        "nombre" | "nombres" => Meaning::Nombre,
        "ticket" | "billet" | "entrada" | "eintrittskarte" => Meaning::Ticket,
        _ => {
            let lists = [words::of_person, words::of_ticket, words::of_order, words::of_admission];
            let strong = lists.into_iter().find_map(|list| list(key)).map(Meaning::Is);
            return strong.or_else(|| words::weak(key).map(Meaning::Weak));
        }
    })
}

/// "Attendee e-mail", "Attendee name: Given name", "Vorname Teilnehmer" and the like.
fn of_attendee(key: &str) -> Option<Meaning> {
    const WHOSE: [&str; 21] = [
        "attendeename",
        "participantname",
        "guestname",
        "teilnehmername",
        "namedesteilnehmers",
        "nomduparticipant",
        "nombredelasistente",
        "attendees",
        "attendee",
        "participants",
        "participant",
        "guests",
        "guest",
        "visitor",
        "teilnehmerin",
        "teilnehmer",
        "gast",
        "besucher",
        "asistente",
        "ticketholder",
        "ticket",
    ];
    WHOSE.into_iter().find_map(|whose| {
        let rest = key.strip_prefix(whose).or_else(|| key.strip_suffix(whose))?;
        personal(word(rest)?)
    })
}

/// "Order e-mail", "Customer name" and the like: whoever paid, who need not be the attendee.
fn of_buyer(key: &str) -> Option<Meaning> {
    const WHOSE: [&str; 17] = [
        "order",
        "buyer",
        "purchaser",
        "billing",
        "invoiceaddress",
        "invoice",
        "payer",
        "customer",
        "client",
        "contact",
        "besteller",
        "kaufer",
        "kaeufer",
        "kunden",
        "kontakt",
        "acheteur",
        "comprador",
    ];
    WHOSE.into_iter().find_map(|whose| match personal(word(key.strip_prefix(whose)?)?)? {
        Meaning::Is(field) => Some(Meaning::Weak(field)),
        _ => Some(Meaning::Weak(Field::Name)),
    })
}

/// Keeps what may be said of a person: "order type" is not a ticket type.
fn personal(meaning: Meaning) -> Option<Meaning> {
    match meaning {
        Meaning::Name | Meaning::Nom | Meaning::Nombre => Some(meaning),
        Meaning::Is(
            Field::FirstName
            | Field::LastName
            | Field::Name
            | Field::Email
            | Field::Company
            | Field::Phone
            | Field::Notes
            | Field::Reading
            | Field::Language,
        ) => Some(meaning),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field's name, then headers that mean it.
    const KNOWN: &str = "\
        code|Code|Barcode|Barcode #|BARCODE|Secret|Ticket secret|Ticket-Code|QR-Code\n\
        code|Strichcode|Code-barres|Código|Código de barras|Ticketgeheimnis\n\
        first_name|First Name|first-name|Attendee name: Given name|Attendee First Name\n\
        first_name|Vorname|Teilnehmername: Vorname|Prénom|PRENOM|Ticket First Name\n\
        last_name|Last Name|Surname|Attendee name: Family name|Nachname|Apellidos\n\
        last_name|Nom de famille|Apellido|Ticket Last Name|Familienname\n\
        name|Full name|Attendee name|Name on badge|Nombre completo|Nom et prénom\n\
        name|Ticket Full Name|Teilnehmer|Attendee|Name des Teilnehmers|Vor- und Nachname\n\
        email|E-Mail|Email Address|Attendee email|Ticket Email|Mail|E-Mail-Adresse\n\
        email|Adresse e-mail|Courriel|Correo electrónico|E-Mail Teilnehmer\n\
        company|Company|Organization|Firma|Société|Entreprise|Empresa|Unternehmen\n\
        company|Attendee company|Ticket Company Name\n\
        phone|Phone|Phone number|Telefon|Téléphone|Teléfono|Cell Phone|Handy|Tel.\n\
        ticket_type|Ticket Type|Product|Item|Admission item|Ticketart|Type de billet\n\
        ticket_type|Tipo de entrada|Ticket name|Produkt\n\
        status|Status|Statut|Ticket status|Attendee Status|Estatus\n\
        order|Order|Order code|Order ID|Order #|Order number|Bestellnummer|Commande\n\
        order|Pedido|N° de commande|Nº de pedido|Order Reference|Buchungsnummer\n\
        order_position|Position ID|Order position|Positionsnummer\n\
        valid_from|Valid from|Gültig ab|gueltig ab|Valable à partir du|Válido desde\n\
        valid_until|Valid until|Valid to|Gültig bis|Valable jusqu'au|Válido hasta\n\
        days|Days|Valid days|Tage|Jours|Días\n\
        blocked|Blocked|Gesperrt|Bloqué|Bloqueado|Sperrgrund\n\
        notes|Notes|Comment|Bemerkung|Remarques|Observaciones|Check-in text\n\
        language|Language|Sprache|Langue|Idioma|Locale\n\
        addon_to|Add-on to position ID|Zusatzprodukt zu\n\
        vip|VIP|Ehrengast\n\
        guardian|Guardian|Accompanied by|Begleitperson\n\
        reading|Reading|Phonetic name|Furigana\n\
        entries|Entries|Admits|Eintritte|Entrées|Entradas";

    #[test]
    fn field_names_are_exact_and_any_spelling_of_them_is_known() {
        for field in Field::ALL.into_iter().filter(|field| !field.is_of_addition()) {
            assert_eq!(meaning(field.as_str()), Some(Meaning::Exact(field)));
            let spelt = field.as_str().to_uppercase().replace('_', " - ");
            let expected = if field == Field::Name { Meaning::Name } else { Meaning::Is(field) };
            assert_eq!(meaning(&spelt), Some(expected), "{spelt}");
        }
    }

    #[test]
    fn headers_of_shops_and_languages_are_understood() {
        for line in KNOWN.lines() {
            let (name, headers) = line.split_once('|').unwrap();
            let field = Field::from_name(name).unwrap();
            for header in headers.split('|') {
                assert_eq!(meaning(header), Some(Meaning::Is(field)), "{header}");
            }
        }
    }

    #[test]
    fn headers_of_the_buyer_and_vague_ones_are_weak() {
        for (header, field) in [
            ("Order email", Field::Email),
            ("Buyer E-Mail", Field::Email),
            ("Order Name", Field::Name),
            ("Kundenname", Field::Name),
            ("Billing company", Field::Company),
            ("Ticket Reference", Field::Code),
            ("Type", Field::TicketType),
            ("Payment status", Field::Status),
            ("Estado", Field::Status),
            ("Persons", Field::Entries),
        ] {
            assert_eq!(meaning(header), Some(Meaning::Weak(field)), "{header}");
        }
    }

    #[test]
    fn other_headers_are_unknown() {
        for header in [
            "",
            "#",
            "State",
            "Day",
            "Position",
            "ID",
            "Order type",
            "Order date",
            "Price",
            "Invoice address street",
            "Attendee name: Title",
            "Attendee #",
            "Tickets sold",
            "Unique Ticket URL",
            "Customer status",
            "Quantity",
        ] {
            assert_eq!(meaning(header), None, "{header}");
        }
    }
}
