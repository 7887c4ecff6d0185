//! Connections: each is answered until it ends; one that takes too long to send a request's head is closed, so that nobody holds the server's connections
//! by doing nothing.
//!
//! What counts is the head alone: a body has limits of its own, and an answer that goes on, such as a stream of events, is never cut off.
//!
//! HTTP/1 alone is spoken: browsers speak HTTP/2 by TLS only, which ends at a proxy, and what bounds the wait for a head knows HTTP/1.

use axum::response::Response;
use http::Request;
use hyper::{body::Incoming, server::conn::http1::Builder};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use std::{convert::Infallible, future::Future, io::ErrorKind, net::SocketAddr, pin::pin, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tower::Service;

/// How long nothing is accepted where the machine has no more to give: too many open files.
const BREATH: Duration = Duration::from_secs(1);

/// Answers whoever connects by a service of their own, until this ends; then takes nothing new, and returns when all that was begun is answered.
/// The head of a request has so much patience, from the connection's beginning or from the answer before on.
pub async fn serve<S>(listener: TcpListener, visitor: impl Fn(SocketAddr) -> S, patience: Duration, end: impl Future<Output = ()>)
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience);
    let open = GracefulShutdown::new();
    let mut end = pin!(end);
    loop {
        let (stream, from) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = end.as_mut() => break,
        };
        let connection = open.watch(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(visitor(from))));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::trace!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// The next connection. Errors of a connection that is gone already are nobody's business.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                // what is sent is sent at once, in place of waiting for more to go with it; one that is gone already says so when it is read
                let _ = stream.set_nodelay(true);
                return (stream, from);
            }
            Err(error) if matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{
        Router,
        body::{Body, Bytes},
        routing::get,
    };
    use futures::{FutureExt as _, StreamExt as _, stream};
    use std::{
        io::{Read as _, Write as _},
        sync::{Arc, Mutex},
    };
    use tokio::sync::oneshot;

    const PATIENCE: Duration = Duration::from_millis(100);

    /// Listens with that patience, and answers at `/`; at `/slow` with two words, the second once this is told.
    async fn started() -> (SocketAddr, oneshot::Sender<()>) {
        let (tell, told) = oneshot::channel::<()>();
        let told = Arc::new(Mutex::new(Some(told)));
        let slow = move || async move {
            let told = told.lock().unwrap().take().unwrap();
            let second = async {
                let _ = told.await;
                Ok(Bytes::from_static(b"second"))
            };
            let first = async { Ok::<_, Infallible>(Bytes::from_static(b"first ")) };
            Body::from_stream(stream::iter([first.boxed(), second.boxed()]).then(|word| word))
        };
        let router = Router::new().route("/", get(async || "here")).route("/slow", get(slow));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, move |_| router.clone(), PATIENCE, std::future::pending()));
        (address, tell)
    }

    /// Sends this, and reads until the server closes the connection, however long that takes.
    async fn until_closed(address: SocketAddr, text: &'static str) -> String {
        let said = tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            let mut said = Vec::new();
            // one that is closed with something unread ends with an error
            let _ = stream.read_to_end(&mut said);
            said
        });
        String::from_utf8(said.await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn whoever_sends_no_whole_head_is_let_go() {
        let (address, _tell) = started().await;
        for text in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: a\r\n"] {
            assert_eq!(until_closed(address, text).await, "", "{text}");
        }
        let rests = until_closed(address, "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert!(rests.starts_with("HTTP/1.1 200") && rests.ends_with("here"), "{rests}");
        let again = until_closed(address, "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\n").await;
        assert_eq!(again.matches("HTTP/1.1 200").count(), 1, "{again}");
    }

    #[tokio::test]
    async fn http_2_is_not_spoken() {
        let (address, _tell) = started().await;
        // with the settings that follow; a connection of it would have been held as long as its other end likes
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0";
        assert_eq!(until_closed(address, preface).await, "");
    }

    #[tokio::test]
    async fn what_is_sent_does_not_wait_for_more() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _other_end = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = accept(&listener).await;
        assert!(stream.nodelay().unwrap());
    }

    #[tokio::test]
    async fn an_answer_that_goes_on_is_not_cut_off() {
        let (address, tell) = started().await;
        let slow = tokio::spawn(until_closed(address, "GET /slow HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"));
        // two that begin after it, and are let go one after the other
        for _ in 0..2 {
            until_closed(address, "GET / HT").await;
        }
        tell.send(()).unwrap();
        let said = slow.await.unwrap();
        assert!(said.contains("first ") && said.contains("second"), "{said}");
    }

    #[tokio::test]
    async fn what_was_begun_is_answered_to_its_end_and_nothing_new_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (begin, begun) = oneshot::channel::<()>();
        let (asked, is_asked) = oneshot::channel::<()>();
        let (tell, told) = oneshot::channel::<()>();
        let once = Arc::new(Mutex::new(Some((asked, told))));
        let router = Router::new().route(
            "/",
            get(move || async move {
                let (asked, told) = once.lock().unwrap().take().unwrap();
                asked.send(()).unwrap();
                let _ = told.await;
                "to its end"
            }),
        );
        let end = async move { drop(begun.await) };
        let serving = tokio::spawn(serve(listener, move |_| router.clone(), Duration::from_secs(60), end));
        let answer = tokio::spawn(until_closed(address, "GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
        is_asked.await.unwrap();
        begin.send(()).unwrap();
        // until nobody listens any more
        while std::net::TcpStream::connect(address).is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(!serving.is_finished());
        tell.send(()).unwrap();
        let said = answer.await.unwrap();
        assert!(said.ends_with("to its end"), "{said}");
        serving.await.unwrap();
    }
}
