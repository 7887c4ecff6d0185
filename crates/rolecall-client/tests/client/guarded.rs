//! A guarded route: what reaches its handler, and what others are told.

use crate::fake::{Fake, Heard, decision, json_answer, problem};
use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
    routing::{get, patch},
};
use rolecall_client::{
    Decision, Resource, Subject,
    guard::{Guard, PathValues, Refusal},
};
use serde_json::{Value, json};
use tower::ServiceExt as _;

fn caller(parts: &Parts) -> Option<Subject> {
    parts.headers.get("x-user").map(|user| Subject::email(user.to_str().unwrap()))
}

async fn edit(Extension(decision): Extension<Decision>) -> String {
    decision.why
}

/// A product whose server allows editing one site, and denies all else.
async fn product(answer: impl Fn(&Heard, usize) -> Response + Send + Sync + 'static, hides: bool) -> (Router, Fake) {
    let fake = Fake::start(answer).await;
    let guard = Guard::new(fake.client().retries(0).build().unwrap(), caller);
    let guard = if hides { guard.hiding() } else { guard };
    let by_closure = |path: &PathValues| path.get("id").map(|id| Resource::one("source", id));
    let inside = guard.clone();
    let router = Router::new()
        .route("/sources/{id}", patch(edit).route_layer(guard.requires("source:edit", "source:{id}")).get(|| async { "read by all" }))
        .route("/closure/{id}", get(edit).route_layer(guard.requires("source:read", by_closure)))
        .route("/wrong/{id}", get(edit).route_layer(guard.requires("source:read", "source:{name}")))
        .route(
            "/inside",
            get(move |request: Request| async move {
                let (parts, _) = request.into_parts();
                Ok::<_, Refusal>(inside.check(&parts, "source:edit", Resource::one("source", "site")).await?.why)
            }),
        );
    (router, fake)
}

fn judge(heard: &Heard, _: usize) -> Response {
    if heard.body["resource"] == "source:site" {
        return json_answer(&decision(1));
    }
    let missing = json!({ "unknown": false, "roles": [{ "id": "source_admin", "name": "Source Admin" }], "held": [] });
    json_answer(&json!({ "allowed": false, "why": "source:edit needs Source Admin (all)", "reasons": [], "missing": missing, "policy_version": 1 }))
}

async fn ask(product: &Router, method: &str, path: &str, user: Option<&str>) -> (StatusCode, Response) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(user) = user {
        request = request.header("x-user", user);
    }
    let response = product.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    (response.status(), response)
}

async fn text(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), 10_000).await.unwrap().to_vec()).unwrap()
}

async fn body(response: Response) -> Value {
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    serde_json::from_str(&text(response).await).unwrap()
}

#[tokio::test]
async fn who_may_reaches_the_handler_with_the_decision() {
    let (product, fake) = product(judge, false).await;
    for path in ["/sources/site", "/closure/site", "/inside"] {
        let method = if path == "/sources/site" { "PATCH" } else { "GET" };
        let (status, response) = ask(&product, method, path, Some("bea@acme.test")).await;
        assert_eq!((status, text(response).await.as_str()), (StatusCode::OK, "as an owner"), "{path}");
    }
    assert_eq!(fake.heard()[0].body, json!({ "subject": "email:bea@acme.test", "action": "source:edit", "resource": "source:site" }));
    // other methods of the route have no guard
    assert_eq!(text(ask(&product, "GET", "/sources/other", None).await.1).await, "read by all");
}

#[tokio::test]
async fn who_may_not_is_told_why_and_what_to_ask_for() {
    let (product, _) = product(judge, false).await;
    let (status, response) = ask(&product, "PATCH", "/sources/other", Some("bea@acme.test")).await;
    let told = body(response).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(
        (&told["detail"], &told["roles"], &told["type"]),
        (&json!("You may not do this: source:edit needs Source Admin (all)."), &json!(["Source Admin"]), &json!("urn:rolecall:problem:forbidden"))
    );
    assert_eq!(ask(&product, "PATCH", "/sources/site", None).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_is_private_is_hidden() {
    let (product, _) = product(judge, true).await;
    let (status, response) = ask(&product, "PATCH", "/sources/other", Some("bea@acme.test")).await;
    let told = body(response).await;
    assert!(status == StatusCode::NOT_FOUND && !told.to_string().contains("Source Admin"), "{told}");
}

#[tokio::test]
async fn what_can_name_nothing_is_denied() {
    for (field, hides, told) in [("resource", false, 403), ("subject", false, 403), ("resource", true, 404), ("action", false, 503), ("at_least", true, 503)] {
        let invalid = move |_: &Heard, _: usize| {
            let refusal = json!({ "type": "urn:rolecall:problem:invalid", "title": "Refused", "status": 422, "detail": "Write it so.", "field": field });
            (StatusCode::UNPROCESSABLE_ENTITY, [(header::CONTENT_TYPE, "application/problem+json")], refusal.to_string()).into_response()
        };
        let (product, fake) = product(invalid, hides).await;
        let (status, response) = ask(&product, "PATCH", "/sources/site", Some("bea@acme.test")).await;
        let body = body(response).await;
        assert_eq!((status.as_u16(), fake.heard().len()), (told, 1), "{field}: {body}");
        assert!(!body.to_string().contains("Write it so"), "what the product asked is not the caller's business: {body}");
    }
}

#[tokio::test]
async fn an_id_with_blanks_around_it_is_another_than_the_handler_uses() {
    for (hides, told) in [(false, StatusCode::FORBIDDEN), (true, StatusCode::NOT_FOUND)] {
        let (product, fake) = product(judge, hides).await;
        for path in ["/sources/%20site", "/sources/site%20", "/sources/site%0A", "/sources/%C2%A0site"] {
            assert_eq!(ask(&product, "PATCH", path, Some("bea@acme.test")).await.0, told, "{path}");
        }
        assert_eq!(ask(&product, "GET", "/closure/site%09", Some("bea@acme.test")).await.0, told);
        assert!(fake.heard().is_empty(), "nobody needs to be asked");
    }
}

#[tokio::test]
async fn nobody_passes_while_nobody_decides() {
    for (answered, kind) in [(503, "unavailable"), (401, "unauthorized"), (403, "forbidden"), (500, "internal")] {
        let (product, _) = product(move |_, _| ([(header::RETRY_AFTER, "7")], problem(answered, kind, "This token was revoked.")).into_response(), true).await;
        let (status, response) = ask(&product, "PATCH", "/sources/site", Some("bea@acme.test")).await;
        assert_eq!((status, response.headers().get(header::RETRY_AFTER).is_some()), (StatusCode::SERVICE_UNAVAILABLE, true), "{answered}");
        assert!(!body(response).await.to_string().contains("token"), "what is wrong between us is not the caller's business");
    }
    let (product, fake) = product(judge, false).await;
    assert_eq!(ask(&product, "GET", "/wrong/site", Some("bea@acme.test")).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(fake.heard().is_empty());
}
