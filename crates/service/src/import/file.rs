//! Reads a file of rows: CSV with commas, semicolons or tabs, whichever its first line has most of.

use domain::{
    failure::Failure,
    import::{MOST_BYTES, MOST_ROWS, plain},
    number::grouped,
};

/// The file's header and its rows, each with the line where it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<(u64, Vec<String>)>,
}

pub(super) fn read(text: &str) -> Result<File, Failure> {
    let wrong = |message: String| Failure::field("file", message);
    if text.len() > MOST_BYTES {
        return Err(wrong(format!("the file has {} MB; use at most {} MB, in parts if need be", text.len() / 1_048_576, MOST_BYTES / 1_048_576)));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(wrong("the file is empty; its first line names the columns, the others are people".to_owned()));
    }
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter(text)).from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        wrong(format!("line {line} can't be read as CSV; check its quotes"))
    };
    let header: Vec<String> = reader.headers().map_err(unreadable)?.iter().map(|cell| cell.trim().to_owned()).collect();
    let (mut rows, mut place) = (Vec::new(), Place::default());
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() == MOST_ROWS {
            return Err(wrong(format!("the file has more than {} rows, which is the most at once; split it", grouped(MOST_ROWS as u64))));
        }
        let line = place.line_at(text, record.position().map_or(0, csv::Position::byte));
        rows.push((line, record.iter().map(|cell| plain(cell.trim()).to_owned()).collect()));
    }
    if rows.is_empty() {
        return Err(wrong("the file has a header and no rows; there is nobody to invite".to_owned()));
    }
    Ok(File { header, rows })
}

/// Counts lines, whichever way they end: the reader's own count is one behind where a line ends with two characters.
#[derive(Default)]
struct Place {
    byte: usize,
    lines: u64,
}

impl Place {
    /// The line, from 1, of the first character at or behind `byte` that is no end of a line. Bytes are asked for in order.
    fn line_at(&mut self, text: &str, byte: u64) -> u64 {
        let rest = text.as_bytes();
        let mut start = usize::try_from(byte).unwrap_or(usize::MAX).min(rest.len());
        while matches!(rest.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let passed = rest.get(self.byte..start).unwrap_or_default();
        self.lines += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.byte = start;
        self.lines + 1
    }
}

fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |mark: char| first.matches(mark).count();
    [(b',', ','), (b';', ';'), (b'\t', '\t')].into_iter().rev().max_by_key(|(_, mark)| count(*mark)).map_or(b',', |(byte, _)| byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_spreadsheets_write() {
        let file = read("\u{feff}Email,Roles\r\nbea@acme.test,\"Source Admin; Function Admin\"\r\n\r\ncy@acme.test\r\n").unwrap();
        assert_eq!(file.header, ["Email", "Roles"]);
        assert_eq!(file.rows, [(2, vec!["bea@acme.test".to_owned(), "Source Admin; Function Admin".to_owned()]), (4, vec!["cy@acme.test".to_owned()])]);
        for text in ["Email;Roles\na@b.co;x", "Email\tRoles\na@b.co\tx"] {
            assert_eq!(read(text).unwrap().rows, [(2, vec!["a@b.co".to_owned(), "x".to_owned()])]);
        }
        assert_eq!(read("Email\n'=1@b.co").unwrap().rows[0].1, ["=1@b.co"]);
    }

    #[test]
    fn says_why_a_file_can_not_be_taken() {
        for (text, word) in [("", "empty"), ("\u{feff} \n", "empty"), ("Email\n", "no rows")] {
            let failure = read(text).unwrap_err();
            assert!(failure.field.as_deref() == Some("file") && failure.message.contains(word), "{}", failure.message);
        }
        let many = format!("Email\n{}", "a@b.co\n".repeat(MOST_ROWS + 1));
        assert!(read(&many).unwrap_err().message.contains("more than 10,000 rows"));
        assert!(read(&"x".repeat(MOST_BYTES + 1)).unwrap_err().message.contains("8 MB"));
    }
}
