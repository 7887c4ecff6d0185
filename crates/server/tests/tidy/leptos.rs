//! What the server reads at run time and what the builds read at build time say the same.

use serde_json::{Map, Value};

use crate::assert_tidy;
use crate::tree::read;

/// As JSON, which can be printed.
type Table = Map<String, Value>;

/// The first entry of `[[workspace.metadata.leptos]]`.
fn options(toml: &str) -> Table {
    let table: Value = toml::from_str(toml).unwrap();
    let first = &table["workspace"]["metadata"]["leptos"][0];
    first.as_object().unwrap().clone()
}

/// Every key of the run-time half stands in the build half with the same value.
fn differences(run_time: &Table, build: &Table) -> Vec<String> {
    run_time
        .iter()
        .filter(|(key, value)| build.get(*key) != Some(value))
        .map(|(key, value)| {
            let other = build.get(key).map_or_else(|| "nothing".to_owned(), Value::to_string);
            format!("{key} is {value} in Leptos.toml, {other} in Cargo.toml")
        })
        .collect()
}

#[test]
fn leptos_toml_equals_cargo_toml() {
    let run_time = options(&read("Leptos.toml"));
    assert!(run_time.contains_key("output-name"));
    assert_tidy("the two halves of the Leptos options differ", &differences(&run_time, &options(&read("Cargo.toml"))));
}

/// cargo-leptos names files after its options, our own build after the script's: the page knows one set of names.
#[test]
fn both_builds_give_the_page_the_same_names() {
    let options = options(&read("Cargo.toml"));
    let text = |key: &str| options[key].as_str().unwrap().to_owned();
    let (name, folder) = (text("output-name"), text("site-pkg-dir"));

    let plain = server::assets::plain_names();
    assert_eq!(plain.js, format!("/{folder}/{name}.js"));
    assert_eq!(plain.wasm, format!("/{folder}/{name}.wasm"));
    assert_eq!(plain.css, format!("/{folder}/{name}.css"));

    let script = read("scripts/page");
    assert!(script.contains(&format!("--name {name} ")), "scripts/page builds another name");
    assert!(read("scripts/env.sh").contains(&format!("/{}\n", text("site-root"))));
}

#[test]
fn a_difference_is_found() {
    let table = |toml: &str| toml::from_str::<Table>(toml).unwrap();
    let found = differences(&table("output-name = \"rolecall\"\nreload-port = 1\nenv = \"DEV\""), &table("output-name = \"rolecall\"\nreload-port = 2"));
    assert_eq!(found, ["env is \"DEV\" in Leptos.toml, nothing in Cargo.toml", "reload-port is 1 in Leptos.toml, 2 in Cargo.toml",]);
}
