//! The time of an event, in the local time zone.

use std::time::{SystemTime, UNIX_EPOCH};

use tz::{DateTime, TimeZone, TimeZoneRef};

use crate::cli::Timestamp;

use super::{Field, Value, zone};

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Prints the time in one form.
#[derive(Debug, Clone)]
pub struct Clock {
    form: Timestamp,
    /// `None`: an unknown zone.
    zone: Option<TimeZone>,
}

/// A time as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    form: Timestamp,
    text: String,
}

impl Clock {
    /// A clock of the time zone that the variable TZ names, else of the
    /// system's (`/etc/localtime`). An unknown zone means UTC.
    pub fn new(form: Timestamp, tz: Option<&str>) -> Self {
        let zone = zone::zone(tz);
        Clock { form, zone }
    }

    /// Whether it is the requested zone.
    pub fn has_zone(&self) -> bool {
        self.zone.is_some()
    }

    /// The time now.
    pub fn now(&self) -> Stamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let since = since.unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        self.at(seconds, since.subsec_nanos())
    }

    /// A time in seconds and nanoseconds since 1970, in UTC.
    fn at(&self, seconds: i64, nanoseconds: u32) -> Stamp {
        let zone = self.zone.as_ref().map(TimeZone::as_ref);
        let in_zone = |zone| DateTime::from_timespec(seconds, nanoseconds, zone);
        let local =
            in_zone(zone.unwrap_or(TimeZoneRef::utc())).or_else(|_| in_zone(TimeZoneRef::utc()));
        // Neither has a calendar that reaches so far.
        let text = local.map_or_else(|_| seconds.to_string(), |local| text(self.form, &local));
        Stamp {
            form: self.form,
            text,
        }
    }
}

fn text(form: Timestamp, time: &DateTime) -> String {
    let (year, month, day) = (time.year(), time.month(), time.month_day());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let micros = time.nanoseconds() / 1000;
    match form {
        Timestamp::Long => {
            let weekday = DAYS[usize::from(time.week_day()) % DAYS.len()];
            let month = MONTHS[usize::from(month - 1) % MONTHS.len()];
            format!(
                "{weekday} {month} {day:2} {hour:02}:{minute:02}:{second:02} {year} {micros} usec"
            )
        }
        Timestamp::Short => {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}")
        }
    }
}

impl Stamp {
    /// Whether its text is a line by itself.
    pub(super) fn ends_line(&self) -> bool {
        self.form == Timestamp::Long
    }

    pub(super) fn field(&self) -> Field<'_> {
        let (key, lead, trail) = match self.form {
            Timestamp::Long => ("timestamp", "Timestamp: ", "\n"),
            Timestamp::Short => ("timestamp_short", "[", "] "),
        };
        Field::between(key, lead, Value::Text(self.text.as_bytes()), trail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(form: Timestamp, tz: &str, seconds: i64, nanoseconds: u32) -> String {
        Clock::new(form, Some(tz)).at(seconds, nanoseconds).text
    }

    #[test]
    fn both_forms_are_those_of_ip() {
        let long = at(Timestamp::Long, "", 1_795_281_399, 42_999);
        assert_eq!(long, "Sat Nov 21 17:16:39 2026 42 usec");
        let short = at(Timestamp::Short, "", 1_795_281_399, 42_999);
        assert_eq!(short, "2026-11-21T17:16:39.000042");
        let first = at(Timestamp::Long, "", 0, 0);
        assert_eq!(first, "Thu Jan  1 00:00:00 1970 0 usec");
    }

    #[test]
    fn the_zone_is_that_of_tz_and_an_unknown_one_is_utc() {
        let hour = |tz| at(Timestamp::Short, tz, 1_795_281_399, 0)[11..13].to_owned();
        assert_eq!(hour("JST-9"), "02");
        assert_eq!(hour("CET-1CEST,M3.5.0,M10.5.0/3"), "18");
        assert_eq!(hour("Nowhere/Atall"), "17");
    }
}
