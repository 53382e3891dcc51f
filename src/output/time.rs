//! The time of an event, in the local time zone.

use time::{OffsetDateTime, UtcOffset};

use crate::cli::Timestamp;

use super::{Field, Json};

/// A time as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    form: Timestamp,
    text: String,
}

impl Stamp {
    /// The time now. Where the system can't tell its zone, it is UTC.
    pub fn now(form: Timestamp) -> Self {
        let now = OffsetDateTime::now_utc();
        let offset = UtcOffset::local_offset_at(now).unwrap_or(UtcOffset::UTC);
        Stamp::new(form, now.to_offset(offset))
    }

    fn new(form: Timestamp, time: OffsetDateTime) -> Self {
        let (year, month, day) = (time.year(), time.month(), time.day());
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        let micros = time.microsecond();
        let text = match form {
            Timestamp::Long => {
                let (weekday, month) = (time.weekday().to_string(), month.to_string());
                let (weekday, month) = (&weekday[..3], &month[..3]);
                format!(
                    "{weekday} {month} {day:2} {hour:02}:{minute:02}:{second:02} {year} {micros} usec"
                )
            }
            Timestamp::Short => {
                let month = u8::from(month);
                format!(
                    "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}"
                )
            }
        };
        Stamp { form, text }
    }

    pub(super) fn field(&self) -> Field<'_> {
        let text = self.text.as_bytes();
        let (key, lead, trail) = match self.form {
            Timestamp::Long => ("timestamp", "Timestamp: ", "\n"),
            Timestamp::Short => ("timestamp_short", "[", "] "),
        };
        Field {
            key,
            lead,
            text,
            trail,
            color: None,
            json: Json::Text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_those_of_ip() {
        let time = OffsetDateTime::from_unix_timestamp_nanos(1_795_281_399_000_042_000).unwrap();
        assert_eq!(
            Stamp::new(Timestamp::Long, time).text,
            "Sat Nov 21 17:16:39 2026 42 usec"
        );
        assert_eq!(
            Stamp::new(Timestamp::Short, time).text,
            "2026-11-21T17:16:39.000042"
        );
        assert_eq!(
            Stamp::new(Timestamp::Long, OffsetDateTime::UNIX_EPOCH).text,
            "Thu Jan  1 00:00:00 1970 0 usec"
        );
    }
}
