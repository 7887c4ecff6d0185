//! What a server function knows of its caller: the services, the request, and the proofs made from its cookie.

use super::{Rpc, RpcError};
use axum::extract::ConnectInfo;
use domain::{
    failure::{Failure, FailureKind},
    workspace::WorkspaceSlug,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use service::{
    Services,
    access::{Anonymous, SignedIn, WorkspaceMember, WorkspaceOwner},
    actor::Meta,
};
use std::net::SocketAddr;

pub fn services() -> Rpc<Services> {
    use_context::<Services>().ok_or_else(|| {
        tracing::error!("a server function ran without services in its context");
        RpcError::from(Failure::internal())
    })
}

/// Whoever asks, signed in or not.
pub fn anonymous() -> Rpc<(Services, Anonymous)> {
    let services = services()?;
    let anonymous = services.anonymous(meta());
    Ok((services, anonymous))
}

pub async fn signed_in() -> Rpc<(Services, SignedIn)> {
    let services = services()?;
    let me = services.signed_in(&session_secret(&services), meta()).await?;
    Ok((services, me))
}

/// Who asks if they are signed in; not an error otherwise.
pub async fn signed_in_or_not() -> Rpc<(Services, Option<SignedIn>)> {
    let services = services()?;
    let secret = session_secret(&services);
    if secret.is_empty() {
        return Ok((services, None));
    }
    match services.signed_in(&secret, meta()).await {
        Ok(me) => Ok((services, Some(me))),
        Err(failure) if failure.kind == FailureKind::SignedOut => Ok((services, None)),
        Err(failure) => Err(failure.into()),
    }
}

pub async fn member(slug: &WorkspaceSlug) -> Rpc<(Services, WorkspaceMember)> {
    let (services, me) = signed_in().await?;
    let member = services.member(me, slug).await?;
    Ok((services, member))
}

pub async fn owner(slug: &WorkspaceSlug) -> Rpc<(Services, WorkspaceOwner)> {
    let (services, me) = signed_in().await?;
    let owner = services.owner(me, slug).await?;
    Ok((services, owner))
}

/// Gives the browser its session, or with `None` takes it away.
pub fn keep_session(services: &Services, secret: Option<&str>) {
    if let (Some(response), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&services.cookie(secret))) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// The cookie by which a browser is known again that was sent to an identity provider.
pub fn sso_browser(services: &Services) -> Option<String> {
    use_context::<Parts>().and_then(|parts| cookie(&parts.headers, services.browser_cookie_name()))
}

pub fn keep_sso_browser(services: &Services, secret: &str) {
    if let (Some(response), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&services.browser_cookie(secret))) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// What this browser keeps of its own, such as what was last jumped to, is nobody else's to see: it goes with the session.
pub fn forget_in_browser() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"storage\""));
    }
}

/// Gives the response the status of a refusal. A plain form's answer stays a redirect back to the form, which then shows the refusal.
pub fn answer_with(kind: FailureKind) {
    let (Some(parts), Some(response)) = (use_context::<Parts>(), use_context::<ResponseOptions>()) else { return };
    let is_plain_form = parts.method == Method::POST && text(&parts.headers, header::ACCEPT).is_some_and(|accept| accept.contains("text/html"));
    if let (false, Ok(status)) = (is_plain_form, StatusCode::from_u16(kind.status())) {
        response.set_status(status);
    }
}

/// Where the request came from. The server puts it among the request's extensions; without it, what the request itself says.
fn meta() -> Meta {
    let Some(parts) = use_context::<Parts>() else { return Meta::default() };
    parts.extensions.get::<Meta>().cloned().unwrap_or_else(|| Meta {
        address: parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_string()),
        request: text(&parts.headers, header::HeaderName::from_static("x-request-id")).map(str::to_owned),
        user_agent: text(&parts.headers, header::USER_AGENT).map(str::to_owned),
        unattended: false,
    })
}

/// The session cookie's value; empty without one.
fn session_secret(services: &Services) -> String {
    let Some(parts) = use_context::<Parts>() else { return String::new() };
    cookie(&parts.headers, services.cookie_name()).unwrap_or_default()
}

/// The value of a cookie; the first where a browser sends several of one name.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let mut values = cookies.filter_map(|cookie| cookie.trim().split_once('=')).filter(|(key, _)| *key == name);
    values.next().map(|(_, value)| value.to_owned())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
