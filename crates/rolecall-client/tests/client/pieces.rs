//! Answers that are read piece by piece: who is silent is not waited for, and who breaks off was reached.

use crate::fake::Fake;
use axum::{
    body::{Body, Bytes},
    response::IntoResponse as _,
};
use futures::{StreamExt as _, stream};
use rolecall_client::{Client, Error};
use std::{
    convert::Infallible,
    io::{Read as _, Write as _},
    net::TcpListener,
    pin::pin,
    time::Duration,
};

const PATH: &str = "/api/v1/members.csv";

#[tokio::test]
async fn a_beginning_that_does_not_come_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let client = Client::builder(url, "rc_ws_test").timeout(Duration::from_millis(50)).build().unwrap();
    let error = client.stream(PATH, "text/csv").await.err().unwrap();
    assert!(matches!(&error, Error::TimedOut { .. }), "{error}");
}

#[tokio::test]
async fn a_piece_that_does_not_come_is_not_waited_for() {
    let fake = Fake::start(|_, _| {
        let first = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"Email\n"))]);
        Body::from_stream(first.chain(stream::pending())).into_response()
    })
    .await;
    let client = fake.client().timeout(Duration::from_secs(1)).build().unwrap();
    let mut pieces = pin!(client.stream(PATH, "text/csv").await.unwrap());
    assert_eq!(pieces.next().await.unwrap().unwrap(), "Email\n");
    let error = pieces.next().await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::TimedOut { .. }), "{error}");
    assert!(pieces.next().await.is_none());
}

#[tokio::test]
async fn one_that_breaks_off_was_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut asked = [0; 1_024];
        assert!(connection.read(&mut asked).unwrap() > 0);
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nEmail\n").unwrap();
    });
    let client = Client::builder(url, "rc_ws_test").build().unwrap();
    let mut pieces = pin!(client.stream(PATH, "text/csv").await.unwrap());
    let error = loop {
        match pieces.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("a part was taken for the whole"),
        }
    };
    assert!(matches!(&error, Error::Unreached { .. }) && error.is_temporary(), "{error}");
    server.join().unwrap();
}
