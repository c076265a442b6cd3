//! Every recorded answer of arXiv: each paper that a plain count finds is read, and says what was recorded.
//!
//! The recordings are found through `PAPERWIRE_RECORDED` and are no part of the repository.

use std::path::{Path, PathBuf};
use std::{env, fs};

use jiff::civil::{Date, date};
use paperwire::domain::Listing;
use paperwire::sources::Rows;
use paperwire::sources::arxiv::{oai, query, rss};
use serde_json::Value;

/// Later than every recording.
const TODAY: Date = date(2026, 11, 1);

fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The bodies of a kind, the recorded exchanges among them unwrapped.
fn bodies(root: &Path, kind: &str) -> Vec<(PathBuf, String)> {
    let read = files(&root.join("arxiv").join(kind)).into_iter();
    read.filter_map(|(path, text)| {
        let Ok(exchange) = serde_json::from_str::<Value>(&text) else { return Some((path, text)) };
        let body = exchange["body"].as_str().unwrap().to_owned();
        if exchange["status_code"].as_u64().is_some_and(|status| status >= 400) {
            let page =
                query::parse(body.as_bytes(), TODAY).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert!(page.error.is_some() && page.rows.count() == 0, "{}: {page:?}", path.display());
            return None;
        }
        Some((path, body))
    })
    .collect()
}

/// The texts between the tags of an element, as a plain reader finds them.
fn texts<'a>(row: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!("<{name}");
    let starts = row.match_indices(&open).map(|(at, open)| at + open.len());
    let starts = starts.filter(|at| row[*at..].starts_with(['>', ' ', '\n']));
    starts
        .filter_map(|at| {
            let inside = &row[at + row[at..].find('>')? + 1..];
            Some(&inside[..inside.find(&format!("</{name}>"))?])
        })
        .collect()
}

fn words(text: &str) -> String {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    // One recorded abstract holds control characters, which the reader takes for white space.
    flat(&plain)
}

/// Compares rows with the pieces of text that hold them; gives their number.
fn check(path: &Path, body: &str, row: &str, rows: &Rows, same: impl Fn(&Listing, &str)) -> usize {
    let pieces = texts(body, row);
    assert_eq!(
        (rows.listings.len(), rows.bad.len()),
        (pieces.len(), 0),
        "{}: {:?}",
        path.display(),
        rows.bad
    );
    for (listing, piece) in rows.listings.iter().zip(&pieces) {
        assert_eq!(listing.facts.title, words(texts(piece, "title")[0]), "{}", path.display());
        assert!(
            !listing.facts.authors.is_empty() && !listing.facts.categories.is_empty(),
            "{}",
            path.display()
        );
        assert!(listing.day <= TODAY, "{}", path.display());
        same(listing, piece);
    }
    pieces.len()
}

fn flat(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn no_recorded_paper_of_arxiv_is_lost_and_no_field_is_bent() {
    let Some(root) = env::var_os("PAPERWIRE_RECORDED").map(PathBuf::from) else {
        println!("did not run: PAPERWIRE_RECORDED names no folder of recordings");
        return;
    };
    let mut papers = [0; 3];
    for (path, body) in ["api_atom_2026", "api_atom_legacy"].into_iter().flat_map(|kind| bodies(&root, kind))
    {
        let page = query::parse(body.as_bytes(), TODAY).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!((page.error.as_deref(), page.is_short()), (None, false), "{}", path.display());
        papers[0] += check(&path, &body, "entry", &page.rows, |listing, piece| {
            let id = texts(piece, "id")[0].strip_prefix("http://arxiv.org/abs/").unwrap();
            assert_eq!(format!("{}v{}", listing.paper, listing.facts.version.unwrap()), id);
            assert_eq!(flat(&listing.facts.abstract_text), words(texts(piece, "summary")[0]));
            let authors: Vec<_> = texts(piece, "name").into_iter().map(words).collect();
            assert_eq!(listing.facts.authors, authors);
            let remark = |name: &str| texts(piece, name).first().map(|text| words(text));
            assert_eq!(listing.facts.comment, remark("arxiv:comment"));
            assert_eq!(listing.facts.journal, remark("arxiv:journal_ref"));
            assert_eq!(listing.facts.doi.is_some(), remark("arxiv:doi").is_some());
            assert_eq!(listing.facts.published_at.unwrap().to_string(), texts(piece, "published")[0]);
            assert!(piece.contains(&format!("term=\"{}\"", listing.facts.categories[0])));
        });
    }
    for (path, body) in bodies(&root, "rss") {
        let read = rss::parse(body.as_bytes(), TODAY).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let row = if body.contains("<rss") { "item" } else { "entry" };
        if path.to_string_lossy().contains("empty") {
            assert_eq!((read.day, read.rows.count()), (Some(date(2025, 4, 27)), 0));
        }
        papers[1] += check(&path, &body, row, &read.rows, |listing, piece| {
            let id = format!("oai:arXiv.org:{}v{}", listing.paper, listing.facts.version.unwrap());
            assert!(piece.contains(&id), "{id}");
            assert_eq!(listing.announced.unwrap().name(), texts(piece, "arxiv:announce_type")[0]);
            assert_eq!(Some(listing.day), read.day);
            let creators: Vec<_> = texts(piece, "dc:creator")[0].split(',').map(words).collect();
            assert_eq!(listing.facts.authors, creators);
            assert!(words(piece).contains(&flat(&listing.facts.abstract_text)));
            assert!(!listing.facts.abstract_text.contains("Announce Type"));
        });
    }
    for (path, body) in bodies(&root, "oai") {
        let read = oai::parse(body.as_bytes(), TODAY).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!((read.error.as_ref(), read.deleted.len()), (None, 0), "{}", path.display());
        papers[2] += check(&path, &body, "record", &read.rows, |listing, piece| {
            assert_eq!(listing.paper.as_str(), texts(piece, "id")[0]);
            assert_eq!(flat(&listing.facts.abstract_text), words(texts(piece, "abstract")[0]));
            assert_eq!(listing.facts.categories.join(" "), words(texts(piece, "categories")[0]));
            let keynames: Vec<_> =
                texts(piece, "keyname").into_iter().map(words).filter(|n| n != ":").collect();
            let colons = texts(piece, "keyname").into_iter().filter(|name| words(name) == ":").count();
            assert_eq!(listing.facts.authors.len(), texts(piece, "author").len() - colons);
            let names = listing.facts.authors.join("|");
            assert!(keynames.iter().all(|key| names.contains(key.as_str())), "{names}");
            assert_eq!(listing.facts.comment, texts(piece, "comments").first().map(|text| words(text)));
            assert_eq!(
                listing.facts.published_at.unwrap().to_string()[..10],
                texts(piece, "created")[0][..10]
            );
        });
    }
    println!("{papers:?} papers of the query API, of announcements and of harvests");
    assert!(papers.iter().all(|count| *count > 0));
}
