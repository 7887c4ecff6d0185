//! Sends one request to a webhook's address, and hears the beginning of the answer.
//!
//! The address is looked up here, and the connection goes to the very address that was allowed: a name can't point elsewhere in between.
//! Redirects are not followed, time and length are bounded.

use super::reach::is_public;
use domain::webhook_url::WebhookUrl;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1,
    header::{CONTENT_TYPE, HOST, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{self, ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

/// How long one attempt may take in all, and its connection.
const PATIENCE: Duration = Duration::from_secs(15);
const CONNECTING: Duration = Duration::from_secs(5);

/// How much of an answer is read, and how many characters of it are kept.
const MOST_READ: usize = 64 * 1_024;
const MOST_KEPT: usize = 1_000;

/// How many addresses of a name are tried.
const MOST_ADDRESSES: usize = 4;

/// What a receiver answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// Its beginning, as text.
    pub(super) text: String,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ClientError {
    #[error("the name {0} leads nowhere: {1}")]
    Name(String, std::io::Error),
    #[error("{0} leads to an address of a private network; the operator can allow that by ROLECALL_WEBHOOKS_TO_PRIVATE")]
    Private(String),
    #[error("no connection: {0}")]
    Connect(String),
    #[error("no secure connection: {0}")]
    Tls(std::io::Error),
    #[error("the connection broke: {0}")]
    Http(#[from] hyper::Error),
    #[error("the request can't be written: {0}")]
    Request(#[from] hyper::http::Error),
    #[error("no answer in {} seconds", PATIENCE.as_secs())]
    Slow,
}

pub(super) struct Client {
    tls: TlsConnector,
    to_private: bool,
}

impl Client {
    /// Trusts whom this machine trusts.
    pub(super) fn new(to_private: bool) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "some certificates of this machine can't be read");
        }
        let (_, refused) = roots.add_parsable_certificates(found.certs);
        if refused > 0 {
            tracing::debug!(refused, "some certificates of this machine are of a form not known here");
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), to_private })
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
        let stream = self.connect(url).await?;
        if !url.is_https() {
            return talk(stream, request).await;
        }
        let name = ServerName::try_from(url.host().to_owned()).map_err(|error| ClientError::Connect(error.to_string()))?;
        let stream = self.tls.connect(name, stream).await.map_err(ClientError::Tls)?;
        talk(stream, request).await
    }

    /// To the first address that is allowed and answers.
    async fn connect(&self, url: &WebhookUrl) -> Result<TcpStream, ClientError> {
        let found = timeout(CONNECTING, lookup_host((url.host(), url.port()))).await.map_err(|_| ClientError::Slow)?;
        let found: Vec<_> = found.map_err(|error| ClientError::Name(url.host().to_owned(), error))?.collect();
        let allowed: Vec<_> = found.into_iter().filter(|address| self.to_private || is_public(address.ip())).take(MOST_ADDRESSES).collect();
        let mut last = ClientError::Private(url.host().to_owned());
        for address in allowed {
            match timeout(CONNECTING, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = ClientError::Connect(error.to_string()),
                Err(_) => last = ClientError::Connect(format!("none in {} seconds", CONNECTING.as_secs())),
            }
        }
        Err(last)
    }
}

async fn talk<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Answer, ClientError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
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
