//! Mode `http`: only what Discord has signed just now is read.

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{HeaderMap, HeaderValue};

use super::{Bench, NOW, Way};
use crate::worlds::discord::Discord as World;
use crate::worlds::discord::payload::{ADA, Does};

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

async fn status(bench: &Bench, headers: &HeaderMap, body: &[u8]) -> u16 {
    let Way::Http(webhook) = &bench.way else { panic!() };
    let received = webhook.receive(headers, body, now()).await;
    assert!(received.status == 202 || serde_json::from_slice::<serde_json::Value>(&received.body).is_ok());
    received.status
}

#[tokio::test]
async fn a_ping_is_answered() {
    let bench = Bench::http().await;
    let body = br#"{"id":"1","application_id":"1","type":1,"token":"t","version":1,"entitlements":[],"authorizing_integration_owners":{}}"#;
    let Way::Http(webhook) = &bench.way else { panic!() };
    let received = webhook.receive(&World::signed(body, now()), body, now()).await;
    assert_eq!((received.status, received.body.as_slice()), (200, br#"{"type":1}"#.as_slice()));
    bench.ends().await;
}

#[tokio::test]
async fn what_discord_has_not_signed_just_now_is_refused_unread() {
    let bench = Bench::http().await;
    let body = bench.world.begins(ADA, Does::Slash("status", vec![])).sent.to_string().into_bytes();
    let good = World::signed(&body, now());
    let with = |name: &'static str, value: &str| {
        let mut headers = good.clone();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    };
    let signature = good["x-signature-ed25519"].to_str().unwrap().to_owned();
    let mut other = signature.clone();
    let first = if other.starts_with('0') { "1" } else { "0" };
    other.replace_range(0..1, first);
    for headers in [
        HeaderMap::new(),
        with("x-signature-ed25519", &other),
        with("x-signature-ed25519", "zz"),
        with("x-signature-ed25519", &signature[2..]),
        with("x-signature-ed25519", &"0".repeat(128)),
        with("x-signature-timestamp", "1"),
        with("x-signature-timestamp", "soon"),
        with("x-signature-timestamp", "9999999999999999"),
        World::signed(&body, now() - SignedDuration::from_secs(301)),
        World::signed(&body, now() + SignedDuration::from_secs(301)),
    ] {
        assert_eq!(status(&bench, &headers, &body).await, 401, "{headers:?}");
    }
    for at in [0, body.len() / 2, body.len() - 1] {
        let mut tampered = body.clone();
        tampered[at] ^= 1;
        assert_eq!(status(&bench, &good, &tampered).await, 401, "byte {at}");
    }
    assert!(bench.script.asked().is_empty(), "nothing of it was done");
    for at in [now() - SignedDuration::from_secs(299), now() + SignedDuration::from_secs(299)] {
        assert_eq!(status(&bench, &World::signed(&body, at), &body).await, 200);
    }
    bench.ends().await;
}

#[tokio::test]
async fn a_huge_body_is_refused_before_its_signature_is_looked_at() {
    let bench = Bench::http().await;
    let body = vec![b' '; paperwire::chat::discord::Webhook::body_max() + 1];
    assert_eq!(status(&bench, &World::signed(&body, now()), &body).await, 413);
    bench.ends().await;
}

#[tokio::test]
async fn a_replay_in_time_is_the_same_request_again() {
    let bench = Bench::http().await;
    let body = bench.world.begins(ADA, Does::Slash("status", vec![])).sent.to_string().into_bytes();
    let headers = World::signed(&body, now());
    assert_eq!(status(&bench, &headers, &body).await, 200);
    assert_eq!(status(&bench, &headers, &body).await, 200);
    let ids: Vec<String> = bench.script.asked().into_iter().map(|request| request.id).collect();
    assert_eq!(ids[0], ids[1], "which the handler knows and does once");
    bench.ends().await;
}

#[tokio::test]
async fn a_signed_body_that_is_no_interaction_harms_nothing() {
    let bench = Bench::http().await;
    for (body, expected) in [
        ("", 400),
        ("null", 400),
        ("{\"type\":99}", 400),
        ("{\"type\":2}", 200),
        ("{\"type\":4,\"id\":\"x\"}", 200),
        ("\u{0}\u{1}", 400),
    ] {
        let headers = World::signed(body.as_bytes(), now());
        assert_eq!(status(&bench, &headers, body.as_bytes()).await, expected, "{body}");
    }
    let mut begun = bench.world.begins(ADA, Does::Slash("status", vec![]));
    begun.sent.as_object_mut().unwrap().remove("attachment_size_limit");
    let seen = bench.sends(&begun).await.unwrap();
    assert!(String::from_utf8(seen.body).unwrap().contains("This could not be read"));
    bench.ends().await;
}
