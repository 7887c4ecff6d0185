//! Lines of CSV (RFC 4180, UTF-8) whose cells no spreadsheet runs.

use csv::{QuoteStyle, Terminator, WriterBuilder};
use domain::{export::harmless, failure::Failure};

/// One line with its end.
pub(crate) fn line(cells: &[impl AsRef<str>]) -> Result<Vec<u8>, Failure> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    writer.write_record(cells.iter().map(|cell| harmless(cell.as_ref()).into_owned())).map_err(|_| Failure::internal())?;
    writer.into_inner().map_err(|_| Failure::internal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_needs_it_and_ends_lines_as_the_rfc_says() {
        let text = String::from_utf8(line(&["a,b", "c\"d", "e\nf", "g", ""]).unwrap()).unwrap();
        assert_eq!(text, "\"a,b\",\"c\"\"d\",\"e\nf\",g,\r\n");
    }
}
