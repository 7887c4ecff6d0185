//! What an address and its query say, as typed values; what can't be read is told with its name.

use super::Problem;
use axum::extract::{FromRequestParts, Query};
use domain::{
    failure::Failure,
    page::{Cursor, PageSize},
    save::Expected,
};
use http::{HeaderMap, header, request::Parts};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::{
    IntoParams,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
    },
};

/// How many come where nobody says how many.
const USUAL: u16 = 100;

/// The query of a URL.
pub struct Params<T>(pub T);

impl<T, S> FromRequestParts<S> for Params<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(Problem::malformed(rejection.body_text())),
        }
    }
}

/// A page of what is searched by name.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Listing {
    /// Part of a name or an address.
    #[param(example = "ada")]
    pub q: Option<String>,
    /// How many at most, 1 to 1,000; 100 without it.
    #[param(minimum = 1, maximum = 1000, example = 100)]
    pub limit: Option<u16>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// A page of what is not searched.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many at most, 1 to 1,000; 100 without it.
    #[param(minimum = 1, maximum = 1000, example = 100)]
    pub limit: Option<u16>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// How many rows a page may have, and how many it has where nothing is said.
pub fn page_size(limit: Option<u16>) -> Result<PageSize, Failure> {
    match limit {
        None => Ok(PageSize::new(USUAL)),
        Some(limit @ 1..=PageSize::MAX) => Ok(PageSize::new(limit)),
        Some(_) => Err(Failure::field("limit", format_args!("a page has 1 to {} rows", PageSize::MAX))),
    }
}

pub fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Failure> {
    text.filter(|text| !text.is_empty()).map(|text| Cursor::decode(text).map_err(|error| Failure::field("cursor", error))).transpose()
}

/// `If-Match`: `"3"` is the revision that the caller changes, also without its quotes; `*` whichever there is. Stands before the proof among a
/// route's arguments: it takes the header with it, and what is left by then is refused.
pub struct IfMatch(pub Expected);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let expected = expected(&parts.headers)?;
        parts.headers.remove(header::IF_MATCH);
        Ok(Self(expected))
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(r#"^(\*|"[0-9]{1,18}"|[0-9]{1,18})$"#)).build();
        let header = ParameterBuilder::new()
            .name("If-Match")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("The revision that is changed, in quotes as the `etag` had it, or without"))
            .schema(Some(schema))
            .build();
        vec![header]
    }
}

fn expected(headers: &HeaderMap) -> Result<Expected, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(Expected::Anything) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(Expected::Something);
    }
    let number = text.strip_prefix('"').map_or(Some(text), |rest| rest.strip_suffix('"'));
    let number = number.filter(|number| number.bytes().all(|digit| digit.is_ascii_digit())).and_then(|number| number.parse().ok());
    number.map(Expected::Revision).ok_or_else(|| Problem::malformed("If-Match is the revision in quotes, as the ETag had it: `\"3\"`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_read_as_the_etag_had_it() {
        let read = |text: &'static str| expected(&HeaderMap::from_iter([(header::IF_MATCH, http::HeaderValue::from_static(text))]));
        assert_eq!([read("\"12\"").unwrap(), read("12").unwrap()], [Expected::Revision(12), Expected::Revision(12)]);
        assert_eq!(read("*").unwrap(), Expected::Something);
        assert_eq!(expected(&HeaderMap::new()).unwrap(), Expected::Anything);
        for wrong in ["\"12", "12\"", "+12", "-1", "W/\"12\"", "\"x\"", "", "\"1\", \"2\""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_page_has_a_row_at_least_and_a_thousand_at_most() {
        assert_eq!((page_size(None).unwrap().get(), page_size(Some(1_000)).unwrap().get()), (USUAL, 1_000));
        for wrong in [0, 1_001, u16::MAX] {
            assert_eq!(page_size(Some(wrong)).unwrap_err().field.as_deref(), Some("limit"));
        }
    }
}
