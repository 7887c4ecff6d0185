//! What every success is wrapped in: `{"data": …}`.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Data<T> {
    data: T,
    #[serde(skip)]
    status: StatusCode,
}

/// What is said of a deletion that was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done {
    #[schema(schema_with = super::shapes::success)]
    status: &'static str,
}

impl<T> Data<T> {
    pub const fn of(data: T) -> Self {
        Self { data, status: StatusCode::OK }
    }

    /// Of what was made by this call.
    pub const fn made(data: T) -> Self {
        Self { data, status: StatusCode::CREATED }
    }

    pub fn data(self) -> T {
        self.data
    }
}

impl Done {
    pub const fn success() -> Self {
        Self { status: "SUCCESS" }
    }
}

impl Data<Done> {
    pub const fn done() -> Self {
        Self::of(Done::success())
    }
}

impl<T: Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}
