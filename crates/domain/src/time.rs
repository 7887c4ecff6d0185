//! A moment in UTC, cut to microseconds: sorts, stores and compares the same in both databases and in the browser.

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    #[must_use]
    pub const fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    #[must_use]
    pub const fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// How long after `earlier` this is; nothing where it is before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        let micros = self.0.saturating_sub(earlier.0);
        Span(if micros < 0 { 0 } else { micros })
    }

    /// As sentences say it: `2026-11-23 09:30 UTC`.
    #[must_use]
    pub fn to_the_minute(self) -> String {
        self.to_string().chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).chain(" UTC".chars()).collect()
    }

    /// Its day in UTC, `2026-11-23`: what is to be done by then should not hang on where one reads it.
    #[must_use]
    pub fn to_the_day(self) -> String {
        self.to_string().chars().take(10).collect()
    }

    /// Reads RFC 3339, as API clients and date fields send it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let moment = DateTime::parse_from_rfc3339(text).ok()?;
        Some(Self(moment.timestamp_micros()))
    }
}

/// RFC 3339 in UTC: `2026-11-23T09:30:00.000000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = DateTime::from_timestamp_micros(self.0).unwrap_or_default();
        f.write_str(&moment.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

/// A length of time, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(i64);

impl Span {
    #[must_use]
    pub const fn micros(n: i64) -> Self {
        Self(n)
    }

    #[must_use]
    pub const fn millis(n: i64) -> Self {
        Self(n * 1_000)
    }

    #[must_use]
    pub const fn seconds(n: i64) -> Self {
        Self(n * 1_000_000)
    }

    #[must_use]
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }

    #[must_use]
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n * 60)
    }

    #[must_use]
    pub const fn days(n: i64) -> Self {
        Self::hours(n * 24)
    }

    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0 / 1_000_000
    }

    /// In the largest unit that it is a whole number of: `3 days`, `1 hour`, `90 minutes`.
    #[must_use]
    pub fn words(self) -> String {
        let seconds = self.as_seconds();
        let units = [("day", 86_400), ("hour", 3_600), ("minute", 60)];
        let (unit, size) = units.into_iter().find(|(_, size)| seconds != 0 && seconds % size == 0).unwrap_or(("second", 1));
        let count = seconds / size;
        format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_and_reads_rfc_3339() {
        let moment = Timestamp::parse("2026-11-23T10:30:00.25+01:00").unwrap();
        assert_eq!(moment.to_string(), "2026-11-23T09:30:00.250000Z");
        assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    #[test]
    fn sentences_say_no_more_of_a_moment_than_is_needed() {
        let moment = Timestamp::parse("2026-11-24T00:30:59.9+01:00").unwrap();
        assert_eq!((moment.to_the_minute().as_str(), moment.to_the_day().as_str()), ("2026-11-23 23:30 UTC", "2026-11-23"));
    }

    #[test]
    fn a_span_is_said_in_its_largest_whole_unit() {
        let said = [Span::days(3), Span::hours(1), Span::minutes(90), Span::seconds(61), Span::seconds(0)].map(Span::words);
        assert_eq!(said, ["3 days", "1 hour", "90 minutes", "61 seconds", "0 seconds"]);
    }

    #[test]
    fn adds_spans() {
        let start = Timestamp::from_micros(0);
        assert_eq!(start.plus(Span::days(1)).micros(), 86_400_000_000);
        assert_eq!(start.plus(Span::hours(1)).minus(Span::minutes(60)), start);
        assert_eq!(start.plus(Span::hours(1)).since(start), Span::hours(1));
        assert_eq!(start.since(start.plus(Span::hours(1))), Span::seconds(0));
    }
}
