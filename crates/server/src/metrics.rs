//! `/metrics`: what the server counts, for Prometheus (text format 0.0.4). Nothing about a person or a workspace is in it.

mod process;
pub mod readers;
mod requests;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{StatusCode, header};
use process::Process;
use prometheus_client::{
    encoding::prometheus_text::encode,
    metrics::{family::Family, gauge::Gauge, info::Info},
    registry::Registry,
};
use readers::Readers;
pub use requests::Answered;
use requests::Requests;
use service::{Services, meters};
use std::sync::{Arc, atomic::AtomicU64};

type Label<const N: usize> = [(&'static str, &'static str); N];

/// What is measured; clones share it.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    services: Services,
    registry: Registry,
    requests: Arc<Requests>,
    gauges: Gauges,
    process: Process,
}

/// What is looked at when somebody asks.
#[derive(Default)]
struct Gauges {
    policies: Gauge,
    policy_bytes: Gauge,
    streams: Gauge,
    leaving: Gauge,
    connections: Family<Label<2>, Gauge>,
    connections_most: Family<Label<1>, Gauge>,
    database_up: Gauge,
    waiting: Family<Label<1>, Gauge>,
    oldest: Family<Label<1>, Gauge<f64, AtomicU64>>,
}

impl Gauges {
    fn register(&self, registry: &mut Registry) {
        registry.register("rolecall_policies_held", "Workspaces whose policies are in memory", self.policies.clone());
        registry.register("rolecall_policies_held_bytes", "About how much memory those policies take", self.policy_bytes.clone());
        registry.register(
            "rolecall_event_streams",
            "Open streams of changes: pages that people have open, and programs that follow the API",
            self.streams.clone(),
        );
        registry.register("rolecall_leaving", "1 while the server ends, else 0", self.leaving.clone());
        registry.register("rolecall_database_connections", "Connections to the database, by pool and what they do", self.connections.clone());
        registry.register("rolecall_database_connections_most", "How many connections a pool may open", self.connections_most.clone());
        registry.register("rolecall_database_up", "1 where the database answered this scrape within a second, else 0", self.database_up.clone());
        registry.register("rolecall_outbox_waiting", "Mails and webhook deliveries that wait to go out, tried ones among them", self.waiting.clone());
        registry.register("rolecall_outbox_oldest_seconds", "The age of the oldest of those; 0 where none waits", self.oldest.clone());
    }

    async fn look(&self, services: &Services) {
        let standing = meters::standing(services).await;
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.policies.set(whole(standing.policies as u64));
        self.policy_bytes.set(whole(standing.policy_bytes));
        self.streams.set(whole(standing.streams as u64));
        self.leaving.set(i64::from(services.ending.is_leaving()));
        for pool in standing.pools {
            self.connections.get_or_create_owned(&[("pool", pool.name), ("state", "busy")]).set(pool.busy.into());
            self.connections.get_or_create_owned(&[("pool", pool.name), ("state", "idle")]).set(pool.idle.into());
            self.connections_most.get_or_create_owned(&[("pool", pool.name)]).set(pool.most.into());
        }
        self.database_up.set(i64::from(standing.waiting.is_some()));
        match standing.waiting {
            Some(waiting) => {
                for (of, backlog, age) in [("mail", waiting.mails, waiting.oldest_mail), ("webhook", waiting.deliveries, waiting.oldest_delivery)] {
                    self.waiting.get_or_create_owned(&[("of", of)]).set(whole(backlog.waiting));
                    self.oldest.get_or_create_owned(&[("of", of)]).set(age);
                }
            }
            // what was true a while ago is not told as if it were now
            None => {
                self.waiting.clear();
                self.oldest.clear();
            }
        }
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    #[must_use]
    pub fn new(services: Services) -> Self {
        let mut registry = Registry::default();
        registry.register("rolecall_build", "The version that runs", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let requests = Arc::new(Requests::default());
        requests.register(&mut registry);
        meters::register(&services, &mut registry);
        let gauges = Gauges::default();
        gauges.register(&mut registry);
        let process = Process::default();
        process.register(&mut registry);
        Self(Arc::new(Inner { services, registry, requests, gauges, process }))
    }

    /// Measures every request to these routes.
    pub fn measure(&self, routes: Router) -> Router {
        let requests = self.0.requests.clone();
        routes.layer(middleware::from_fn(move |request: Request, next: Next| {
            let requests = requests.clone();
            async move { requests.measure(request, next).await }
        }))
    }

    /// Where answers to one route are counted that do not pass [`measure`](Self::measure).
    #[must_use]
    pub fn answered(&self, route: &str, method: &'static str) -> Answered {
        self.0.requests.answered(route, method)
    }

    /// `GET /metrics` for those who may read it; for others there is no such page.
    pub fn routes(&self, readers: Readers) -> Router {
        Router::new().route("/metrics", get(read)).with_state((self.clone(), Arc::new(readers)))
    }

    async fn text(&self) -> Result<String, std::fmt::Error> {
        self.0.gauges.look(&self.0.services).await;
        self.0.process.look();
        let mut text = String::with_capacity(32 * 1024);
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

async fn read(State((metrics, readers)): State<(Metrics, Arc<Readers>)>, request: Request) -> Response {
    if let Err(status) = readers.let_in(&request) {
        return status.into_response();
    }
    match metrics.text().await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
