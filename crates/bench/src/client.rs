//! A plain HTTP client of one request a connection: its cost is the same for everything that is measured with it. Where a ratio is what counts,
//! the connection stays open, so that its opening does not draw the ratio to 1.

use crate::Outcome;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    /// Bytes of the body, with the lengths of its chunks where it came in chunks.
    pub length: usize,
}

/// Asks and reads to the end, handing on each piece of the body.
pub async fn ask(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str, mut piece: impl FnMut(&[u8])) -> Outcome<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes()).await?;

    let mut buffer = vec![0; 64 * 1024];
    let mut head: Vec<u8> = Vec::new();
    let mut length = 0;
    let mut in_body = false;
    loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            break;
        }
        let bytes = buffer.get(..read).unwrap_or_default();
        if in_body {
            length += read;
            piece(bytes);
        } else {
            head.extend_from_slice(bytes);
            if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
                length += head.len() - end - 4;
                piece(head.get(end + 4..).unwrap_or_default());
                head.truncate(end);
                in_body = true;
            }
        }
    }
    let head = String::from_utf8(head)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or("no status in the answer")?;
    Ok(Answer { status, head, length })
}

/// A connection that stays open from one question to the next.
#[derive(Debug)]
pub struct Connection {
    address: String,
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    pub async fn open(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { address: address.to_owned(), sender })
    }

    /// Asks and reads to the end, handing on each piece of the body; gives the status and the body's length.
    pub async fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str, mut piece: impl FnMut(&[u8])) -> Outcome<(u16, usize)> {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes())))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status().as_u16();
        let mut body = response.into_body();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            if let Ok(bytes) = frame?.into_data() {
                length += bytes.len();
                piece(&bytes);
            }
        }
        Ok((status, length))
    }
}

pub async fn get(address: &str, path: &str, cookie: &str) -> Outcome<Answer> {
    ask(address, "GET", path, &[("cookie", cookie)], "", |_| {}).await
}

/// Calls a server function as the browser does, and reads what it answers.
pub async fn call(address: &str, cookie: &str, function: &str, arguments: &serde_json::Value) -> Outcome<serde_json::Value> {
    let origin = format!("http://{address}");
    let headers = [("cookie", cookie), ("content-type", "application/json"), ("accept", "application/json"), ("origin", origin.as_str())];
    let mut body = Vec::new();
    let path = format!("/rpc/{function}");
    let answer = ask(address, "POST", &path, &headers, &arguments.to_string(), |piece| body.extend_from_slice(piece)).await?;
    if answer.status != 200 {
        return Err(format!("{function} answers {}: {}", answer.status, String::from_utf8_lossy(&body)).into());
    }
    // an answer in chunks has their lengths between them; ours come whole
    serde_json::from_slice(&body).map_err(|error| format!("the answer of {function} can't be read: {error}").into())
}

/// Signs in and gives the cookie to send from then on.
pub async fn sign_in(address: &str, email: &str, password: &str) -> Outcome<String> {
    let encoded =
        |text: &str| text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect::<String>();
    let body = format!("email={}&password={}", encoded(email), encoded(password));
    let origin = format!("http://{address}");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin.as_str())];
    let answer = ask(address, "POST", "/rpc/accounts/sign_in", &headers, &body, |_| {}).await?;
    let cookie = answer.head.lines().find_map(|line| line.to_ascii_lowercase().starts_with("set-cookie:").then(|| line[11..].trim().to_owned()));
    let cookie = cookie.ok_or_else(|| format!("no cookie after signing in: {}", answer.head))?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}
