//! How long a decision holds by itself: until the first of the grants that it rests on ends, or the token that it is about. By the server's clock, as it dated its answer.

use crate::decision::Decision;
use chrono::{DateTime, TimeDelta, Utc};
use std::time::{Duration, SystemTime};

/// `None` where nothing that it rests on has an end.
pub(crate) fn left(decision: &Decision, date: Option<&str>) -> Option<Duration> {
    let ends: Vec<_> = decision.ends().map(|end| DateTime::parse_from_rfc3339(end).ok()).collect();
    if ends.is_empty() {
        return None;
    }
    // an end that can't be read may be now
    let first = ends.into_iter().min()?;
    let dated = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()).map(|date| date.with_timezone(&Utc) + TimeDelta::seconds(1));
    let now = dated.unwrap_or_else(|| DateTime::from(SystemTime::now()));
    Some(first.and_then(|end| (end.with_timezone(&Utc) - now).to_std().ok()).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Answer;

    fn until(ends: &[&str]) -> Decision {
        let grant = |end: &&str| serde_json::json!({ "type": "grant", "grant": "g", "role": "r", "role_name": "R", "expires_at": end });
        let reasons: Vec<_> = ends.iter().map(grant).collect();
        let answer: Answer = serde_json::from_value(serde_json::json!({ "allowed": true, "reasons": reasons, "policy_version": 1 })).unwrap();
        Decision::new(answer.verdict, answer.policy_version)
    }

    #[test]
    fn the_first_end_counts_and_a_second_is_taken_off_for_the_date() {
        let date = Some("Fri, 27 Nov 2026 12:00:00 GMT");
        assert_eq!(left(&until(&[]), date), None);
        assert_eq!(left(&until(&["2026-11-28T12:00:00.000000Z", "2026-11-27T12:00:31.000000Z"]), date), Some(Duration::from_secs(30)));
        assert_eq!(left(&until(&["2026-11-27T11:59:00.000000Z"]), date), Some(Duration::ZERO));
        assert_eq!(left(&until(&["soon"]), date), Some(Duration::ZERO));
    }

    #[test]
    fn a_token_with_owner_access_ends_too() {
        let text = r#"{"allowed": true, "policy_version": 1, "reasons": [{"type": "owner", "expires_at": "2026-11-27T12:00:31.000000Z"}]}"#;
        let answer: Answer = serde_json::from_str(text).unwrap();
        let decision = Decision::new(answer.verdict, answer.policy_version);
        assert_eq!(left(&decision, Some("Fri, 27 Nov 2026 12:00:00 GMT")), Some(Duration::from_secs(30)));
    }
}
