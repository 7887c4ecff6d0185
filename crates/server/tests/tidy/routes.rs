//! Routes of the API come into the router by their descriptions: one that was put there beside them would stand neither in the document nor in the
//! table of who may call what, and no test would miss it.

use crate::assert_tidy;
use crate::tree::{Source, sources};

const API: &str = "crates/server/src/api/";

/// What puts something into the router without a description. The words are cut in two, as in the rules about words.
const PLAIN: &str = concat!(".rou", "te(");
const OTHERS: [&str; 4] = [concat!(".route_ser", "vice("), concat!(".ne", "st("), concat!(".nest_ser", "vice("), concat!(".fall", "back(")];

/// What may come so: the document and the page to try it, addresses at which the same is answered as at others (they are described as those
/// are), and what is said where nothing is.
const ALLOWED: [(&str, &[&str]); 4] = [
    ("docs.rs", &["PATH", "\"/api/docs/\"", "\"/api/docs/{*file}\""]),
    ("openapi.rs", &["\"/api/openapi.json\""]),
    ("public/mod.rs", &["\"/api/\"", "\"/api/group/{group}/users\"", "\"/api/{*elsewhere}\""]),
    ("v1/mod.rs", &["\"/api/v1/{*elsewhere}\"", "\"/api/v1\""]),
];

fn undescribed(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        let Some(file) = source.path.strip_prefix(API) else { continue };
        let allowed: &[&str] = ALLOWED.iter().find(|(of, _)| *of == file).map(|(_, allowed)| *allowed).unwrap_or_default();
        let mut find = |way: &str, allowed: &[&str]| {
            for (at, _) in source.text.match_indices(way) {
                let (before, after) = source.text.split_at(at);
                let address = after.strip_prefix(way).and_then(|rest| rest.split(',').next()).unwrap_or_default().trim();
                if !allowed.contains(&address) {
                    found.push(format!("{}:{}: {way}{address}", source.path, before.matches('\n').count() + 1));
                }
            }
        };
        find(PLAIN, allowed);
        OTHERS.into_iter().for_each(|way| find(way, &[]));
    }
    found
}

#[test]
fn every_route_of_the_api_is_described() {
    assert_tidy("a route of the API has no description: put it there by `routes!`", &undescribed(&sources()));
}

#[test]
fn what_is_allowed_is_there() {
    let sources = sources();
    for (file, addresses) in ALLOWED {
        let source = sources.iter().find(|source| source.path.strip_prefix(API) == Some(file)).unwrap();
        for address in addresses {
            assert!(source.text.contains(&format!("{PLAIN}{address}")), "{address} is no longer in {file}");
        }
    }
}

#[test]
fn a_route_beside_the_descriptions_is_found() {
    let nested = OTHERS[1];
    let text = format!(
        "Router::new()\n    {PLAIN}\n        \"/api/v1/hidden\", get(hidden))\n    {nested}\"/api/v1\", more)\n    {PLAIN}\"/api/v1\", any(nothing))\n"
    );
    let (first, second) = ("crates/server/src/api/v1/mod.rs", "crates/server/src/api/v1/tokens.rs");
    let beside = format!("{PLAIN}\"/api/v1\", any(nothing))");
    let files = [Source::sample(first, &text), Source::sample(second, &beside), Source::sample("crates/server/src/app.rs", &text)];
    let expected = [format!("{first}:2: {PLAIN}\"/api/v1/hidden\""), format!("{first}:4: {nested}\"/api/v1\""), format!("{second}:1: {PLAIN}\"/api/v1\"")];
    assert_eq!(undescribed(&files), expected);
}
