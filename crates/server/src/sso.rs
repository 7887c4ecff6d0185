//! The addresses that identity providers know: where sign-ins begin and come back, and where providers end sessions.
//!
//! Answers of SAML providers are posted by their pages, across sites: those addresses take no cookie and give none, and lead on to `/sso/finish`,
//! to which the browser comes by itself and brings its cookies.

use crate::{app::AppState, downloads::session_secret};
use axum::{
    Extension, Form, Router,
    extract::{Path, Query, RawQuery, State},
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use domain::{
    failure::{Failure, FailureKind},
    id::ConnectionId,
};
use http::{HeaderMap, Method, StatusCode, header};
use serde::Deserialize;
use service::{
    Services,
    access::SignedIn,
    actor::Meta,
    sso::{self, Begun, Finished, Handed, OidcAnswer, logout},
};
use ui::{path, rpc::context::cookie};

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sso/oidc/{connection}/start", get(start))
        .route("/sso/saml/{connection}/start", get(start))
        .route("/sso/oidc/{connection}/callback", get(callback))
        .route("/sso/finish", get(finish))
        .route("/sso/saml/{connection}/metadata", get(metadata))
        .route("/sso/saml/{connection}/acs", post(acs))
        .route("/sso/saml/{connection}/slo", get(slo_by_address).post(slo_by_form))
        .route("/sso/oidc/{connection}/backchannel-logout", post(backchannel_logout))
}

/// Whether pages of providers may post here although they are of another site. What is posted is signed, and no cookie counts.
#[must_use]
pub fn is_for_providers(method: &Method, path: &str) -> bool {
    let rest = path.strip_prefix("/sso/saml/").and_then(|rest| rest.split_once('/'));
    *method == Method::POST && rest.is_some_and(|(connection, what)| connection.parse::<ConnectionId>().is_ok() && matches!(what, "acs" | "slo"))
}

type Here = State<Services>;
type From = Extension<Meta>;

#[derive(Deserialize)]
struct Start {
    #[serde(default)]
    next: String,
}

/// `GET /sso/{oidc|saml}/{connection}/start?next=`: away to the provider.
async fn start(
    State(services): Here,
    Extension(meta): From,
    Path(connection): Path<String>,
    Query(Start { next }): Query<Start>,
    headers: HeaderMap,
) -> Response {
    let next = path::local(&next).unwrap_or_default();
    let begun = async {
        let known = cookie(&headers, services.browser_cookie_name());
        sso::begin(&services, &services.anonymous(meta), id(&connection)?, known.as_deref(), next).await
    };
    match begun.await {
        Ok(Begun::Away { url, browser }) => (AppendHeaders([(header::SET_COOKIE, services.browser_cookie(&browser))]), Redirect::to(&url)).into_response(),
        Ok(Begun::Refused(sign_in)) => Redirect::to(&path::sso_refused(sign_in)).into_response(),
        Err(failure) => stopped(&failure, next),
    }
}

/// `GET /sso/oidc/{connection}/callback`: back from an OpenID provider. The state must be of the same connection.
async fn callback(State(services): Here, Extension(meta): From, Path(connection): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let known = cookie(&headers, services.browser_cookie_name());
    let old = present(&services, &meta, &headers).await;
    let answer = OidcAnswer { query: query.as_deref().unwrap_or_default() };
    let finished = async { sso::finish_oidc(&services, &services.anonymous(meta), id(&connection)?, known.as_deref(), old, answer).await };
    led(&services, finished.await)
}

#[derive(Deserialize)]
struct Ticket {
    #[serde(default)]
    ticket: String,
}

/// `GET /sso/finish?ticket=`: on from a posted answer, with cookies.
async fn finish(State(services): Here, Extension(meta): From, Query(Ticket { ticket }): Query<Ticket>, headers: HeaderMap) -> Response {
    let known = cookie(&headers, services.browser_cookie_name());
    let old = present(&services, &meta, &headers).await;
    led(&services, sso::finish_ticket(&services, &services.anonymous(meta), known.as_deref(), old, &ticket).await)
}

/// The names are SAML's own (Bindings, 3.5).
#[derive(Deserialize)]
struct Posted {
    #[serde(rename = "SAMLResponse")]
    response: Option<String>,
    #[serde(rename = "SAMLRequest")]
    request: Option<String>,
    #[serde(rename = "RelayState")]
    relay_state: Option<String>,
}

/// `POST /sso/saml/{connection}/acs`: a provider's page posts its answer.
async fn acs(State(services): Here, Extension(meta): From, Path(connection): Path<String>, Form(posted): Form<Posted>) -> Response {
    let handed = async {
        let response = posted.response.as_deref().ok_or_else(|| Failure::field("SAMLResponse", "the answer has no `SAMLResponse`"))?;
        let state = posted.relay_state.as_deref().filter(|state| !state.is_empty());
        sso::receive_saml(&services, &services.anonymous(meta), id(&connection)?, response, state).await
    };
    match handed.await {
        Ok(Handed::Ticket(ticket)) => Redirect::to(&path::with_query("/sso/finish", &[("ticket", &ticket)])).into_response(),
        Ok(Handed::Ended(finished)) => led(&services, Ok(finished)),
        Err(failure) => led(&services, Err(failure)),
    }
}

