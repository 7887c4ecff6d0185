//! What a check of the audit trail found: how much of a chain stands as it was written, and what doesn't.

use crate::time::Timestamp;
use serde::Serialize;
use std::fmt;

/// How one chain stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The number of the last entry that went by age; 0 where none did.
    pub pruned: i64,
    /// How many entries are there.
    pub entries: i64,
    /// In the order of the chain.
    pub faults: Vec<Fault>,
    /// There are more faults than are told.
    pub more: bool,
}

impl Verdict {
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

/// One thing that is wrong, and the entry where it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    #[serde(flatten)]
    pub kind: FaultKind,
    pub seq: i64,
    /// What the entry says of itself, where it is there.
    #[serde(serialize_with = "moment")]
    pub at: Option<Timestamp>,
    pub event: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FaultKind {
    /// The entries from this one to `through` are gone, and later ones are there.
    Missing { through: i64 },
    /// The entries from this one to the chain's end are gone.
    CutOff { through: i64 },
    /// It doesn't say what was sealed.
    Changed,
    /// It was written at another place.
    Reordered { was: i64 },
    /// It is sealed, but onto another entry than the one before it.
    Unlinked,
    /// The chain should end with this entry, and there are others after it.
    Longer,
    /// The chain's end doesn't bear this entry's seal.
    End,
    /// The chain begins after this entry, and no entry says that those before went by age.
    Beginning,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        let about = match (&self.event, self.at) {
            (Some(event), Some(at)) => format!(" ({event}, {at})"),
            (Some(_) | None, _) => String::new(),
        };
        match self.kind {
            FaultKind::Missing { through } if through == seq => write!(f, "entry {seq} is missing"),
            FaultKind::Missing { through } => write!(f, "entries {seq} to {through} are missing"),
            FaultKind::CutOff { through } if through == seq => write!(f, "entry {seq}, the last one, is cut off"),
            FaultKind::CutOff { through } => write!(f, "entries {seq} to {through} are cut off at the end"),
            FaultKind::Changed => write!(f, "entry {seq}{about} was changed after it was written"),
            FaultKind::Reordered { was } => write!(f, "entry {seq}{about} stands in another place: it was written as entry {was}"),
            FaultKind::Unlinked => write!(f, "entry {seq}{about} does not follow from the one before it"),
            FaultKind::Longer => write!(f, "there are entries after entry {seq}, where the chain should end"),
            FaultKind::End => write!(f, "the chain's end does not bear the seal of entry {seq}{about}"),
            FaultKind::Beginning => write!(f, "the chain begins after entry {seq}, and no entry says that those before went by age"),
        }
    }
}

fn moment<S: serde::Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_entry_moment_and_kind() {
        let entry = |kind| Fault { kind, seq: 3, at: Some(Timestamp::from_micros(0)), event: Some("signed_out".to_owned()) };
        assert_eq!(entry(FaultKind::Changed).to_string(), "entry 3 (signed_out, 1970-01-01T00:00:00.000000Z) was changed after it was written");
        assert!(entry(FaultKind::Reordered { was: 4 }).to_string().ends_with("it was written as entry 4"));
        let gone = |kind| Fault { kind, seq: 3, at: None, event: None }.to_string();
        assert_eq!(gone(FaultKind::Missing { through: 3 }), "entry 3 is missing");
        assert_eq!(gone(FaultKind::CutOff { through: 9 }), "entries 3 to 9 are cut off at the end");
        let json = serde_json::to_value(entry(FaultKind::Reordered { was: 4 })).unwrap();
        assert_eq!(json, serde_json::json!({ "fault": "reordered", "was": 4, "seq": 3, "at": "1970-01-01T00:00:00.000000Z", "event": "signed_out" }));
    }
}
