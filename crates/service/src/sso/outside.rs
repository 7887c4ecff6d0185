//! Where proofs of domains are looked for: the domain name system, and the page of the domain. Behind a trait, so that tests bring their own.

use federation::outgoing::{Credentials, Outgoing};
use futures::future::BoxFuture;
use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::RData,
};
use std::{net::SocketAddr, sync::Arc};
use tokio::sync::OnceCell;

/// What was not found, as the end of a sentence.
pub type Looked<T> = Result<T, String>;

pub trait Outside: Send + Sync {
    /// The TXT records of a name; none where it has none.
    fn records<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Looked<Vec<String>>>;

    /// The first page of a domain.
    fn page<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Looked<String>>;
}

/// The world as this machine sees it.
pub struct World {
    http: Arc<Outgoing>,
    /// Who is asked for records, if not whom this machine asks.
    dns: Option<SocketAddr>,
    /// Made when it is first needed: few servers ever look.
    resolver: OnceCell<TokioResolver>,
}

impl World {
    #[must_use]
    pub fn new(http: Arc<Outgoing>, dns: Option<SocketAddr>) -> Self {
        Self { http, dns, resolver: OnceCell::new() }
    }

    fn resolver(&self) -> Result<TokioResolver, NetError> {
        let mut builder = match self.dns {
            None => TokioResolver::builder_tokio()?,
            Some(address) => {
                let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                    connection.port = address.port();
                    connection
                });
                let server = NameServerConfig::new(address.ip(), true, connections.into());
                TokioResolver::builder_with_config(ResolverConfig::from_name_servers(vec![server]), TokioRuntimeProvider::default())
            }
        };
        // who publishes a record and looks again wants no answer from before
        builder.options_mut().cache_size = 0;
        builder.build()
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("dns", &self.dns).finish_non_exhaustive()
    }
}

impl Outside for World {
    fn records<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Looked<Vec<String>>> {
        Box::pin(async move {
            let resolver = self.resolver.get_or_try_init(async || self.resolver()).await;
            let resolver = resolver.map_err(|error| format!("this server can't ask the domain name system: {error}"))?;
            // with the dot at its end no search domain of this machine is added
            match resolver.txt_lookup(format!("{name}.")).await {
                Ok(found) => Ok(found.answers().iter().filter_map(|record| text(&record.data)).collect()),
                Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
                Err(error) => Err(format!("the domain name system did not answer: {error}")),
            }
        })
    }

    fn page<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Looked<String>> {
        Box::pin(async move {
            let answer = self.http.get_text(&format!("https://{domain}/"), Credentials::None).await.map_err(|refusal| refusal.to_string())?;
            if answer.status == 200 { Ok(answer.text) } else { Err(format!("https://{domain}/ answered {}", answer.status)) }
        })
    }
}

/// A record may come in pieces, which belong together (RFC 7208, 3.3).
fn text(data: &RData) -> Option<String> {
    let RData::TXT(record) = data else { return None };
    Some(record.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::UdpSocket;

    /// A server of names on loopback that has one record, in two pieces, of `acme.test`.
    async fn names() -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question).await {
                let question = &question[..length];
                let end = 12 + question[12..].iter().position(|byte| *byte == 0).unwrap() + 5;
                let is_known = question[12..].starts_with(b"\x04acme\x04test\0");
                // its id; an answer, without an error or "no such name"; one question; so many answers
                let mut answer = [&question[..2], if is_known { &[0x81, 0x80] } else { &[0x81, 0x83] }, &[0, 1, 0, is_known.into(), 0, 0, 0, 0]].concat();
                answer.extend_from_slice(&question[12..end]);
                if is_known {
                    // the name of the question, TXT, IN, a minute, ten bytes: two texts with their lengths
                    answer.extend_from_slice(&[0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, 10]);
                    answer.extend_from_slice(b"\x04key=\x04one!");
                }
                socket.send_to(&answer, from).await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn records_are_asked_of_the_server_that_the_operator_names() {
        let world = World::new(Arc::new(Outgoing::new(true).unwrap()), Some(names().await));
        assert_eq!(world.records("acme.test").await, Ok(vec!["key=one!".to_owned()]));
        assert_eq!(world.records("nothing.test").await, Ok(Vec::new()));
    }

    #[tokio::test]
    async fn a_page_that_is_not_there_is_told_of() {
        let world = World::new(Arc::new(Outgoing::new(false).unwrap()), None);
        assert!(world.page("localhost").await.unwrap_err().contains("private network"));
    }
}