/// `GET /sso/saml/{connection}/metadata`, for the provider to take over.
async fn metadata(State(services): Here, Extension(meta): From, Path(connection): Path<String>) -> Response {
    let found = async { sso::metadata(&services, &services.anonymous(meta), id(&connection)?).await };
    match found.await {
        Ok(xml) => ([(header::CONTENT_TYPE, "application/samlmetadata+xml"), (header::CONTENT_DISPOSITION, "inline; filename=\"rolecall-metadata.xml\"")], xml)
            .into_response(),
        Err(failure) => failed(failure),
    }
}

/// `GET /sso/saml/{connection}/slo`: the provider ends sessions; the browser brings it.
async fn slo_by_address(State(services): Here, Extension(meta): From, Path(connection): Path<String>, RawQuery(query): RawQuery) -> Response {
    let message = logout::LogoutMessage::Query(query.as_deref().unwrap_or_default());
    slo(&services, meta, &connection, message).await
}

async fn slo_by_form(State(services): Here, Extension(meta): From, Path(connection): Path<String>, Form(posted): Form<Posted>) -> Response {
    let message = posted.request.as_deref().unwrap_or_default();
    slo(&services, meta, &connection, logout::LogoutMessage::Form { message, relay_state: posted.relay_state.as_deref() }).await
}

async fn slo(services: &Services, meta: Meta, connection: &str, message: logout::LogoutMessage<'_>) -> Response {
    let done = async { logout::single_logout(services, &services.anonymous(meta), id(connection)?, message).await };
    match done.await {
        // on to the provider, which goes through the others that the person was signed in to
        Ok(done) => Redirect::to(done.url.as_deref().unwrap_or(path::SIGN_IN)).into_response(),
        Err(failure) => failed(failure),
    }
}

#[derive(Deserialize)]
struct LogoutToken {
    logout_token: String,
}

/// `POST /sso/oidc/{connection}/backchannel-logout`: sent by the provider itself (Back-Channel Logout 1.0, 2.8).
async fn backchannel_logout(
    State(services): Here,
    Extension(meta): From,
    Path(connection): Path<String>,
    Form(LogoutToken { logout_token }): Form<LogoutToken>,
) -> Response {
    let done = async { logout::backchannel(&services, &services.anonymous(meta), id(&connection)?, &logout_token).await };
    match done.await {
        Ok(_) => StatusCode::OK.into_response(),
        Err(failure) => {
            let status = if failure.kind == FailureKind::Invalid { StatusCode::BAD_REQUEST } else { status(&failure) };
            (status, failure.message).into_response()
        }
    }
}

/// Who is signed in already, in the browser that comes back.
async fn present(services: &Services, meta: &Meta, headers: &HeaderMap) -> Option<SignedIn> {
    services.signed_in(&session_secret(services, headers), meta.clone()).await.ok()
}

/// Where a browser is led by what came of a sign-in.
fn led(services: &Services, finished: Result<Finished, Failure>) -> Response {
    match finished {
        Ok(Finished::SignedIn { session_secret, next }) => {
            let session = [(header::SET_COOKIE, services.cookie(Some(&session_secret)))];
            (AppendHeaders(session), Redirect::to(path::local(&next).unwrap_or(path::HOME))).into_response()
        }
        Ok(Finished::LinkNeeded { secret }) => Redirect::to(&path::sso_link(&secret)).into_response(),
        Ok(Finished::SwitchNeeded { secret }) => Redirect::to(&path::sso_switch(&secret)).into_response(),
        Ok(Finished::Tested { slug, connection, attempt }) => Redirect::to(&path::connection_test(&slug, connection, attempt)).into_response(),
        Ok(Finished::Refused(sign_in)) => Redirect::to(&path::sso_refused(sign_in)).into_response(),
        // no connection's log has it: an answer to no sign-in, say
        Err(failure) => stopped(&failure, ""),
    }
}

/// Somebody who was on their way in is told on a page what stood in it, and what to do.
fn stopped(by: &Failure, next: &str) -> Response {
    Redirect::to(&path::sso_stopped(by.kind, next)).into_response()
}

/// Providers, and who looks after them, are told in plain text.
fn failed(failure: Failure) -> Response {
    (status(&failure), failure.message).into_response()
}

fn status(failure: &Failure) -> StatusCode {
    StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn id(text: &str) -> Result<ConnectionId, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_addresses_of_saml_answers_are_posted_to_from_elsewhere() {
        let id = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
        for what in ["acs", "slo"] {
            assert!(is_for_providers(&Method::POST, &format!("/sso/saml/{id}/{what}")));
            assert!(!is_for_providers(&Method::PUT, &format!("/sso/saml/{id}/{what}")));
        }
        for path in [
            format!("/sso/saml/{id}/start"),
            format!("/sso/saml/{id}/acs/more"),
            format!("/sso/saml/{id}//acs"),
            "/sso/saml/x/acs".to_owned(),
            format!("/sso/oidc/{id}/acs"),
            "/rpc/accounts/sign_in".to_owned(),
        ] {
            assert!(!is_for_providers(&Method::POST, &path), "{path}");
        }
    }
}
