//! Connects to an address that is allowed, by TLS where it says so, trusting whom this machine trusts.

use super::{address::Address, reach::is_public};
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{self, ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

const CONNECTING: Duration = Duration::from_secs(5);

/// How many addresses of a name are tried.
const MOST_ADDRESSES: usize = 4;

#[derive(Debug, thiserror::Error)]
pub enum DialerError {
    #[error("the name `{0}` leads nowhere ({1})")]
    Name(String, io::Error),
    #[error("`{0}` leads to an address of a private network")]
    Private(String),
    #[error("there is no connection ({0})")]
    Connect(String),
    #[error("there is no secure connection ({0})")]
    Tls(io::Error),
}

/// Makes connections to the public, or also to private networks where the operator allows that.
pub struct Dialer {
    tls: TlsConnector,
    to_private: bool,
}

impl Dialer {
    pub fn new(to_private: bool) -> Result<Self, rustls::Error> {
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

    /// To the first address of the host that is allowed and answers.
    pub async fn connect(&self, to: &Address) -> Result<Stream, DialerError> {
        let stream = self.reach(to).await?;
        if !to.is_https() {
            return Ok(Stream::Plain(stream));
        }
        let name = ServerName::try_from(to.host().to_owned()).map_err(|error| DialerError::Connect(error.to_string()))?;
        let stream = self.tls.connect(name, stream).await.map_err(DialerError::Tls)?;
        Ok(Stream::Secure(Box::new(stream)))
    }

    async fn reach(&self, to: &Address) -> Result<TcpStream, DialerError> {
        let slow = || DialerError::Connect(format!("none in {} seconds", CONNECTING.as_secs()));
        let found = timeout(CONNECTING, lookup_host((to.host(), to.port()))).await.map_err(|_| slow())?;
        let found = found.map_err(|error| DialerError::Name(to.host().to_owned(), error))?;
        let allowed = found.filter(|address| self.to_private || is_public(address.ip())).take(MOST_ADDRESSES);
        let mut last = DialerError::Private(to.host().to_owned());
        for address in allowed {
            match timeout(CONNECTING, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = DialerError::Connect(error.to_string()),
                Err(_) => last = slow(),
            }
        }
        Err(last)
    }
}

/// A connection, in the open or by TLS.
pub enum Stream {
    Plain(TcpStream),
    Secure(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Secure(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Secure(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Secure(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Secure(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
