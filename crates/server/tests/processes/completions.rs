//! `rolecall completions`: words that shells complete.

use crate::process::{done, run};
use std::{
    io::Write as _,
    process::{Command, Stdio},
};

const NOWHERE: &str = "sqlite:///nowhere/rolecall.db";

#[test]
fn each_shell_gets_its_own() {
    for (shell, says) in [("bash", "complete -F _rolecall"), ("zsh", "#compdef rolecall"), ("fish", "complete -c rolecall")] {
        // no database is needed for it, nor made
        let script = done(NOWHERE, &["completions", shell]);
        assert!(script.contains(says) && script.contains("set-plan") && script.contains("metrics-addr"), "{shell}");
    }
    assert_eq!(run(NOWHERE, &["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn bash_completes_a_subcommand() {
    let mut bash = Command::new("bash").arg("--norc").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let script = done(NOWHERE, &["completions", "bash"]);
    let asks = "\nCOMP_WORDS=(rolecall ba) COMP_CWORD=1\n_rolecall rolecall ba rolecall\necho \"${COMPREPLY[@]}\"\n";
    bash.stdin.take().unwrap().write_all((script + asks).as_bytes()).unwrap();
    assert_eq!(String::from_utf8_lossy(&bash.wait_with_output().unwrap().stdout), "backup\n");
}
