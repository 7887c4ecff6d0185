//! One concept per file: at most 400 lines.

use crate::assert_tidy;
use crate::tree::{Source, sources};

const LIMIT: usize = 400;

/// Files that may be longer, each with its reason.
const LONGER: [(&str, &str); 0] = [];

fn violations(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| !LONGER.iter().any(|(path, _)| *path == source.path))
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LIMIT)
        .map(|(source, lines)| format!("{} has {lines} lines", source.path))
        .collect()
}

#[test]
fn no_file_is_longer_than_400_lines() {
    assert_tidy("a file is too long: split it by concept", &violations(&sources()));
}

#[test]
fn a_long_file_is_found() {
    let files = [Source::sample("crates/domain/src/long.rs", &"\n".repeat(401)), Source::sample("style/fine.css", &"\n".repeat(400))];
    assert_eq!(violations(&files), ["crates/domain/src/long.rs has 401 lines"]);
}
