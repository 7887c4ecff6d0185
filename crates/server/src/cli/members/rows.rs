//! The user list's lines as objects of one array, each as soon as all of it is here.

use csv::{ReaderBuilder, StringRecord};
use domain::import::plain;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::{io, mem};

/// The file as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// What the fields are called, once the header is here.
    names: Option<Vec<String>>,
    /// The line that is not whole yet, and whether it ends within quotes.
    begun: Vec<u8>,
    quoted: bool,
    /// Whether there was a row.
    any: bool,
}

/// A line below its header.
struct Row<'a> {
    names: &'a [String],
    cells: &'a StringRecord,
}

impl Rows {
    /// What is printed once this has come: the lines that it makes whole.
    pub(super) fn take(&mut self, piece: &[u8]) -> io::Result<String> {
        let mut whole = 0;
        for byte in piece {
            self.begun.push(*byte);
            match byte {
                // one within quotes is written twice
                b'"' => self.quoted = !self.quoted,
                b'\n' if !self.quoted => whole = self.begun.len(),
                _ => {}
            }
        }
        let begun = self.begun.split_off(whole);
        let lines = mem::replace(&mut self.begun, begun);
        self.objects(&lines)
    }

    /// What is printed when nothing more comes.
    pub(super) fn end(mut self) -> io::Result<String> {
        let last = mem::take(&mut self.begun);
        let last = self.objects(&last)?;
        Ok(last + if self.any { "\n]\n" } else { "[]\n" })
    }

    fn objects(&mut self, lines: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        for cells in ReaderBuilder::new().has_headers(false).from_reader(lines).records() {
            let cells = cells.map_err(io::Error::other)?;
            let Some(names) = &self.names else {
                self.names = Some(cells.iter().map(|name| name.to_lowercase().replace(' ', "_")).collect());
                continue;
            };
            let object = serde_json::to_string_pretty(&Row { names, cells: &cells })?;
            text.push_str(if self.any { ",\n  " } else { "[\n  " });
            text.push_str(&object.replace('\n', "\n  "));
            self.any = true;
        }
        Ok(text)
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.names.iter().zip(self.cells).map(|(name, cell)| (name, value(name, cell))))
    }
}

/// As the cell says it, without what keeps spreadsheets from running it; `null` where it is empty.
fn value(name: &str, cell: &str) -> Value {
    match (name, plain(cell)) {
        (_, "") => Value::Null,
        ("personal_data", cell) => Value::Bool(cell == "yes"),
        (_, cell) => Value::from(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// All that is printed of a file that comes in pieces of this many bytes.
    fn printed(file: &str, size: usize) -> String {
        let mut rows = Rows::default();
        let mut text: String = file.as_bytes().chunks(size).map(|piece| rows.take(piece).unwrap()).collect();
        text.push_str(&rows.end().unwrap());
        text
    }

    #[test]
    fn each_line_is_an_object_wherever_its_pieces_end() {
        let file = "Email,Name,Personal data,Last seen\r\na@b.co,\"Zoë, \"\"the\nfirst\"\"\",yes,\r\nc@d.co,'=1+1,no,2026-11-23T09:30:00Z\r\n";
        let objects = json!([
            { "email": "a@b.co", "name": "Zoë, \"the\nfirst\"", "personal_data": true, "last_seen": null },
            { "email": "c@d.co", "name": "=1+1", "personal_data": false, "last_seen": "2026-11-23T09:30:00Z" },
        ]);
        let whole = printed(file, file.len());
        assert_eq!(serde_json::from_str::<Value>(&whole).unwrap(), objects);
        for size in 1..file.len() {
            assert_eq!(printed(file, size), whole, "{size}");
        }
        // in the order of the columns, as other lists are printed
        assert!(whole.starts_with("[\n  {\n    \"email\": \"a@b.co\",\n    \"name\":"), "{whole}");
        assert_eq!(printed(file.trim_end(), 7), whole);
    }

    #[test]
    fn nobody_is_an_empty_list() {
        assert_eq!(printed("Email,Name\r\n", 5), "[]\n");
    }
}
