//! Lists of papers: what is found, the way through the pages, what rises and what resembles.

use std::time::Duration;

use paperwire::chat::Answer;
use paperwire::clock::Clock as _;
use paperwire::command::{Command, Order, Scope, Window};
use paperwire::domain::query::Day;
use paperwire::domain::{Counters, Facts, Listing};
use paperwire::message::{Audience, Block};

use super::{Desk, HUB, Said, titled};
use crate::store::on_both;

fn search(query: &str) -> Command {
    Command::Search { query: query.parse().unwrap(), order: Order::Relevance, since: None }
}

/// The ids of the papers in a list, in its order.
fn ids(said: &Said) -> Vec<String> {
    let entries = said.reply().blocks.iter().filter_map(|block| match block {
        Block::Entry(entry) => Some(entry.card.paper.to_string()),
        _ => None,
    });
    entries.collect()
}

/// Twelve papers of one word, listed one a day, the first one last.
async fn dozen(desk: &Desk) {
    for n in 0..12 {
        desk.list(n, &[(&format!("2608.{n:05}"), "Robots at work")]).await;
    }
}

/// A paper with numbers, seen now.
async fn seen(desk: &Desk, id: &str, upvotes: u32, stars: Option<u32>) {
    let counters = Counters { upvotes: Some(upvotes), comments: None, stars };
    let listing = Listing { counters, ..desk.listing(id, 1, titled(&format!("Paper {id}"))) };
    desk.record(&[listing]).await;
}

