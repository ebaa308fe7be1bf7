//! Which column of a file holds which field: by hand, by name, by synonym, in that order.
//!
//! Here because headers mean different things beside each other ("Name" beside "Vorname"). It reads
//! headers only; no row is looked at.

use std::collections::BTreeSet;

use super::headers::{Meaning, meaning};
use super::{FileProblem, MAX_COLUMNS, Mapping, fold, values};
use crate::attendee::Field;

/// The fields without which nobody could tell who an attendee is: one of them is enough.
pub(super) const WHO: [Field; 5] =
    [Field::Name, Field::FirstName, Field::LastName, Field::Email, Field::Code];

/// Whether this header is understood or mapped by hand.
pub(super) fn knows(header: &str, mapping: &Mapping) -> bool {
    meaning(header).is_some() || mapping.0.keys().any(|column| is_same(column, header))
}

/// The field of each column; `None` for a column that is ignored.
pub(super) fn resolve(
    headers: &[String],
    mapping: &Mapping,
) -> Result<Vec<Option<Field>>, FileProblem> {
    if headers.len() > MAX_COLUMNS {
        let columns = headers.len();
        return Err(FileProblem::TooManyColumns { columns, limit: MAX_COLUMNS });
    }
    let by_hand = by_hand(headers, mapping)?;
    let meanings: Vec<Option<Meaning>> = headers.iter().map(|header| meaning(header)).collect();
    let beside = Beside::of(&by_hand, &meanings);
    let mut claims: Vec<(Rank, usize, Field)> = Vec::new();
    for (index, (hand, meaning)) in by_hand.iter().zip(&meanings).enumerate() {
        let claim = match (hand, meaning) {
            (Some(Some(field)), _) => Some((Rank::ByHand, *field)),
            (Some(None), _) => None,
            (None, Some(meaning)) => beside.claim(*meaning),
            (None, None) => None,
        };
        claims.extend(claim.map(|(rank, field)| (rank, index, field)));
    }
    claims.sort_unstable();
    let mut columns = vec![None; headers.len()];
    let mut taken = BTreeSet::new();
    for (_, index, field) in claims {
        if let Some(column) = columns.get_mut(index).filter(|_| taken.insert(field)) {
            *column = Some(field);
        }
    }
    if taken.is_empty() {
        return Err(FileProblem::NoColumns { headers: list(headers) });
    }
    if !WHO.iter().any(|field| taken.contains(field)) {
        return Err(FileProblem::NobodyNamed { headers: list(headers) });
    }
    Ok(columns)
}

/// How strong a column's claim to a field is; of equal claims the first column wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    ByHand,
    Exact,
    Synonym,
    Weak,
}

/// What other columns there are beside an ambiguous one.
#[derive(Debug)]
struct Beside {
    first: bool,
    last: bool,
    exact_part: bool,
    attendee: bool,
    code: bool,
}

impl Beside {
    fn of(by_hand: &[Option<Option<Field>>], meanings: &[Option<Meaning>]) -> Self {
        let mapped = |field| by_hand.contains(&Some(Some(field)));
        let free = || by_hand.iter().zip(meanings).filter(|(hand, _)| hand.is_none());
        let is = |wanted| free().any(|(_, meaning)| *meaning == Some(wanted));
        let known = |field| mapped(field) || is(Meaning::Is(field)) || is(Meaning::Exact(field));
        let (first, last) = (known(Field::FirstName), known(Field::LastName));
        let vague = [Meaning::Name, Meaning::Nom, Meaning::Nombre];
        Self {
            first,
            last,
            exact_part: is(Meaning::Exact(Field::FirstName)) || is(Meaning::Exact(Field::LastName)),
            attendee: first || last || known(Field::Name) || vague.into_iter().any(is),
            code: known(Field::Code) || is(Meaning::Weak(Field::Code)),
        }
    }

