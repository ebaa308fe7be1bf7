//! The state of a ticket as lists write it, in four languages.
//!
//! Here because every shop has its own words for paid and not paid. A word that is not listed is
//! unknown, never a guess: a wrong guess would let in or turn away a whole group.

use super::{fold, values};
use crate::attendee::Status;

/// Understands a status as lists write it, in English, German, French and Spanish, and pretix's
/// letters; empty is `paid`.
#[must_use]
pub fn parse_status(text: &str) -> Option<Status> {
    let text = values::trim(text);
    if text.is_empty() {
        return Some(Status::Paid);
    }
    Status::from_name(text).or_else(|| status_word(&fold::key(text)))
}

#[rustfmt::skip] // One word to a line would make three screens of the list.
fn status_word(key: &str) -> Option<Status> {
    Some(match key {
        "paid" | "p" | "fullypaid" | "prepaid" | "overpaid" | "free" | "complimentary"
        | "complete" | "completed" | "confirmed" | "valid" | "active" | "approved" | "accepted"
        | "attending" | "registered" | "checkedin" | "ok" | "bezahlt" | "bezahltbestatigt"
        | "gezahlt" | "vollstandigbezahlt" | "vollstaendigbezahlt" | "bestatigt" | "bestaetigt"
        | "abgeschlossen" | "gultig" | "gueltig" | "aktiv" | "kostenlos" | "kostenfrei"
        | "genehmigt" | "angemeldet" | "paye" | "payee" | "regle" | "reglee" | "acquitte"
        | "confirme" | "confirmee" | "valide" | "validee" | "actif" | "gratuit"
        | "gratuite" | "termine" | "terminee" | "complet" | "inscrit" | "inscrite"
        | "pagado" | "pagada" | "abonado" | "abonada" | "confirmado" | "confirmada" | "valido"
        | "valida" | "activo" | "activa" | "completado" | "completada" | "completo" | "completa"
        | "gratis" | "gratuito" | "gratuita" => Status::Paid,
        "pending" | "n" | "unpaid" | "notpaid" | "open" | "due" | "overdue" | "outstanding"
        | "awaitingpayment" | "paymentpending" | "pendingpayment" | "waitingforpayment"
        | "partiallypaid" | "reserved" | "onhold" | "processing" | "incomplete" | "offen"
        | "ausstehend" | "unbezahlt" | "nichtbezahlt" | "teilweisebezahlt" | "zahlungoffen"
        | "zahlungausstehend" | "inbearbeitung" | "reserviert" | "enattente"
        | "enattentedepaiement" | "attentedepaiement" | "paiementenattente" | "nonpaye"
        | "nonpayee" | "impaye" | "impayee" | "apayer" | "encours" | "reserve" | "reservee"
        | "partiellementpaye" | "pendiente" | "pendientedepago" | "pagopendiente" | "nopagado"
        | "nopagada" | "sinpagar" | "impagado" | "impagada" | "enespera" | "reservado"
        | "reservada" | "parcialmentepagado" => Status::Pending,
        "cancelled" | "canceled" | "c" | "e" | "r" | "cancellation" | "canceledpaidfee"
        | "cancelledpaidfee" | "refunded" | "refund" | "chargedback" | "expired" | "void"
        | "voided" | "invalid" | "inactive" | "deleted" | "revoked" | "transferred"
        | "notattending" | "storniert" | "storno" | "abgesagt" | "abgebrochen" | "abgelaufen"
        | "verfallen" | "erstattet" | "ruckerstattet" | "rueckerstattet" | "zuruckerstattet"
        | "zurueckerstattet" | "ungultig" | "ungueltig" | "geloscht" | "geloescht" | "inaktiv"
        | "gekundigt" | "abgemeldet" | "annule" | "annulee" | "annulation" | "rembourse"
        | "remboursee" | "expire" | "expiree" | "perime" | "perimee" | "invalide" | "inactif"
        | "supprime" | "cancelado" | "cancelada" | "anulado" | "anulada" | "reembolsado"
        | "reembolsada" | "devuelto" | "devuelta" | "caducado" | "caducada" | "expirado"
        | "expirada" | "vencido" | "invalido" | "inactivo" => Status::Cancelled,
        "unapproved" | "notapproved" | "awaitingapproval" | "approvalpending" | "pendingapproval"
        | "waitingforapproval" | "needsapproval" | "inreview" | "underreview"
        | "nichtgenehmigt" | "ungenehmigt" | "wartetaufgenehmigung" | "wartetauffreigabe"
        | "genehmigungausstehend" | "freigabeausstehend" | "zugenehmigen" | "nichtfreigegeben"
        | "wartetaufbestatigung" | "wartetaufbestaetigung" | "nonapprouve" | "nonapprouvee"
        | "enattentedapprobation" | "enattentedevalidation" | "attentedapprobation"
        | "avalider" | "aapprouver" | "noaprobado" | "noaprobada" | "sinaprobar"
        | "pendientedeaprobacion" | "aprobacionpendiente" | "enrevision"
        | "poraprobar" => Status::Unapproved,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_four_languages_are_understood() {
        for (status, words) in [
            (Status::Paid, " |paid|PAID|p|Confirmed|complete|Completed|valid|active|attending"),
            (Status::Paid, "bezahlt|bestätigt|gültig|payé|Payée|confirmé|pagado|Confirmada|gratis"),
            (Status::Pending, "pending|n|unpaid|Not paid|awaiting payment|offen|ausstehend"),
            (Status::Pending, "en attente|En attente de paiement|impayé|pendiente|No pagado"),
            (Status::Cancelled, "cancelled|canceled|c|e|Refunded|expired|void|Not Attending"),
            (
                Status::Cancelled,
                "storniert|Erstattet|abgelaufen|annulé|Remboursé|cancelado|anulada",
            ),
            (Status::Cancelled, "Canceled (paid fee)|reembolsado"),
            (Status::Unapproved, "unapproved|Awaiting approval|approval_pending|not approved"),
            (Status::Unapproved, "Wartet auf Genehmigung|nicht genehmigt|en attente d'approbation"),
            (Status::Unapproved, "pendiente de aprobación|no aprobado"),
        ] {
            for word in words.split('|') {
                assert_eq!(parse_status(word), Some(status), "{word}");
            }
        }
    }

    #[test]
    fn other_words_are_unknown() {
        for word in ["1", "0", "true", "false", "yes", "no", "maybe", "VIP", "?", "-", "paid paid"]
        {
            assert_eq!(parse_status(word), None, "{word}");
        }
    }
}
