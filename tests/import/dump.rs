//! `paperwire import` as a person types it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use flate2::{Compression, write::GzEncoder};
use paperwire::sources::dump::parse_line;
use paperwire::store::Store;
use serde_json::{Value, json};

/// Runs the binary with these arguments and this standard input, in its own folder.
fn paperwire(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_paperwire"))
        .env_clear()
        .envs(kept)
        .env("PAPERWIRE__DATA_DIR", folder)
        .env("PAPERWIRE__STORE__URL", url(folder))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that ends early closes its end.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("paperwire.db").display())
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn line(id: &str, title: &str) -> String {
    json!({"id": id, "title": title, "abstract": "About robots.", "listed_on": ["2025-03-18"]}).to_string()
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_packed_dump_is_searchable_at_once_and_nothing_of_it_is_to_be_posted() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dump.jsonl.gz");
    let text =
        format!("{}\nnonsense\n{}\n", line("2503.00001", "Robots that walk"), line("2503.00002", "Trees"));
    std::fs::write(&file, packed(&text)).unwrap();
    let file = file.to_str().unwrap();
    let first = said(&paperwire(folder.path(), &["import", file, "--source", "arxiv"], b""));
    assert!(first.contains("Read 2 papers") && first.contains(": 2 new, 0 listings"), "{first}");
    assert!(first.contains("Left out line 2: expected ident at column 2"), "{first}");
    let found = said(&paperwire(folder.path(), &["search", "robots walk"], b""));
    assert!(found.contains("finds 1 of the 2 papers"), "{found}");
    let again: Value =
        serde_json::from_str(&said(&paperwire(folder.path(), &["import", file, "--json"], b""))).unwrap();
    assert_eq!((&again["papers"], &again["new"], &again["changed"]), (&2.into(), &0.into(), &0.into()));
    assert_eq!(again["bad_lines"], json!([{"line": 2, "reason": "expected ident at column 2"}]));
    let store = Store::open(&url(folder.path())).await.unwrap();
    assert!(store.unrouted(9).await.unwrap().is_empty());
    let paper = store.paper(&"2503.00001".parse().unwrap()).await.unwrap().unwrap();
    let sources: Vec<_> =
        store.sources_of(paper.key).await.unwrap().into_iter().map(|at| at.source).collect();
    assert_eq!(sources, ["arxiv", "import"]);
    store.close().await;
}

#[test]
fn standard_input_is_taken_plain_or_packed() {
    let folder = tempfile::tempdir().unwrap();
    let text = line("2503.00001", "One");
    assert!(said(&paperwire(folder.path(), &["import", "-"], text.as_bytes())).contains("Read 1 paper in"));
    let more = packed(&line("2503.00002", "Two"));
    assert!(said(&paperwire(folder.path(), &["import", "-"], &more)).contains(": 1 new"));
}

#[test]
fn what_cannot_be_imported_is_said_and_what_came_before_a_cut_stays() {
    let folder = tempfile::tempdir().unwrap();
    let missing = paperwire(folder.path(), &["import", "no/such.jsonl"], b"");
    assert_eq!(missing.status.code(), Some(3));
    let foreign = paperwire(folder.path(), &["import", "-"], b"a,b\n1,2\n");
    assert_eq!(foreign.status.code(), Some(1));
    let error = String::from_utf8_lossy(&foreign.stderr).into_owned();
    assert!(error.contains("no line of the file holds a paper"), "{error}");
    let lines: String = (0..30).map(|n| line(&format!("2503.{n:05}"), "Walking") + "\n").collect();
    let mut cut = packed(&lines);
    cut.truncate(cut.len() - 4);
    let cut = paperwire(folder.path(), &["import", "-"], &cut);
    assert_eq!(cut.status.code(), Some(1));
    let error = String::from_utf8_lossy(&cut.stderr).into_owned();
    assert!(error.contains("after line 30") && error.contains("what came before is stored"), "{error}");
    assert!(String::from_utf8_lossy(&cut.stdout).contains(": 30 new"));
    let found = said(&paperwire(folder.path(), &["search", "walking"], b""));
    assert!(found.contains("finds 30 of the 30 papers"), "{found}");
}

#[test]
fn every_line_of_the_recorded_dump_says_what_was_recorded() {
    let Ok(root) = std::env::var("PAPERWIRE_RECORDED") else {
        println!("did not run: PAPERWIRE_RECORDED is not set");
        return;
    };
    let path = Path::new(&root).join("corpus/arxiv_listings_2025.jsonl.gz");
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(file), &mut text).unwrap();
    let today = "2026-11-01".parse().unwrap();
    let mut papers = 0;
    // One in seven, for time; a prime number meets every kind of day.
    for line in text.lines().step_by(7) {
        let row: Value = serde_json::from_str(line).unwrap();
        let listings = parse_line(line.as_bytes(), today).unwrap_or_else(|reason| panic!("{reason}: {line}"));
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let facts = &listings[0].facts;
        assert_eq!(listings[0].paper.as_str(), row["id"].as_str().unwrap());
        assert_eq!(words(&facts.title), words(row["title"].as_str().unwrap()));
        assert_eq!(words(&facts.abstract_text), words(row["abstract"].as_str().unwrap()));
        assert_eq!(facts.authors.len(), row["authors"].as_array().unwrap().len(), "{line}");
        // A category may be a list of ACM classes over two lines.
        let categories =
            row["categories"].as_array().unwrap().iter().map(|name| words(name.as_str().unwrap()));
        assert!(categories.eq(facts.categories.iter().map(|name| words(name))), "{line}");
        assert_eq!(facts.comment.is_some(), !row["comment"].is_null());
        let days: Vec<String> = listings.iter().map(|listing| listing.day.to_string()).collect();
        assert_eq!(json!(days), row["listed_on"]);
        papers += 1;
    }
    assert!(papers > 5_000, "{papers}");
}
