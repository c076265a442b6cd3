//! The eight kinds of body: a right one of three papers, one whose items lie, and who reads them.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};
use paperwire::clock::Clock;
use paperwire::sources::arxiv::{Arxiv, ArxivUrls, Gate, OwnLease, patient};
use paperwire::sources::biorxiv::{Rxiv, Server};
use paperwire::sources::fetch::SystemLookup;
use paperwire::sources::{Feed, FetchConfig, Fetcher, HuggingFace, Source};
use serde_json::{Value, json};
use url::Url;

use super::super::arxiv::Follows;
use super::super::{TODAY, config};
use super::Says;
use crate::sources::guard::wire::Wire;
use crate::worlds::arxiv::{self, Moving, paper};
use crate::worlds::clock::FakeClock;
use crate::worlds::feeds::{item, rss};
use crate::worlds::hub;

pub const IDS: [&str; 3] = ["2608.20001", "2608.20002", "2608.20003"];
const DATE: &str = "Fri, 21 Aug 2026 00:00:00 -0400";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    HuggingFace,
    BioRxiv,
    ArxivRss,
    ArxivApi,
    Oai,
    FeedRss,
    FeedAtom,
    FeedJson,
}

/// Who reads an answer, with the servers that it asks.
pub enum Reader {
    /// A source that is polled for its days.
    Days { source: Arc<dyn Source>, clock: Arc<dyn Clock>, backlog_days: u16, _wires: Vec<Wire> },
    /// The query API, which is asked for papers.
    Lookup { arxiv: Box<Arxiv>, clock: Arc<dyn Clock>, _wire: Wire },
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::HuggingFace,
        Self::BioRxiv,
        Self::ArxivRss,
        Self::ArxivApi,
        Self::Oai,
        Self::FeedRss,
        Self::FeedAtom,
        Self::FeedJson,
    ];

    pub fn content_type(self) -> &'static str {
        match self {
            Self::HuggingFace | Self::BioRxiv | Self::FeedJson => "application/json",
            _ => "application/xml",
        }
    }

    /// The day on which it is read.
    pub fn day(self) -> Date {
        if self == Self::Oai { date(2026, 8, 24) } else { TODAY }
    }

    /// How many of so many new papers are posted after the first reading: a feed begins silently.
    pub fn news(self, new: usize) -> usize {
        if matches!(self, Self::FeedRss | Self::FeedAtom | Self::FeedJson) { 0 } else { new }
    }

    /// The papers of [`Kind::body`], sorted.
    pub fn ids(self) -> Vec<String> {
        match self {
            Self::BioRxiv => (1..=3).map(|n| format!("10.1101/2026.08.21.{n:08}")).collect(),
            Self::FeedRss | Self::FeedAtom | Self::FeedJson => {
                (1..=3).map(|n| format!("https://journal.example/papers/{n}")).collect()
            }
            _ => IDS.map(str::to_owned).into(),
        }
    }

    pub fn right(self) -> Says {
        super::sized(self, "", &self.body())
    }

    /// Three papers, without white space at the end.
    pub fn body(self) -> Vec<u8> {
        self.of(&["2026-08-21"; 3].map(|day| (day, DATE)))
    }

    /// The three papers twice each, and once more with days long past, to come and of no calendar.
    pub fn liars(self) -> Vec<u8> {
        let (right, past) = (("2026-08-21", DATE), ("1999-01-01", "Fri, 01 Jan 1999 00:00:00 GMT"));
        let (future, none) = (("2099-12-31", "Thu, 31 Dec 2099 00:00:00 GMT"), ("2026-13-45", "soon"));
        self.of(&[past, right, right, right, future, none, past, future, none])
    }

    /// The three papers again and again, with these days.
    fn of(self, days: &[(&str, &str)]) -> Vec<u8> {
        let numbered = days.iter().enumerate().map(|(place, day)| (place % 3 + 1, day));
        let text: String = match self {
            Self::HuggingFace => {
                let rows: Vec<Value> = numbered
                    .map(|(n, (day, _))| {
                        let at = format!("{day}T00:00:00.000Z");
                        hub::paper(IDS[n - 1])
                            .set("/paper/submittedOnDailyAt", at.as_str())
                            .set("/paper/publishedAt", at)
                            .into()
                    })
                    .collect();
                json!(rows).to_string()
            }
            Self::BioRxiv => {
                let entries: Vec<Value> = numbered
                    .map(|(n, (day, _))| {
                        json!({"doi": format!("10.1101/2026.08.21.{n:08}"), "title": format!("Paper {n} of many words"),
                            "version": "1", "authors": "Lovelace, A.", "date": day, "abstract": "We show."})
                    })
                    .collect();
                let message =
                    json!({"status": "ok", "count": entries.len(), "total": entries.len().to_string()});
                json!({"messages": [message], "collection": entries}).to_string()
            }
            Self::ArxivRss => {
                let items = numbered.map(|(n, (_, date))| paper(IDS[n - 1], "cs.AI").item("new", date));
                arxiv::channel("cs.AI", DATE, &items.collect::<String>())
            }
            Self::ArxivApi => {
                let entry = |(n, (day, _)): (usize, &(&str, &str))| {
                    paper(IDS[n - 1], "cs.AI").entry().replace("2026-08-19T", &format!("{day}T"))
                };
                let entries: String = numbered.map(entry).collect();
                arxiv::atom(days.len(), 0, 10, &entries)
            }
            Self::Oai => {
                let record = |(n, (day, _)): (usize, &(&str, &str))| {
                    paper(IDS[n - 1], "cs.AI")
                        .record(TODAY)
                        .replace("<datestamp>2026-08-21", &format!("<datestamp>{day}"))
                };
                let records: String = numbered.map(record).collect();
                arxiv::records("2026-08-24T05:30:00Z", &records, None)
            }
            Self::FeedRss => {
                let of = |(n, (_, date)): (usize, &(&str, &str))| item(u32::try_from(n).unwrap()).date(date);
                rss(&numbered.map(of).collect::<Vec<_>>())
            }
            Self::FeedAtom => {
                let entries: Vec<String> = numbered
                    .map(|(n, (day, _))| {
                        format!(
                            "<entry><id>tag:journal.example,2026:{n}</id><title>Paper {n} of many words</title>\
                             <link rel=\"alternate\" href=\"https://journal.example/papers/{n}\"/><updated>{day}T05:00:00Z</updated>\
                             <published>{day}T05:00:00Z</published><author><name>Ada Lovelace</name></author>\
                             <summary type=\"html\">An abstract.</summary><category term=\"robots\"/></entry>"
                        )
                    })
                    .collect();
                format!(
                    "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><id>tag:journal.example,2026:x</id>\
                     <title>The Journal</title><updated>2026-08-21T05:00:00Z</updated>{}</feed>",
                    entries.concat()
                )
            }
            Self::FeedJson => {
                let items: Vec<Value> = numbered
                    .map(|(n, (day, _))| {
                        json!({"id": format!("journal-{n}"), "url": format!("https://journal.example/papers/{n}"),
                            "title": format!("Paper {n} of many words"), "content_text": "An abstract.", "date_published": format!("{day}T05:00:00Z"),
                            "authors": [{"name": "Ada Lovelace"}], "tags": ["robots"]})
                    })
                    .collect();
                json!({"version": "https://jsonfeed.org/version/1.1", "title": "The Journal", "items": items})
                    .to_string()
            }
        };
        text.trim_end().as_bytes().to_vec()
    }

    /// Whoever reads this kind, from a server that answers so.
    pub async fn reader(self, answer: Says) -> Reader {
        let wire = Wire::start(vec![answer]).await;
        let clock = Arc::new(FakeClock::at(&format!("{}T05:30:00Z", self.day())));
        let base = wire.url.join("/").unwrap();
        let impatient = FetchConfig { slow_start: Duration::from_millis(50), ..config() };
        let fetcher = |config: FetchConfig| {
            let allow = vec![format!("127.0.0.1:{}", wire.url.port().unwrap()).parse().unwrap()];
            Fetcher::with(FetchConfig { allow, ..config }, Arc::new(SystemLookup), clock.clone()).unwrap()
        };
        let arxiv = |rss: Url| {
            let gate =
                Gate::new(clock.clone(), Arc::new(OwnLease::default()), Arc::new(Moving(clock.clone())));
            let urls = ArxivUrls { rss, api: base.clone(), oai: base.clone() };
            let fetcher = fetcher(patient(impatient.clone()));
            Arxiv::new(
                fetcher,
                gate,
                urls,
                clock.clone(),
                vec!["cs.AI".to_owned()],
                Arc::new(Follows(vec![])),
            )
        };
        let (source, backlog_days, quiet): (Arc<dyn Source>, _, _) = match self {
            Self::ArxivApi => {
                return Reader::Lookup { arxiv: Box::new(arxiv(base.clone())), clock, _wire: wire };
            }
            Self::HuggingFace => {
                (Arc::new(HuggingFace::new(fetcher(impatient.clone()), base.clone(), 100)), 0, None)
            }
            Self::BioRxiv => {
                (Arc::new(Rxiv::new(fetcher(impatient.clone()), base.clone(), Server::BioRxiv)), 0, None)
            }
            Self::ArxivRss => (Arc::new(arxiv(base.clone())), 0, None),
            Self::Oai => {
                // Friday is harvested on Monday, whose own feed is empty.
                let empty = arxiv::channel("cs.AI", "Mon, 24 Aug 2026 00:00:00 -0400", "");
                let length = format!("content-length: {}\r\n", empty.len());
                let quiet = Wire::answering(&length, empty.as_bytes()).await;
                (Arc::new(arxiv(quiet.url.join("/").unwrap())), 3, Some(quiet))
            }
            Self::FeedRss | Self::FeedAtom | Self::FeedJson => {
                (Arc::new(Feed::new(1, fetcher(impatient.clone()), wire.url.clone(), clock.clone())), 0, None)
            }
        };
        let wires = std::iter::once(wire).chain(quiet).collect();
        Reader::Days { source, clock, backlog_days, _wires: wires }
    }
}
