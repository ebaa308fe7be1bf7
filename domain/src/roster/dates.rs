//! Days and moments as lists write them, checked and brought into one form.
//!
//! Here because a date that is read one way today and another at the door keeps people out. Forms
//! that leave a doubt, such as `03/04/2027`, are refused; no time zone is applied.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::values;

/// Each digit as `0`, so that one comparison checks a whole form.
fn form(value: &str) -> String {
    value.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

fn day(value: &str) -> Option<Date> {
    value.parse().ok().filter(|_| form(value) == "0000-00-00")
}

/// Dates, each once and in order, with spaces between them.
pub(super) fn days(value: &str) -> Result<Option<String>, String> {
    let mut days = BTreeSet::new();
    for part in value.split([' ', ',', ';', '\u{a0}']).filter(|part| !part.is_empty()) {
        days.insert(day(part).ok_or_else(|| {
            format!(
                "\"{}\" is no date: write each day as YYYY-MM-DD, with spaces between them",
                values::cut(part, 40)
            )
        })?);
    }
    let days: Vec<String> = days.iter().map(Date::to_string).collect();
    Ok(Some(days.join(" ")).filter(|days| !days.is_empty()))
}

/// A date, a local time or an instant.
pub(super) fn moment(value: &str) -> Result<String, String> {
    if day(value).is_some() {
        return Ok(value.to_owned());
    }
    let text = with_capitals(value);
    let known = match form(&text).as_str() {
        "0000-00-00T00:00" | "0000-00-00T00:00:00" => text.parse::<DateTime>().is_ok(),
        form => is_instant(form) && text.parse::<Timestamp>().is_ok(),
    };
    if known {
        return Ok(text);
    }
    Err("this is no date or time that is known: write 2027-03-28, 2027-03-28T18:00 in the event's \
         local time, or 2027-03-28T18:00:00+02:00"
        .to_owned())
}

/// The `T` between date and time, which lists write as a space, and the `T` and `Z` of RFC 3339,
/// which it allows in lower case.
fn with_capitals(value: &str) -> String {
    let letters = value.char_indices().map(|(at, letter)| match letter {
        ' ' | 't' if at == 10 => 'T',
        'z' => 'Z',
        _ => letter,
    });
    letters.collect()
}

/// Whether this is the form of RFC 3339, which wants seconds and an offset.
fn is_instant(form: &str) -> bool {
    let Some(rest) = form.strip_prefix("0000-00-00T00:00:00") else {
        return false;
    };
    let zone = match rest.strip_prefix('.') {
        Some(fraction) if fraction.starts_with('0') => fraction.trim_start_matches('0'),
        Some(_) => return false,
        None => rest,
    };
    matches!(zone, "Z" | "+00:00" | "-00:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates_in_order() {
        for value in [
            "2027-03-28 2027-03-29",
            "2027-03-29,2027-03-28",
            " 2027-03-28; 2027-03-29;",
            "2027-03-28 2027-03-29  2027-03-28",
        ] {
            assert_eq!(days(value).unwrap().unwrap(), "2027-03-28 2027-03-29", "{value}");
        }
        assert_eq!(days("; ;"), Ok(None));
        for value in ["28.03.2027", "2027-02-30", "Saturday", "2027-03-28/29", "20270328"] {
            assert!(days(value).unwrap_err().contains("YYYY-MM-DD"), "{value}");
        }
    }

    #[test]
    fn moments_are_rfc_3339_or_local() {
        for (value, expected) in [
            ("2027-03-28", "2027-03-28"),
            ("2027-03-28T18:00", "2027-03-28T18:00"),
            ("2027-03-28 18:00", "2027-03-28T18:00"),
            ("2027-03-28 18:00:30", "2027-03-28T18:00:30"),
            ("2027-03-28T18:00:00Z", "2027-03-28T18:00:00Z"),
            ("2027-03-28t18:00:00z", "2027-03-28T18:00:00Z"),
            ("2027-03-28T18:00:00.25+02:00", "2027-03-28T18:00:00.25+02:00"),
            ("2027-03-28 18:00:00-05:30", "2027-03-28T18:00:00-05:30"),
        ] {
            assert_eq!(moment(value).unwrap(), expected, "{value}");
            assert_eq!(moment(expected).unwrap(), expected, "{value}");
        }
        for value in [
            "28.03.2027",
            "2027-3-28",
            "2027-13-01",
            "2027-03-28T24:00",
            "2027-03-28T18",
            "18:00",
            "2027-03-28T18:00Z",
            "2027-03-28T18:00:00.Z",
            "2027-03-28T18:00:00+0200",
            "tomorrow",
            "2027-03-28T18:00:00+02:00[Europe/Berlin]",
            "2027-03-28T18:00:00.5",
            "1774720800",
            "2027-02-29T18:00:00Z",
            "2027-03-28  18:00",
        ] {
            assert!(moment(value).is_err(), "{value}");
        }
    }
}
