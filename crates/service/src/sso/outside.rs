//! Where proofs of domains are looked for: the domain name system, and the page of the domain. Behind a trait, so that tests bring their own.

use federation::outgoing::{Credentials, Outgoing};
use futures::future::BoxFuture;
use hickory_resolver::{
    ResolverBuilder, TokioResolver,
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
    /// Made when it is first needed: few servers ever look.
    resolver: OnceCell<TokioResolver>,
    /// Who is asked in place of those that this machine asks.
    name_server: Option<SocketAddr>,
}

impl World {
    #[must_use]
    pub fn new(http: Arc<Outgoing>, name_server: Option<SocketAddr>) -> Self {
        Self { http, resolver: OnceCell::new(), name_server }
    }

    fn resolver(&self) -> Result<TokioResolver, NetError> {
        let Some(server) = self.name_server else { return TokioResolver::builder_tokio().and_then(ResolverBuilder::build) };
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = server.port();
            connection
        });
        let asked = NameServerConfig::new(server.ip(), true, connections.to_vec());
        TokioResolver::builder_with_config(ResolverConfig::from_name_servers(vec![asked]), TokioRuntimeProvider::default()).build()
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

impl Outside for World {
    fn records<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Looked<Vec<String>>> {
        Box::pin(async move {
            let resolver = self
                .resolver
                .get_or_try_init(async || self.resolver())
                .await
                .map_err(|error| format!("this server can't ask the domain name system: {error}"))?;
            // with the dot at its end no search domain of this machine is added
            match resolver.txt_lookup(format!("{name}.")).await {
                Ok(found) => Ok(found.answers().iter().filter_map(|record| text(&record.data)).collect()),
                Err(error) if error.is_no_records_found() => Ok(Vec::new()),
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