    fn claim(&self, meaning: Meaning) -> Option<(Rank, Field)> {
        let (only_first, only_last) = (self.first && !self.last, self.last && !self.first);
        Some(match meaning {
            // "vorname;name" is German in lower case, not the names of two fields.
            Meaning::Exact(Field::Name) if !self.exact_part && (only_first || only_last) => {
                return self.claim(Meaning::Name);
            }
            Meaning::Exact(field) => (Rank::Exact, field),
            Meaning::Is(field) => (Rank::Synonym, field),
            // A buyer's last name beside an attendee's name would make a person of two.
            Meaning::Weak(Field::Name | Field::FirstName | Field::LastName) if self.attendee => {
                return None;
            }
            Meaning::Weak(field) => (Rank::Weak, field),
            Meaning::Name | Meaning::Nom if only_first => (Rank::Synonym, Field::LastName),
            Meaning::Name | Meaning::Nombre if only_last => (Rank::Synonym, Field::FirstName),
            Meaning::Name | Meaning::Nom | Meaning::Nombre => (Rank::Synonym, Field::Name),
            Meaning::Ticket if self.code => (Rank::Weak, Field::TicketType),
            Meaning::Ticket => (Rank::Synonym, Field::Code),
        })
    }
}

/// What somebody said of each column: a field, that it is ignored, or nothing.
fn by_hand(
    headers: &[String],
    mapping: &Mapping,
) -> Result<Vec<Option<Option<Field>>>, FileProblem> {
    let mut columns: Vec<Option<Option<Field>>> = vec![None; headers.len()];
    let mut seen: Vec<(&String, Field)> = Vec::new();
    for (column, field) in &mapping.0 {
        if let Some(field) = field {
            if let Some((first, _)) = seen.iter().find(|(_, other)| other == field) {
                let (first, second) = (values::shown(first), values::shown(column));
                let field = field.as_str();
                return Err(FileProblem::MappingFieldTwice { field, first, second });
            }
            seen.push((column, *field));
        }
        let exact = headers.iter().position(|header| header == values::trim(column));
        let found = exact.or_else(|| headers.iter().position(|header| is_same(column, header)));
        let Some(place) = found.and_then(|index| columns.get_mut(index)) else {
            let (column, headers) = (values::shown(column), list(headers));
            return Err(FileProblem::MappingColumn { column, headers });
        };
        if place.replace(*field).is_some() {
            return Err(FileProblem::MappingColumnTwice { column: values::shown(column) });
        }
    }
    Ok(columns)
}

/// Whether a column named by hand is the one of this header, in whatever spelling.
fn is_same(column: &str, header: &str) -> bool {
    let key = fold::key(column);
    values::trim(column) == values::trim(header) || (!key.is_empty() && key == fold::key(header))
}

