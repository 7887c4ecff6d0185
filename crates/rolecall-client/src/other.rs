//! Calls to parts of the API that have no function here yet, with the same retries, keys and errors.

use crate::{client::Client, error::Error, paging::Pages, transport::Call};
use futures::{Stream, StreamExt as _};
use http::Method;
use http_body_util::BodyExt as _;
use hyper::body::Bytes;
use serde::{Serialize, de::DeserializeOwned};

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

    /// Reads what is too long to be held in memory, piece by piece. It is not tried again, and has no limit of time.
    pub async fn stream(&self, path: &str, accept: &'static str) -> Result<impl Stream<Item = Result<Bytes, Error>> + use<>, Error> {
        let transport = self.inner.transport.clone();
        let body = transport.send(&Call::get(path), accept).await?.into_body();
        Ok(body.into_data_stream().map(move |piece| piece.map_err(|error| transport.foreign(&format!("its answer broke off: {error}")))))
    }

    /// A value as it may stand in a path or a query.
    #[must_use]
    pub fn escaped(value: &str) -> String {
        crate::paging::escaped(value)
    }
}
