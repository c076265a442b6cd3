//! Redirects and names that change their mind.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use paperwire::clock::SystemClock;
use paperwire::sources::fetch::{Lookup, Refusal, Validators};
use paperwire::sources::{FetchConfig, FetchError, Fetcher};

use super::super::config;
use super::spellings::REFUSED;
use super::wire::{Says, Wire, status, whole};
use super::{AllLoopback, Canary, fetcher_near, reason};

fn to(location: &str) -> Says {
    status("302 Found", &format!("location: {location}\r\nset-cookie: session=secret\r\n"))
}

#[tokio::test]
async fn no_redirect_reaches_this_machine() {
    let canary = Canary::start();
    let spellings: Vec<_> =
        REFUSED.iter().map(|text| text.replace("{p}", &canary.port().to_string())).collect();
    // A redirect may be relative to where it stands; those lead back to the wire.
    let absolute: Vec<_> =
        spellings.iter().filter(|text| text.is_ascii() && text.starts_with("http://")).collect();
    assert!(absolute.len() > 100);
    let wire = Wire::start(absolute.iter().map(|location| to(location)).collect()).await;
    let fetcher = fetcher_near(&canary, Arc::new(AllLoopback::default())).trusting(&wire.url);
    for location in &absolute {
        assert!(fetcher.guard().read(location).is_err(), "{location}");
        let error = fetcher.get(&wire.url, None).await.expect_err(location);
        assert!(!reason(error).is_empty(), "{location}");
    }
    assert_eq!((wire.asked().len(), canary.connections()), (absolute.len(), 0));
}

#[tokio::test]
async fn a_redirect_into_a_trusted_hosts_other_ports_is_refused() {
    let canary = Canary::start();
    let wire = Wire::start(vec![to(&format!("http://127.0.0.1:{}/", canary.port()))]).await;
    let error = wire.fetch(config()).await.unwrap_err();
    assert_eq!(reason(error), Refusal::Inside("this machine (loopback)").to_string());
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn a_circle_of_redirects_ends_after_five() {
    let wire = Wire::start(vec![to("/feed")]).await;
    let error = wire.fetch(config()).await.unwrap_err();
    assert_eq!(reason(error), "it is behind more than 5 redirects");
    assert_eq!(wire.asked().len(), 6);
}

#[tokio::test]
async fn nothing_is_carried_from_one_hop_to_the_next() {
    let wire = Wire::start(vec![to("/next?x"), Says::Bytes(whole("etag: bare\r\n", b"[]"))]).await;
    let fetcher = Fetcher::new(config()).unwrap().trusting(&wire.url);
    let known = Validators { etag: Some("W/\"As Is\"".to_owned()), last_modified: None };
    fetcher.get(&wire.url, Some(&known)).await.unwrap();
    let asked = wire.asked();
    assert_eq!(asked.len(), 2);
    for head in asked {
        assert!(head.contains("if-none-match: w/\"as is\"\r\n"), "{head}");
        for name in ["cookie:", "authorization:", "referer:", "origin:", "proxy-"] {
            assert!(!head.contains(name), "{head}");
        }
    }
}

/// Answers in turn, and counts by what is left.
struct Script(Mutex<VecDeque<Vec<IpAddr>>>);

#[async_trait]
impl Lookup for Script {
    async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.lock().unwrap().pop_front().expect("each request looks its name up once"))
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_leads_nowhere() {
    let canary = Canary::start();
    let answers =
        [&["127.0.0.1"][..], &["::1", "127.0.0.1"], &["::ffff:127.0.0.1"], &["10.0.0.1", "0.0.0.0"], &[]];
    let answers = answers.map(|texts| texts.iter().map(|text| text.parse().unwrap()).collect());
    let script = Arc::new(Script(Mutex::new(answers.into())));
    let fetcher = fetcher_near(&canary, script.clone());
    let url = format!("http://rebind.example:{}/", canary.port()).parse().unwrap();
    for _ in 0..4 {
        assert_eq!(reason(fetcher.get(&url, None).await.unwrap_err()), Refusal::LeadsInside.to_string());
    }
    let error = fetcher.get(&url, None).await.unwrap_err();
    assert!(matches!(error, FetchError::Unreachable { .. }), "{error}");
    assert_eq!((script.0.lock().unwrap().len(), canary.connections()), (0, 0));
}

#[tokio::test]
async fn a_trusted_name_is_connected_to_where_it_leads() {
    let wire = Wire::answering("content-length: 2\r\n", b"[]").await;
    let port = wire.url.port().unwrap();
    let allow = vec![format!("feeds.lan:{port}").parse().unwrap()];
    let config = FetchConfig { allow, ..config() };
    let lookup = Arc::new(AllLoopback::default());
    let fetcher = Fetcher::with(config, lookup, Arc::new(SystemClock)).unwrap();
    let url = format!("http://feeds.lan:{port}/").parse().unwrap();
    fetcher.get(&url, None).await.unwrap();
    let stranger = format!("http://feeds.example:{port}/").parse().unwrap();
    assert_eq!(
        reason(fetcher.get(&stranger, None).await.unwrap_err()),
        Refusal::Port(port).to_string(),
        "trust in a name is no trust in its port elsewhere"
    );
}
