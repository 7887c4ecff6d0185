//! `/api/docs`: the page to read the API's description and to try it (Swagger UI, served by us). A token typed there stays in the
//! page's memory.

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use std::sync::{Arc, OnceLock};
use utoipa_swagger_ui::{Config, SwaggerFile, serve};

/// Everything from here; the page sets styles by script, and has its icons as `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Where the page is, and all its files.
pub const PATH: &str = "/api/docs";

fn config() -> Arc<Config<'static>> {
    static CONFIG: OnceLock<Arc<Config<'static>>> = OnceLock::new();
    CONFIG.get_or_init(|| Arc::new(Config::from("/api/openapi.json").try_it_out_enabled(true).deep_linking(true).use_base_layout())).clone()
}

async fn file(Path(name): Path<String>) -> Response {
    match serve(&name, config()) {
        Ok(Some(SwaggerFile { bytes, content_type, .. })) => {
            let mut response = bytes.into_owned().into_response();
            let headers = response.headers_mut();
            if let Ok(kind) = HeaderValue::from_str(&content_type) {
                headers.insert(header::CONTENT_TYPE, kind);
            }
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            response
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a file of the API's page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(PATH, get(|| async { Redirect::permanent("/api/docs/") }))
        .route("/api/docs/", get(|| file(Path("index.html".to_owned()))))
        .route("/api/docs/{*file}", get(file))
}
