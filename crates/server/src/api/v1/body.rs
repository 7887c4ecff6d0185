//! Bodies of questions, read where they lie, and answers written in one piece: a batch is a hundred kilobytes each way.

use super::problem::{Problem, unread};
use crate::api::by_name::ByName;
use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, Request, rejection::JsonRejection},
    response::{IntoResponse as _, Response},
};
use domain::failure::Failure;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::borrow::Cow;

/// A JSON body that was not read yet.
pub struct Said(Bytes);

/// A body that is no JSON, as it is.
pub struct Whole(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| unread(&JsonRejection::BytesRejection(rejection)))
    }
}

/// Text of a body, in its place where it needs no unescaping.
#[derive(Debug, Deserialize)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> FromRequest<S> for Said {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::no_json());
        }
        Whole::from_request(request, state).await.map(|Whole(body)| Self(body))
    }
}

/// RFC 6839 has the ending `+json`.
pub fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let essence = kind.split_once(';').map_or(kind, |(essence, _)| essence).trim();
    let Some((family, kind)) = essence.split_once('/') else { return false };
    let ends_so = || kind.len().checked_sub(SUFFIX.len()).and_then(|start| kind.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(SUFFIX));
    family.eq_ignore_ascii_case("application") && (kind.eq_ignore_ascii_case("json") || ends_so())
}

const SUFFIX: &str = "+json";

impl Said {
    /// Reads it as a `T`. What can't be read so is read again as an `Owned`, which is the same in texts of its own, only to say where reading stopped.
    pub fn read<'a, T: Deserialize<'a>, Owned: DeserializeOwned>(&'a self) -> Result<T, Problem> {
        match serde_json::from_slice(&self.0) {
            Ok(ByName(body)) => Ok(body),
            Err(error) => Err(Json::<ByName<Owned>>::from_bytes(&self.0).map_or_else(|rejection| unread(&rejection), |_| Problem::malformed(error))),
        }
    }
}

/// The body, where it can be read.
pub fn read_now<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    serde_json::from_slice(body).ok().map(|ByName(body)| body)
}

/// The answer as JSON, of about so many bytes.
fn written(answer: &impl Serialize, size: usize) -> Option<Vec<u8>> {
    let mut body = Vec::with_capacity(size);
    match serde_json::to_writer(&mut body, answer) {
        Ok(()) => Some(body),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            None
        }
    }
}

/// The same as a response.
pub fn told(answer: &impl Serialize, size: usize) -> Response {
    written(answer, size).map_or_else(|| Problem::from(Failure::internal()).into_response(), as_json)
}

/// What is JSON already as a response.
pub fn as_json(body: Vec<u8>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_by_its_media_type() {
        let is = |kind: &'static str| is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]));
        assert!(is("application/json") && is("Application/JSON; charset=utf-8") && is("application/vnd.x+json") && is("APPLICATION/X+Json;q=1"));
        assert!(
            !is("text/json") && !is("application/jsonx") && !is("json") && !is("application") && !is("application/") && !is("") && !is_json(&HeaderMap::new())
        );
    }

    #[test]
    fn what_can_not_be_read_says_where() {
        #[derive(Deserialize)]
        struct Named<T> {
            name: T,
        }
        let said = |text: &'static str| Said(Bytes::from_static(text.as_bytes()));
        let plain = said(r#"{"name": "a\tb"}"#);
        assert_eq!(plain.read::<Named<Text<'_>>, Named<String>>().unwrap().name.as_ref(), "a\tb");
        for (text, status, words) in
            [(r#"["x"]"#, 422, "an object with named fields"), (r#"{"name": 1}"#, 422, "name: invalid type"), (r#"{"name": "#, 400, "EOF while parsing")]
        {
            let said = said(text);
            let Err(problem) = said.read::<Named<Text<'_>>, Named<String>>() else { panic!("{text} was read") };
            assert_eq!(problem.status().as_u16(), status);
            let message = problem.failure().message;
            assert!(message.contains(words), "{message}");
        }
    }
}
