//! Counts requests by route, method and how they ended, and how long they took.

use crate::route;
use axum::{extract::Request, middleware::Next, response::Response};
use http::{Method, StatusCode};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use service::tally::{LIMITS, Tally, Timing};
use std::time::{Duration, Instant};

/// From a millisecond to ten seconds.
static SECONDS: [f64; LIMITS] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    route: String,
    method: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

pub(super) struct Requests {
    answered: Family<Kind, Tally>,
    seconds: Family<Route, Timing, fn() -> Timing>,
    in_flight: Gauge,
}

impl Default for Requests {
    fn default() -> Self {
        let seconds = Family::new_with_constructor((|| Timing::new(&SECONDS)) as fn() -> Timing);
        Self { answered: Family::default(), seconds, in_flight: Gauge::default() }
    }
}

impl Requests {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("rolecall_http_requests", "Requests that were answered, by route, method and class of status", self.answered.clone());
        let about = "How long until an answer began, in seconds, by route";
        registry.register("rolecall_http_request_duration_seconds", about, self.seconds.clone());
        registry.register("rolecall_http_requests_in_flight", "Requests whose answer has not begun", self.in_flight.clone());
    }

    pub(super) async fn measure(&self, request: Request, next: Next) -> Response {
        let begun = Instant::now();
        let route = route::pattern(&request).to_owned();
        let method = method(request.method());
        let flight = InFlight::new(&self.in_flight);
        let response = next.run(request).await;
        drop(flight);
        self.seconds.get_or_create_owned(&Route { route: route.clone() }).observe(begun.elapsed());
        self.answered.get_or_create_owned(&Kind { route, method, status: class(response.status()) }).inc();
        response
    }
}

/// Requests to one route by one method that are all answered well, and at once.
#[derive(Clone, Debug)]
pub struct Answered {
    answered: Tally,
    seconds: Timing,
}

impl Requests {
    pub(super) fn answered(&self, route: &str, method: &'static str) -> Answered {
        let kind = Kind { route: route.to_owned(), method, status: class(StatusCode::OK) };
        let seconds = self.seconds.get_or_create_owned(&Route { route: route.to_owned() });
        Answered { answered: self.answered.get_or_create_owned(&kind), seconds }
    }
}

impl Answered {
    /// How often so far.
    #[must_use]
    pub fn times(&self) -> u64 {
        self.answered.get()
    }

    /// One that began to be answered after so long.
    pub fn count(&self, took: Duration) {
        self.seconds.observe(took);
        self.answered.inc();
    }
}

/// Counted out however it ends: who asked may have gone meanwhile.
struct InFlight<'a>(&'a Gauge);

impl<'a> InFlight<'a> {
    fn new(gauge: &'a Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A caller may invent methods; the count must not grow by it.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
