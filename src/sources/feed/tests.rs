//! Whole bodies through the wall.

use jiff::civil::date;
use proptest::prelude::*;
use url::Url;

use super::*;
use crate::domain::Listing;

const TODAY: Date = date(2026, 11, 23);

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet href="/x.xsl"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <title>Nature &amp; Co</title>
  <link>https://www.nature.com/nature.rss</link>
  <atom:link rel="self" href="https://www.nature.com/feed"/>
  <ttl>60</ttl><skipDays><day>Saturday</day><day>Sunday</day></skipDays>
  <skipHours><hour>3</hour><hour>24</hour></skipHours>
  <image><title>Not this</title><link>https://not.example</link></image>
  <item>
    <title><![CDATA[CO<sub>2</sub> where p < 0.05]]></title>
    <link>https://www.nature.com/articles/s41586-026-01234-5</link>
    <guid isPermaLink="false">https://www.nature.com/articles/s41586-026-01234-5</guid>
    <description>&lt;p&gt;Nature, Published online: 20 November 2026; &lt;a href="https://x"&gt;doi:10.1038/s41586-026-01234-5&lt;/a&gt;&lt;/p&gt;We show &amp;amp; tell.</description>
    <dc:creator>Ada Lovelace</dc:creator><dc:creator>Alan Turing</dc:creator>
    <dc:identifier>doi:10.1038/s41586-026-01234-5</dc:identifier>
    <dc:date>2026-11-20</dc:date><category>Physics</category><dc:subject>physics</dc:subject>
    <prism:publicationName>Nature</prism:publicationName><prism:volume>650</prism:volume><prism:number>1</prism:number>
  </item>
  <item><title>No date, AT&T</title><link>/a&b</link><author>x@y.example (Grace Hopper)</author></item>
  <item><link>https://x.example/untitled</link></item>
</channel></rss>"#;

fn url() -> Url {
    Url::parse("https://www.nature.com/nature.rss").unwrap()
}

fn read(body: &str) -> Result<Parsed, NotAFeed> {
    parse(body.as_bytes(), Some("application/xml"), &url(), TODAY)
}

fn listings(body: &str) -> Vec<Listing> {
    read(body).unwrap().rows.listings
}

#[test]
fn every_field_of_rss_lands_where_it_belongs() {
    let parsed = read(RSS).unwrap();
    assert_eq!(parsed.title, "Nature & Co");
    assert_eq!(parsed.pace.ttl, Some(Duration::from_hours(1)));
    assert_eq!((parsed.pace.skip_days.len(), parsed.pace.skip_hours), (2, vec![3, 0]));
    let [first, second] = parsed.rows.listings.as_slice() else { panic!("{:?}", parsed.rows) };
    assert_eq!(first.paper.as_str(), "10.1038/s41586-026-01234-5");
    assert_eq!(first.facts.title, "CO2 where p < 0.05");
    assert_eq!(first.facts.abstract_text, "We show & tell.");
    assert_eq!(first.facts.authors, ["Ada Lovelace", "Alan Turing"]);
    assert_eq!(
        (first.day, first.facts.keywords.as_slice()),
        (date(2026, 11, 20), &["Physics".to_owned()][..])
    );
    assert_eq!(first.facts.journal.as_deref(), Some("Nature 650 (1)"));
    assert_eq!(first.facts.doi, None, "it is the paper's own id");
    assert_eq!((second.paper.as_str(), second.day), ("https://www.nature.com/a&b", TODAY));
    assert_eq!(
        (second.facts.title.as_str(), second.facts.authors.as_slice()),
        ("No date, AT&T", &["Grace Hopper".to_owned()][..])
    );
    assert_eq!(second.facts.published_at, None);
    assert_eq!(parsed.rows.bad, [crate::sources::BadRow { index: 2, reason: "it has no title".into() }]);
}

#[test]
fn atom_is_read_with_its_kinds_of_text() {
    let body = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>Lab</title>
        <link rel="self" href="https://lab.example/f"/><link href="https://lab.example/"/>
        <entry><title>if a<![CDATA[<b>]]>c</title><id>tag:lab,1</id><link rel="alternate" href="https://lab.example/1"/>
          <link title="doi" rel="related" href="http://dx.doi.org/10.1000/ABC"/>
          <author><name>Ada Lovelace</name><email>a@b.c</email></author><author><name>Turing, Alan</name></author>
          <updated>2026-11-22T10:00:00Z</updated><published>2026-11-21T10:00:00Z</published>
          <category term="cs.LG"/><source><title>Not this</title><id>not-this</id></source>
          <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One &lt; two</p><p>Three</p></div></summary></entry>
        <entry><title type="html">&lt;i&gt;Two&lt;/i&gt;</title><id>https://lab.example/2</id></entry></feed>"#;
    let read = listings(body);
    assert_eq!(read[0].paper.as_str(), "10.1000/abc");
    assert_eq!(read[0].facts.title, "if a<b>c");
    assert_eq!(read[0].facts.abstract_text, "One < two\n\nThree");
    assert_eq!(read[0].facts.authors, ["Ada Lovelace", "Alan Turing"]);
    assert_eq!(read[0].facts.published_at.unwrap().to_string(), "2026-11-21T10:00:00Z");
    assert_eq!(read[0].facts.keywords, ["cs.LG"]);
    assert_eq!((read[1].paper.as_str(), read[1].facts.title.as_str()), ("https://lab.example/2", "Two"));
}

