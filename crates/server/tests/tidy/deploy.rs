//! What lies in `deploy` speaks of the program as it is: its options by their names, how long it takes to end, what an image is made of.

use crate::{assert_tidy, tree::read};
use clap::CommandFactory as _;
use server::cli::Cli;
use std::collections::BTreeMap;

const FILES: [&str; 3] = ["deploy/Containerfile", "deploy/rolecall.env", "deploy/rolecall.service"];

/// Every option that a variable sets, with what it is where nobody sets it.
fn options() -> BTreeMap<String, String> {
    let command = Cli::command();
    let option = |option: &clap::Arg| {
        let variable = option.get_env()?.to_str()?.to_owned();
        let usual = option.get_default_values().first().and_then(|value| value.to_str()).unwrap_or_default();
        Some((variable, usual.to_owned()))
    };
    command.get_arguments().filter_map(option).collect()
}

/// The variables that a text sets, suggests in a comment or speaks of.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).filter(|word| word.starts_with("ROLECALL_"));
    let set = text.split_whitespace().filter_map(|word| word.trim_start_matches('#').split_once('=')).map(|(name, _)| name);
    let is_variable = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    words.chain(set.filter(is_variable))
}

fn unknown(path: &str, text: &str, options: &BTreeMap<String, String>) -> Vec<String> {
    variables(text).filter(|name| !options.contains_key(*name)).map(|name| format!("{path}: {name}")).collect()
}

#[test]
fn every_variable_sets_an_option() {
    let options = options();
    assert!(variables(&read("deploy/rolecall.env")).count() > 8);
    let wrong: Vec<String> = FILES.iter().flat_map(|path| unknown(path, &read(path), &options)).collect();
    assert_tidy("no option is set by this variable", &wrong);
}

#[test]
fn a_variable_that_sets_nothing_is_found() {
    let text = "ROLECALL_ADDR=x\n#ROLECALL_ADR=x\n# as in ROLECALL_PROXY, or so\nDATABASE_URI=x\nType=exec\n";
    let names = ["ROLECALL_ADR", "ROLECALL_PROXY", "ROLECALL_ADR", "DATABASE_URI"].map(|name| format!("x: {name}"));
    assert_eq!(unknown("x", text, &options()), names);
}

#[test]
fn whoever_stops_it_waits_longer_than_it_takes_to_end() {
    let options = options();
    let seconds = |name: &str| options[name].parse::<u64>().unwrap();
    let takes = seconds("ROLECALL_DRAIN_DELAY") + seconds("ROLECALL_DRAIN_LIMIT");
    for (path, before) in [("deploy/rolecall.service", "\nTimeoutStopSec="), ("deploy/Containerfile", "podman stop --time ")] {
        let text = read(path);
        let (_, after) = text.split_once(before).unwrap_or_else(|| panic!("{path} does not say how long it waits"));
        let waits: u64 = after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
        assert!(waits > takes, "{path} waits {waits} s for what may take {takes} s");
    }
}

#[test]
fn an_image_is_made_of_what_it_copies_and_nothing_else() {
    let (containerfile, ignored) = (read("deploy/Containerfile"), read(".dockerignore"));
    let mut expected = vec!["*".to_owned()];
    for line in containerfile.lines().filter(|line| line.starts_with("COPY ")) {
        let words: Vec<&str> = line.split_whitespace().skip(1).filter(|word| !word.starts_with("--")).collect();
        let (_, copied) = words.split_last().unwrap();
        expected.extend(copied.iter().map(|path| format!("!{path}")));
    }
    let rules: Vec<&str> = ignored.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(rules, expected);
}
