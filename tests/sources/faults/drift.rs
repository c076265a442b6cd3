//! Each part of a feed's item, and of what stands around the rows of each source, dropped or of another kind: no
//! item costs another, and an answer is read whole or refused.

use paperwire::sources::arxiv::{oai, query, rss};
use paperwire::sources::feed::parse;
use paperwire::sources::{biorxiv, huggingface};
use serde_json::{Value, json};

use super::super::TODAY;
use super::super::arxiv::drift::elements;
use super::kinds::Kind;

/// The papers of a body, or nothing when it is refused whole.
fn read(kind: Kind, body: &[u8]) -> Option<Vec<String>> {
    let url = "https://journal.example/feed.xml".parse().unwrap();
    let rows = match kind {
        Kind::HuggingFace => huggingface::parse(body, TODAY, TODAY).ok()?,
        Kind::BioRxiv => biorxiv::parse(body, TODAY).ok()?.rows,
        Kind::ArxivRss => rss::parse(body, TODAY).ok().filter(|read| read.error.is_none())?.rows,
        Kind::ArxivApi => query::parse(body, TODAY).ok().filter(|page| page.error.is_none())?.rows,
        Kind::Oai => oai::parse(body, TODAY).ok().filter(|read| read.error.is_none())?.rows,
        Kind::FeedRss | Kind::FeedAtom | Kind::FeedJson => parse(body, None, &url, TODAY).ok()?.rows,
    };
    Some(rows.listings.iter().map(|listing| listing.paper.to_string()).collect())
}

fn others() -> [Value; 7] {
    [json!(null), json!(7), json!("7"), json!(""), json!([]), json!({"x": 1}), json!(true)]
}

#[test]
fn no_element_of_a_feeds_item_costs_another_item() {
    for (kind, row) in [(Kind::FeedRss, "item"), (Kind::FeedAtom, "entry")] {
        let body = String::from_utf8(kind.body()).unwrap();
        let places = elements(&body, row);
        assert!(places.len() >= 5, "{places:?}");
        for (name, place) in places {
            let cut = &body[place.clone()];
            let empty = format!("<{name}/>");
            let filled = format!("<{name}>7</{name}>");
            let nested = format!("<{name}><x><y/></x></{name}>");
            let marked = format!("<{name} a='<![CDATA['>]]&gt;</{name}>");
            for other in ["", &empty, &filled, &nested, &format!("{cut}{cut}"), &marked.replace('<', "&lt;")]
            {
                let mut drift = body.clone();
                drift.replace_range(place.clone(), other);
                let ids =
                    read(kind, drift.as_bytes()).unwrap_or_else(|| panic!("{kind:?}: {name} → {other}"));
                assert!(
                    ids.ends_with(&kind.ids()[1..]) && ids.len() <= 3,
                    "{kind:?}: {name} → {other}: {ids:?}"
                );
            }
        }
    }
}

#[test]
fn no_field_of_a_json_feeds_item_costs_another_item() {
    let kind = Kind::FeedJson;
    let whole: Value = serde_json::from_slice(&kind.body()).unwrap();
    for name in whole["items"][0].as_object().unwrap().keys() {
        let mut bodies = vec![whole.clone()];
        bodies[0]["items"][0].as_object_mut().unwrap().remove(name);
        bodies.extend(others().map(|other| {
            let mut drift = whole.clone();
            drift["items"][0][name] = other;
            drift
        }));
        for body in bodies {
            let ids = read(kind, body.to_string().as_bytes()).unwrap();
            assert!(ids.ends_with(&kind.ids()[1..]) && ids.len() <= 3, "{}: {ids:?}", body["items"][0]);
        }
    }
    for other in others() {
        let mut drift = whole.clone();
        drift["items"][0] = other;
        assert_eq!(read(kind, drift.to_string().as_bytes()).unwrap(), kind.ids()[1..]);
    }
}

#[test]
fn what_stands_around_the_rows_is_needed_or_not_but_never_costs_some_of_them() {
    for kind in [Kind::ArxivRss, Kind::ArxivApi, Kind::Oai, Kind::FeedRss, Kind::FeedAtom] {
        let body = String::from_utf8(kind.body()).unwrap();
        let row = ["<item>", "<entry>", "<record>"].into_iter().find(|row| body.contains(row)).unwrap();
        let until = body.find(row).unwrap();
        let mut at = 0;
        let mut tried = 0;
        while let Some(open) = body[at..until].find('<').map(|found| at + found) {
            at = open + 1;
            let name: String = body[at..].chars().take_while(|c| !" >/".contains(*c)).collect();
            let close = format!("</{name}>");
            let Some(end) = body[open..until].find(&close).map(|found| open + found + close.len()) else {
                continue;
            };
            for other in [
                String::new(),
                format!("<{name}/>"),
                format!("<{name}><x/></{name}>"),
                body[open..end].repeat(2),
            ] {
                let mut drift = body.clone();
                drift.replace_range(open..end, &other);
                let ids = read(kind, drift.as_bytes());
                assert!(
                    ids.as_ref().is_none_or(|ids| *ids == kind.ids()),
                    "{kind:?}: {name} → {other}: {ids:?}"
                );
            }
            tried += 1;
        }
        assert!(tried >= 2, "{kind:?}");
    }
    for kind in [Kind::HuggingFace, Kind::BioRxiv, Kind::FeedJson] {
        let whole: Value = serde_json::from_slice(&kind.body()).unwrap();
        for name in whole.as_object().into_iter().flat_map(serde_json::Map::keys) {
            for other in others() {
                let mut drift = whole.clone();
                drift[name] = other.clone();
                let ids = read(kind, drift.to_string().as_bytes());
                let empty = other == json!([]);
                let right = |ids: &Vec<String>| *ids == kind.ids() || (empty && ids.is_empty());
                assert!(ids.as_ref().is_none_or(right), "{kind:?}: {name} = {other}: {ids:?}");
            }
        }
        for other in others().into_iter().filter(|other| *other != json!([])) {
            assert_eq!(read(kind, other.to_string().as_bytes()), None, "{kind:?}: {other}");
        }
    }
}

#[test]
fn a_page_of_biorxiv_whose_message_drifts_is_read_whole_or_refused() {
    let kind = Kind::BioRxiv;
    let whole: Value = serde_json::from_slice(&kind.body()).unwrap();
    for name in whole["messages"][0].as_object().unwrap().keys() {
        for other in others() {
            let mut drift = whole.clone();
            drift["messages"][0][name] = other.clone();
            let ids = read(kind, drift.to_string().as_bytes());
            assert!(ids.as_ref().is_none_or(|ids| *ids == kind.ids()), "{name} = {other}: {ids:?}");
        }
    }
}
