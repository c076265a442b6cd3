//! The guarded fetcher against those who would lead it astray.

pub mod bodies;
mod cli;
mod hops;
mod hosts;
mod spellings;
mod table;
pub mod wire;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use paperwire::clock::SystemClock;
use paperwire::sources::fetch::Lookup;
use paperwire::sources::{FetchConfig, FetchError, Fetcher};

use super::config;

/// A server on every local address to which nothing may ever connect.
struct Canary(TcpListener);

impl Canary {
    fn start() -> Self {
        let both = TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0));
        let listener = both.or_else(|_| TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))).unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// Connections so far; the system has taken them in although nobody accepted them yet.
    fn connections(&self) -> usize {
        std::iter::from_fn(|| self.0.accept().ok()).count()
    }
}

/// A resolver in which every name leads to this machine.
#[derive(Default)]
struct AllLoopback(AtomicUsize);

#[async_trait]
impl Lookup for AllLoopback {
    async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
    }
}

/// A client that may use the canary's port on public hosts, so that only where it leads can save the canary.
fn fetcher_near(canary: &Canary, lookup: Arc<dyn Lookup>) -> Fetcher {
    let allow = vec![format!("*:{}", canary.port()).parse().unwrap()];
    let config = FetchConfig { allow, connect_timeout: Duration::from_secs(1), ..config() };
    Fetcher::with(config, lookup, Arc::new(SystemClock)).unwrap()
}

/// The reason of a refusal.
fn reason(error: FetchError) -> String {
    match error {
        FetchError::Refused { reason, .. } => reason,
        other => panic!("not refused: {other}"),
    }
}
