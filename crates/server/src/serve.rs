//! `rolecall serve`: listens, answers, carries mail, and ends gently.

use crate::{
    app::{self, AppState},
    config::{ConfigError, ServeOptions, StoreOptions},
    connections,
    door::{self, Door},
    drain, health,
    metrics::{Metrics, readers::Readers},
    site::Site,
};
use service::webhooks::Courier;
use std::{io::Write as _, net::SocketAddr};
use tokio::{net::TcpListener, task::JoinSet};

pub async fn serve(store: &StoreOptions, options: &ServeOptions) -> Result<(), ConfigError> {
    let token = options.metrics.token()?;
    let (listener, listening) = listen(options.addr, "--addr or ROLECALL_ADDR").await?;
    let apart = match options.metrics.metrics_addr {
        Some(addr) => Some(listen(addr, "--metrics-addr or ROLECALL_METRICS_ADDR").await?),
        None => None,
    };
    let public_url = options.public_url(listening)?;
    let (services, postman) = store.serving(options, public_url.clone()).await?;
    // those whose work must not be cut off in the middle; the others' is the database's to take back
    let mut carriers = JoinSet::new();
    if let Some(postman) = postman {
        carriers.spawn(postman.run(services.clone()));
    } else {
        tracing::info!("mail is off: owners copy invite links; set ROLECALL_SMTP_URL to send them");
    }
    carriers.spawn(Courier::new(options.webhooks_to_private)?.run(services.clone()));
    tokio::spawn(service::health::tidy_up(services.clone()));
    tokio::spawn(service::retention::run(services.clone()));
    tokio::spawn(service::closing::run(services.clone()));
    tokio::spawn(service::reviews::run(services.clone()));
    tokio::spawn(service::sso::run(services.clone()));
    tokio::spawn(service::decisions::listen(services.clone()));

    let metrics = Metrics::new(services.clone());
    let readers = if apart.is_some() { Readers::Nobody } else { Readers::among_people(token, options.proxies, &public_url) };
    let app = app::router(AppState { services: services.clone(), site: Site::find() }, options.proxies).merge(metrics.routes(readers));
    let door = Door::new(&services, metrics.measure(app), metrics.answered(door::ROUTE, "POST"));
    // before anybody can know that it runs
    let asked = drain::Asked::listen()?;
    say(&format!("listening on http://{listening}"));
    if public_url != format!("http://{listening}") {
        say(&format!("people reach it at {public_url}"));
    }
    if let Some((listener, listening)) = apart {
        say(&format!("metrics at http://{listening}/metrics"));
        // to the very end: it tells how that goes
        let routes = metrics.routes(Readers::apart(token)).merge(health::routes(services.clone()));
        tokio::spawn(connections::serve(listener, move |_| routes.clone(), options.header_timeout(), std::future::pending()));
    }
    let begin = drain::begin(services.clone(), options.drain, asked.clone());
    let serving = connections::serve(listener, |from| door.visitor(from), options.header_timeout(), begin);
    drain::finish(&services, options.drain, asked, serving, carriers).await;
    Ok(())
}

/// To whoever started it. That nobody reads it is no reason not to serve.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

async fn listen(address: SocketAddr, option: &'static str) -> Result<(TcpListener, SocketAddr), ConfigError> {
    let failed = |error| ConfigError::Address { address, error, option };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let listening = listener.local_addr().map_err(failed)?;
    Ok((listener, listening))
}
