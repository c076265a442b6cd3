//! A week as it was recorded, who wants what of it, and what it looks like when it is said again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};

use crate::serve::oracle::Row;
use crate::worlds::arxiv::{Paper, paper};
use crate::worlds::feeds::{Item, item};
use crate::worlds::hub::days::{self, Days};

/// What is read of arXiv.
pub const CATEGORIES: [&str; 4] = ["cs.AI", "cs.CL", "cs.CV", "cs.LG"];
/// Of arXiv's papers that Hugging Face does not list, one in so many: enough to be told apart from.
const OTHERS: usize = 3;
/// A week with fewer papers in both proves nothing.
const FEWEST: usize = 10;
/// Items that the feed shows a day: few enough never to be held for review.
const FEED_ITEMS: usize = 8;

/// A subscription, and what it means in other words.
pub struct Wanted {
    pub channel: &'static str,
    pub query: &'static str,
    text: fn(&Row) -> bool,
    category: fn(&str) -> bool,
}

/// Two of them share a channel, and two mean nearly the same papers.
pub const SUBSCRIPTIONS: [Wanted; 5] = [
    Wanted {
        channel: "language",
        query: r#""language model""#,
        text: |row| row.has("language model"),
        category: |_| false,
    },
    Wanted {
        channel: "language",
        query: "ti:reasoning",
        text: |row| row.title_has("reasoning"),
        category: |_| false,
    },
    Wanted { channel: "video", query: "ti:video", text: |row| row.title_has("video"), category: |_| false },
    Wanted { channel: "vision", query: "cat:cs.CV", text: |_| false, category: |it| it == "cs.CV" },
    Wanted {
        channel: "agents",
        query: "agent memory",
        text: |row| row.has("agent") && row.has("memory"),
        category: |_| false,
    },
];

/// The rows of each day as they were recorded.
#[derive(Clone)]
pub struct Week {
    hub: Days,
    arxiv: BTreeMap<Date, Vec<Value>>,
    /// Set in a repetition: what is said differently, and in which order.
    seed: Option<u64>,
}

/// Reads the recorded week that lists the most papers twice, unless nothing was recorded.
pub fn recorded() -> Option<Week> {
    let Some(root) = std::env::var_os("PAPERWIRE_RECORDED").map(PathBuf::from) else {
        println!("did not run: PAPERWIRE_RECORDED names no folder of recordings");
        return None;
    };
    let daily = days::load(&root.join("huggingface")).unwrap();
    let of_hub: BTreeSet<&str> = daily.values().flatten().map(id_of).collect();
    let mut arxiv: BTreeMap<Date, Vec<Value>> = BTreeMap::new();
    let mut others = 0;
    let file = std::fs::File::open(root.join("corpus/arxiv_listings_2025.jsonl.gz")).unwrap();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let row: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let listed: Vec<Date> = serde_json::from_value(row["listed_on"].clone()).unwrap();
        let is_read = texts(&row["categories"]).iter().any(|category| CATEGORIES.contains(category));
        others += usize::from(!of_hub.contains(id_of(&row)));
        let is_taken = of_hub.contains(id_of(&row)) || others.is_multiple_of(OTHERS);
        if is_read && is_taken && is_working(listed[0]) {
            arxiv.entry(listed[0]).or_default().push(row);
        }
    }
    let mondays: BTreeSet<Date> = daily.keys().map(|day| monday_of(*day)).collect();
    let weeks = mondays.into_iter().map(|monday| {
        let in_week = |day: &Date| monday_of(*day) == monday;
        let of = |days: &Days| {
            days.iter().filter(|(day, _)| in_week(day)).map(|(d, rows)| (*d, rows.clone())).collect()
        };
        Week { hub: of(&daily), arxiv: of(&arxiv), seed: None }
    });
    let week = weeks.max_by_key(Week::listed_twice).filter(|week| week.listed_twice() >= FEWEST);
    match &week {
        Some(week) => println!("{} papers, {} of them in both lists", week.papers(), week.listed_twice()),
        None => println!("did not run: no recorded week lists {FEWEST} papers at Hugging Face and at arXiv"),
    }
    week
}

