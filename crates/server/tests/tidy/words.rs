//! Words that must not stand in the sources: unfinished work, tests that wait or don't run, styles that shout.

use crate::assert_tidy;
use crate::tree::{Source, sources};

/// A rule about some files. The words are cut in two, so that this file does not break its own rules.
struct Rule {
    about: &'static str,
    applies: fn(&Source) -> bool,
    /// The part of a file that the rule is about.
    part: fn(&str) -> &str,
    words: &'static [&'static str],
}

const RULES: [Rule; 7] = [
    Rule {
        about: "work is unfinished",
        applies: Source::is_rust,
        part: whole,
        words: &[concat!("todo", "!("), concat!("unimplemented", "!("), concat!("dbg", "!(")],
    },
    Rule { about: "a test is not run", applies: Source::is_rust, part: whole, words: &[concat!("#[ig", "nore")] },
    Rule { about: "a test sleeps", applies: |source| source.is_rust() && is_test(&source.path), part: whole, words: SLEEPS },
    Rule {
        about: "a unit test sleeps",
        applies: |source| source.is_rust() && !is_test(&source.path),
        part: |text| text.split_once("#[cfg(test)]\nmod tests {").map_or("", |(_, tests)| tests),
        words: SLEEPS,
    },
    Rule {
        about: "a browser test waits for the clock, or is not run",
        applies: |source| source.path.starts_with("end2end/tests/"),
        part: whole,
        words: &[
            concat!("waitFor", "Timeout"),
            concat!("setTime", "out("),
            concat!("test.sk", "ip"),
            concat!("test.on", "ly"),
            concat!("test.fix", "me"),
            concat!("describe.sk", "ip"),
            concat!("describe.on", "ly"),
        ],
    },
    Rule {
        about: "a style shouts, or comes from elsewhere",
        applies: |source| source.path.starts_with("style/"),
        part: whole,
        words: &["!important", "url(http", "url(\"http", "url(//"],
    },
    Rule {
        about: "a pipe is left before its end, which `pipefail` takes for a failure now and then",
        applies: |source| source.path.starts_with("scripts/"),
        part: whole,
        words: &["| grep -q", "| head"],
    },
];

const SLEEPS: &[&str] = &[concat!("thread::sl", "eep"), concat!("time::sl", "eep")];

fn whole(text: &str) -> &str {
    text
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.starts_with("crates/testkit/")
}

fn violations(sources: &[Source]) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources {
        for rule in RULES.iter().filter(|rule| (rule.applies)(source)) {
            let part = (rule.part)(&source.text);
            // Lines are counted from the file's beginning, wherever the part begins.
            let before = source.text.len() - part.len();
            let first = source.text.get(..before).unwrap_or_default().matches('\n').count();
            for (index, line) in part.lines().enumerate() {
                for word in rule.words.iter().filter(|word| line.contains(**word)) {
                    violations.push(format!("{}:{}: {}: {word}", source.path, first + index + 1, rule.about));
                }
            }
        }
    }
    violations
}

/// A new action must break the build, so the policy names every case.
fn wildcards_in_policy(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| {
            let inside = source.path.starts_with("crates/domain/src/policy");
            inside && source.is_rust() && !is_test(&source.path)
        })
        .flat_map(|source| {
            let arms = source.text.lines().enumerate();
            arms.filter(|(_, line)| line.trim_start().starts_with("_ =>")).map(|(index, _)| format!("{}:{}: a wildcard arm", source.path, index + 1))
        })
        .collect()
}

#[test]
fn no_word_stands_where_it_must_not() {
    assert_tidy("the sources say what they must not", &violations(&sources()));
}

#[test]
fn the_policy_names_every_case() {
    assert_tidy("the policy has a wildcard arm", &wildcards_in_policy(&sources()));
}

#[test]
fn each_word_is_found_where_it_must_not_stand() {
    for rule in &RULES {
        let path = ["crates/x/tests/a.rs", "crates/x/src/a.rs", "end2end/tests/a.spec.ts", "style/a.css", "scripts/a.sh"]
            .into_iter()
            .find(|path| (rule.applies)(&Source::sample(path, "")))
            .unwrap();
        for word in rule.words {
            let text = format!("//! A.\n#[cfg(test)]\nmod tests {{\n  {word}\n}}\n");
            let found = violations(&[Source::sample(path, &text)]);
            assert!(found.iter().any(|line| line.starts_with(&format!("{path}:4: ")) && line.ends_with(word)), "{word} in {path} was not found: {found:?}");
        }
    }
}

#[test]
fn what_is_no_test_may_wait() {
    let text = format!("//! A.\nasync fn poll() {{ tokio::{}(every) }}\n", SLEEPS[1]);
    assert!(violations(&[Source::sample("crates/service/src/postman.rs", &text)]).is_empty());
}

#[test]
fn a_wildcard_arm_is_found() {
    let text = "match action {\n    Action::View => 1,\n    _ => 2,\n}";
    let policy = Source::sample("crates/domain/src/policy/decide.rs", text);
    let elsewhere = Source::sample("crates/domain/src/email.rs", text);
    assert_eq!(wildcards_in_policy(&[policy, elsewhere]), ["crates/domain/src/policy/decide.rs:3: a wildcard arm"]);
}
