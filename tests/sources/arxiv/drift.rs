//! Each element of each format dropped, emptied or turned into something else: one row suffers at most.

use jiff::civil::Date;
use paperwire::sources::Rows;
use paperwire::sources::arxiv::{oai, query, rss};

use super::DAY;
use crate::worlds::arxiv::paper;

/// The places of every element inside the row that `mark` stands in, as ranges with the element's name.
pub fn elements(body: &str, row: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let start = body.find(&format!("<{row}>")).unwrap();
    let end = start + body[start..].find(&format!("</{row}>")).unwrap();
    let mut found = Vec::new();
    let mut at = start + 1;
    while let Some(open) = body[at..end].find('<').map(|found| at + found) {
        at = open + 1;
        let name: String = body[at..].chars().take_while(|c| !" >/".contains(*c)).collect();
        if name.is_empty() {
            continue;
        }
        let tag_end = open + body[open..].find('>').unwrap() + 1;
        let close = format!("</{name}>");
        let to = if body[..tag_end].ends_with("/>") {
            tag_end
        } else {
            tag_end + body[tag_end..].find(&close).unwrap() + close.len()
        };
        found.push((name, open..to));
    }
    found
}

/// Checks that no drift of the first of three rows costs another row, and which elements cost their own.
fn drifted(body: &str, row: &str, vital: &[&str], parse: impl Fn(&[u8]) -> Rows) {
    assert_eq!(parse(body.as_bytes()).listings.len(), 3, "{body}");
    let places = elements(body, row);
    assert!(places.len() > 7, "{places:?}");
    for (name, place) in places {
        let cut = &body[place.clone()];
        let (empty, filled) = (format!("<{name}/>"), format!("<{name}>7</{name}>"));
        let nested = format!("<{name}><x><y/></x></{name}>");
        let doubled = format!("{cut}{cut}");
        for other in ["", &empty, &filled, &nested, &doubled] {
            let mut drift = body.to_owned();
            drift.replace_range(place.clone(), other);
            let rows = parse(drift.as_bytes());
            assert_eq!(rows.count(), 3, "{name} → {other}");
            let ids: Vec<_> = rows.listings.iter().map(|l| l.paper.as_str()).collect();
            assert!(ids.ends_with(&["2608.20002", "2608.20003"]), "{name} → {other}: {ids:?}");
            let costs = rows.bad.len();
            assert!(costs == 0 || vital.contains(&name.as_str()), "{name} → {other}: {:?}", rows.bad);
        }
    }
}

fn papers() -> Vec<crate::worlds::arxiv::Paper> {
    let one = |n: u32| paper(&format!("2608.2000{n}"), "cs.AI cs.CL").comment("12 pages").doi("10.1000/x");
    (1..=3).map(one).collect()
}

fn today() -> Date {
    DAY
}

#[test]
fn the_feed() {
    let date = "Fri, 21 Aug 2026 00:00:00 -0400";
    let items: String = papers().iter().map(|paper| paper.item("new", date)).collect();
    let body = crate::worlds::arxiv::channel("cs.AI", date, &items);
    drifted(&body, "item", &["title"], |body| rss::parse(body, today()).unwrap().rows);
}

#[test]
fn the_query_api() {
    let entries: String = papers().iter().map(crate::worlds::arxiv::Paper::entry).collect();
    let body = crate::worlds::arxiv::atom(3, 0, 10, &entries);
    drifted(&body, "entry", &["title", "id"], |body| query::parse(body, today()).unwrap().rows);
}

#[test]
fn the_harvest() {
    let records: String = papers().iter().map(|paper| paper.record(DAY)).collect();
    let body = crate::worlds::arxiv::records("2026-08-21T06:00:00Z", &records, None);
    let vital = ["title", "metadata", "arXivRaw", "id"];
    drifted(&body, "record", &vital, |body| oai::parse(body, today()).unwrap().rows);
}

#[test]
fn dates_from_the_past_and_from_the_future_do_not_move_a_paper_there() {
    let date = "Fri, 21 Aug 2026 00:00:00 -0400";
    for other in ["Fri, 21 Aug 2099 00:00:00 -0400", "Fri, 21 Aug 1999 00:00:00 -0400", "soon", ""] {
        let items: String = papers().iter().map(|paper| paper.item("new", other)).collect();
        let body = crate::worlds::arxiv::channel("cs.AI", date, &items);
        let read = rss::parse(body.as_bytes(), today()).unwrap();
        assert!(read.rows.listings.iter().all(|listing| listing.day == DAY), "{other}");
    }
    let entry = papers()[0].entry().replace("2026-08-19", "2099-08-19").replace("2026-08-20", "2099-08-20");
    let read = query::parse(crate::worlds::arxiv::atom(1, 0, 1, &entry).as_bytes(), today()).unwrap();
    let listing = &read.rows.listings[0];
    assert_eq!((listing.day, listing.facts.published_at), (DAY, None));
}

#[test]
fn a_paper_that_stands_in_a_feed_twice_is_listed_once() {
    let date = "Fri, 21 Aug 2026 00:00:00 -0400";
    let items = papers()[0].item("new", date).repeat(3);
    let body = crate::worlds::arxiv::channel("cs.AI", date, &items);
    assert_eq!(rss::parse(body.as_bytes(), today()).unwrap().rows.count(), 1);
}
