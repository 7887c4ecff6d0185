//! `rolecall serve`: listens, answers, carries mail, and ends gently.

use crate::{
    app::{self, AppState},
    config::{ConfigError, ServeOptions, StoreOptions},
    site::Site,
};
use service::webhooks::Courier;
use std::net::SocketAddr;
use tokio::{net::TcpListener, signal};

pub async fn serve(store: &StoreOptions, options: &ServeOptions) -> Result<(), ConfigError> {
    let address = |error| ConfigError::Address { address: options.addr, error };
    let listener = TcpListener::bind(options.addr).await.map_err(address)?;
    let listening = listener.local_addr().map_err(address)?;
    let public_url = options.public_url(listening)?;
    let (services, postman) = store.serving(options, public_url.clone()).await?;
    if let Some(postman) = postman {
        tokio::spawn(postman.run(services.clone()));
    } else {
        tracing::info!("mail is off: owners copy invite links; set ROLECALL_SMTP_URL to send them");
    }
    tokio::spawn(service::health::tidy_up(services.clone()));
    tokio::spawn(Courier::new(options.webhooks_to_private)?.run(services.clone()));
    tokio::spawn(service::retention::run(services.clone()));
    tokio::spawn(service::closing::run(services.clone()));
    tokio::spawn(service::reviews::run(services.clone()));
    tokio::spawn(service::decisions::listen(services.clone()));
    let live = services.live.clone();
    let app = app::router(AppState { services, site: Site::find() }, options.proxies);
    println!("listening on http://{listening}");
    if public_url != format!("http://{listening}") {
        println!("people reach it at {public_url}");
    }
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            asked_to_end().await;
            // pages that follow would wait for ever
            live.end();
        })
        .await?;
    Ok(())
}

/// Ctrl-C, or the service manager's SIGTERM: what is being answered is still answered.
async fn asked_to_end() {
    let interrupt = async {
        let _ = signal::ctrl_c().await;
    };
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut stream) => drop(stream.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! { () = interrupt => {}, () = terminate => {} }
    tracing::info!("ending: no new requests are taken");
}
