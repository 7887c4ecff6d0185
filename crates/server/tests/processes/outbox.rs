//! Mail and webhooks of a running server, as its metrics count them: what waits, what went out, what is tried again and what is given up.

use crate::{
    acme::acme,
    metrics::samples,
    process::{Node, until},
};
use serde_json::json;
use std::{
    io::{BufRead as _, BufReader, Read as _, Result, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};
use testkit::databases::{Database, Place, run_empty};

/// Answers each who connects, beside the others; gives the address.
fn listening(serve: impl Fn(TcpStream) -> Result<()> + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, serve) = (stream.unwrap(), serve.clone());
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

/// Takes one from what is left; says whether there was one.
fn one_of(left: &Mutex<u32>) -> bool {
    let mut left = left.lock().unwrap();
    let any = *left > 0;
    *left = left.saturating_sub(1);
    any
}

/// A mail server that refuses so many mails for now, and takes all after them.
fn mail_server(refusals: u32) -> String {
    let left = Arc::new(Mutex::new(refusals));
    listening(move |stream| {
        let mut answers = stream.try_clone()?;
        answers.write_all(b"220 test\r\n")?;
        let mut is_text = false;
        for line in BufReader::new(stream).lines() {
            let line = line?;
            let answer = match line.as_str() {
                "." if is_text => {
                    is_text = false;
                    "250 taken\r\n"
                }
                _ if is_text => continue,
                "DATA" => {
                    is_text = true;
                    "354 go on\r\n"
                }
                line if line.starts_with("MAIL") && one_of(&left) => "451 later\r\n",
                _ => "250 ok\r\n",
            };
            answers.write_all(answer.as_bytes())?;
        }
        Ok(())
    })
}

/// A receiver of webhooks that takes so many, and none after them.
fn receiver(room: u32) -> String {
    let left = Arc::new(Mutex::new(room));
    listening(move |mut stream| {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(said) = line.strip_prefix("content-length: ") {
                length = said.parse().unwrap();
            }
        }
        reader.read_exact(&mut vec![0; length])?;
        let answer = if one_of(&left) { "HTTP/1.1 204 No Content\r\n\r\n" } else { "HTTP/1.1 500 Oh\r\ncontent-length: 7\r\n\r\nno room" };
        stream.write_all(answer.as_bytes())
    })
}

/// What is counted of mails, and of deliveries.
const NAMES: [&str; 7] = [
    "rolecall_mails_total{result=\"sent\"}",
    "rolecall_mails_total{result=\"failed\"}",
    "rolecall_mails_total{result=\"given_up\"}",
    "rolecall_outbox_waiting{of=\"mail\"}",
    "rolecall_webhook_deliveries_total{result=\"delivered\"}",
    "rolecall_webhook_deliveries_total{result=\"failed\"}",
    "rolecall_outbox_waiting{of=\"webhook\"}",
];

async fn what_goes_out_is_counted(url: String) {
    let acme = acme(&url, "source_admin").await;
    // the first mail is tried twice in vain
    let smtp = format!("smtp://{}", mail_server(2));
    let node = Node::start_with(&url, &[("ROLECALL_SMTP_URL", smtp.as_str()), ("ROLECALL_WEBHOOKS_TO_PRIVATE", "1")]);
    let wish = json!({ "url": format!("http://{}/hook", receiver(1)), "description": "", "events": ["members_invited"], "enabled": true });
    let made = node.post("/rpc/webhooks/create", &acme.signed_in(), &json!({ "slug": "acme", "draft": wish }));
    assert_eq!(made.status, 200, "{}", made.body);
    let bearer = format!("Bearer {}", acme.token);
    let invite = |email: &str| {
        let sent = node.post("/api/v1/invites", &[("authorization", bearer.as_str())], &json!({ "emails": [email] }));
        assert_eq!(sent.status, 201, "{}", sent.body);
    };
    let read = || samples(&node.get("/metrics", &[]).body);
    let counted = || {
        let samples = read();
        NAMES.map(|name| *samples.get(name).unwrap_or_else(|| panic!("{name} is not in {samples:?}")))
    };
    let ages = || {
        let samples = read();
        ["mail", "webhook"].map(|of| samples[&format!("rolecall_outbox_oldest_seconds{{of=\"{of}\"}}")])
    };
    assert_eq!(counted(), [0.0; 7]);
    assert_eq!(ages(), [0.0; 2]);

    invite("ada@acme.test");
    until("the mail is refused and the webhook delivered", || counted() == [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    let [mail, webhook] = ages();
    assert!(mail > 0.0 && mail < 60.0 && webhook == 0.0, "{mail} {webhook}");

    // it is due now, for the last time
    Place::raw_at(&url, "UPDATE outbox SET attempts = 9, next_at = 0").await;
    invite("bob@acme.test");
    until("the first mail is given up, the second sent and the webhook refused", || counted() == [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]);
    let [mail, webhook] = ages();
    assert!(mail == 0.0 && webhook > 0.0 && webhook < 60.0, "{mail} {webhook}");
}

#[test]
fn what_goes_out_is_counted_sqlite() {
    run_empty(Database::Sqlite, what_goes_out_is_counted);
}

#[test]
fn what_goes_out_is_counted_postgres() {
    run_empty(Database::Postgres, what_goes_out_is_counted);
}
