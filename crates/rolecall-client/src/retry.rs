//! Whether to try again, and when: everything that the client sends may be, as reads change nothing and writes bear a key under which
//! they happen once.

use crate::{chance::about, error::Error};
use std::time::Duration;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    /// How often it is tried again.
    pub(crate) times: u32,
    /// How long all tries may take together.
    pub(crate) patience: Duration,
}

impl Retry {
    /// How long to wait before the next try; `None` where none would help, or none is left.
    pub(crate) fn pause(&self, tried: u32, error: &Error, spent: Duration) -> Option<Duration> {
        if tried >= self.times || !error.is_temporary() {
            return None;
        }
        let pause = about((FIRST_PAUSE * 2_u32.saturating_pow(tried.min(16))).min(LONGEST_PAUSE));
        // who says when is obeyed, and not met by all at the same moment
        let pause = error.problem().and_then(|problem| problem.retry_after).map_or(pause, |after| after.saturating_add(pause));
        (spent.saturating_add(pause) <= self.patience).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problem;

    fn refused(status: u16, retry_after: Option<u64>) -> Error {
        let body = br#"{"type": "urn:rolecall:problem:x", "detail": "x"}"#;
        Error::Refused(Box::new(Problem::read(status, body, None, retry_after.map(Duration::from_secs)).unwrap()))
    }

    #[test]
    fn pauses_grow_and_end() {
        let retry = Retry { times: 3, patience: Duration::from_secs(10) };
        let pause = |tried| retry.pause(tried, &refused(503, None), Duration::ZERO);
        assert!(pause(0).unwrap() <= Duration::from_millis(100) && pause(2).unwrap() >= Duration::from_millis(200));
        assert_eq!(pause(3), None);
        assert_eq!(retry.pause(0, &refused(422, None), Duration::ZERO), None, "what is wrong stays wrong");
    }

    #[test]
    fn who_says_when_is_obeyed_within_patience() {
        let retry = Retry { times: 3, patience: Duration::from_secs(10) };
        assert!(retry.pause(0, &refused(429, Some(2)), Duration::ZERO).unwrap() >= Duration::from_secs(2));
        assert_eq!(retry.pause(0, &refused(429, Some(2)), Duration::from_secs(9)), None);
        assert_eq!(retry.pause(0, &refused(429, Some(3_600)), Duration::ZERO), None);
        assert_eq!(retry.pause(0, &refused(429, Some(u64::MAX)), Duration::from_secs(9)), None);
    }
}
