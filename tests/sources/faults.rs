//! Every fault on every source: the answer is refused whole, nothing of it is stored or posted, and the next answer
//! brings everything once.
//!
//! | fault | test, for each of the eight kinds of body |
//! |---|---|
//! | 500, 502, 503, 504, 408, 429 | `a_status_of_failure_passes_and_loses_nothing` |
//! | HTML in place of data, an empty body, prose | `something_else_than_data_is_refused_whole` |
//! | truncation at every twentieth: by length, silently, in chunks | `a_body_cut_at_every_twentieth_is_refused_whole` |
//! | wrong length | `a_wrong_length_loses_nothing` |
//! | endless body, one byte a second | `a_body_without_end_and_one_that_trickles_are_given_up` |
//! | gzip, deflate, Brotli and zstd bombs; bombs of entities, depth and number | `bombs_are_refused` |
//! | duplicate, backdated and future items | `items_that_repeat_or_lie_about_their_day_are_one_paper_each` |
//! | each field dropped, null, of another type | `drift`; Hugging Face: `src/sources/huggingface/row.rs`, bioRxiv: `src/sources/biorxiv.rs`, arXiv's rows: `tests/sources/arxiv/drift.rs` |
//! | memory under all of it | `memory` |

mod drift;
mod kinds;
mod memory;

use std::sync::LazyLock;
use std::time::Duration;

use paperwire::pipeline::{PollSettings, Poller};
use paperwire::store::{PaperFilter, Store};
use tempfile::TempDir;

use super::guard::bodies::{CODINGS, packed};
use super::guard::wire::{Says, whole};
use kinds::{Kind, Reader};

/// Declares a test for each kind of body.
macro_rules! for_each_kind {
    ($(async fn $name:ident($kind:ident: Kind) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn check($kind: Kind) $body

            for_each_kind!(@tests huggingface = HuggingFace, biorxiv = BioRxiv, arxiv_announcements = ArxivRss,
                arxiv_query_api = ArxivApi, arxiv_harvest = Oai, rss = FeedRss, atom = FeedAtom, json_feed = FeedJson);
        }
    )*};
    (@tests $($test:ident = $variant:ident),*) => {$(
        #[tokio::test]
        async fn $test() {
            check(Kind::$variant).await;
        }
    )*};
}

/// A store into which one source is read.
pub struct Shelf {
    kind: Kind,
    store: Store,
    _folder: TempDir,
}

impl Shelf {
    async fn of(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/paperwire.db", folder.path().display())).await.unwrap();
        store.migrate().await.unwrap();
        Self { kind, store, _folder: folder }
    }

    /// Reads an answer as a process that has just started; an error is told in words.
    async fn read(&self, answer: Says) -> Result<(), String> {
        match self.kind.reader(answer).await {
            Reader::Days { source, clock, backlog_days, _wires } => {
                let settings = PollSettings {
                    interval: Duration::from_mins(10),
                    backlog_days,
                    reread_days: backlog_days,
                };
                let poller = Poller::new(self.store.clone(), clock, source, settings);
                poller.poll().await.map(drop).map_err(|e| format!("{e:#}"))
            }
            // What is looked up is stored by whoever asked.
            Reader::Lookup { arxiv, clock, _wire } => {
                let ids = kinds::IDS.map(|id| id.parse().unwrap());
                let found = arxiv.lookup(&ids).await.map_err(|e| e.to_string())?;
                let (name, today) = (paperwire::domain::SourceName("arxiv"), clock.today());
                self.store.record(name, &found.listings, today, clock.now()).await.unwrap();
                Ok(())
            }
        }
    }

    /// Papers in the store, and those that would be posted.
    async fn papers(&self) -> (Vec<String>, usize) {
        let papers = self.store.papers(&PaperFilter::default()).await.unwrap();
        let mut ids: Vec<_> = papers.iter().map(|paper| paper.id.to_string()).collect();
        ids.sort();
        (ids, self.store.unrouted(100).await.unwrap().len())
    }

    /// Meets these faults before the first good answer, then reads that twice.
    async fn survives(kind: Kind, faults: Vec<(String, Says)>) {
        let shelf = Self::of(kind).await;
        for (name, fault) in faults {
            let error = shelf.read(fault).await.expect_err(&format!("{kind:?}: {name} is no answer"));
            assert!(!error.contains("secret"), "{kind:?}: {name}: {error}");
            assert_eq!(shelf.papers().await, (vec![], 0), "{kind:?}: {name}: {error}");
        }
        for _ in 0..2 {
            shelf.read(kind.right()).await.unwrap_or_else(|e| panic!("{kind:?}: {e}"));
            assert_eq!(shelf.papers().await, (kind.ids(), kind.news(3)), "{kind:?}");
        }
    }
}

fn named(name: &str, fault: Says) -> (String, Says) {
    (name.to_owned(), fault)
}

fn answer(kind: Kind, headers: &str, body: &[u8]) -> Says {
    Says::Bytes(whole(&format!("content-type: {}\r\n{headers}", kind.content_type()), body))
}

fn sized(kind: Kind, headers: &str, body: &[u8]) -> Says {
    answer(kind, &format!("{headers}content-length: {}\r\n", body.len()), body)
}