fn is_working(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn monday_of(day: Date) -> Date {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn id_of(row: &Value) -> &str {
    row.get("paper").unwrap_or(row)["id"].as_str().unwrap()
}

/// A row of arXiv in the shape of Hugging Face, for the one plain reader of both.
fn plain(row: &Value) -> Row {
    match row.get("paper") {
        Some(_) => Row::new(row),
        None => {
            Row::new(&json!({"paper": {"id": row["id"], "title": row["title"], "summary": row["abstract"]}}))
        }
    }
}

impl Week {
    pub fn days(&self) -> Vec<Date> {
        self.hub.keys().chain(self.arxiv.keys()).copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn rows(&self) -> impl Iterator<Item = (Date, &Value)> {
        let rows = self.hub.iter().chain(&self.arxiv);
        rows.flat_map(|(day, rows)| rows.iter().map(move |row| (*day, row)))
    }

    /// Different papers, by their ids.
    pub fn papers(&self) -> u64 {
        self.rows().map(|(_, row)| id_of(row)).collect::<BTreeSet<_>>().len() as u64
    }

    fn listed_twice(&self) -> usize {
        let ids = |days: &BTreeMap<Date, Vec<Value>>| -> BTreeSet<String> {
            days.values().flatten().map(|row| id_of(row).to_owned()).collect()
        };
        ids(&self.hub).intersection(&ids(&self.arxiv)).count()
    }

    /// What stands in the channels once everything up to `day` was listed, as `channel paper`.
    pub fn expected(&self, day: Date) -> BTreeSet<String> {
        let mut expected = BTreeSet::new();
        for (_, row) in self.rows().filter(|(listed, _)| *listed <= day) {
            let categories = row.get("categories").map(texts).unwrap_or_default();
            let read = plain(row);
            for wanted in &SUBSCRIPTIONS {
                if (wanted.text)(&read) || categories.iter().any(|it| (wanted.category)(it)) {
                    expected.insert(format!("{} {}", wanted.channel, id_of(row)));
                }
            }
        }
        expected
    }

    /// The same week as it is said a second time.
    pub fn repeated(&self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self.clone() }
    }

    /// The recorded day that is shown on this one.
    fn source_day(&self, shown: Date) -> Date {
        if self.seed.is_some() { shown.checked_sub(7.days()).unwrap() } else { shown }
    }

    /// Hugging Face's list, in a repetition with the votes and the day of its own.
    pub fn daily(&self, shown: Date) -> Vec<Value> {
        let mut rows = self.hub.get(&self.source_day(shown)).cloned().unwrap_or_default();
        if let Some(seed) = self.seed {
            fastrand::Rng::with_seed(seed).shuffle(&mut rows);
            for (votes, row) in rows.iter_mut().enumerate() {
                row["paper"]["upvotes"] = votes.into();
                row["paper"]["submittedOnDailyAt"] = format!("{shown}T00:00:00.000Z").into();
            }
        }
        rows
    }

    /// arXiv's announcements; in a repetition half of them again as new, half as later versions.
    pub fn announced(&self, shown: Date) -> Vec<Paper> {
        let mut rows = self.arxiv.get(&self.source_day(shown)).cloned().unwrap_or_default();
        if let Some(seed) = self.seed {
            fastrand::Rng::with_seed(seed).shuffle(&mut rows);
        }
        let version = |place: usize| if self.seed.is_some() && place.is_multiple_of(2) { 2 } else { 1 };
        rows.iter().enumerate().map(|(place, row)| announced(row).version(version(place))).collect()
    }

    /// The feed of a laboratory that shows the day's Daily Papers among arXiv's; in a repetition under other ids.
    pub fn feed(&self, shown: Date) -> Vec<Item> {
        let day = self.source_day(shown);
        let of_hub: BTreeSet<&str> = self.hub.values().flatten().map(id_of).collect();
        let mut rows: Vec<&Value> = self.arxiv.get(&day).into_iter().flatten().collect();
        rows.sort_by_key(|row| !of_hub.contains(id_of(row)));
        let again = self.seed.is_some();
        let shown_item = |row: &Value| {
            let (id, title) = (id_of(row), row["title"].as_str().unwrap());
            let title = title.replace('&', "&amp;").replace('<', "&lt;");
            let version = if again { "v2" } else { "" };
            item(1)
                .title(&if again { format!("{title} (updated)") } else { title })
                .link(&format!("https://arxiv.org/abs/{id}{version}"))
                .guid(&format!("lab-{id}-{shown}"))
                .date(&shown.to_string())
        };
        rows.into_iter().take(FEED_ITEMS).map(shown_item).collect()
    }
}

fn announced(row: &Value) -> Paper {
    let mut announced = paper(id_of(row), &texts(&row["categories"]).join(" "));
    row["title"].as_str().unwrap().clone_into(&mut announced.title);
    row["abstract"].as_str().unwrap().clone_into(&mut announced.abstract_text);
    announced.authors = texts(&row["authors"]).join(", ");
    announced
}
