//! Times of an event. A time is the event's, whatever zone the laptop is set to.
//!
//! A moment is a [`Timestamp`]; what a person reads is a civil time in the event's zone. The laptop's own zone is
//! never asked, so that two laptops set differently give the same verdicts.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// A moment written by a person or a file: RFC 3339, or local time of the event without an offset.
#[must_use]
pub fn parse_moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let local = text.parse::<DateTime>().ok()?;
    zone.to_zoned(local).ok().map(|zoned| zoned.timestamp())
}

/// The end of what a person wrote: a day alone lasts until its last second, anything else is that moment.
#[must_use]
pub fn parse_end(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let moment = parse_moment(text, zone)?;
    match text.trim().parse::<Date>() {
        Ok(day) if text.trim().len() == 10 => {
            let next = zone.to_zoned(day.tomorrow().ok()?.to_datetime(Time::midnight())).ok()?;
            next.timestamp().checked_sub(1.millisecond()).ok()
        }
        _ => Some(moment),
    }
}

/// RFC 3339 with the event's offset, to the millisecond where there is a fraction.
#[must_use]
pub fn format_moment(moment: Timestamp, zone: &TimeZone) -> String {
    let zoned = moment.to_zoned(zone.clone());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string().replace(".000", "")
}

/// The day that a moment counts for, where days turn at `turns` instead of midnight.
///
/// Counted on the wall clock: with a turn at 04:00, 03:59 belongs to the day before, also when clocks change.
#[must_use]
pub fn event_day(moment: Timestamp, zone: &TimeZone, turns: Time) -> Date {
    let local: DateTime = moment.to_zoned(zone.clone()).datetime();
    if local.time() < turns {
        local.date().yesterday().unwrap_or(local.date())
    } else {
        local.date()
    }
}

/// The start of the quarter of an hour that a moment falls into, on the event's wall clock.
#[must_use]
pub fn quarter_hour(moment: Timestamp, zone: &TimeZone) -> String {
    let local: Zoned = moment.to_zoned(zone.clone());
    let quarter = local.minute() - local.minute() % 15;
    format!("{}T{:02}:{quarter:02}", local.date(), local.hour())
}

/// A moment of so many milliseconds since 1970; times that no calendar holds are pressed to its ends.
#[must_use]
pub fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// The number of a day: days since 1970-01-01.
#[must_use]
pub fn day_number(day: Date) -> i32 {
    let epoch = Date::constant(1970, 1, 1);
    epoch.until(day).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn moments_in_the_zone_of_the_event() {
        let cases = [
            ("2027-03-27T09:15:00+01:00", "2027-03-27T09:15:00+01:00"),
            ("2027-03-27T08:15:00Z", "2027-03-27T09:15:00+01:00"),
            ("2027-03-27T09:15", "2027-03-27T09:15:00+01:00"),
            ("2027-03-28 09:15:00", "2027-03-28T09:15:00+02:00"),
            ("2027-03-28T02:30", "2027-03-28T03:30:00+02:00"), // in the hour that summer time skips
            ("2027-03-27", "2027-03-27T00:00:00+01:00"),
        ];
        for (text, shown) in cases {
            let moment = parse_moment(text, &berlin()).unwrap();
            assert_eq!(format_moment(moment, &berlin()), shown, "{text}");
        }
        assert_eq!(parse_moment("tomorrow", &berlin()), None);
    }

    #[test]
    fn an_end_that_is_a_day_lasts_all_day() {
        let end = |text| format_moment(parse_end(text, &berlin()).unwrap(), &berlin());
        assert_eq!(end("2027-03-28"), "2027-03-28T23:59:59.999+02:00");
        assert_eq!(end("2027-03-28T18:00"), "2027-03-28T18:00:00+02:00");
    }

    #[test]
    fn days_turn_when_the_event_says() {
        let day = |text, turns: &str| {
            let moment = parse_moment(text, &berlin()).unwrap();
            event_day(moment, &berlin(), turns.parse().unwrap()).to_string()
        };
        assert_eq!(day("2027-03-28T03:59", "04:00"), "2027-03-27");
        assert_eq!(day("2027-03-28T04:00", "04:00"), "2027-03-28");
        assert_eq!(day("2027-03-28T00:00", "00:00"), "2027-03-28");
        assert_eq!(day_number("1970-01-02".parse().unwrap()), 1);
        assert_eq!(day_number("2027-03-28".parse().unwrap()), 20905);
    }

    #[test]
    fn quarters_start_on_the_wall_clock() {
        let moment = parse_moment("2027-03-28T09:29:59", &berlin()).unwrap();
        assert_eq!(quarter_hour(moment, &berlin()), "2027-03-28T09:15");
    }
}
