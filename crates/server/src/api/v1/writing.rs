//! JSON written in one go, for answers that are given thousands of times a second: what they are made of is put into one text as it comes, and no
//! shape is made of it first.

use domain::time::Timestamp;
use std::io::Write as _;
use uuid::{Uuid, fmt::Hyphenated};

/// A text of JSON that grows.
#[derive(Debug)]
pub struct Json(Vec<u8>);

impl Json {
    /// For about so many bytes.
    pub fn with_capacity(size: usize) -> Self {
        Self(Vec::with_capacity(size))
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// JSON as it stands: brackets, names of fields, and values that need no reading.
    #[inline]
    pub fn put(&mut self, json: &str) {
        self.0.extend_from_slice(json.as_bytes());
    }

    /// A text, with what JSON wants escaped.
    pub fn text(&mut self, text: &str) {
        // looked at to the end, which is faster than to stop at the first
        let is_plain = text.bytes().fold(true, |plain, byte| plain & (byte >= b' ') & (byte != b'"') & (byte != b'\\'));
        if is_plain {
            self.0.reserve(text.len() + 2);
            self.0.push(b'"');
            self.0.extend_from_slice(text.as_bytes());
            self.0.push(b'"');
        } else if let Err(error) = serde_json::to_writer(&mut self.0, text) {
            // a text takes all
            tracing::error!(%error, "a text could not be written");
        }
    }

    pub fn id(&mut self, id: Uuid) {
        let mut text = [b'"'; Hyphenated::LENGTH + 2];
        id.as_hyphenated().encode_lower(&mut text[1..=Hyphenated::LENGTH]);
        self.0.extend_from_slice(&text);
    }

    pub fn number(&mut self, number: i64) {
        let _ = write!(self.0, "{number}");
    }

    /// A moment has nothing that would be escaped.
    pub fn moment(&mut self, moment: Timestamp) {
        let _ = write!(self.0, "\"{moment}\"");
    }

    /// A list, each of whose members is put by this.
    pub fn list<T>(&mut self, all: impl IntoIterator<Item = T>, mut put: impl FnMut(&mut Self, T)) {
        self.0.push(b'[');
        for (place, one) in all.into_iter().enumerate() {
            if place > 0 {
                self.0.push(b',');
            }
            put(self, one);
        }
        self.0.push(b']');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_what_others_write() {
        let texts = ["", "plain", "zoë 李 \u{7f}\u{2028}", "\"", "a\\b", "\n\r\t\u{8}\u{c}\u{1}\u{1f}", "<&'/>"];
        let (id, moment) = (Uuid::from_u128(0x18f3_c1e6_d5a7_b3c8_d4e0_1234_5678_9abc), Timestamp::from_micros(1_764_300_000_123_456));
        let mut json = Json::with_capacity(1);
        json.put("{\"texts\":");
        json.list(texts, Json::text);
        json.put(",\"none\":");
        json.list([0; 0], Json::number);
        json.put(",\"id\":");
        json.id(id);
        json.put(",\"moment\":");
        json.moment(moment);
        json.put(",\"numbers\":");
        json.list([0, -7, i64::MIN, i64::MAX], Json::number);
        json.put("}");
        let text = String::from_utf8(json.into_bytes()).unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        let moment = moment.to_string();
        assert_eq!(read, json!({ "texts": texts, "none": [], "id": id.to_string(), "moment": moment, "numbers": [0, -7, i64::MIN, i64::MAX] }));
        // as it is written, not only as it is read
        assert!(text.contains(&serde_json::to_string(&texts).unwrap()), "{text}");
    }
}
