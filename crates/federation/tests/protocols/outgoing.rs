//! Where requests go and where not, and how much of an answer is read.

use crate::{
    keys::{IDP, der},
    oidc_provider::http,
};
use axum::{Router, response::Redirect, routing::get};
use federation::{
    Refusal,
    outgoing::{Credentials, Outgoing},
};
use std::{sync::Arc, time::Duration};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

async fn got(http: &Outgoing, url: &str) -> Result<String, Refusal> {
    http.get_text(url, Credentials::None).await.map(|answer| answer.text)
}

#[tokio::test]
async fn private_networks_are_the_operators_to_allow() {
    let (listener, url) = listen().await;
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(async || "hello"))).await });
    assert_eq!(got(&http(), &url).await.as_deref(), Ok("hello"));
    let closed = Outgoing::new(false).unwrap();
    assert_eq!(got(&closed, &url).await, Err(Refusal::InsecureAddress { url: url.clone() }));
    let secure = url.replace("http:", "https:");
    for host in ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "0.0.0.0"] {
        let url = secure.replace("127.0.0.1", host);
        let found = host.trim_matches(['[', ']']).to_owned();
        assert_eq!(got(&closed, &url).await, Err(Refusal::PrivateAddress { host: found }), "{host}");
    }
    for bad in ["file:///etc/passwd", "https://me@a.org/", "//a.org/", "a.org"] {
        assert!(matches!(got(&http(), bad).await, Err(Refusal::Malformed { .. })), "{bad}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (listener, url) = listen().await;
    let router = Router::new().route("/", get(async || Redirect::temporary("/secret"))).route("/secret", get(async || "secret"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    assert!(matches!(got(&http(), &url).await, Err(Refusal::ProviderDown { why }) if why.contains("redirect")));
}

#[tokio::test]
async fn a_mebibyte_is_read_and_no_more() {
    let (listener, url) = listen().await;
    let router = Router::new().route("/much", get(async || "x".repeat(1_024 * 1_024))).route("/more", get(async || "x".repeat(1_024 * 1_024 + 1)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    assert_eq!(got(&http(), &format!("{url}/much")).await.map(|text| text.len()), Ok(1_024 * 1_024));
    assert_eq!(got(&http(), &format!("{url}/more")).await, Err(Refusal::TooLong));
}

#[tokio::test]
async fn who_never_answers_is_left() {
    let (listener, url) = listen().await;
    let http = http().with_patience(Duration::from_millis(100));
    assert!(matches!(got(&http, &url).await, Err(Refusal::ProviderDown { why }) if why.contains("no answer in 100ms")));
    drop(listener);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_none() {
    let (listener, url) = listen().await;
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"issuer\"").await.unwrap();
    });
    assert!(matches!(got(&http(), &url).await, Err(Refusal::ProviderDown { .. })));
}

#[tokio::test]
async fn a_certificate_that_this_machine_does_not_trust_is_refused() {
    let (listener, url) = listen().await;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::Pkcs8(der(IDP.0).into());
    let config = config.with_no_client_auth().with_single_cert(vec![CertificateDer::from(der(IDP.1))], key).unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        TlsAcceptor::from(Arc::new(config)).accept(stream).await.map(drop)
    });
    let refusal = got(&http(), &url.replace("http:", "https:")).await;
    assert!(matches!(&refusal, Err(Refusal::ProviderDown { why }) if why.contains("secure connection")), "{refusal:?}");
}
