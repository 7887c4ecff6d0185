//! One request and its answer, over connections that are kept open.

use crate::{
    chance,
    error::{Error, Problem},
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use serde::{Serialize, de::DeserializeOwned};
use std::{error::Error as _, sync::Arc, time::Duration};

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// How many bytes an answer may have that is read at once.
const MOST_READ: usize = 32 * 1_024 * 1_024;

/// Whoever says to wait for longer is not believed.
const MOST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// One request, which may be sent several times.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    method: Method,
    /// With its query, as it follows the server's address.
    path: String,
    body: Bytes,
    content_type: Option<&'static str>,
    /// Under which a write happens once.
    key: Option<String>,
    /// The revision that a write is for.
    revision: Option<i64>,
}

impl Call {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: Bytes::new(), content_type: None, key: None, revision: None }
    }

    /// A question with a body, which changes nothing.
    pub(crate) fn ask(path: impl Into<String>, body: &impl Serialize) -> Result<Self, Error> {
        let json = serde_json::to_vec(body).map_err(|error| Error::Setup(format!("what is sent can't be written as JSON: {error}")))?;
        Ok(Self { method: Method::POST, body: json.into(), content_type: Some("application/json"), ..Self::get(path) })
    }

    pub(crate) fn write(method: Method, path: impl Into<String>, body: &impl Serialize) -> Result<Self, Error> {
        Ok(Self { method, key: Some(chance::key()), ..Self::ask(path, body)? })
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, key: Some(chance::key()), ..Self::get(path) }
    }

    /// A body that is no JSON.
    pub(crate) fn write_text(method: Method, path: impl Into<String>, content_type: &'static str, text: String) -> Self {
        Self { method, body: text.into(), content_type: Some(content_type), key: Some(chance::key()), ..Self::get(path) }
    }

    pub(crate) fn at_revision(self, revision: Option<i64>) -> Self {
        Self { revision, ..self }
    }
}

/// An answer that was read.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) headers: HeaderMap,
    body: Bytes,
}

/// Where the server is, and as whom it is asked.
pub(crate) struct Transport {
    client: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// Without a slash at its end: `https://rolecall.example.com`.
    address: String,
    authorization: HeaderValue,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Transport {
    pub(crate) fn new(url: &str, token: &str) -> Result<Self, Error> {
        let (address, is_tls) = address(url)?;
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.trim()))
            .map_err(|_| Error::Setup("the token has characters that no token has; copy it again as `rolecall token create` printed it".to_owned()))?;
        authorization.set_sensitive(true);
        let mut plain = HttpConnector::new();
        plain.enforce_http(false);
        plain.set_nodelay(true);
        plain.set_connect_timeout(Some(CONNECTING));
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls(is_tls)?).https_or_http().enable_http1().wrap_connector(plain);
        let client = legacy::Client::builder(TokioExecutor::new()).pool_idle_timeout(Duration::from_secs(30)).build(connector);
        Ok(Self { client, address, authorization })
    }

    /// Sends it, and reads the whole answer; a refusal is an error.
    pub(crate) async fn exchange(&self, call: &Call) -> Result<Answered, Error> {
        let response = self.send(call, "application/json").await?;
        let (parts, body) = response.into_parts();
        Ok(Answered { headers: parts.headers, body: self.read(body).await? })
    }

    /// Sends it; the answer's body is there to be read. A refusal is an error.
    pub(crate) async fn send(&self, call: &Call, accept: &'static str) -> Result<Response<Incoming>, Error> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.address, call.path))
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header(header::ACCEPT, accept)
            .header(header::USER_AGENT, concat!("rolecall-client/", env!("CARGO_PKG_VERSION")));
        if let Some(kind) = call.content_type {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(revision) = call.revision {
            request = request.header(header::IF_MATCH, format!("\"{revision}\""));
        }
        let request = request.body(Full::new(call.body.clone())).map_err(|error| Error::Setup(format!("the request can't be written: {error}")))?;
        let response = self.client.request(request).await.map_err(|error| self.unreached(&error))?;
        if response.status().is_success() { Ok(response) } else { Err(self.refused(response).await) }
    }

    async fn read(&self, body: Incoming) -> Result<Bytes, Error> {
        match Limited::new(body, MOST_READ).collect().await {
            Ok(read) => Ok(read.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(self.foreign("its answer is longer than any of Rolecall's")),
            Err(error) => Err(self.broken(&error)),
        }
    }

    /// It was reached, and then no more.
    pub(crate) fn broken(&self, error: &dyn std::fmt::Display) -> Error {
        Error::Unreached { address: self.address.clone(), cause: format!("the connection broke: {error}"), cure: TRY_AGAIN, lasts: false }
    }

    /// It took longer than this.
    pub(crate) fn slow(&self, after: Duration) -> Error {
        Error::TimedOut { address: self.address.clone(), after }
    }

    async fn refused(&self, response: Response<Incoming>) -> Error {
        let status = response.status();
        let text = |name: header::HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let request_id = text(header::HeaderName::from_static("request-id"));
        let retry_after = text(header::RETRY_AFTER).and_then(|value| value.trim().parse().ok()).map(|seconds| Duration::from_secs(seconds).min(MOST_WAIT));
        let elsewhere = text(header::LOCATION);
        let body = match self.read(response.into_body()).await {
            Ok(body) => body,
            Err(error) => return error,
        };
        if let Some(problem) = Problem::read(status.as_u16(), &body, request_id, retry_after) {
            return Error::Refused(Box::new(problem));
        }
        if let Some(place) = elsewhere.filter(|_| status.is_redirection()) {
            return self.foreign(&format!("it sends elsewhere, to {place}; use that server's address"));
        }
        if status == StatusCode::BAD_REQUEST && body.windows(11).any(|words| words == b" HTTPS port") {
            return self.foreign("it wants TLS; write https:// in place of http://");
        }
        self.foreign(&format!("it answers with {status} and no reason"))
    }

    /// Something else answers.
    pub(crate) fn foreign(&self, found: &str) -> Error {
        Error::NotRolecall { address: self.address.clone(), found: found.to_owned() }
    }

    fn unreached(&self, error: &legacy::Error) -> Error {
        let mut words = Vec::new();
        let mut source = error.source();
        while let Some(error) = source {
            words.push(error.to_string());
            source = error.source();
        }
        let all = words.join(": ");
        let (cure, lasts) = cure(&all);
        Error::Unreached { address: self.address.clone(), cause: words.pop().unwrap_or_else(|| error.to_string()), cure, lasts }
    }
}

impl Answered {
    pub(crate) fn json<T: DeserializeOwned>(&self, transport: &Transport) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| transport.foreign(&format!("its answer can't be read: {error}")))
    }

    /// The version of the policy with what was written.
    pub(crate) fn version(&self) -> Option<i64> {
        self.headers.get("policy-version")?.to_str().ok()?.parse().ok()
    }
}

