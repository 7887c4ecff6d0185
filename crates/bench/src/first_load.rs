//! What a first visit costs: bytes of the console in brotli, time to the first answer, memory of an idle server.

use crate::{Outcome, client, row, server, table};
use std::path::Path;

pub async fn measure(binary: &Path) -> Outcome {
    let folder = tempfile::tempdir()?;
    // the first start makes the database; the second is what a restart costs
    server::start(binary, &server::sqlite(folder.path())).await?.end().await?;
    let server = server::start(binary, &server::sqlite(folder.path())).await?;
    let idle = server.memory()?;
    table("First load");
    row("start to first answer", &format!("{} ms", server.first_answer.as_millis()), "goal 300 ms; the process's start included");
    row("memory, idle", &format!("{idle} KiB"), "goal 40,960 KiB");

    let page = page(&server.address).await?;
    let mut sum = 0;
    for name in pkg_files(&page) {
        let answer = client::ask(&server.address, "GET", &name, &[("accept-encoding", "br")], "", |_| {}).await?;
        if answer.status == 200 && [".js", ".wasm", ".css"].iter().any(|end| name.ends_with(end)) {
            sum += answer.length;
            row(&name, &format!("{} B", answer.length), "brotli");
        }
    }
    row("wasm + js + css", &format!("{} KiB", sum / 1024), "goal 350 KiB; an empty Leptos app has 151 KiB");
    for part in parts(&server.address, &page).await? {
        let answer = client::ask(&server.address, "GET", &part, &[("accept-encoding", "br")], "", |_| {}).await?;
        row(&part, &format!("{} B", answer.length), "brotli; after the page, or before it where it is one of the part's");
    }
    row("memory after the first page", &format!("{} KiB", server.memory()?), "");
    server.end().await
}

/// The parts that are loaded later, as the script that loads them names them.
async fn parts(address: &str, page: &str) -> Outcome<Vec<String>> {
    let Some(script) = pkg_files(page).into_iter().find(|name| name.contains("_parts.")) else { return Ok(Vec::new()) };
    let text = text(address, &script).await?;
    let files = text.split('"').filter_map(|part| part.strip_prefix("./")).filter(|part| part.ends_with(".wasm"));
    Ok(files.map(|file| format!("/pkg/{file}")).collect())
}

async fn page(address: &str) -> Outcome<String> {
    text(address, "/signup").await
}

async fn text(address: &str, path: &str) -> Outcome<String> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes()).await?;
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Every `/pkg/…` that the page names, once.
fn pkg_files(page: &str) -> Vec<String> {
    let mut names: Vec<String> = page.split(['"', '\'']).filter(|part| part.starts_with("/pkg/")).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}