on_both! {
    async fn the_pages_of_a_search_lead_forth_and_back(test: Database) {
        let desk = Desk::new(test);
        dozen(&desk).await;
        let ada = desk.person("ada");
        let first = ada.gives(search("robots")).await;
        assert!(first.text().starts_with("# 12 papers for “robot”"), "{}", first.text());
        assert!(!first.text().contains("[Previous]"), "{}", first.text());
        let second = ada.presses(&first, "Next").await;
        let third = ada.presses(&second, "Next").await;
        assert!(matches!(third.0, Answer::Replace { .. }));
        assert!(third.text().contains("Page 3 of 3") && !third.text().contains("[Next]"), "{}", third.text());
        let mut all = [ids(&first), ids(&second), ids(&third)].concat();
        assert_eq!((ids(&first).len(), ids(&second).len(), ids(&third).len()), (5, 5, 2));
        let back = ada.presses(&third, "Previous").await;
        assert_eq!(ids(&back), ids(&second));
        assert_eq!(ids(&ada.presses(&back, "Previous").await), ids(&first));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 12, "each paper is on one page");
    }

    async fn a_found_paper_shows_what_was_found_and_why(test: Database) {
        let desk = Desk::new(test);
        let facts = Facts { abstract_text: "We train robots by flow matching.".into(), ..titled("Flow-Matching Policies") };
        desk.record(&[desk.listing("2608.00001", 2, facts)]).await;
        let found = desk.person("ada").gives(search("\"flow matching\" robots")).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(found.text(), @r#"
            # 1 paper for “"flow matching" robot”
            1. _Flow-Matching_ Policies | We train _robots_ by _flow matching_. | Matches “"flow matching" robot”: “flow matching” in the title, “robot” in the abstract
            <Show a paper in full…> 1. Flow-Matching Policies
            [Share in channel]
            "#);
        }
    }

    async fn who_finds_nothing_is_asked_what_was_meant(test: Database) {
        let desk = Desk::new(test);
        dozen(&desk).await;
        let ada = desk.person("ada");
        let text = ada.gives(search("robtos")).await.text();
        assert!(text.contains("Did you mean `robot`?"), "{text}");
        let part = ada.gives(search("robots gardening")).await.text();
        assert!(part.contains("No paper holds all of “gardening robot”; these hold a part of it."), "{part}");
        let source = ada.gives(search("robots type:new")).await.text();
        assert!(source.contains("The search cannot answer `type:new`"), "{source}");
    }

    async fn order_and_days_are_kept_from_page_to_page(test: Database) {
        let desk = Desk::new(test);
        dozen(&desk).await;
        let ada = desk.person("ada");
        let newest = Command::Search {
            query: "robots".parse().unwrap(),
            order: Order::Date,
            since: Some(Day::Back(7)),
        };
        let first = ada.gives(newest).await;
        assert!(first.text().starts_with("# 8 papers for “robot” of the last 7 days, newest first"), "{}", first.text());
        let second = ada.presses(&first, "Next").await;
        let all = [ids(&first), ids(&second)].concat();
        let expected: Vec<String> = (0..8).map(|n| format!("2608.{n:05}")).collect();
        assert_eq!(all, expected);
    }

    async fn sharing_shows_everybody_and_leaves_nothing_to_press(test: Database) {
        let desk = Desk::new(test);
        dozen(&desk).await;
        let ada = desk.person("ada");
        let found = ada.gives(search("robots")).await;
        let shared = ada.presses(&found, "Share in channel").await;
        assert!(matches!(&shared.0, Answer::Reply { reply } if reply.audience == Audience::Channel));
        assert_eq!(ids(&shared), ids(&found));
        assert!(shared.text().ends_with("(Shared by @ada)"), "{}", shared.text());
    }

    async fn a_paper_is_chosen_from_the_menu_of_a_list(test: Database) {
        let desk = Desk::new(test);
        dozen(&desk).await;
        let ada = desk.person("ada");
        let found = ada.gives(search("robots")).await;
        let shown = ada.chooses(&found, "1. ").await;
        assert!(shown.text().contains(&format!("https://arxiv.org/abs/{}", ids(&found)[0])), "{}", shown.text());
    }

    async fn the_latest_papers_come_page_by_page_the_newest_day_first(test: Database) {
        let desk = Desk::new(test);
        let ada = desk.person("ada");
        let none = ada.gives(Command::Latest { query: None }).await.text();
        assert!(none.starts_with("No paper is stored yet"), "{none}");
        dozen(&desk).await;
        let mut page = ada.gives(Command::Latest { query: None }).await;
        let mut pages = vec![ids(&page)];
        while page.text().contains("[Next]") {
            page = ada.presses(&page, "Next").await;
            pages.push(ids(&page));
        }
        let expected: Vec<String> = (0..12).map(|n| format!("2608.{n:05}")).collect();
        assert_eq!(pages.concat(), expected);
        let back = ada.presses(&page, "Previous").await;
        assert_eq!(ids(&back), pages[1]);
        let first = ada.presses(&back, "Previous").await;
        assert_eq!(ids(&first), pages[0]);
        assert!(!first.text().contains("[Previous]"));
        let of_query = ada.gives(Command::Latest { query: Some("robots".parse().unwrap()) }).await;
        assert_eq!(ids(&of_query), pages[0]);
    }

    async fn what_rose_in_the_window_is_trending_and_what_it_had_at_first_is_no_rise(test: Database) {
        let desk = Desk::new(test);
        let hour = Duration::from_hours(1);
        for id in ["2608.00001", "2608.00002", "2608.00003", "2608.00005"] {
            seen(&desk, id, 10, Some(100)).await;
        }
        desk.clock.advance(hour * 30);
        seen(&desk, "2608.00001", 51, Some(100)).await;
        seen(&desk, "2608.00002", 22, Some(200)).await;
        seen(&desk, "2608.00003", 8, Some(90)).await;
        // New, with many votes already: nobody saw them rise.
        seen(&desk, "2608.00004", 900, None).await;
        desk.clock.advance(hour);
        let ada = desk.person("ada");
        let day = ada.gives(Command::Trending { window: Window::Day, scope: Scope::Here }).await;
        assert_eq!(ids(&day), ["2608.00002", "2608.00001"], "{}", day.text());
        assert!(day.text().contains("*+12 upvotes, +100 stars*") && day.text().contains("*+41 upvotes*"), "{}", day.text());
        desk.clock.advance(hour * 24);
        let later = ada.gives(Command::Trending { window: Window::Day, scope: Scope::Here }).await.text();
        assert!(later.starts_with("No paper gained votes or stars in the last 24 hours"), "{later}");
        let week = ada.gives(Command::Trending { window: Window::Week, scope: Scope::Here }).await;
        assert_eq!(ids(&week).len(), 2);
    }

    async fn nobody_knows_when_a_number_rose_that_was_not_looked_at_for_long(test: Database) {
        let desk = Desk::new(test);
        let day = Duration::from_hours(24);
        seen(&desk, "2608.00001", 10, None).await;
        desk.clock.advance(day * 10);
        seen(&desk, "2608.00001", 500, None).await;
        desk.clock.advance(Duration::from_hours(2));
        seen(&desk, "2608.00001", 503, None).await;
        let ada = desk.person("ada");
        let today = ada.gives(Command::Trending { window: Window::Day, scope: Scope::Here }).await.text();
        assert!(today.contains("*+3 upvotes*"), "{today}");
        let month = ada.gives(Command::Trending { window: Window::Month, scope: Scope::Here }).await.text();
        assert!(month.contains("*+493 upvotes*"), "{month}");
    }

    async fn rising_papers_come_page_by_page(test: Database) {
        let desk = Desk::new(test);
        for n in 0..7 {
            seen(&desk, &format!("2608.0000{n}"), 1, None).await;
        }
        desk.clock.advance(Duration::from_hours(1));
        for n in 0..7 {
            seen(&desk, &format!("2608.0000{n}"), 2 + n, None).await;
        }
        let ada = desk.person("ada");
        let first = ada.gives(Command::Trending { window: Window::Day, scope: Scope::Here }).await;
        let second = ada.presses(&first, "Next").await;
        assert_eq!([ids(&first), ids(&second)].concat(), [6, 5, 4, 3, 2, 1, 0].map(|n| format!("2608.0000{n}")));
        assert_eq!(ids(&ada.presses(&second, "Previous").await), ids(&first));
        assert!(!second.text().contains("[Next]"));
    }

    async fn similar_papers_share_the_telling_words_and_never_are_the_paper_itself(test: Database) {
        let desk = Desk::new(test);
        let abstracts = [
            ("2608.00001", "Flow matching for robot policies", "We train robot policies by conditional flow matching."),
            ("2608.00002", "Conditional flow matching", "Flow matching trains generative models of policies."),
            ("2608.00003", "Robot grasping", "A robot grasps objects."),
            ("2608.00004", "Theorem proving", "We prove theorems in Lean."),
        ];
        let listings = abstracts.map(|(id, title, text)| {
            desk.listing(id, 1, Facts { abstract_text: text.into(), ..titled(title) })
        });
        desk.record(&listings).await;
        let ada = desk.person("ada");
        let similar = ada.gives(Command::Similar { paper: "2608.00001".parse().unwrap() }).await;
        assert_eq!(ids(&similar)[0], "2608.00002", "{}", similar.text());
        assert!(!ids(&similar).contains(&"2608.00001".to_owned()));
        assert!(similar.text().contains("Compared by the words that tell most about it"), "{}", similar.text());
        let unknown = ada.gives(Command::Similar { paper: "2608.09999".parse().unwrap() }).await.text();
        assert!(unknown.starts_with("No source of Paperwire has listed 2608.09999"), "{unknown}");
    }

    async fn without_an_index_posting_goes_on_and_searching_says_so(test: Database) {
        let desk = Desk::new(test);
        dozen(&desk).await;
        let settings = paperwire::bot::BotSettings { per_user: 100, per_workspace: 100, short_text: 100 };
        let bot = paperwire::bot::Bot::new(desk.db.store.clone(), None, desk.clock.clone(), settings);
        let desk = Desk { bot, ..desk };
        let ada = desk.person("ada");
        assert!(ada.gives(search("robots")).await.text().starts_with("Papers cannot be searched at the moment"));
        assert_eq!(ids(&ada.gives(Command::Latest { query: None }).await).len(), 5);
    }

    async fn an_index_that_is_far_behind_the_store_is_told(test: Database) {
        let desk = Desk::new(test);
        dozen(&desk).await;
        let listings: Vec<Listing> =
            (0..600).map(|n| desk.listing(&format!("2607.{n:05}"), 30, titled("Robots"))).collect();
        let tomorrow = desk.clock.today().tomorrow().unwrap();
        desk.db.store.record(HUB, &listings, tomorrow, desk.clock.now()).await.unwrap();
        let text = desk.person("ada").gives(search("robots")).await.text();
        assert!(text.contains("The index is still being filled: 12 of 612 papers can be found so far"), "{text}");
    }
}