const TRY_AGAIN: &str = "try again in a moment";

/// What helps, and whether nothing does until it is done.
fn cure(words: &str) -> (&'static str, bool) {
    if words.contains("InvalidContentType") || words.contains("corrupt message") || words.contains("wrong version number") {
        ("it does not speak TLS there; write http:// in place of https://, if nobody can listen in between", true)
    } else if words.contains("certificate") {
        ("have this machine trust the issuer of its certificate, or name a file with it in SSL_CERT_FILE", true)
    } else if words.contains("HTTP version") || words.contains("HTTP status") || words.contains("HTTP header") {
        ("it does not speak HTTP there; if it is served by TLS, write https:// in place of http://", true)
    } else if words.contains("refused") {
        ("see that the server runs, and listens there", false)
    } else if words.contains("lookup") || words.contains("resolve") {
        ("check how the server's name is written", false)
    } else {
        ("check the address, and the network between", false)
    }
}

/// The server's address without a path, and whether it is by TLS.
fn address(url: &str) -> Result<(String, bool), Error> {
    let wrong = || Error::Setup(format!("`{url}` is no address of a server; write it as https://rolecall.example.com"));
    let trimmed = url.trim().trim_end_matches('/');
    let trimmed = trimmed.strip_suffix("/api/v1").or_else(|| trimmed.strip_suffix("/api")).unwrap_or(trimmed);
    let uri: Uri = trimmed.parse().map_err(|_| wrong())?;
    let is_tls = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        Some(_) | None => return Err(wrong()),
    };
    let is_whole = uri.host().is_some_and(|host| !host.is_empty()) && uri.query().is_none() && !trimmed.contains('@');
    if is_whole { Ok((trimmed.to_owned(), is_tls)) } else { Err(wrong()) }
}

/// Trusts whom this machine trusts; plain HTTP needs to trust nobody.
fn tls(wanted: bool) -> Result<ClientConfig, Error> {
    let failed = |cause: &dyn std::fmt::Display| Error::Setup(format!("TLS can't be set up: {cause}; see that this machine has certificates of authorities"));
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(|error| failed(&error))?;
    let config = if wanted { config.with_native_roots().map_err(|error| failed(&error))? } else { config.with_root_certificates(RootCertStore::empty()) };
    Ok(config.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_paste_them() {
        for (pasted, meant) in [
            ("https://rolecall.example.com/", ("https://rolecall.example.com", true)),
            (" http://127.0.0.1:3000/api/v1/ ", ("http://127.0.0.1:3000", false)),
            ("http://[::1]:3000/api", ("http://[::1]:3000", false)),
            ("https://example.com/rolecall", ("https://example.com/rolecall", true)),
        ] {
            assert_eq!(address(pasted).unwrap(), (meant.0.to_owned(), meant.1), "{pasted}");
        }
        for wrong in ["rolecall.example.com", "ftp://x.test", "https://", "https://x.test?a=b", "https://me:secret@x.test"] {
            assert!(address(wrong).unwrap_err().to_string().contains("https://rolecall.example.com"), "{wrong}");
        }
    }

    #[test]
    fn a_token_that_is_none_is_refused_before_it_is_sent() {
        assert!(matches!(Transport::new("http://127.0.0.1:1", "rc_ws_\n1"), Err(Error::Setup(_))));
    }
}
