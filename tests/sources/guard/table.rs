//! Every spelling is judged, and none reaches the canary.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use paperwire::sources::fetch::{Guard, Passage, Refusal, guard::inside};
use proptest::prelude::*;
use url::Url;

use super::spellings::{LEAD_INSIDE, REFUSED};
use super::{AllLoopback, Canary, fetcher_near, reason};

/// Addresses that are fetched, and what they are read as.
const ALLOWED: &[(&str, &str)] = &[
    ("https://example.org", "https://example.org/"),
    ("https://example.org/", "https://example.org/"),
    (" https://example.org/feed.xml \n", "https://example.org/feed.xml"),
    ("HTTPS://Example.ORG/Feed", "https://example.org/Feed"),
    ("https://example.org./", "https://example.org./"),
    ("https://example.org:443/", "https://example.org/"),
    ("https://example.org:80/", "https://example.org:80/"),
    ("https://example.org:0443/", "https://example.org/"),
    (
        "https://export.arxiv.org/api/query?id_list=2608.00001",
        "https://export.arxiv.org/api/query?id_list=2608.00001",
    ),
    ("https://rss.arxiv.org/rss/cs.CL+cs.AI", "https://rss.arxiv.org/rss/cs.CL+cs.AI"),
    (
        "https://huggingface.co/api/daily_papers?date=2026-08-21",
        "https://huggingface.co/api/daily_papers?date=2026-08-21",
    ),
    ("https://www.nature.com/nature.rss#top", "https://www.nature.com/nature.rss#top"),
    ("https://a.b.c.d.example.org/", "https://a.b.c.d.example.org/"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
    ("https://例え.jp/フィード", "https://xn--r8jz45g.jp/%E3%83%95%E3%82%A3%E3%83%BC%E3%83%89"),
    ("https://example。org/", "https://example.org/"),
    ("https://ｅｘａｍｐｌｅ.org/", "https://example.org/"),
    ("https://%65xample.org/", "https://example.org/"),
    ("https://example.org/a b", "https://example.org/a%20b"),
    ("https://example.org/../x", "https://example.org/x"),
    ("https://example.org/@user", "https://example.org/@user"),
    ("https://example.org/?to=http://127.0.0.1/", "https://example.org/?to=http://127.0.0.1/"),
    ("https://example.org/#@127.0.0.1", "https://example.org/#@127.0.0.1"),
    ("https://localhost.example.org/", "https://localhost.example.org/"),
    ("https://local.example.org/", "https://local.example.org/"),
    ("https://127.0.0.1.example.org/", "https://127.0.0.1.example.org/"),
    ("https://my_feed.example.org/", "https://my_feed.example.org/"),
    ("https://8.8.8.8/", "https://8.8.8.8/"),
    ("https://134744072/", "https://8.8.8.8/"),
    ("https://0x8.8.8.8/", "https://8.8.8.8/"),
    ("https://172.32.0.1/", "https://172.32.0.1/"),
    ("https://100.128.0.1/", "https://100.128.0.1/"),
    ("https://169.255.0.1/", "https://169.255.0.1/"),
    ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
    ("https://[2606:4700:4700:0:0:0:0:1111]:443/", "https://[2606:4700:4700::1111]/"),
    ("https://[::ffff:8.8.8.8]/", "https://[::ffff:808:808]/"),
    ("http://example.org:{p}/", "http://example.org:{p}/"),
    ("https://example.org:{p}/", "https://example.org:{p}/"),
];

fn filled(spelling: &str, canary: &Canary) -> String {
    spelling.replace("{p}", &canary.port().to_string())
}

#[tokio::test]
async fn no_spelling_reaches_this_machine() {
    assert!(REFUSED.len() + LEAD_INSIDE.len() >= 300);
    let canary = Canary::start();
    let fetcher = fetcher_near(&canary, Arc::new(AllLoopback::default()));
    for spelling in REFUSED.iter().map(|text| filled(text, &canary)) {
        let read = fetcher.guard().read(&spelling);
        assert!(read.is_err(), "{spelling:?} is read as {read:?}");
        // What is refused as a text may still be an address, and a redirect could name it.
        if let Ok(url) = Url::parse(&spelling) {
            let error = fetcher.get(&url, None).await.expect_err(&spelling);
            assert!(!reason(error).contains("127.0.0.1"), "{spelling}");
        }
        assert_eq!(canary.connections(), 0, "{spelling}");
    }
    // The canary can be reached by whoever tries.
    drop(std::net::TcpStream::connect(("127.0.0.1", canary.port())).unwrap());
    assert_eq!(canary.connections(), 1);
}

#[tokio::test]
async fn a_name_is_judged_by_where_it_leads() {
    let canary = Canary::start();
    let lookup = Arc::new(AllLoopback::default());
    let fetcher = fetcher_near(&canary, lookup.clone());
    for spelling in LEAD_INSIDE.iter().map(|text| filled(text, &canary)) {
        let (url, passage) = fetcher.guard().read(&spelling).expect(&spelling);
        assert_eq!(passage, Passage::Public, "{spelling}");
        let error = fetcher.get(&url, None).await.expect_err(&spelling);
        assert_eq!(reason(error), Refusal::LeadsInside.to_string(), "{spelling}");
    }
    assert_eq!(canary.connections(), 0);
    assert_eq!(lookup.0.load(Ordering::Relaxed), LEAD_INSIDE.len(), "each name is looked up once");
}

#[test]
fn honest_addresses_are_allowed() {
    let canary = Canary::start();
    let guard = Guard::new(vec![filled("*:{p}", &canary).parse().unwrap()]);
    for (spelling, read_as) in ALLOWED {
        let (url, passage) = guard.read(&filled(spelling, &canary)).expect(spelling);
        assert_eq!((url.as_str(), passage), (filled(read_as, &canary).as_str(), Passage::Public));
    }
}

#[test]
fn an_address_is_refused_for_what_is_wrong_with_it() {
    let guard = Guard::default();
    for (spelling, sentence) in [
        ("ftp://example.org/", "only http and https addresses are"),
        ("https://me:secret@example.org/", "it carries a user name or password"),
        ("http://example.org/", "plain http can be read and changed on the way, so it needs to be https"),
        ("https://example.org:8080/", "port 8080 is not one of the web’s, 80 and 443"),
        ("https://0x7f.1/", "it leads to this machine (loopback), not to the public internet"),
        ("https://10.1.2.3/", "it leads to a private network, not to the public internet"),
        (
            "http://169.254.169.254/",
            "it leads to a cloud provider’s metadata service, not to the public internet",
        ),
        (
            "https://[::7f00:1]/",
            "it leads to an IPv4 address inside IPv6 (compatible), not to the public internet",
        ),
        ("https://router/", "its host is a name of the local network"),
        ("https://example.org\\feed", "it is written to be misread (a backslash stands for a slash)"),
        ("example.org/feed", "it is no web address (relative URL without a base)"),
    ] {
        assert_eq!(guard.read(spelling).expect_err(spelling).to_string(), sentence);
    }
    let long = format!("https://example.org/{}", "x".repeat(2048));
    assert_eq!(guard.read(&long).expect_err("it is long"), Refusal::TooLong);
}

#[test]
fn a_permission_opens_its_host_and_port_and_nothing_beside_them() {
    let allow = ["127.0.0.1:8020", "feeds.lan", "*:8443"].map(|text| text.parse().unwrap());
    let guard = Guard::new(allow.to_vec());
    let passage = |text: &str| guard.read(text).map(|(_, passage)| passage).ok();
    for text in ["http://127.0.0.1:8020/", "https://127.1:8020/", "http://feeds.lan/", "https://FEEDS.lan./x"]
    {
        assert_eq!(passage(text), Some(Passage::Configured), "{text}");
    }
    for text in ["https://example.org:8443/", "http://example.org:8443/"] {
        assert_eq!(passage(text), Some(Passage::Public), "{text}");
    }
    for text in [
        "http://127.0.0.1:8021/",
        "http://127.0.0.2:8020/",
        "http://127.0.0.1/",
        "http://127.0.0.1:8443/",
        "http://feeds.lan:8080/",
        "http://x.feeds.lan/",
        "http://me@feeds.lan/",
        "ftp://feeds.lan/",
    ] {
        assert_eq!(passage(text), None, "{text}");
    }
}

/// What addresses are made of.
const PIECES: &[&str] = &[
    "https:",
    "//",
    "/",
    "\\",
    "@",
    ":",
    "443",
    "80",
    "8080",
    ".",
    "。",
    "[",
    "]",
    "::",
    "ffff",
    "0x7f",
    "127",
    "１２７",
    "0",
    "1",
    "①",
    "%31",
    "%2e",
    "#",
    "?",
    "localhost",
    "example",
    "org",
    "xn--",
    "10",
    "169.254",
    "\t",
    "2130706433",
    "fd00",
    "2001:db8",
    "ü",
    "-",
    "user",
];

/// Texts made of such pieces in any order.
fn pieces() -> impl Strategy<Value = String> {
    const STARTS: &[&str] = &["", "https://", "https://[", "https://example."];
    let rest = prop::collection::vec(prop::sample::select(PIECES), 1..9).prop_map(|pieces| pieces.concat());
    (prop::sample::select(STARTS), rest).prop_map(|(start, rest)| start.to_owned() + &rest)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_let_through_is_public_and_reads_again_as_the_same(text in pieces()) {
        let guard = Guard::default();
        if let Ok((url, passage)) = guard.read(&text) {
            prop_assert_eq!((passage, url.scheme(), url.username()), (Passage::Public, "https", ""));
            prop_assert!(matches!(url.port_or_known_default(), Some(80 | 443)));
            let host = url.host_str().unwrap();
            let literal = host.trim_matches(['[', ']']).parse();
            prop_assert!(literal.map_or(host.contains('.'), |address| inside(address).is_none()), "{}", url);
            prop_assert_eq!(guard.read(url.as_str()), Ok((url, passage)));
        }
    }

    #[test]
    fn an_ipv4_address_is_judged_alike_in_every_notation(address in any::<u32>()) {
        let plain = std::net::Ipv4Addr::from(address);
        let [a, b, c, d] = plain.octets();
        let judged = inside(plain.into());
        for host in [
            plain.to_string(),
            address.to_string(),
            format!("{address:#x}"),
            format!("0{address:o}"),
            format!("{a:#x}.0{b:o}.{}", u32::from(c) << 8 | u32::from(d)),
            format!("{a}.{b}.{c}.{d}."),
            format!("[::ffff:{plain}]"),
        ] {
            let read = Guard::default().read(&format!("https://{host}/")).map(|_| ());
            prop_assert_eq!(read, judged.map_or(Ok(()), |what| Err(Refusal::Inside(what))), "{}", host);
        }
    }
}
