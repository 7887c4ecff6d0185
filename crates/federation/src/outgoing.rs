//! Requests to addresses that a workspace's owner has entered: they must not reach into the network that the server stands in.
//!
//! A name is looked up here, and the connection goes to the very address that was allowed, so that it can't lead elsewhere in between. Redirects
//! are not followed; time and length are bounded. [`Dialer`] is the part that other outgoing connections can share.

mod address;
mod dialer;
mod reach;

pub use address::Address;
pub use dialer::{Dialer, DialerError, Stream};
pub use reach::is_public;

use crate::Refusal;
use form_urlencoded::Serializer;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT},
    http::request::Builder,
};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::{task::AbortHandle, time::timeout};
use tokio_rustls::rustls;

/// How long one request may take in all.
const PATIENCE: Duration = Duration::from_secs(10);
const MOST_READ: usize = 1_024 * 1_024;
const MOST_HEADER: usize = 64 * 1_024;

/// What was answered. A redirect is a refusal, any other status is the caller's to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub text: String,
}

/// What the other side is shown of who asks.
#[derive(Clone, Copy)]
pub enum Credentials<'a> {
    None,
    Basic { name: &'a str, password: &'a str },
    Bearer(&'a str),
}

/// Sends requests of this server.
pub struct Outgoing {
    dialer: Dialer,
    allow_private: bool,
    patience: Duration,
}

impl Outgoing {
    /// With `allow_private`, which is the operator's to say, private networks and plain `http` are reached too.
    pub fn new(allow_private: bool) -> Result<Self, rustls::Error> {
        Ok(Self { dialer: Dialer::new(allow_private)?, allow_private, patience: PATIENCE })
    }

    /// Waits for so long, instead of ten seconds.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The address, if requests may go there as far as its spelling tells.
    pub fn address(&self, url: &str) -> Result<Address, Refusal> {
        let address = Address::parse(url).ok_or_else(|| Refusal::malformed(format!("`{url}` is no address of a server")))?;
        if address.is_https() || self.allow_private { Ok(address) } else { Err(Refusal::InsecureAddress { url: url.to_owned() }) }
    }

    pub async fn get_text(&self, url: &str, credentials: Credentials<'_>) -> Result<Answer, Refusal> {
        let address = self.address(url)?;
        self.exchange(&address, Request::get(address.target()), credentials, String::new()).await
    }

    pub async fn post_form(&self, url: &str, credentials: Credentials<'_>, form: &[(&str, &str)]) -> Result<Answer, Refusal> {
        let address = self.address(url)?;
        let request = Request::post(address.target()).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        self.exchange(&address, request, credentials, body).await
    }

    async fn exchange(&self, address: &Address, request: Builder, credentials: Credentials<'_>, body: String) -> Result<Answer, Refusal> {
        let mut request = request
            .header(HOST, address.authority())
            .header(ACCEPT, "application/json, */*;q=0.5")
            .header(USER_AGENT, concat!("Rolecall/", env!("CARGO_PKG_VERSION")));
        if let Some(value) = credentials.header()? {
            request = request.header(AUTHORIZATION, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|error| Refusal::malformed(error.to_string()))?;
        let exchange = async { talk(self.dialer.connect(address).await?, request).await };
        let slow = |_| down(format!("there was no answer in {:?}", self.patience));
        timeout(self.patience, exchange).await.map_err(slow)?
    }
}

impl Credentials<'_> {
    fn header(self) -> Result<Option<HeaderValue>, Refusal> {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let text = match self {
            Self::None => return Ok(None),
            Self::Basic { name, password } => format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(name), encoded(password)))),
            Self::Bearer(token) => format!("Bearer {token}"),
        };
        let mut value = HeaderValue::try_from(text).map_err(|_| Refusal::malformed("the token has characters that no header may have"))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}

/// Client ID and secret are encoded as in a form before they are joined (RFC 6749, 2.3.1).
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn talk(stream: Stream, request: Request<Full<Bytes>>) -> Result<Answer, Refusal> {
    let handshake = http1::Builder::new().max_buf_size(MOST_HEADER).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(broken)?;
    let _driver = EndsWithUs(tokio::spawn(connection).abort_handle());
    let response = sender.send_request(request).await.map_err(broken)?;
    let status = response.status();
    if status.is_redirection() {
        return Err(down(format!("it answers with a redirect ({}), which is not followed; enter the address that it leads to", status.as_u16())));
    }
    let body = Limited::new(response.into_body(), MOST_READ).collect().await;
    let body = body.map_err(|error| if error.is::<LengthLimitError>() { Refusal::TooLong } else { down(format!("the connection broke: {error}")) })?;
    let text = String::from_utf8(body.to_bytes().to_vec()).map_err(|_| Refusal::malformed("it is not UTF-8"))?;
    Ok(Answer { status: status.as_u16(), text })
}

/// Ends a connection's task when nobody waits for its answer any more.
struct EndsWithUs(AbortHandle);

impl Drop for EndsWithUs {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn broken(error: hyper::Error) -> Refusal {
    down(format!("the connection broke: {error}"))
}

fn down(why: String) -> Refusal {
    Refusal::ProviderDown { why }
}

impl From<DialerError> for Refusal {
    fn from(error: DialerError) -> Self {
        match error {
            DialerError::Private(host) => Self::PrivateAddress { host },
            other => Self::ProviderDown { why: other.to_string() },
        }
    }
}
