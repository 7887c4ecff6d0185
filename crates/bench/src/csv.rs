//! The CSV of 100,000 members: how long beside the sqlite3 shell, and how much memory grows while it streams.

use crate::{Outcome, client, ratio, row, server, table};
use std::{path::Path, process::Stdio, time::Instant};
use tokio::process::Command;

pub async fn measure(binary: &Path) -> Outcome {
    let folder = tempfile::tempdir()?;
    let seeded = server::seed(binary, &server::sqlite(folder.path()), 100_000, 5_000, 50_000).await?;
    let server = server::start(binary, &server::sqlite(folder.path())).await?;
    let cookie = client::sign_in(&server.address, &seeded.owner, &seeded.password).await?;
    // a page first: what a page needs is not the download's
    client::get(&server.address, &format!("/w/{}/access/users", seeded.slug), &cookie).await?;
    let before = server.memory()?;
    let mut most = before;
    let begun = Instant::now();
    let path = format!("/w/{}/access/users.csv", seeded.slug);
    let answer = client::ask(&server.address, "GET", &path, &[("cookie", &cookie)], "", |_| most = most.max(server.memory().unwrap_or(before))).await?;
    let ours = begun.elapsed().as_millis();
    table("CSV of 100,000 members");
    row("download", &format!("{ours} ms"), &format!("{} KiB, status {}", answer.length / 1024, answer.status));
    row("memory grew by", &format!("{} KiB", most - before), "goal at most 16,384 KiB");
    match shell(folder.path()).await {
        Ok(shell) => {
            row("reference: sqlite3 shell, the same joins", &format!("{shell} ms"), "group_concat over the same rows");
            row("ours beside the shell", &ratio(ours, shell), "");
        }
        Err(error) => row("reference: sqlite3 shell", "-", &format!("not measured: {error}")),
    }
    server.end().await
}

/// The same people with their roles, scopes and groups, as the shell writes them.
const SQL: &str = "
SELECT m.email, m.name, m.kind, m.pii, m.joined_at, m.last_seen_at,
  (SELECT group_concat(g.role || ' (' || g.scope || ' '
      || coalesce((SELECT group_concat(r.name || ' ' || r.key) FROM grant_resources gr JOIN resources r ON r.id = gr.resource_id WHERE gr.grant_id = g.id), '')
      || coalesce((SELECT group_concat(gl.key || ':' || gl.value) FROM grant_labels gl WHERE gl.grant_id = g.id), '') || ')', '; ')
    FROM grants g WHERE g.member_id = m.id OR g.group_id IN (SELECT group_id FROM group_members WHERE member_id = m.id)),
  (SELECT group_concat(ug.name, '; ') FROM group_members gm JOIN user_groups ug ON ug.id = gm.group_id WHERE gm.member_id = m.id)
FROM members m ORDER BY m.name_key, m.id;";

async fn shell(folder: &Path) -> Outcome<u128> {
    let begun = Instant::now();
    let status = Command::new("sqlite3").args(["-readonly", "-csv"]).arg(folder.join("bench.db")).arg(SQL).stdout(Stdio::null()).status().await?;
    if !status.success() {
        return Err("the shell failed".into());
    }
    Ok(begun.elapsed().as_millis())
}
