//! Times as providers write them, in microseconds since 1970.

use crate::Refusal;
use chrono::{DateTime, SecondsFormat};

/// How far a provider's clock may be from ours.
pub(crate) const SKEW: i64 = 60 * SECOND;

pub(crate) const SECOND: i64 = 1_000_000;

/// How far ahead the end of a message may be: until then it has to be remembered that it was used.
pub(crate) const FURTHEST: i64 = 24 * 3_600 * SECOND;

/// `2026-11-28T03:26:30Z`, with or without fractions.
pub(crate) fn read(text: &str, what: &str) -> Result<i64, Refusal> {
    let read = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| Refusal::malformed(format!("{what} is no time: {text}")))?;
    Ok(read.timestamp_micros())
}

pub(crate) fn write(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros).map_or_else(|| micros.to_string(), |time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Holds until `end`, by our clock or one that is a little behind.
pub(crate) fn before(end: i64, now: i64) -> Result<(), Refusal> {
    if now.saturating_sub(SKEW) < end { Ok(()) } else { Err(Refusal::Expired { at: write(end), now: write(now) }) }
}

/// Holds since `start`, by our clock or one that is a little ahead.
pub(crate) fn since(start: i64, now: i64) -> Result<(), Refusal> {
    if start <= now.saturating_add(SKEW) { Ok(()) } else { Err(Refusal::NotYetValid { from: write(start), now: write(now) }) }
}

/// Until when a message that holds until `end` must be remembered. One that holds for longer than a day is refused: it could be used again once
/// it is forgotten, and whoever makes such would have us remember without end.
pub(crate) fn remembered(end: i64, now: i64) -> Result<i64, Refusal> {
    if end > now.saturating_add(FURTHEST).saturating_add(SKEW) {
        return Err(Refusal::LastsTooLong { until: write(end) });
    }
    Ok(end.saturating_add(SKEW))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_providers_write_them() {
        for text in ["2026-11-28T03:26:30Z", "2026-11-28T03:26:30.000Z", "2026-11-28T04:26:30+01:00", " 2026-11-28T03:26:30Z\n"] {
            assert_eq!(read(text, "IssueInstant").map(write), Ok("2026-11-28T03:26:30Z".to_owned()), "{text}");
        }
        for text in ["", "2026-11-28", "2026-11-28T03:26:30", "28.11.2026", "1795836390"] {
            assert!(matches!(read(text, "IssueInstant"), Err(Refusal::Malformed { .. })), "{text}");
        }
    }

    #[test]
    fn what_holds_for_longer_than_a_day_is_not_taken() {
        assert_eq!(remembered(FURTHEST + SKEW, 0), Ok(FURTHEST + 2 * SKEW));
        for end in [FURTHEST + SKEW + 1, i64::MAX] {
            assert!(matches!(remembered(end, 0), Err(Refusal::LastsTooLong { .. })), "{end}");
        }
    }

    #[test]
    fn clocks_may_be_a_minute_apart() {
        assert!(before(0, SKEW - 1).is_ok());
        assert!(matches!(before(0, SKEW), Err(Refusal::Expired { .. })));
        assert!(since(SKEW, 0).is_ok());
        assert!(matches!(since(SKEW + 1, 0), Err(Refusal::NotYetValid { .. })));
    }
}
