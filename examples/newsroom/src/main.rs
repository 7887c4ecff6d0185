//! A newsroom with two sites: who may read and edit which is Rolecall's to say. The README walks through it.
//!
//! ```sh
//! ROLECALL_TOKEN=rc_ws_… make newsroom
//! ```

mod sites;

use rolecall_client::{Caching, Client, ResourceWish};
use std::process::ExitCode;

/// Our sites, by our own ids. To Rolecall they are sources.
const SITES: [(&str, &str); 2] = [("world", "World news"), ("sports", "Sports")];

#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("set ROLECALL_TOKEN to a token with owner access: `rolecall token create newsroom --owner-access` prints one")]
    NoToken,
    #[error("{0}")]
    Rolecall(#[from] rolecall_client::Error),
    #[error("{address} can't be listened on: {error}; choose another with NEWSROOM_ADDR")]
    Address { address: String, error: std::io::Error },
    #[error("{0}")]
    Serve(std::io::Error),
}

async fn run() -> Result<(), StartError> {
    let setting = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let token = std::env::var("ROLECALL_TOKEN").map_err(|_| StartError::NoToken)?;
    let client = Client::builder(setting("ROLECALL_URL", "http://127.0.0.1:3000"), token).cache(Caching::default()).build()?;

    // whoever gives access in the console sees our sites by their names
    for (id, name) in SITES {
        client.put_resource("source", id, ResourceWish::new(name)).await?;
    }

    let address = setting("NEWSROOM_ADDR", "127.0.0.1:4000");
    let listener = tokio::net::TcpListener::bind(&address).await.map_err(|error| StartError::Address { address, error })?;
    println!("the newsroom is at http://{}", listener.local_addr().map_err(StartError::Serve)?);
    axum::serve(listener, sites::routes(client)).await.map_err(StartError::Serve)
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::INFO).with_writer(std::io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("newsroom: {error}");
            ExitCode::FAILURE
        }
    }
}
