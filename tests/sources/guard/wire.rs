//! A server that writes exactly these bytes, right or wrong.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use paperwire::sources::{FetchConfig, FetchError, Fetcher, fetch::Fetched};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

/// What a connection brings.
#[derive(Debug, Clone)]
pub enum Says {
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// These bytes, then the same byte again and again, so many milliseconds apart.
    Drips(Vec<u8>, u64),
    /// These bytes, then blocks of others for as long as anybody reads.
    Endless(Vec<u8>, Vec<u8>),
}

/// A server on loopback; each connection is one answer, and the last one repeats.
pub struct Wire {
    pub url: Url,
    asked: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Wire {
    pub async fn start(mut answers: Vec<Says>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/feed", listener.local_addr().unwrap()).parse().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let ledger = Arc::clone(&asked);
        let server = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
                // A client that hangs up in the middle is what many of these tests want.
                let _ = serve(stream, answer, &ledger).await;
            }
        });
        Self { url, asked, server }
    }

    /// One answer with these headers and this body.
    pub async fn answering(headers: &str, body: &[u8]) -> Self {
        Self::start(vec![Says::Bytes(whole(headers, body))]).await
    }

    /// The heads of all requests so far, in lower case.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Fetches from here, as from an address that the operator has configured.
    pub async fn fetch(&self, config: FetchConfig) -> Result<Vec<u8>, FetchError> {
        let fetcher = Fetcher::new(config).unwrap().trusting(&self.url);
        match fetcher.get(&self.url, None).await? {
            Fetched::Body(document) => Ok(document.bytes),
            Fetched::NotModified { .. } => panic!("nobody asked whether it has changed"),
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A whole answer of status 200.
pub fn whole(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{headers}\r\n").as_bytes(), body].concat()
}

/// An answer of another status, without a body.
pub fn status(line: &str, headers: &str) -> Says {
    Says::Bytes(
        format!("HTTP/1.1 {line}\r\nconnection: close\r\ncontent-length: 0\r\n{headers}\r\n").into_bytes(),
    )
}

async fn serve(mut stream: TcpStream, answer: Says, ledger: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    ledger.lock().unwrap().push(String::from_utf8_lossy(&head).to_lowercase());
    match answer {
        Says::Bytes(bytes) => stream.write_all(&bytes).await?,
        Says::Drips(bytes, apart) => {
            stream.write_all(&bytes).await?;
            let mut tick = tokio::time::interval(Duration::from_millis(apart));
            loop {
                tick.tick().await;
                stream.write_all(b" ").await?;
            }
        }
        Says::Endless(bytes, block) => {
            stream.write_all(&bytes).await?;
            loop {
                stream.write_all(&block).await?;
            }
        }
    }
    stream.shutdown().await
}
