//! A file is named for what it holds, and opens with its job in a sentence.

use crate::assert_tidy;
use crate::tree::{Source, sources};

/// Names that say nothing, so that anything ends up there.
const EMPTY_NAMES: [&str; 5] = ["common", "helpers", "misc", "types", "utils"];

fn vague_names(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| {
            let file = source.path.rsplit('/').next().unwrap_or_default();
            let stem = file.split('.').next().unwrap_or_default();
            EMPTY_NAMES.contains(&stem)
        })
        .map(|source| format!("{} is named for nothing it holds", source.path))
        .collect()
}

fn missing_openings(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| source.is_rust() && !source.text.starts_with("//! "))
        .map(|source| format!("{} does not begin with //!", source.path))
        .collect()
}

#[test]
fn files_are_named_for_what_they_hold() {
    assert_tidy("a file has an empty name", &vague_names(&sources()));
}

#[test]
fn rust_files_open_with_their_job() {
    assert_tidy("a file does not say what it is for", &missing_openings(&sources()));
}

#[test]
fn an_empty_name_is_found() {
    let files =
        [Source::sample("crates/ui/src/utils.rs", ""), Source::sample("end2end/fixtures/helpers.ts", ""), Source::sample("crates/ui/src/members.rs", "")];
    assert_eq!(vague_names(&files).len(), 2);
}

#[test]
fn a_missing_opening_is_found() {
    let files =
        [Source::sample("crates/ui/src/a.rs", "use b::c;\n"), Source::sample("crates/ui/src/b.rs", "//! Shows b.\n"), Source::sample("style/c.css", "a{}")];
    assert_eq!(missing_openings(&files), ["crates/ui/src/a.rs does not begin with //!"]);
}