#[test]
fn rdf_and_bare_forms_are_read_too() {
    let rdf = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://j.example"><title>J</title>
        <items><rdf:Seq><rdf:li rdf:resource="https://j.example/1"/></rdf:Seq></items></channel>
        <item rdf:about="https://j.example/1"><title>One</title><dc:creator>Lovelace, A., Turing, A. M.</dc:creator></item></rdf:RDF>"#;
    assert_eq!(listings(rdf)[0].paper.as_str(), "https://j.example/1");
    assert_eq!(listings(rdf)[0].facts.authors, ["A. Lovelace", "A. M. Turing"]);
    let bare = "\n <rss><channel><item><title>&eacute;t&eacute; &nosuch; R&D</title><link>https://a.example/1</link></item></channel></rss>\n<!-- served by x -->";
    assert_eq!(listings(bare)[0].facts.title, "été &nosuch; R&D");
    let atom = "<feed><entry><id>urn:1</id><title>T</title><link href='https://a.example/1'/></entry></feed>";
    assert_eq!(listings(atom)[0].paper.as_str(), "https://a.example/1");
}

#[test]
fn json_feed_is_read() {
    let body = r#"{"version":"https://jsonfeed.org/version/1.1","title":"Lab","home_page_url":"https://lab.example/",
        "items":[{"id":7,"url":"https://lab.example/7?utm_source=x","title":"a < b","content_html":"<p>One</p><p>Two</p>",
        "date_published":"2026-11-20T00:00:00Z","authors":[{"name":"Ada"},null,{"name":3}],"tags":["x",1,"X"]},
        {"id":null,"title":[]}, 5, null]}"#;
    let parsed = parse(body.as_bytes(), None, &url(), TODAY).unwrap();
    let listing = &parsed.rows.listings[0];
    assert_eq!(listing.paper.as_str(), "https://lab.example/7");
    assert_eq!((listing.facts.title.as_str(), listing.facts.abstract_text.as_str()), ("a < b", "One\n\nTwo"));
    assert_eq!(
        (listing.facts.authors.as_slice(), listing.facts.keywords.len()),
        (&["Ada".to_owned()][..], 1)
    );
    assert_eq!(parsed.rows.bad.len(), 3);
}

#[test]
fn what_is_no_feed_is_told_in_words() {
    let page =
        r#"<!DOCTYPE html><html><head><link rel="alternate" type="application/atom+xml" href="/f"></head>"#;
    assert_eq!(read(page), Err(NotAFeed::WebPage { feed: Some("/f".into()) }));
    assert_eq!(
        read("<?xml version='1.0'?><html xmlns='x'><p/></html>"),
        Err(NotAFeed::WebPage { feed: None })
    );
    assert_eq!(read("  \n"), Err(NotAFeed::Empty));
    assert_eq!(read("<svg></svg>"), Err(NotAFeed::Unknown));
    assert_eq!(read("<!-- only this -->"), Err(NotAFeed::Unknown));
    assert_eq!(read("Bad Gateway"), Err(NotAFeed::Unknown));
    assert_eq!(read("{\"items\":[]}"), Err(NotAFeed::Unknown));
    assert_eq!(read("{\"items\":\n[}"), Err(NotAFeed::BrokenJson { line: 2 }));
    assert_eq!(read("<rss>\n<channel></rss>"), Err(NotAFeed::BrokenXml { line: 2 }));
}

