//! A wire between a process and its database that can be cut in the ways in which wires break.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Whole,
    /// Every connection is ended, and new ones at once.
    Closed,
    /// Nothing comes through, and nobody is told.
    Silent,
}

/// A relay before a database.
pub struct Relay {
    address: SocketAddr,
    wire: Arc<watch::Sender<Wire>>,
    /// Connections older than this number have been forgotten on the way.
    forgotten: Arc<watch::Sender<u64>>,
    accepting: JoinHandle<()>,
}

impl Relay {
    /// Starts before the database of an address.
    pub async fn before(url: &str) -> Self {
        let parsed = url::Url::parse(url).unwrap();
        let target = (parsed.host_str().unwrap().to_owned(), parsed.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (wire, forgotten) = (Arc::new(watch::Sender::new(Wire::Whole)), Arc::new(watch::Sender::new(0)));
        let (of_wire, of_forgotten) = (wire.clone(), forgotten.clone());
        let accepting = tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                tokio::spawn(carry(near, target.clone(), of_wire.subscribe(), of_forgotten.subscribe()));
            }
        });
        Self { address, wire, forgotten, accepting }
    }

    /// The database's address through this relay.
    pub fn url(&self, direct: &str) -> String {
        let mut url = url::Url::parse(direct).unwrap();
        url.set_port(Some(self.address.port())).unwrap();
        url.to_string()
    }

    /// The database goes away, and everybody notices.
    pub fn close(&self) {
        self.wire.send_replace(Wire::Closed);
    }

    /// Nothing comes through any more, and nobody notices.
    pub fn cut(&self) {
        self.wire.send_replace(Wire::Silent);
    }

    /// New connections work.
    pub fn mend(&self) {
        self.wire.send_replace(Wire::Whole);
    }

    /// All connections that stand are half-open from now on; new ones work.
    pub fn forget(&self) {
        self.forgotten.send_modify(|count| *count += 1);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn carry(
    mut near: TcpStream,
    target: (String, u16),
    mut wire: watch::Receiver<Wire>,
    mut forgotten: watch::Receiver<u64>,
) {
    let as_of = *forgotten.borrow_and_update();
    let now = *wire.borrow_and_update();
    match now {
        Wire::Closed => return,
        Wire::Silent => return hold(near).await,
        Wire::Whole => {}
    }
    let Ok(mut far) = TcpStream::connect(target).await else { return };
    let broken = tokio::select! {
        _ = copy_bidirectional(&mut near, &mut far) => return,
        broken = wire.wait_for(|wire| *wire != Wire::Whole) => broken.map_or(Wire::Closed, |wire| *wire),
        _ = forgotten.wait_for(|count| *count > as_of) => Wire::Silent,
    };
    if broken == Wire::Silent {
        hold((near, far)).await;
    }
}

/// Keeps the ends open for as long as the test runs.
async fn hold<T>(ends: T) {
    std::future::pending::<()>().await;
    drop(ends);
}
