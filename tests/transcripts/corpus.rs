//! What is in the store of the transcripts: six papers and thirty older ones, one of them posted twelve days ago by a subscription.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use paperwire::bot::Bot;
use paperwire::clock::Clock as _;
use paperwire::domain::{ChannelId, Counters, Facts, Listing, Platform, Verdict, Why};
use paperwire::matcher::{Document, matches_query};
use paperwire::signup::SignUp;
use paperwire::store::{NewDelivery, NewMatch, Occasion, PollNote, SourceState};

use crate::bot::{Desk, HUB};
use crate::commands::scene::{RULES, Shelf};
use crate::store::{ALL, Database, LEASE};
use crate::web::Letterbox;

const DAY: Duration = Duration::from_hours(24);

/// Id, days before the last one, title, abstract, author, category, votes and stars at first and now.
type Row = (&'static str, i64, &'static str, &'static str, &'static str, &'static str, [u32; 4]);

const POSTED: &str = "2608.01234";
const ROWS: &[Row] = &[
    (
        POSTED,
        12,
        "Flow Matching Policies for Legged Robots",
        "We train a robot policy by flow matching. It walks over rubble after two hours of data.",
        "Ada Example",
        "cs.RO",
        [12, 41, 100, 340],
    ),
    (
        "2608.02345",
        6,
        "A Survey of Robot Learning",
        "We review how a robot learns its policy, from how it walks to what it holds, and where the field disagrees.",
        "Grace Sample",
        "cs.RO",
        [30, 38, 0, 0],
    ),
    (
        "2608.03456",
        5,
        "Diffusion Policy Without Demonstrations",
        "We train a diffusion policy from rewards alone. No hours of data are needed.",
        "Alan Specimen",
        "cs.LG",
        [9, 27, 0, 0],
    ),
    (
        "2608.03999",
        4,
        "Walking on Two Legs From Hours of Data",
        "A policy learns to walk on two legs after ten hours of data from a simulator.",
        "Katherine Specimen",
        "cs.LG",
        [0, 11, 0, 0],
    ),
    (
        "2608.04567",
        2,
        "Language Models Plan Robot Tasks",
        "A language model writes plans, and a robot policy carries them out after two hours of data from a kitchen.",
        "Mary Example and Ada Example",
        "cs.CL",
        [0, 19, 0, 0],
    ),
    (
        "2608.05678",
        0,
        "Protein Folding by Flow Matching",
        "Flow matching over the angles of a protein’s backbone folds it in one pass.",
        "Rosalind Sample",
        "q-bio.BM",
        [0, 6, 0, 0],
    ),
];

fn listing(desk: &Desk, row: &Row, age: i64, counters: (u32, u32)) -> Listing {
    let (id, _, title, text, authors, category, _) = row;
    let facts = Facts {
        title: (*title).to_owned(),
        abstract_text: (*text).to_owned(),
        authors: authors.split(" and ").map(str::to_owned).collect(),
        categories: vec![(*category).to_owned()],
        repository: (*id == POSTED).then(|| "https://github.com/example/flow".to_owned()),
        ..Facts::default()
    };
    let stars = (counters.1 > 0).then_some(counters.1);
    let counters = Counters { upvotes: Some(counters.0), comments: None, stars };
    Listing { counters, ..desk.listing(id, age, facts) }
}

fn theorem(desk: &Desk, id: &str, title: &str) -> Listing {
    let facts = Facts {
        title: title.to_owned(),
        abstract_text: "We prove it by induction over the degree of a graph.".to_owned(),
        authors: vec!["Emmy Sample".to_owned()],
        categories: vec!["math.CO".to_owned()],
        ..Facts::default()
    };
    desk.listing(id, 30, facts)
}

/// Stores listings, takes them into the index, and asks the subscriptions, none of which matches what is new.
async fn record(desk: &Desk, listings: &[Listing], first_day: Date) {
    let (store, now) = (&desk.db.store, desk.clock.now());
    store.record(HUB, listings, first_day, now).await.unwrap();
    let mut papers = Vec::new();
    for listing in listings {
        let paper = store.paper(&listing.paper).await.unwrap().unwrap();
        if listing.paper.to_string() != POSTED {
            store.commit_routing(&paper, Occasion::New, &[], &[], now).await.unwrap();
        }
        papers.push(paper);
    }
    desk.search.upsert(&papers).unwrap();
    desk.search.commit(store.paper_position().await.unwrap()).unwrap();
}

/// The bot on Wednesday, 2 September 2026, 06:00 UTC, with the store of a channel in use.
pub async fn bot(platform: Platform, channel: &str, user: &str, message: &str) -> (Desk, Bot) {
    let desk = Desk::new(Database::sqlite().await);
    let store = &desk.db.store;
    let channel = ChannelId::parse(platform, channel).unwrap();
    let first = &ROWS[0];
    let query = "\"flow matching\" robot".parse().unwrap();
    let made = store.subscribe(platform, &channel, &query, user, desk.clock.now()).await.unwrap();
    let subscription = made.subscription().clone();
    let news = listing(&desk, first, 0, (first.6[0], first.6[2]));
    let first_day = desk.clock.today();
    store.record(HUB, &[news], first_day, desk.clock.now()).await.unwrap();
    let paper = store.paper(&POSTED.parse().unwrap()).await.unwrap().unwrap();
    let terms = matches_query(&subscription.query, &Document::of(&paper)).unwrap();
    let matched = NewMatch { subscription: subscription.id, terms: terms.clone() };
    let delivery = NewDelivery {
        destination: subscription.destination.id,
        rich: "rich".into(),
        plain: "plain".into(),
        why: vec![Why { query: subscription.query.to_string(), terms }],
        expires_at: desk.clock.now() + DAY,
    };
    store.commit_routing(&paper, Occasion::New, &[matched], &[delivery], desk.clock.now()).await.unwrap();
    let claimed = store.claim("sender", &ALL, 10, LEASE, desk.clock.now()).await.unwrap();
    let verdict = Verdict::Sent { message_id: message.into() };
    store.finish(&claimed[0], &verdict, desk.clock.now()).await.unwrap();

    // Older papers, so that the words that every paper has tell nothing.
    let old: Vec<(String, String)> =
        (0..30).map(|n| (format!("2607.{n:05}"), format!("A Theorem on Graphs of Degree {n}"))).collect();
    let old: Vec<Listing> = old.iter().map(|(id, title)| theorem(&desk, id, title)).collect();
    desk.record(&old).await;

    // Numbers are seen twice in the last week, so that there is something that rises.
    for (days, at) in [(6, 0), (6, 1)] {
        desk.clock.advance(DAY * days);
        let left = if at == 0 { 6 } else { 0 };
        let rows = ROWS.iter().filter(|row| row.1 >= left);
        let seen: Vec<Listing> =
            rows.map(|row| listing(&desk, row, row.1 - left, (row.6[at], row.6[at + 2]))).collect();
        record(&desk, &seen, first_day).await;
    }
    let state =
        SourceState { baseline: first_day, polled_at: Some(desk.clock.now()), failure: None, failures: 0 };
    store.put_source_state(HUB, &state).await.unwrap();
    let (at, error) = (desk.clock.now(), None);
    let note = PollNote { at, error, next_poll: at + Duration::from_mins(10) };
    store.note_poll(HUB, note).await.unwrap();
    let bot = desk.bot.clone().polling(vec!["huggingface".to_owned()]);
    let bot = bot.following(Some(Arc::new(Shelf)), RULES);
    let public = "https://papers.example.org".parse().unwrap();
    let sign_up =
        SignUp::open(desk.db.store.clone(), desk.clock.clone(), Arc::new(Letterbox::default()), public)
            .await
            .unwrap();
    let bot = bot.mailing(Some(Arc::new(sign_up)));
    (desk, bot)
}
