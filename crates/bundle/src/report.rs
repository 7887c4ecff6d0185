//! Prints what a first visit costs.

/// One built file and its sizes in bytes.
pub struct Built {
    pub name: String,
    pub raw: usize,
    pub brotli: Option<usize>,
    /// Whether every first visit loads it.
    pub first_load: bool,
}

impl Built {
    fn sent(&self) -> usize {
        self.brotli.unwrap_or(self.raw)
    }
}

/// A table of the files, largest first, and the sum of those that every first visit loads.
pub fn table(files: &[Built]) -> String {
    let mut rows: Vec<&Built> = files.iter().collect();
    rows.sort_by_key(|file| std::cmp::Reverse(file.sent()));
    let mut text = format!("{:>10} {:>10}  file\n", "bytes", "brotli");
    for file in rows {
        let brotli = file.brotli.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
        text += &format!("{:>10} {brotli:>10}  {}\n", file.raw, file.name);
    }
    let first = || files.iter().filter(|file| file.first_load);
    let raw: usize = first().map(|file| file.raw).sum();
    let sent: usize = first().map(Built::sent).sum();
    text + &format!("{raw:>10} {sent:>10}  first load: wasm + js + css, {:.1} KB in brotli\n", sent as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_counts_only_what_a_first_visit_loads() {
        let file = |name: &str, raw, brotli, first_load| Built { name: name.into(), raw, brotli, first_load };
        let text = table(&[file("a.js", 1000, Some(100), true), file("b.wasm", 9000, Some(924), true), file("c.woff2", 5000, None, false)]);
        assert!(text.ends_with("     10000       1024  first load: wasm + js + css, 1.0 KB in brotli\n"));
        assert!(text.contains("      5000          -  c.woff2"));
    }
}
