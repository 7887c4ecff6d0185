//! A server of which a test says what it answers, and that keeps what it was asked.

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use futures::channel::mpsc::{UnboundedSender, unbounded};
use rolecall_client::{Caching, Client, ClientBuilder, Following};
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

/// What the server was asked.
#[derive(Clone, Debug)]
pub struct Heard {
    pub method: Method,
    /// With its query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

type Answer = dyn Fn(&Heard, usize) -> Response + Send + Sync;

#[derive(Clone)]
pub struct Fake {
    pub url: String,
    inner: Arc<Inner>,
}

struct Inner {
    answer: Box<Answer>,
    heard: Mutex<Vec<Heard>>,
    events: Mutex<Events>,
}

struct Events {
    version: i64,
    /// Nobody is let in else.
    is_open: bool,
    streams: Vec<UnboundedSender<Result<Bytes, Infallible>>>,
}

impl Fake {
    /// `answer` gets what was asked, and how many were asked before it.
    pub async fn start(answer: impl Fn(&Heard, usize) -> Response + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            answer: Box::new(answer),
            heard: Mutex::default(),
            events: Mutex::new(Events { version: 1, is_open: true, streams: Vec::new() }),
        });
        let app = Router::new().fallback(asked).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, inner }
    }

    /// One who allows everything, at the version that it tells.
    pub async fn allowing() -> Self {
        // the closure needs the version that the server itself keeps
        let version = Arc::new(Mutex::new(None::<Self>));
        let known = version.clone();
        let fake = Self::start(move |heard, _| {
            let version = known.lock().unwrap().as_ref().unwrap().version();
            match heard.body["checks"].as_array() {
                None => json_answer(&decision(version)),
                Some(checks) => json_answer(&json!({ "results": vec![decision(version); checks.len()], "policy_version": version })),
            }
        })
        .await;
        *version.lock().unwrap() = Some(fake.clone());
        fake
    }

    pub fn client(&self) -> ClientBuilder {
        Client::builder(&self.url, "rc_ws_test").timeout(Duration::from_secs(10))
    }

    /// One that remembers, and does not trust for a moment what it can't hear of; it follows already.
    pub async fn caching(&self) -> Client {
        let client = self.client().cache(Caching { grace: Duration::ZERO, ..Caching::default() }).build().unwrap();
        heard(&client, &Following::At(self.version())).await;
        client
    }

    /// What was asked beside the stream.
    pub fn heard(&self) -> Vec<Heard> {
        self.inner.heard.lock().unwrap().clone()
    }

    pub fn version(&self) -> i64 {
        self.inner.events.lock().unwrap().version
    }

    /// The policy has this version from now on, and whoever follows is told.
    pub fn tell(&self, version: i64) {
        let mut events = self.inner.events.lock().unwrap();
        events.version = version;
        events.streams.retain(|open| open.unbounded_send(Ok(policy(version))).is_ok());
    }

    /// The same, and nobody is told.
    pub fn change_silently(&self, version: i64) {
        self.inner.events.lock().unwrap().version = version;
    }

    pub fn say(&self, event: &'static str) {
        self.inner.events.lock().unwrap().streams.retain(|open| open.unbounded_send(Ok(Bytes::from_static(event.as_bytes()))).is_ok());
    }

    /// Breaks all streams off, and lets nobody in.
    pub fn close(&self) {
        let mut events = self.inner.events.lock().unwrap();
        (events.is_open, events.streams) = (false, Vec::new());
    }

    /// Lets nobody else in. Streams that are open stay so, and are silent.
    pub fn shut(&self) {
        self.inner.events.lock().unwrap().is_open = false;
    }

    pub fn open(&self) {
        self.inner.events.lock().unwrap().is_open = true;
    }
}

/// Waits until the client has heard this.
pub async fn heard(client: &Client, wanted: &Following) {
    let mut following = client.following().unwrap();
    let waited = following.wait_for(|following| following == wanted);
    tokio::time::timeout(Duration::from_secs(30), waited).await.expect("it is heard within 30 seconds").unwrap();
}

async fn asked(State(inner): State<Arc<Inner>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    if uri.path() == "/api/v1/events" {
        let (told, stream) = unbounded();
        let mut events = inner.events.lock().unwrap();
        if !events.is_open {
            return problem(503, "unavailable", "not now");
        }
        told.unbounded_send(Ok(policy(events.version))).unwrap();
        events.streams.push(told);
        return ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream)).into_response();
    }
    let heard = Heard { method, path: uri.to_string(), headers, body: serde_json::from_slice(&body).unwrap_or_default() };
    let before = {
        let mut all = inner.heard.lock().unwrap();
        all.push(heard.clone());
        all.len() - 1
    };
    (inner.answer)(&heard, before)
}

fn policy(version: i64) -> Bytes {
    format!("event: policy\nid: {version}\ndata: {{\"policy_version\":{version}}}\n\n").into()
}

pub fn decision(version: i64) -> Value {
    json!({ "allowed": true, "why": "as an owner", "reasons": [{ "type": "owner" }], "policy_version": version })
}

pub fn json_answer(body: &Value) -> Response {
    Json(body.clone()).into_response()
}

pub fn problem(status: u16, kind: &str, detail: &str) -> Response {
    let body = json!({ "type": format!("urn:rolecall:problem:{kind}"), "title": "Refused", "status": status, "detail": detail });
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}
