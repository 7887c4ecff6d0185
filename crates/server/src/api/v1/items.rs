//! How answers look: lists, and objects with their revision as an `ETag`.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use domain::page::Page;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Items<T> {
    pub items: Vec<T>,
    /// The `cursor` of the page behind this one; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many there are in all; missing where counting would cost more than the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl<T> Items<T> {
    pub fn of<U>(page: Page<U>, one: impl FnMut(U) -> T) -> Self {
        let page = page.map(one);
        Self { items: page.rows, next: page.next, total: page.total }
    }
}

/// An object, with the revision that an update may name.
pub struct Tagged<T> {
    pub status: StatusCode,
    pub revision: i64,
    pub body: T,
}

impl<T> Tagged<T> {
    pub const fn of(revision: i64, body: T) -> Self {
        Self { status: StatusCode::OK, revision, body }
    }

    pub const fn made(revision: i64, body: T) -> Self {
        Self { status: StatusCode::CREATED, revision, body }
    }
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", self.revision)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}
