//! Follows `GET /api/v1/events`: server-sent events (HTML Living Standard) that say which version the policy has.

use crate::{
    cache::Cache,
    chance::about,
    error::Error,
    transport::{Call, Transport},
};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout};

/// How long the stream may take to open.
const OPENING: Duration = Duration::from_secs(10);

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Between looks whether a token that ended is back.
const ENDED_PAUSE: Duration = Duration::from_secs(60);

/// No line of ours is longer.
const MOST_LINE: usize = 64 * 1_024;

/// How a stream came to its end.
enum End {
    /// It broke off, or the server ended.
    Broken,
    /// It never opened.
    Closed(Error),
    /// The token or the workspace ended.
    Gone,
}

/// Of the streams that don't open one after another, the first is news.
#[derive(Debug, Default)]
struct Outage(bool);

impl Outage {
    /// Whether nobody was told of it yet.
    fn begins(&mut self, end: &End) -> bool {
        let was_there = self.0;
        self.0 = matches!(end, End::Closed(_));
        self.0 && !was_there
    }
}

/// Goes on until it is aborted.
pub(crate) async fn follow(transport: Arc<Transport>, cache: Arc<Cache>) {
    let mut pause = FIRST_PAUSE;
    let mut outage = Outage::default();
    loop {
        let begun = Instant::now();
        let end = stream(&transport, &cache).await;
        cache.lost(Instant::now());
        let begins = outage.begins(&end);
        match end {
            // one that is cut off again and again is opened less and less often
            End::Broken if begun.elapsed() > LONGEST_PAUSE => pause = FIRST_PAUSE,
            End::Broken => {}
            End::Closed(error) if begins => tracing::warn!(%error, "changes of access are not heard; every question is asked until they are"),
            End::Closed(error) => tracing::debug!(%error, pause_ms = pause.as_millis(), "changes of access are still not heard"),
            End::Gone => pause = ENDED_PAUSE,
        }
        sleep(about(pause)).await;
        pause = (pause * 2).min(LONGEST_PAUSE.max(pause));
    }
}

async fn stream(transport: &Transport, cache: &Cache) -> End {
    let call = Call::get("/api/v1/events");
    let opened = timeout(OPENING, transport.send(&call, "text/event-stream")).await;
    let mut body = match opened.unwrap_or_else(|_| Err(transport.slow(OPENING))) {
        Ok(response) => response.into_body(),
        Err(error) => return End::Closed(error),
    };
    let mut reader = Reader::default();
    loop {
        let Ok(Some(Ok(frame))) = timeout(cache.caching().silence, body.frame()).await else { return End::Broken };
        let Ok(bytes) = frame.into_data() else { continue };
        cache.sign(Instant::now());
        let Some(said) = reader.read(&bytes) else { return End::Broken };
        for said in said {
            match said {
                Said::Version(version) => cache.told(version, Instant::now()),
                Said::Gone(why) => {
                    cache.ended(why);
                    return End::Gone;
                }
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Said {
    Version(i64),
    Gone(String),
}

#[derive(Deserialize)]
struct Policy {
    policy_version: i64,
}

#[derive(Default, Deserialize)]
struct Gone {
    #[serde(default)]
    detail: String,
}

/// Puts lines together, and events of lines.
#[derive(Debug, Default)]
struct Reader {
    line: Vec<u8>,
    event: String,
    data: String,
}

impl Reader {
    /// What the bytes complete; `None` where no such stream is.
    fn read(&mut self, bytes: &[u8]) -> Option<Vec<Said>> {
        let mut said = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.line.len() + part.len() > MOST_LINE {
                return None;
            }
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                said.extend(self.take(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r'])));
            }
        }
        Some(said)
    }

    /// A line; a blank one ends an event.
    fn take(&mut self, line: &str) -> Option<Said> {
        if line.is_empty() {
            let (event, data) = (std::mem::take(&mut self.event), std::mem::take(&mut self.data));
            return match event.as_str() {
                "policy" => serde_json::from_str::<Policy>(&data).ok().map(|policy| Said::Version(policy.policy_version)),
                "gone" => Some(Said::Gone(serde_json::from_str::<Gone>(&data).unwrap_or_default().detail)),
                // what a newer server tells beside
                _ => None,
            };
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" if self.data.len() < MOST_LINE => self.data.push_str(value),
            // comments, ids
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_however_they_are_cut() {
        let text = b": here\n\nevent: policy\nid: 7\ndata: {\"policy_version\":7}\n\nevent: moon\ndata: full\n\nevent: policy\r\ndata:{\"policy_version\":8}\r\n\r\nevent: gone\ndata: {\"detail\":\"Revoked.\"}\n\n";
        let all = [Said::Version(7), Said::Version(8), Said::Gone("Revoked.".to_owned())];
        for size in [1, 2, 7, text.len()] {
            let mut reader = Reader::default();
            let said: Vec<Said> = text.chunks(size).flat_map(|part| reader.read(part).unwrap()).collect();
            assert_eq!(said, all, "in pieces of {size}");
        }
    }

    #[test]
    fn an_outage_is_told_of_once() {
        let closed = || End::Closed(Error::Setup("no".to_owned()));
        let mut outage = Outage::default();
        let told = [closed(), closed(), closed(), End::Broken, End::Broken, closed(), closed(), End::Gone, closed()].map(|end| outage.begins(&end));
        assert_eq!(told, [true, false, false, false, false, true, false, false, true]);
    }

    #[test]
    fn a_line_without_end_is_no_stream() {
        let mut reader = Reader::default();
        assert!(reader.read(&vec![b'x'; MOST_LINE]).is_some());
        assert!(reader.read(b"x").is_none());
    }
}
