//! What the worst answers take of memory, measured in a process that meets nothing else.

use std::process::Command;

use super::kinds::Kind;
use super::{Says, Shelf, coded_bombs, named, sized, whole};

/// The most that the process may ever have held, in KiB: its own start, a handful of bodies at their cap and a tree
/// of the largest of them.
const MOST: u64 = 320 * 1024;
const CHILD: &str = "PAPERWIRE_TEST_MEETS_BOMBS";

/// The most memory that this process has held, in KiB.
fn high_water() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Bodies below the cap that are mostly structure.
fn swollen(kind: Kind) -> Vec<Vec<u8>> {
    let json = kind.content_type().ends_with("json");
    let parts: &[&str] = if json {
        &["[],", "{},", "0,", "\"\","]
    } else {
        &["<item/>", "<entry/>", "<record/>", "<a b='c'/>"]
    };
    let (open, close) = match kind {
        Kind::HuggingFace => ("[", "0]"),
        Kind::BioRxiv => (r#"{"messages":[{"status":"ok"}],"collection":["#, "0]}"),
        Kind::FeedJson => (r#"{"version":"https://jsonfeed.org/version/1","items":["#, "0]}"),
        Kind::ArxivRss | Kind::FeedRss => ("<rss version='2.0'><channel>", "</channel></rss>"),
        Kind::ArxivApi | Kind::FeedAtom => ("<feed xmlns='http://www.w3.org/2005/Atom'>", "</feed>"),
        Kind::Oai => ("<OAI-PMH><ListRecords>", "</ListRecords></OAI-PMH>"),
    };
    let cap = super::super::config().max_body - 1024;
    parts.iter().map(|part| format!("{open}{}{close}", part.repeat(cap / part.len())).into_bytes()).collect()
}

/// Meets every bomb of every kind, one after the other.
#[tokio::test]
async fn the_process_that_meets_bombs() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let start = high_water();
    for kind in Kind::ALL {
        let shelf = Shelf::of(kind).await;
        let mut faults = coded_bombs(kind);
        faults.push(named("endless", Says::Endless(whole("", b""), vec![b' '; 64 * 1024])));
        for (name, fault) in faults {
            shelf.read(fault).await.expect_err(&name);
        }
        for body in swollen(kind) {
            // Whether a body of nothing but bad rows is an answer is each parser's own matter.
            let _ = shelf.read(sized(kind, "", &body)).await;
        }
        assert_eq!(shelf.papers().await, (vec![], 0));
        println!("{kind:?}: at most {} KiB", high_water());
    }
    println!("from {start} KiB to at most {} KiB", high_water());
    assert!(high_water() < MOST, "{} KiB", high_water());
}

#[test]
fn the_worst_answers_take_no_more_memory_than_their_cap_allows() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sources::faults::memory::the_process_that_meets_bombs", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    println!("{said}");
    assert!(
        child.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&child.stderr)
    );
}
