//! The built binary as a process: commands, and servers that are asked over HTTP and killed.

use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

pub fn rolecall(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command
        .env_remove("ROLECALL_URL")
        .env("DATABASE_URL", url)
        .env("ROLECALL_SECRET_KEY", "k".repeat(32))
        .env("ROLECALL_LOG", "error")
        // tests ask in a loop until something is so
        .env("ROLECALL_API_RATE", "0")
        .env("ROLECALL_PASSWORD", "vexing-lantern-orbit");
    command
}

pub fn run(url: &str, words: &[&str]) -> Output {
    rolecall(url).args(words).output().unwrap()
}

/// The same where nobody reads what it prints: whoever should has left already.
pub fn run_unread(url: &str, words: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    rolecall(url).args(words).stdout(writer).output().unwrap()
}

pub fn done(url: &str, words: &[&str]) -> String {
    let output = run(url, words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A server on a port of its own; it ends with the value.
pub struct Node {
    child: Mutex<Child>,
    pub address: String,
    /// Where its metrics are, if that is another address.
    pub apart: Option<String>,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Node {
    pub fn start(url: &str) -> Self {
        Self::start_with(url, &[])
    }

    /// With more options, as variables.
    pub fn start_with(url: &str, options: &[(&str, &str)]) -> Self {
        Self::start_logging(url, options, Stdio::inherit())
    }

    /// Its log goes there.
    pub fn start_logging(url: &str, options: &[(&str, &str)], log: impl Into<Stdio>) -> Self {
        let mut command = rolecall(url);
        command.arg("serve").env("ROLECALL_ADDR", "127.0.0.1:0").envs(options.iter().copied()).stderr(log);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut says = |before: &str, after: &str| loop {
            let line = lines.next().expect("the server ended before it listened").unwrap();
            if let Some(rest) = line.strip_prefix(before) {
                break rest.strip_suffix(after).unwrap().to_owned();
            }
        };
        let address = says("listening on http://", "");
        let apart = options.iter().any(|(name, _)| *name == "ROLECALL_METRICS_ADDR").then(|| says("metrics at http://", "/metrics"));
        Self { child: Mutex::new(child), address, apart }
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        get(&self.address, path, headers).unwrap()
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.try_post(path, headers, body).unwrap()
    }

    /// An error where the server went away meanwhile.
    pub fn try_post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> std::io::Result<Answer> {
        answer(self.send_post(path, headers, body)?)
    }

    /// Sends it, and reads no answer: that comes on this connection.
    pub fn send_post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> std::io::Result<TcpStream> {
        let body = body.to_string();
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\naccept: application/json\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(&body);
        let mut stream = TcpStream::connect(&self.address)?;
        stream.write_all(request.as_bytes())?;
        Ok(stream)
    }

    /// Asks it to end, as a service manager does.
    pub fn terminate(&self) {
        let id = self.child.lock().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits for it to end by itself.
    pub fn ended(&self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.lock().unwrap().try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "the server does not end");
            std::thread::yield_now();
        }
    }

    /// At once, whatever it is doing.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        child.wait().unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn get(address: &str, path: &str, headers: &[(&str, &str)]) -> std::io::Result<Answer> {
    let mut request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    answer(stream)
}

/// All that comes until the server closes the connection.
pub fn answer(mut stream: TcpStream) -> std::io::Result<Answer> {
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(std::io::ErrorKind::InvalidData)?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// Asks again until it is so, for ten seconds.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(10), "still not so after ten seconds: {what}");
        std::thread::yield_now();
    }
}

/// Each test as two: on an empty SQLite file, and on an empty PostgreSQL database.
macro_rules! on_both {
    ($($test:ident: $sqlite:ident, $postgres:ident;)*) => {$(
        #[test]
        fn $sqlite() {
            testkit::databases::run_empty(testkit::databases::Database::Sqlite, $test);
        }
        #[test]
        fn $postgres() {
            testkit::databases::run_empty(testkit::databases::Database::Postgres, $test);
        }
    )*};
}

pub(crate) use on_both;
