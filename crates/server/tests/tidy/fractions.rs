//! Nothing in the browser shows a fraction: what would write it is left out of what everybody loads (`crates/bundle/src/snip.rs`).

use crate::assert_tidy;
use crate::tree::{Source, sources};

/// Where browsers' own numbers come in. They are compared there, or made whole before they are written.
const MEASURES: [&str; 6] =
    ["components/file_box.rs", "components/popover.rs", "components/time_ago.rs", "pages/access/local_time.rs", "pages/live.rs", "session.rs"];

fn violations(sources: &[Source]) -> Vec<String> {
    let in_browser = |path: &str| path.starts_with("crates/ui/src/") || path.starts_with("crates/domain/src/");
    let measures = |path: &str| MEASURES.iter().any(|known| path == format!("crates/ui/src/{known}"));
    let mut violations = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust() && in_browser(&source.path) && !measures(&source.path)) {
        let lines = source.text.lines().enumerate().filter(|(_, line)| ["f64", "f32"].iter().any(|word| line.contains(word)));
        violations.extend(lines.map(|(index, _)| format!("{}:{}: a fraction", source.path, index + 1)));
    }
    violations
}

#[test]
fn no_fraction_is_shown_in_the_browser() {
    assert_tidy("a browser writes no fraction; make it whole, and name the file here", &violations(&sources()));
}

#[test]
fn a_fraction_is_found() {
    let text = "fn half(n: u32) -> f64 {\n    f64::from(n) / 2.0\n}\n";
    let files = ["crates/ui/src/pages/a.rs", "crates/ui/src/session.rs", "crates/service/src/a.rs"].map(|path| Source::sample(path, text));
    assert_eq!(violations(&files), ["crates/ui/src/pages/a.rs:1: a fraction", "crates/ui/src/pages/a.rs:2: a fraction"]);
}
