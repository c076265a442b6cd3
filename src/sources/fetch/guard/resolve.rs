//! Looks names up once, and lets the client connect to no address but those of the checked answer.
//!
//! A name that leads to a public address when it is checked and to this machine when it is connected to
//! (DNS rebinding) finds no gap: the check is the lookup.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Passage, Refusal, inside};

/// Tells the addresses of a name; tests hand in one that lies.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// Every address of `name`, in the order in which they are to be tried.
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect())
    }
}

/// The addresses of a name that may be connected to; a name that has none of them is refused.
pub fn checked(found: Vec<IpAddr>, passage: Passage) -> Result<Vec<IpAddr>, Refusal> {
    let all = found.len();
    let public = |address: &IpAddr| passage == Passage::Configured || inside(*address).is_none();
    let left: Vec<_> = found.into_iter().filter(public).collect();
    if left.is_empty() && all > 0 { Err(Refusal::LeadsInside) } else { Ok(left) }
}

/// A lookup as the HTTP client asks it.
pub(crate) struct Checked {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) passage: Passage,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, passage) = (Arc::clone(&self.lookup), self.passage);
        Box::pin(async move {
            let addresses = checked(lookup.lookup(name.as_str()).await?, passage)?;
            // The client puts the address's port in place of 0.
            let addresses: Addrs = Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Gives its answers one after the other.
    struct Script(Mutex<Vec<Vec<IpAddr>>>);

    #[async_trait]
    impl Lookup for Script {
        async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            Ok(self.0.lock().unwrap().remove(0))
        }
    }

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[tokio::test]
    async fn an_answer_that_changes_after_the_check_is_never_connected_to() {
        let script = vec![addresses(&["8.8.8.8"]), addresses(&["127.0.0.1"])];
        let script = Arc::new(Script(Mutex::new(script)));
        let resolver = Checked { lookup: script.clone(), passage: Passage::Public };
        let first = resolver.resolve("rebind.example".parse().unwrap()).await;
        let first: Vec<_> = first.unwrap_or_else(|error| panic!("{error}")).collect();
        assert_eq!(first, ["8.8.8.8:0".parse().unwrap()]);
        assert_eq!(script.0.lock().unwrap().len(), 1, "the connection is made to what was checked");
        let Err(error) = resolver.resolve("rebind.example".parse().unwrap()).await else {
            panic!("loopback")
        };
        assert_eq!(error.downcast_ref::<Refusal>(), Some(&Refusal::LeadsInside));
    }

    #[test]
    fn of_a_mixed_answer_only_the_public_part_is_left() {
        let mixed = ["127.0.0.1", "8.8.8.8", "::ffff:10.0.0.1", "2606:4700::1111", "fe80::1"];
        let left = checked(addresses(&mixed), Passage::Public);
        assert_eq!(left, Ok(addresses(&["8.8.8.8", "2606:4700::1111"])));
        assert_eq!(checked(addresses(&mixed), Passage::Configured), Ok(addresses(&mixed)));
        assert_eq!(checked(Vec::new(), Passage::Public), Ok(Vec::new()));
    }
}
