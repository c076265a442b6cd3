//! What each format says, with the oddities of real answers, and `paperwire sources parse` as an operator types it.

use std::io::Write as _;

use paperwire::domain::Listing;
use paperwire::sources::arxiv::{oai, query, rss};
use serde_json::Value;
use tokio::process::Command;

use super::DAY;
use crate::worlds::arxiv::{atom, channel, paper};

const DATE: &str = "Fri, 21 Aug 2026 00:00:00 -0400";

fn announced_as(item: &str) -> Listing {
    let mut rows = rss::parse(channel("cs.AI", DATE, item).as_bytes(), DAY).unwrap().rows;
    assert!(rows.bad.is_empty(), "{:?}", rows.bad);
    rows.listings.remove(0)
}

#[test]
fn the_announcement_and_the_version_are_in_the_description_too() {
    for kind in ["new", "cross", "replace", "replace-cross"] {
        let item = paper("hep-th/9901001", "hep-th").version(3).item(kind, DATE);
        let bare = item.replace(&format!("<arxiv:announce_type>{kind}</arxiv:announce_type>"), "");
        let bare = bare.replace("<guid isPermaLink=\"false\">oai:arXiv.org:hep-th/9901001v3</guid>", "");
        let read = announced_as(&bare);
        assert_eq!((read.paper.as_str(), read.facts.version), ("hep-th/9901001", Some(3)));
        assert_eq!(read.announced.unwrap().name(), kind);
        assert_eq!(read.facts.abstract_text, "We show it.");
    }
}

#[test]
fn atom_of_the_announcements_says_the_same_as_rss() {
    let entry = "<entry><id>oai:arXiv.org:2508.13426v1</id><title>ALIGN:\n  Word &amp; Association</title>\
        <updated>2026-08-21T04:00:19.899254+00:00</updated><link href=\"https://arxiv.org/abs/2508.13426\"/>\
        <summary>arXiv:2508.13426v1 Announce Type: cross \nAbstract: As large x &lt; y models.</summary>\
        <category term=\"cs.CL\"/><category term=\"cs.AI\"/><published>2026-08-21T00:00:00-04:00</published>\
        <arxiv:announce_type>cross</arxiv:announce_type><arxiv:DOI>10.1000/ABC</arxiv:DOI>\
        <arxiv:journal_reference>J. Flow 1 (2026)</arxiv:journal_reference>\
        <dc:creator>Chunhua Liu (A, B), Kabir Manandhar Shrestha</dc:creator></entry>";
    let body = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>cs.AI</title>\
        <updated>2026-08-22T04:00:19.866337+00:00</updated>{entry}</feed>"
    );
    let read = rss::parse(body.as_bytes(), DAY).unwrap();
    assert_eq!(read.day, Some(DAY), "the day of the build is another");
    let listing = &read.rows.listings[0];
    assert_eq!((listing.announced.unwrap().name(), listing.day), ("cross", DAY));
    assert_eq!(listing.facts.title, "ALIGN: Word & Association");
    assert_eq!(listing.facts.abstract_text, "As large x < y models.");
    assert_eq!(listing.facts.categories, ["cs.CL", "cs.AI"]);
    assert_eq!(listing.facts.authors, ["Chunhua Liu", "Kabir Manandhar Shrestha"]);
    assert_eq!(
        (listing.facts.doi.as_deref(), listing.facts.journal.as_deref()),
        (Some("10.1000/abc"), Some("J. Flow 1 (2026)"))
    );
}

#[test]
fn a_replacement_that_withdraws_the_paper_is_told() {
    let mut withdrawn = paper("2608.20001", "cs.AI").version(2);
    withdrawn.abstract_text = "This paper has been withdrawn by the authors due to an error.".to_owned();
    let read = announced_as(&withdrawn.item("replace", DATE));
    assert_eq!(read.facts.withdrawn_at.unwrap().to_string(), "2026-08-21T04:00:00Z");
}

#[test]
fn an_error_in_the_place_of_a_feed_is_told_in_arxivs_words() {
    let body = "<rss version='2.0'><channel><title>Feed error for query: http://rss.arxiv.org/rss/cs.XX</title>\
        <description>Bad subject class 'XX'.</description></channel></rss>";
    let read = rss::parse(body.as_bytes(), DAY).unwrap();
    assert_eq!((read.error.as_deref(), read.rows.count()), (Some("Bad subject class 'XX'."), 0));
    let body = "<feed><entry><id>https://arxiv.org/api/errors#x</id><title>Error</title></entry></feed>";
    assert_eq!(query::parse(body.as_bytes(), DAY).unwrap().error.as_deref(), Some("Error"));
    let body = "<OAI-PMH><error code='badResumptionToken'>it has\n expired</error></OAI-PMH>";
    let error = oai::parse(body.as_bytes(), DAY).unwrap().error.unwrap();
    assert_eq!((error.code.as_str(), error.said.as_str()), ("badResumptionToken", "it has expired"));
    assert!(oai::parse(b"<OAI-PMH><Identify/></OAI-PMH>", DAY).is_err());
}