/// More than any cap of spaces, in a few kilobytes of each coding.
fn coded_bombs(kind: Kind) -> Vec<(String, Says)> {
    static BOMBS: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
        let spaces = vec![b' '; 17 * 1024 * 1024];
        CODINGS.map(|coding| (coding, packed(coding, &spaces))).into()
    });
    let bomb = |(coding, bomb): &(&str, Vec<u8>)| {
        named(coding, sized(kind, &format!("content-encoding: {coding}\r\n"), bomb))
    };
    BOMBS.iter().map(bomb).collect()
}

for_each_kind! {
    async fn a_status_of_failure_passes_and_loses_nothing(kind: Kind) {
        let faults = ["500 x", "502 x", "503 x", "504 x", "408 x", "429 x"].into_iter().flat_map(|line| {
            let waits = super::super::guard::wire::status(line, "retry-after: 30\r\n");
            [named(line, super::super::guard::wire::status(line, "")), named(line, waits)]
        });
        Shelf::survives(kind, faults.collect()).await;
    }

    async fn something_else_than_data_is_refused_whole(kind: Kind) {
        let page = b"<!doctype html><html><title>Log in, secret</title><p>Hello</html>";
        let mut faults = vec![
            named("a page that says so", Says::Bytes(whole("content-type: text/html\r\ncontent-length: 64\r\n", page))),
            named("a page that denies it", sized(kind, "", page)),
        ];
        for text in ["", " ", "null", "{}", "\"secret\"", "Rate exceeded, secret.", "<x/>", "<?xml version='1.0'?>", "\u{0}\u{0}"] {
            faults.push(named(text, sized(kind, "", text.as_bytes())));
        }
        Shelf::survives(kind, faults).await;
    }

    async fn a_body_cut_at_every_twentieth_is_refused_whole(kind: Kind) {
        let body = kind.body();
        let faults = (0..20).flat_map(|part| {
            let cut = &body[..body.len() * part / 20];
            let chunk = [format!("{:x}\r\n", body.len()).as_bytes(), cut].concat();
            [
                named(&format!("{part}/20 by its length"), answer(kind, &format!("content-length: {}\r\n", body.len()), cut)),
                named(&format!("{part}/20 silently"), sized(kind, "", cut)),
                named(&format!("{part}/20 in a chunk"), answer(kind, "transfer-encoding: chunked\r\n", &chunk)),
            ]
        });
        Shelf::survives(kind, faults.collect()).await;
    }

    async fn a_wrong_length_loses_nothing(kind: Kind) {
        let body = kind.body();
        let length = body.len();
        let lengths = [
            format!("{}", length / 2),
            format!("{}", length - 1),
            format!("{}", length + 1),
            "999999999999".to_owned(),
            "-1".to_owned(),
            "x".to_owned(),
            format!("{length}\r\ncontent-length: {}", length + 1),
        ];
        let faults = lengths.map(|said| named(&said, answer(kind, &format!("content-length: {said}\r\n"), &body)));
        Shelf::survives(kind, faults.into()).await;
        // More than was said is left unread, and none was said is what an old server does.
        let shelf = Shelf::of(kind).await;
        let more = [&body[..], b"<garbage"].concat();
        for headers in [format!("content-length: {length}\r\n"), String::new()] {
            let body = if headers.is_empty() { &body } else { &more };
            shelf.read(answer(kind, &headers, body)).await.unwrap();
            assert_eq!(shelf.papers().await, (kind.ids(), kind.news(3)));
        }
    }

    async fn a_body_without_end_and_one_that_trickles_are_given_up(kind: Kind) {
        let head = whole(&format!("content-type: {}\r\n", kind.content_type()), &kind.body());
        let faults = vec![
            named("without end", Says::Endless(head.clone(), vec![b' '; 64 * 1024])),
            named("a trickle after all of it", Says::Drips(head, 10)),
            named("a trickle", Says::Drips(whole(&format!("content-type: {}\r\n", kind.content_type()), b"<"), 10)),
        ];
        Shelf::survives(kind, faults).await;
    }

    async fn bombs_are_refused(kind: Kind) {
        let mut faults = coded_bombs(kind);
        let laughs = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]><x>&c;</x>";
        faults.push(named("entities", sized(kind, "", laughs.as_bytes())));
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("<a>", "</a>")] {
            if kind == Kind::HuggingFace && open == "[" {
                // A list of one row that is no row: `a_bad_row_is_counted_and_costs_no_other`.
                continue;
            }
            let deep = [open.repeat(200_000), close.repeat(200_000)].concat();
            faults.push(named(open, sized(kind, "", deep.as_bytes())));
        }
        Shelf::survives(kind, faults).await;
    }

    async fn items_that_repeat_or_lie_about_their_day_are_one_paper_each(kind: Kind) {
        let shelf = Shelf::of(kind).await;
        shelf.read(sized(kind, "", &kind.liars())).await.unwrap();
        let (ids, news) = shelf.papers().await;
        assert_eq!(ids, kind.ids());
        assert!(news <= 3);
        for paper in shelf.store.papers(&PaperFilter::default()).await.unwrap() {
            assert!(paper.day <= kind.day(), "{kind:?}: {} is of {}", paper.id, paper.day);
        }
        // The same papers told right, and told wrong again.
        for body in [kind.body(), kind.liars(), kind.body()] {
            shelf.read(sized(kind, "", &body)).await.unwrap();
            assert_eq!(shelf.papers().await, (kind.ids(), news), "{kind:?}");
        }
    }
}
