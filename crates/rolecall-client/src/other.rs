//! Calls to parts of the API that have no function here yet, with the same retries, keys and errors.

use crate::{
    client::Client,
    error::Error,
    paging::Pages,
    transport::{Call, Transport},
};
use futures::{Stream, StreamExt as _, stream};
use http::Method;
use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use serde::{Serialize, de::DeserializeOwned};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

impl Client {
    /// Reads what is at this path: `client.get("/api/v1/workspace")`.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.call(&Call::get(path)).await?.json(&self.inner.transport)
    }

    /// A list there, page by page.
    pub fn list<T: DeserializeOwned>(&self, path: &str) -> Pages<T> {
        Pages::new(self, path, &[])
    }

    /// Asks there with a body, which changes nothing.
    pub async fn ask<T: DeserializeOwned>(&self, path: &str, question: &impl Serialize) -> Result<T, Error> {
        self.call(&Call::ask(path, question)?).await?.json(&self.inner.transport)
    }

    /// Writes JSON there, once.
    pub async fn send<T: DeserializeOwned>(&self, method: Method, path: &str, body: &impl Serialize) -> Result<T, Error> {
        self.call(&Call::write(method, path, body)?).await?.json(&self.inner.transport)
    }

    /// Writes a text there, such as `text/csv`, once.
    pub async fn send_text<T: DeserializeOwned>(&self, method: Method, path: &str, content_type: &'static str, text: String) -> Result<T, Error> {
        self.call(&Call::write_text(method, path, content_type, text)).await?.json(&self.inner.transport)
    }

    /// Deletes what is there, once.
    pub async fn delete(&self, path: &str) -> Result<(), Error> {
        self.call(&Call::delete(path)).await.map(drop)
    }

    /// Reads what is too long to be held in memory, piece by piece. It is not tried again. The time of a try ([`ClientBuilder::timeout`]) is that of
    /// its beginning, and of each piece after it: together they may take as long as they need.
    ///
    /// [`ClientBuilder::timeout`]: crate::ClientBuilder::timeout
    pub async fn stream(&self, path: &str, accept: &'static str) -> Result<impl Stream<Item = Result<Bytes, Error>> + use<>, Error> {
        let (transport, most) = (self.inner.transport.clone(), self.inner.timeout);
        let call = Call::get(path);
        let response = match timeout(most, transport.send(&call, accept)).await {
            Ok(answered) => answered?,
            Err(_) => return Err(transport.slow(most)),
        };
        Ok(pieces(transport, response.into_body(), most))
    }

    /// A value as it may stand in a path or a query.
    #[must_use]
    pub fn escaped(value: &str) -> String {
        crate::paging::escaped(value)
    }
}

/// What comes, until it ends, breaks off or is silent for longer than this.
fn pieces(transport: Arc<Transport>, body: Incoming, most: Duration) -> impl Stream<Item = Result<Bytes, Error>> {
    stream::unfold(Some(body.into_data_stream()), move |open| {
        let transport = transport.clone();
        async move {
            let mut body = open?;
            match timeout(most, body.next()).await {
                Ok(None) => None,
                Ok(Some(Ok(piece))) => Some((Ok(piece), Some(body))),
                Ok(Some(Err(error))) => Some((Err(transport.broken(&error)), None)),
                Err(_) => Some((Err(transport.slow(most)), None)),
            }
        }
    })
}
