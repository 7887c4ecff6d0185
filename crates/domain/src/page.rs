//! Pages of a list by keyset: a page begins after the last row of the one before, so deep pages cost what the first does.

use serde::{Deserialize, Serialize};

/// How many rows a page may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageSize(u16);

impl PageSize {
    pub const MAX: u16 = 1_000;
    pub const SCREEN: Self = Self(50);

    #[must_use]
    pub fn new(rows: u16) -> Self {
        Self(rows.clamp(1, Self::MAX))
    }

    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// Where a page begins: the sort key and the id of a row, and whether the page lies before or after it.
/// Opaque to people and clients: it travels as URL-safe text without padding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub key: String,
    pub id: uuid::Uuid,
    pub before: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the page cursor can't be read; start from the first page")]
pub struct CursorError;

impl Cursor {
    /// Hexadecimal of `direction, id, key`: one spelling for one place, and any key survives.
    #[must_use]
    pub fn encode(&self) -> String {
        use std::fmt::Write as _;
        let mut text = String::with_capacity(34 + self.key.len() * 2);
        text.push(if self.before { 'p' } else { 'n' });
        let _ = write!(text, "{}", self.id.simple());
        for byte in self.key.bytes() {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    pub fn decode(text: &str) -> Result<Self, CursorError> {
        let before = match text.as_bytes().first() {
            Some(b'p') => true,
            Some(b'n') => false,
            Some(_) | None => return Err(CursorError),
        };
        let id = text.get(1..33).and_then(|hex| uuid::Uuid::try_parse(hex).ok()).ok_or(CursorError)?;
        let hex = text.get(33..).ok_or(CursorError)?;
        if hex.len() % 2 != 0 || hex.len() > 4_096 || !hex.is_ascii() {
            return Err(CursorError);
        }
        let bytes: Result<Vec<u8>, _> = (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16)).collect();
        let key = String::from_utf8(bytes.map_err(|_| CursorError)?).map_err(|_| CursorError)?;
        Ok(Self { key, id, before })
    }
}

/// One page of a list, and where the neighbours begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<String>,
    pub previous: Option<String>,
    /// How many rows match in all; `None` where counting would cost more than the page.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    #[must_use]
    pub const fn empty() -> Self {
        Self { rows: Vec::new(), next: None, previous: None, total: Some(0) }
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(f).collect(), next: self.next, previous: self.previous, total: self.total }
    }
}

/// Which rows of a list: named ones, or all that it shows, on every page of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection<Id, Query> {
    These(Vec<Id>),
    Matching(Query),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_survives_the_url(key in ".{0,60}", id: u128, before: bool) {
            let cursor = Cursor { key, id: uuid::Uuid::from_u128(id), before };
            let text = cursor.encode();
            prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric()));
            prop_assert_eq!(Cursor::decode(&text), Ok(cursor));
        }

        #[test]
        fn bad_cursors_are_refused_without_panic(text in ".{0,80}") {
            if let Ok(cursor) = Cursor::decode(&text) {
                prop_assert_eq!(cursor.encode().to_lowercase(), text.to_lowercase());
            }
        }
    }
}
