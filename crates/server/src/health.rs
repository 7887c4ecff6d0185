//! For whoever watches the process: is it alive, can it answer.

use axum::{Router, extract::State, response::IntoResponse, routing::get};
use http::StatusCode;
use service::Services;

/// Alive: the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready for more: the database answers too, within a second, and the server does not end.
pub async fn readyz(State(services): State<Services>) -> impl IntoResponse {
    if services.ending.is_leaving() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the server ends\n");
    }
    match service::health::ready(&services).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// Both, for an address of their own.
pub fn routes(services: Services) -> Router {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(services)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use domain::catalog::Catalog;
    use http::Request;
    use service::{Settings, secrets::SecretKey, setup};
    use std::sync::Arc;
    use tower::ServiceExt as _;

    async fn asked(services: &Services) -> StatusCode {
        routes(services.clone()).oneshot(Request::get("/readyz").body(Body::empty()).unwrap()).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_server_whose_database_is_away_is_not_ready() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let settings = Settings::usual("http://127.0.0.1:3000".to_owned(), SecretKey::parse(&"k".repeat(32)).unwrap());
        let services = setup::open(&url, Arc::new(Catalog::parse(Catalog::BUILT_IN).unwrap()), settings).await.unwrap();
        assert_eq!(asked(&services).await, StatusCode::OK);
        // all that read are busy, as with a database that is silent: nobody waits as long as one who reads does
        let readers = services.store.pools().into_iter().find(|pool| pool.name == "reader").unwrap().most;
        let mut busy = Vec::new();
        for _ in 0..readers {
            busy.push(services.store.snapshot().await.unwrap());
        }
        tokio::select! {
            status = asked(&services) => assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE),
            _ = services.store.snapshot() => panic!("who reads was told first"),
        }
        drop(busy);
        assert_eq!(asked(&services).await, StatusCode::OK);
        services.store.close().await.unwrap();
        assert_eq!(asked(&services).await, StatusCode::SERVICE_UNAVAILABLE);
    }
}
