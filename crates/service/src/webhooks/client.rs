//! Sends one request to a webhook's address, and hears the beginning of the answer.
//!
//! The connection goes to the very address that was allowed (`federation::outgoing`): a name can't point elsewhere in between.
//! Redirects are not followed, time and length are bounded.

use domain::webhook_url::WebhookUrl;
use federation::outgoing::{Address, Dialer, DialerError, Stream};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::time::timeout;
use tokio_rustls::rustls;

/// How long one attempt may take in all.
const PATIENCE: Duration = Duration::from_secs(15);

/// How much of an answer is read, and how many characters of it are kept.
const MOST_READ: usize = 64 * 1_024;
const MOST_KEPT: usize = 1_000;

/// What a receiver answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Its beginning, as text.
    pub(super) text: String,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ClientError {
    #[error("{0}")]
    Connect(DialerError),
    #[error("{0} leads to an address of a private network; the operator can allow that by ROLECALL_WEBHOOKS_TO_PRIVATE")]
    Private(String),
    #[error("`{0}` is no address that can be connected to")]
    Address(String),
    #[error("the connection broke: {0}")]
    Http(#[from] hyper::Error),
    #[error("the request can't be written: {0}")]
    Request(#[from] hyper::http::Error),
    #[error("no answer in {} seconds", PATIENCE.as_secs())]
    Slow,
}

impl From<DialerError> for ClientError {
    fn from(error: DialerError) -> Self {
        match error {
            DialerError::Private(host) => Self::Private(host),
            other => Self::Connect(other),
        }
    }
}

pub(super) struct Client(Dialer);

impl Client {
    /// Trusts whom this machine trusts.
    pub(super) fn new(to_private: bool) -> Result<Self, rustls::Error> {
        Ok(Self(Dialer::new(to_private)?))
    }

    pub(super) async fn post(&self, url: &WebhookUrl, headers: &[(&'static str, String)], body: String) -> Result<Answer, ClientError> {
        timeout(PATIENCE, self.exchange(url, headers, body)).await.map_err(|_| ClientError::Slow)?
    }

    async fn exchange(&self, url: &WebhookUrl, headers: &[(&'static str, String)], body: String) -> Result<Answer, ClientError> {
        let mut request = Request::post(url.target())
            .header(HOST, url.authority())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("Rolecall/", env!("CARGO_PKG_VERSION")));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(Bytes::from(body)))?;
        let address = Address::parse(&url.to_string()).ok_or_else(|| ClientError::Address(url.host().to_owned()))?;
        talk(self.0.connect(&address).await?, request).await
    }
}

async fn talk(stream: Stream, request: Request<Full<Bytes>>) -> Result<Answer, ClientError> {
    let (mut sender, connection) = http1::Builder::new().max_buf_size(MOST_READ).handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let heard = async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        let mut body = Limited::new(response.into_body(), MOST_READ);
        let mut bytes = Vec::new();
        // what is too long, or breaks off, was answered all the same
        while bytes.len() < MOST_KEPT * 4
            && let Some(Ok(frame)) = body.frame().await
        {
            bytes.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
        }
        let text: String = String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_control() || *c == '\n').take(MOST_KEPT).collect();
        Ok(Answer { status, text: text.trim().to_owned() })
    }
    .await;
    driver.abort();
    heard
}