#[test]
fn half_a_feed_is_never_a_short_one() {
    let json = r#"{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"é"}]}"#;
    for whole in [RSS, json] {
        for end in (1..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let cut = read(&whole[..end]);
            assert!(cut.is_err(), "{} of {}: {:?}", end, whole.len(), cut);
        }
        assert!(read(whole).is_ok());
    }
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let laughs = r#"<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel/></rss>"#;
    assert_eq!(read(laughs), Err(NotAFeed::Entities));
    let outside =
        r#"<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss><channel><title>&xxe;</title></channel></rss>"#;
    assert_eq!(read(outside).unwrap().title, "&xxe;", "a DTD outside is never fetched");
    let many = format!("<rss><channel>{}</channel></rss>", "<item/>".repeat(2_001));
    assert_eq!(read(&many), Err(NotAFeed::TooManyItems { limit: 2_000 }));
    let hidden = format!("<rss xmlns:x='y'><channel>{}</channel></rss>", "<x:item/>".repeat(2_001));
    assert_eq!(read(&hidden), Err(NotAFeed::TooManyItems { limit: 2_000 }));
    let deep = format!("<rss>{}{}</rss>", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert_eq!(read(&deep), Err(NotAFeed::TooComplex));
    let spaces = (0..10_000).map(|n| format!(" xmlns:n{n}='u'")).collect::<Vec<_>>().concat();
    assert!(read(&format!("<rss{spaces}><channel/></rss>")).is_ok_and(|parsed| parsed.rows.count() == 0));
    let nested = (0..90).map(|n| format!("<a xmlns:n{n}='u' xmlns:m{n}='u'>")).collect::<Vec<_>>().concat();
    assert_eq!(read(&format!("<rss>{nested}")), Err(NotAFeed::TooComplex));
    let json = format!(r#"{{"version":"https://jsonfeed.org/version/1","x":[{}0]}}"#, "0,".repeat(1_000_000));
    assert_eq!(read(&json), Err(NotAFeed::TooComplex));
    let json = format!(r#"{{"version":"https://jsonfeed.org/version/1","x":{}"#, "[".repeat(10_000));
    assert!(read(&json).is_err());
}

#[test]
fn long_fields_are_cut() {
    let long = "word ".repeat(100_000);
    let body = format!(
        "<rss><channel><item><title>{long}</title><description>{long}</description><guid>{long}</guid>{}</item></channel></rss>",
        "<category>x</category>".repeat(10_000)
    );
    let listing = listings(&body).remove(0);
    assert!(listing.facts.title.len() <= 500 && listing.facts.abstract_text.len() <= 10_000);
    assert!(listing.paper.as_str().len() < 100 && listing.facts.keywords.len() == 1);
}

#[test]
fn the_same_body_gives_the_same_ids_and_each_paper_once() {
    let item = "<item><title>Same</title></item>";
    let body = format!("<rss><channel>{item}{item}<item><title>Other</title></item></channel></rss>");
    let ids = || listings(&body).into_iter().map(|listing| listing.paper).collect::<Vec<_>>();
    assert_eq!((ids().len(), ids()), (2, ids()));
}

#[test]
fn dates_to_come_are_today_and_those_of_no_clock_are_missing() {
    let of = |date: &str| {
        let body =
            format!("<rss><channel><item><title>T</title><pubDate>{date}</pubDate></item></channel></rss>");
        let listing = listings(&body).remove(0);
        (listing.day, listing.facts.published_at.map(|at| at.to_string()))
    };
    assert_eq!(of("Fri, 01 Jan 2027 00:00:00 GMT"), (TODAY, None));
    assert_eq!(of("31 Dec 9999"), (TODAY, None));
    assert_eq!(of("Thu, 01 Jan 1970 00:00:00 GMT"), (TODAY, None));
    assert_eq!(of("soon"), (TODAY, None));
    assert_eq!(of("2026-11-01"), (date(2026, 11, 1), Some("2026-11-01T00:00:00Z".into())));
}

#[test]
fn a_feed_rests_as_it_says_but_never_for_long() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let read_at = at("2026-11-20T10:00:00Z");
    let hourly = Pace { ttl: Some(Duration::from_hours(1)), ..Pace::default() };
    assert!(hourly.rests(read_at, at("2026-11-20T10:59:00Z")));
    assert!(!hourly.rests(read_at, at("2026-11-20T11:00:00Z")));
    let yearly = Pace { ttl: Some(Duration::from_hours(9_000)), ..Pace::default() };
    assert!(!yearly.rests(read_at, at("2026-11-21T10:00:00Z")));
    let parsed = super::parse(RSS.as_bytes(), None, &url(), TODAY).unwrap().pace;
    assert!(parsed.rests(at("2026-11-21T00:30:00Z"), at("2026-11-21T12:00:00Z")), "a Saturday");
    assert!(parsed.rests(at("2026-11-23T01:00:00Z"), at("2026-11-23T03:30:00Z")), "the third hour");
    assert!(!parsed.rests(at("2026-11-23T02:00:00Z"), at("2026-11-23T04:00:00Z")));
}

#[test]
fn a_feed_has_one_name_for_ever() {
    assert_eq!((name_of(7).0, name_of(7)), ("feed-7", name_of(7)));
    assert!(std::ptr::eq(name_of(8).0, name_of(8).0));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
        let _ = parse(&bytes, None, &url(), TODAY);
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0..RSS.len(), junk in "[<>&;\"'/!a\\[\\]\u{0}é-]{0,6}", cut in 0..40_usize) {
        let mut bytes = RSS.as_bytes().to_vec();
        bytes.splice(at..(at + cut).min(RSS.len()), junk.bytes());
        if let Ok(parsed) = parse(&bytes, None, &url(), TODAY) {
            prop_assert!(parsed.rows.listings.iter().all(|listing| listing.day <= TODAY));
        }
    }
}
