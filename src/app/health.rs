//! Asks a running `serve` whether it is well.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::config::Config;

/// Succeeds when `serve` under this configuration answers that it is well.
pub async fn healthcheck(config: &Config) -> anyhow::Result<()> {
    let Some(listen) = config.web.listen else {
        bail!("there is no health page: web.listen is empty");
    };
    let url = format!("http://{}/healthz", reachable(listen));
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(3)).build()?;
    let answer = client.get(&url).send().await.with_context(|| format!("nothing answers at {url}"))?;
    if !answer.status().is_success() {
        bail!("{url} answered {}", answer.status());
    }
    Ok(())
}

/// The address under which this machine reaches a listener that listens on all addresses.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