#[test]
fn a_harvest_in_the_format_arxiv_is_read_with_names_the_right_way_round() {
    let body = "<OAI-PMH><responseDate>2026-08-21T05:00:00Z</responseDate><ListRecords>\
        <record><header><identifier>oai:arXiv.org:math/0309136</identifier><datestamp>2026-08-20</datestamp></header>\
        <metadata><arXiv><id>math/0309136</id><created>2003-09-08</created><updated>2026-08-19</updated>\
        <authors><author><keyname>Array</keyname><forenames>Keck</forenames></author><author><keyname>:</keyname></author>\
        <author><keyname>King</keyname><forenames>Martin L.</forenames><suffix>Jr.</suffix><affiliation>X, Y</affiliation></author></authors>\
        <title>Matrix\n  based</title><categories>math.GT hep-th</categories><comments>This paper has been withdrawn</comments>\
        <journal-ref>J. 1</journal-ref><doi>10.1000/x</doi><abstract>  First\nline.\n  Second one.\n</abstract></arXiv></metadata></record>\
        <record><header status=\"deleted\"><identifier>oai:arXiv.org:2608.20009</identifier></header></record>\
        <record><header><identifier>oai:arXiv.org:2608.20010</identifier></header></record>\
        <resumptionToken cursor='0'>abc|2</resumptionToken></ListRecords></OAI-PMH>";
    let read = oai::parse(body.as_bytes(), DAY).unwrap();
    let listing = &read.rows.listings[0];
    assert_eq!((listing.paper.as_str(), listing.announced.unwrap().name()), ("math/0309136", "replace"));
    assert_eq!(listing.facts.authors, ["Keck Array", "Martin L. King Jr."]);
    assert_eq!(
        (listing.facts.title.as_str(), listing.facts.abstract_text.as_str()),
        ("Matrix based", "First line.\n\nSecond one.")
    );
    assert_eq!(listing.facts.published_at.unwrap().to_string(), "2003-09-08T00:00:00Z");
    assert_eq!(listing.facts.withdrawn_at.unwrap().to_string(), "2026-08-19T00:00:00Z");
    assert_eq!((listing.day.day(), listing.facts.version), (20, None));
    assert_eq!(read.deleted[0].as_str(), "2608.20009");
    assert_eq!((read.next.as_deref(), read.rows.bad.len()), (Some("abc|2"), 1));
    assert_eq!(read.rows.bad[0].to_string(), "row 2: it has no metadata");
}

/// Runs `paperwire sources parse` over a body; its code and what it prints.
async fn parse(kind: &str, body: &str, json: bool) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut file = tempfile::NamedTempFile::new_in(&folder).unwrap();
    file.write_all(body.as_bytes()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_paperwire"));
    command
        .env("PAPERWIRE__DATA_DIR", folder.path())
        .args(["sources", "parse", "--kind", kind])
        .arg(file.path());
    if json {
        command.arg("--json");
    }
    let output = command.output().await.unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[tokio::test]
async fn an_operator_sees_the_listings_of_a_body_and_the_refused_rows_with_reasons() {
    let entries =
        [paper("2608.20001", "cs.AI").entry(), "<entry><title>x</title></entry>".to_owned()].concat();
    let body = atom(2, 0, 10, &entries);
    let (code, said) = parse("arxiv-api", &body, true).await;
    let rows: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((code, rows.len()), (Some(0), 2), "{said}");
    assert_eq!(
        (&rows[0]["row"], &rows[0]["paper"], &rows[0]["version"]),
        (&"listing".into(), &"2608.20001".into(), &1.into())
    );
    assert_eq!(
        (&rows[1]["row"], &rows[1]["index"], &rows[1]["reason"]),
        (&"bad".into(), &1.into(), &"it has no id".into())
    );
    let (code, said) = parse("arxiv-api", &body, false).await;
    assert_eq!(code, Some(0));
    assert!(
        said.contains("Paper 2608.20001")
            && said.contains("1 listing, 1 row refused.\nrow 1: it has no id\n"),
        "{said}"
    );
}

#[tokio::test]
async fn every_kind_of_body_can_be_parsed_and_one_of_another_kind_is_refused() {
    let feed = channel("cs.AI", DATE, &paper("2608.20001", "cs.AI").item("new", DATE));
    let harvest = crate::worlds::arxiv::records(
        "2026-08-21T05:00:00Z",
        &paper("2608.20001", "cs.AI").record(DAY),
        None,
    );
    let hub = r#"[{"paper":{"id":"2608.20001","title":"Paper 2608.20001"}},{"paper":{}}]"#;
    for (kind, body) in [("arxiv-rss", feed.as_str()), ("oai", &harvest), ("huggingface", hub)] {
        let (code, said) = parse(kind, body, true).await;
        assert!(code == Some(0) && said.contains(r#""paper":"2608.20001""#), "{kind}: {said}");
    }
    for (kind, body, why) in [
        ("arxiv-api", feed.as_str(), "its root is <rss>, not <feed>"),
        ("oai", "<!DOCTYPE html><p>", "a web page came instead of XML"),
        ("huggingface", "<html>", "a list was expected"),
        (
            "arxiv-rss",
            "<rss version='2.0'><channel><title>Feed error for query: x</title><description>Bad.</description></channel></rss>",
            "Bad.",
        ),
    ] {
        let (code, said) = parse(kind, body, false).await;
        assert!(code == Some(1) && said.contains(why), "{kind}: {code:?} {said}");
    }
}
