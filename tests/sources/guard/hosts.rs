//! What is remembered of a host: its waits, its failures, its 403.

use std::sync::Arc;
use std::time::Duration;

use paperwire::sources::fetch::{Fetched, SystemLookup, Validators};
use paperwire::sources::{FetchError, Fetcher};

use super::super::config;
use super::wire::{Says, Wire, status, whole};
use crate::worlds::clock::FakeClock;

struct Bench {
    wire: Wire,
    clock: Arc<FakeClock>,
    fetcher: Fetcher,
}

impl Bench {
    async fn new(answers: Vec<Says>) -> Self {
        let wire = Wire::start(answers).await;
        let clock = Arc::new(FakeClock::at("2026-08-21T06:00:00Z"));
        let fetcher = Fetcher::with(config(), Arc::new(SystemLookup), clock.clone()).unwrap();
        Self { fetcher: fetcher.trusting(&wire.url), wire, clock }
    }

    async fn get(&self) -> Result<Fetched, FetchError> {
        self.fetcher.get(&self.wire.url, None).await
    }

    fn asked(&self) -> usize {
        self.wire.asked().len()
    }
}

fn well() -> Says {
    Says::Bytes(whole("content-length: 2\r\n", b"[]"))
}

#[tokio::test]
async fn after_a_403_nothing_is_asked_for_hours() {
    let forbidden = || status("403 Forbidden", "");
    let bench = Bench::new(vec![forbidden(), forbidden(), well(), forbidden()]).await;
    let error = bench.get().await.unwrap_err();
    assert!(matches!(error, FetchError::Rejected { status, .. } if status.as_u16() == 403), "{error}");
    bench.clock.advance(Duration::from_mins(1));
    let clone = bench.fetcher.clone();
    let other = bench.wire.url.join("/other").unwrap();
    let error = clone.get(&other, None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{other} is not asked for 2 h 59 min: its host has forbidden us to ask (403), \
             and asking on can count as an attack"
        )
    );
    assert_eq!(error.retry_after(), Some(Duration::from_mins(179)));
    assert_eq!(bench.asked(), 1);
    bench.clock.advance(Duration::from_mins(179));
    bench.get().await.unwrap_err();
    let error = bench.get().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_hours(6)), "the second time is longer: {error}");
    bench.clock.advance(Duration::from_hours(6));
    bench.get().await.unwrap();
    bench.get().await.unwrap_err();
    let error = bench.get().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_hours(3)), "a good answer is a new start: {error}");
    assert_eq!(bench.asked(), 4);
}

#[tokio::test]
async fn a_wait_that_a_host_asks_for_holds_for_all_of_it() {
    let waits = [
        ("429 Too Many Requests", "retry-after: 90\r\n"),
        (
            "503 Service Unavailable",
            "date: Fri, 21 Aug 2026 10:00:00 GMT\r\nretry-after: Fri, 21 Aug 2026 10:01:30 GMT\r\n",
        ),
        ("429 Too Many Requests", "ratelimit: \"api\";r=0\r\nratelimit-policy: \"api\";q=10;w=90\r\n"),
    ];
    for (line, headers) in waits {
        let bench = Bench::new(vec![status(line, headers), well()]).await;
        let wait = Some(Duration::from_secs(90));
        assert_eq!(bench.get().await.unwrap_err().retry_after(), wait, "{headers}");
        assert_eq!(bench.get().await.unwrap_err().retry_after(), wait, "{headers}");
        assert_eq!(bench.asked(), 1, "{headers}");
        bench.clock.advance(Duration::from_secs(90));
        bench.get().await.unwrap();
    }
}

#[tokio::test]
async fn a_budget_that_is_used_up_is_waited_for() {
    let spent = whole("content-length: 2\r\nratelimit: \"api\";r=0;t=60\r\n", b"[]");
    let bench = Bench::new(vec![Says::Bytes(spent), well()]).await;
    bench.get().await.unwrap();
    assert_eq!(bench.get().await.unwrap_err().retry_after(), Some(Duration::from_mins(1)));
    bench.clock.advance(Duration::from_mins(1));
    bench.get().await.unwrap();
    assert_eq!(bench.asked(), 2);
}

#[tokio::test]
async fn a_host_that_goes_on_failing_is_left_alone_longer_each_time() {
    let broken = || status("500 Internal Server Error", "");
    let bench = Bench::new(vec![broken(), broken(), broken(), well()]).await;
    bench.get().await.unwrap_err();
    bench.get().await.unwrap_err();
    assert_eq!(bench.asked(), 2, "after one failure the caller decides");
    for (asked, least) in [(2, 1000), (3, 2000)] {
        let wait = bench.get().await.unwrap_err().retry_after().unwrap();
        let least = Duration::from_millis(least);
        assert!((least..=least.mul_f64(1.126)).contains(&wait), "{wait:?}");
        assert_eq!(bench.asked(), asked);
        bench.clock.advance(wait);
        let _ = bench.get().await;
    }
    bench.get().await.unwrap();
    assert_eq!(bench.asked(), 5, "a good answer is a new start");
}

#[tokio::test]
async fn what_is_fresh_by_its_hosts_word_is_not_asked_for_again() {
    let fresh = whole("content-length: 2\r\netag: abc\r\ncache-control: max-age=600\r\nage: 60\r\n", b"[]");
    let unchanged = status("304 Not Modified", "cache-control: max-age=60\r\n");
    let bench = Bench::new(vec![Says::Bytes(fresh.clone()), Says::Bytes(fresh), unchanged]).await;
    let Fetched::Body(document) = bench.get().await.unwrap() else { panic!("a first answer is whole") };
    assert_eq!(document.fresh_for, Some(Duration::from_mins(9)));
    let known = Validators { etag: Some("abc".to_owned()), last_modified: None };
    let again = || bench.fetcher.get(&bench.wire.url, Some(&known));
    bench.clock.advance(Duration::from_secs(539));
    assert_eq!(again().await.unwrap(), Fetched::NotModified { rate: None });
    assert_eq!(bench.asked(), 1);
    bench.get().await.unwrap();
    assert_eq!(bench.asked(), 2, "who has nothing gets everything");
    bench.clock.advance(Duration::from_mins(9));
    assert!(matches!(again().await.unwrap(), Fetched::NotModified { .. }));
    assert!(matches!(again().await.unwrap(), Fetched::NotModified { .. }));
    assert_eq!(bench.asked(), 3, "a 304 renews the time");
}