/// The headers as text for a person: the first few, each cut.
fn list(headers: &[String]) -> String {
    const MOST: usize = 20;
    let named: Vec<String> = headers
        .iter()
        .take(MOST)
        .map(|header| format!("\"{}\"", values::cut(&values::shown(header), 40)))
        .collect();
    let more = headers.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(line: &str) -> Vec<String> {
        line.split('|').map(str::to_owned).collect()
    }

    /// The fields of a header line, `-` for an ignored column.
    fn fields(line: &str, mapping: &[(&str, Field)]) -> String {
        let mapping = mapping.iter().map(|(column, field)| ((*column).to_owned(), Some(*field)));
        let columns = resolve(&headers(line), &Mapping(mapping.collect())).unwrap();
        let names = columns.into_iter().map(|field| field.map_or("-", Field::as_str));
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn columns_are_decided_beside_each_other() {
        for (line, expected) in [
            ("Name|Email", "name email"),
            ("Vorname|Name", "first_name last_name"),
            ("Name|Vorname", "last_name first_name"),
            ("vorname|name", "first_name last_name"),
            ("first_name|name", "first_name name"),
            ("name|last_name", "name last_name"),
            ("First name|Last name|Name", "first_name last_name name"),
            ("Name|Surname", "first_name last_name"),
            ("Prénom|Nom", "first_name last_name"),
            ("Nom", "name"),
            ("Nom|Prénom|Société", "last_name first_name company"),
            ("Nombre", "name"),
            ("Nombre|Apellidos|Empresa", "first_name last_name company"),
            ("Nombre|Correo electrónico", "name email"),
            ("ticket|name", "code name"),
            ("Ticket|Barcode", "ticket_type code"),
            ("Ticket|Ticket Reference|Ticket Full Name", "ticket_type code name"),
            ("Ticket|Ticket type|Email", "code ticket_type email"),
            ("Ticket|Ticket type|Code", "- ticket_type code"),
            ("Email|E-Mail", "email -"),
            ("E-Mail|email", "- email"),
            ("Name|Full name", "name -"),
            ("Name|Shoe size|", "name - -"),
            ("Ticket ID|Barcode|Name", "- code name"),
            ("Order email|Attendee email", "- email"),
            ("Order email|Order Name", "email name"),
            ("Attendee name|Buyer first name|Buyer last name", "name - -"),
        ] {
            assert_eq!(fields(line, &[]), expected, "{line}");
        }
    }

    #[test]
    fn exports_of_shops_are_understood() {
        let pretix = "Order code|Position ID|Status|E-mail|Phone number|Product|Price|\
            Attendee name|Attendee name: Given name|Attendee name: Family name|Attendee email|\
            Company|Ticket secret|Valid from|Valid until";
        let expected = "order order_position status email phone ticket_type - name first_name \
            last_name - company code valid_from valid_until";
        assert_eq!(fields(pretix, &[]), expected);
        let eventbrite = "Order #|Order Date|First Name|Last Name|Email Address|Quantity|\
            Ticket Type|Attendee #|Barcode #|Order Type|Attendee Status|Company|Cell Phone";
        let expected = "order - first_name last_name email - ticket_type - code - status \
            company phone";
        assert_eq!(fields(eventbrite, &[]), expected);
        let tito = "Number|Ticket|Ticket Full Name|Ticket First Name|Ticket Last Name|\
            Ticket Email|Ticket Company Name|Ticket Phone Number|Price|Ticket Reference|\
            Order Reference|Order Name|Order Email";
        let expected = "- ticket_type name first_name last_name email company phone - code order \
            - -";
        assert_eq!(fields(tito, &[]), expected);
    }

    #[test]
    fn a_mapping_goes_first() {
        for (line, mapping, expected) in [
            ("Kunde|Ref", vec![("Kunde", Field::Name), ("Ref", Field::Code)], "name code"),
            ("kunde|x", vec![(" KUNDE ", Field::Name)], "name -"),
            ("Code|ID", vec![("ID", Field::Code)], "- code"),
            ("Code|Name", vec![("Code", Field::Order)], "order name"),
            ("Name|Rufname?|#", vec![("#", Field::FirstName)], "last_name - first_name"),
            ("ticket|ID", vec![("ID", Field::Code)], "ticket_type code"),
            ("Name|NAME", vec![("NAME", Field::Company)], "name company"),
        ] {
            assert_eq!(fields(line, &mapping), expected, "{line}");
        }
    }

    #[test]
    fn a_mapping_that_does_not_fit_is_refused() {
        for (mapping, said) in [
            (vec![("Nmae", Field::Name)], "\"Nmae\", which the file does not have"),
            (vec![("A", Field::Name), ("B", Field::Name)], "name to two columns, \"A\" and \"B\""),
            (vec![("A", Field::Name), ("a ", Field::Code)], "two fields to the column \"a\""),
        ] {
            let mapping = mapping.into_iter();
            let mapping = mapping.map(|(column, field)| (column.to_owned(), Some(field)));
            let problem = resolve(&headers("A|B"), &Mapping(mapping.collect())).unwrap_err();
            assert!(problem.to_string().contains(said), "{problem}");
        }
    }

    #[test]
    fn files_without_a_use_are_refused() {
        let none = Mapping::default();
        let problem = resolve(&headers("Foo|Bar"), &none).unwrap_err().to_string();
        assert!(problem.contains("\"Foo\", \"Bar\"") && problem.contains("--map"), "{problem}");
        let problem = resolve(&headers("Company|Status|x"), &none).unwrap_err().to_string();
        assert!(problem.starts_with("no column tells who"), "{problem}");
        let many = vec!["y".repeat(99); 30];
        let problem = resolve(&many, &none).unwrap_err().to_string();
        assert!(problem.contains("and 10 more") && problem.len() < 1500, "{problem}");
        let mut wide = vec!["name".to_owned(); MAX_COLUMNS];
        assert!(resolve(&wide, &none).is_ok());
        wide.push(String::new());
        let problem = resolve(&wide, &none).unwrap_err();
        assert_eq!(problem, FileProblem::TooManyColumns { columns: 1001, limit: 1000 });
    }
}
