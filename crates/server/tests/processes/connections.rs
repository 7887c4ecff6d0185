//! Whoever connects and says nothing whole does not hold the connection for good.

use crate::process::Node;
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};
use testkit::databases::{Database, run_empty};

async fn a_head_that_never_ends_is_not_waited_for(url: String) {
    let apart = ("ROLECALL_METRICS_ADDR", "127.0.0.1:0");
    let node = Node::start_with(&url, &[("ROLECALL_HEADER_TIMEOUT", "1"), apart]);
    for address in [&node.address, node.apart.as_ref().unwrap()] {
        // the last as HTTP/2 begins, which is not spoken
        for text in ["", "GET /healthz HTTP/1.1\r\nhost: a\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(text.as_bytes()).unwrap();
            let mut said = Vec::new();
            // until the server closes it; with something unread that is an error
            let _ = stream.read_to_end(&mut said);
            assert_eq!(String::from_utf8_lossy(&said), "");
        }
    }
    assert_eq!(node.get("/healthz", &[]).status, 200);
}

#[test]
fn a_head_that_never_ends_is_not_waited_for_by_the_binary() {
    run_empty(Database::Sqlite, a_head_that_never_ends_is_not_waited_for);
}
