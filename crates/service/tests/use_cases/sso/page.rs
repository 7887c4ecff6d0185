//! The page of a domain is read as the world gives it: over TLS, from a server on loopback, which the operator allows.

use federation::outgoing::Outgoing;
use service::sso::outside::{Outside as _, World};
use std::{process::Command, sync::Arc};
use testkit::providers::keys::{LOCALHOST, der};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

/// Names what a process trusts instead of what this machine does.
const TRUSTED: &str = "SSL_CERT_FILE";
const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testkit/src/providers/keys/localhost.crt.pem");

const PAGE: &str = "<html><head><meta name=\"rolecall-domain-verification\" content=\"abc\"></head></html>";

/// Answers each request with a status and the page, under the certificate of `localhost`; gives its host and port.
async fn serves(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::Pkcs8(der(LOCALHOST.0).into());
    let config = config.with_no_client_auth().with_single_cert(vec![CertificateDer::from(der(LOCALHOST.1))], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // who does not trust it hangs up
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            while stream.read_line(&mut line).await.is_ok_and(|length| length > 2) {
                line.clear();
            }
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{PAGE}", PAGE.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
            let _ = stream.shutdown().await;
        }
    });
    format!("localhost:{port}")
}

fn world() -> World {
    World::new(Arc::new(Outgoing::new(true).unwrap()), None)
}

#[tokio::test]
async fn it_is_read_where_its_certificate_is_trusted() {
    if std::env::var_os(TRUSTED).is_none_or(|file| file != CERTIFICATE) {
        // what a process trusts is said before it starts: the rest is done by another one
        let name = format!("{}::it_is_read_where_its_certificate_is_trusted", module_path!().split_once("::").unwrap().1);
        let output = Command::new(std::env::current_exe().unwrap()).args(["--exact", &name]).env(TRUSTED, CERTIFICATE).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    assert_eq!(world().page(&serves("200 OK").await).await.as_deref(), Ok(PAGE));
    let gone = serves("404 Not Found").await;
    assert_eq!(world().page(&gone).await, Err(format!("https://{gone}/ answered 404")));
}

#[tokio::test]
async fn it_is_not_read_from_whom_this_machine_does_not_trust() {
    let refused = world().page(&serves("200 OK").await).await.unwrap_err();
    assert!(refused.contains("secure connection"), "{refused}");
}
