//! One paper: in full, in the words of a message, and why it was or was not posted here.

use std::time::Duration;

use jiff::Timestamp;
use paperwire::chat::Action;
use paperwire::clock::Clock as _;
use paperwire::command::Command;
use paperwire::domain::{
    ChannelId, Counters, DeliveryState, Facts, Paper, Platform, Subscription, Verdict, Why,
};
use paperwire::matcher::{Document, matches_query};
use paperwire::store::{NewDelivery, NewMatch, Occasion, SourceState};

use super::{Desk, HUB, titled};
use crate::store::{ALL, LEASE, on_both};

const PAPER: &str = "2608.00001";

fn explain() -> Command {
    Command::Explain { paper: PAPER.parse().unwrap() }
}

impl Desk {
    /// Stores a paper that is to be posted.
    async fn post(&self, title: &str) -> Paper {
        let listing = self.listing(PAPER, 0, titled(title));
        self.db.store.record(HUB, &[listing], self.clock.today(), self.clock.now()).await.unwrap();
        self.db.store.paper(&PAPER.parse().unwrap()).await.unwrap().unwrap()
    }

    /// Subscribes `#robotics`.
    async fn subscribe(&self, query: &str) -> Subscription {
        let channel = ChannelId::parse(Platform::Sandbox, "robotics").unwrap();
        let query = query.parse().unwrap();
        let made =
            self.db.store.subscribe(Platform::Sandbox, &channel, &query, "ada", self.clock.now()).await;
        made.unwrap().subscription().clone()
    }

    /// Asks these subscriptions about a paper, as the router does.
    async fn route(&self, paper: &Paper, asked: &[&Subscription], deliver: bool) {
        let (mut matches, mut deliveries) = (Vec::new(), Vec::new());
        for subscription in asked {
            let Some(terms) = matches_query(&subscription.query, &Document::of(paper)) else { continue };
            let why = Why { query: subscription.query.to_string(), terms: terms.clone() };
            matches.push(NewMatch { subscription: subscription.id, terms });
            deliveries.push(NewDelivery {
                destination: subscription.destination.id,
                rich: "rich".into(),
                plain: "plain".into(),
                why: vec![why],
                expires_at: self.clock.now() + Duration::from_hours(24),
            });
        }
        deliveries.truncate(usize::from(deliver));
        let routed =
            self.db.store.commit_routing(paper, Occasion::New, &matches, &deliveries, self.clock.now()).await;
        routed.unwrap();
    }

    /// Gives the one delivery that is due this outcome.
    async fn send(&self, verdict: &Verdict) {
        let now = self.clock.now();
        let claimed = self.db.store.claim("sender", &ALL, 10, LEASE, now).await.unwrap();
        self.db.store.finish(&claimed[0], verdict, now).await.unwrap();
    }

    async fn explained(&self) -> String {
        self.person("ada").gives(explain()).await.text()
    }
}

fn after(text: &str) -> Timestamp {
    text.parse().unwrap()
}

on_both! {
    async fn a_paper_in_full_says_what_is_known_and_leads_on(test: Database) {
        let desk = Desk::new(test);
        let facts = Facts {
            abstract_text: "We train $\\pi$-robots.\n\nThey walk.".into(),
            authors: vec!["Ada Lovelace".into(), "Charles Babbage".into()],
            categories: vec!["cs.RO".into()],
            repository: Some("https://github.com/lab/flow".into()),
            ..titled("Flow Matching")
        };
        let mut listing = desk.listing(PAPER, 2, facts);
        listing.counters = Counters { upvotes: Some(12), comments: Some(1), stars: None };
        desk.record(&[listing]).await;
        desk.list(1, &[("2608.00002", "Flow Matching Again")]).await;
        let ada = desk.person("ada");
        let shown = ada.gives(Command::Show { paper: PAPER.parse().unwrap() }).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown.text(), @"
            Flow Matching
            https://arxiv.org/abs/2608.00001
            Ada Lovelace and Charles Babbage · cs.RO · 19 Aug 2026 · 12 upvotes

            We train π-robots. They walk.
            Authors: Ada Lovelace and Charles Babbage
            Categories: cs.RO
            Numbers: 12 upvotes, 1 comment, as seen {ago 2026-08-21T06:00:00Z}
            Code: github.com/lab/flow <https://github.com/lab/flow>
            Listed: Hugging Face on 19 Aug 2026
            Id: `2608.00001`
            [Similar papers] [Share in channel] [Open page]
            ");
        }
        assert!(ada.presses(&shown, "Similar papers").await.text().contains("Flow Matching Again"));
        let shared = ada.presses(&shown, "Share in channel").await.text();
        assert!(shared.contains("They walk.") && shared.ends_with("(Shared by @ada)\n[Open page]"), "{shared}");
    }

    async fn of_an_unknown_paper_the_state_of_the_sources_is_told(test: Database) {
        let desk = Desk::new(test);
        let state = SourceState {
            baseline: desk.clock.today(),
            polled_at: Some(desk.clock.now()),
            failure: Some("the server is down".into()),
            failures: 2,
        };
        desk.db.store.put_source_state(HUB, &state).await.unwrap();
        for command in [Command::Show { paper: PAPER.parse().unwrap() }, explain()] {
            let text = desk.person("ada").gives(command).await.text();
            assert!(text.contains("has listed 2608.00001 <https://arxiv.org/abs/2608.00001> since"), "{text}");
            assert!(text.contains("Hugging Face: last read {ago 2026-08-21T06:00:00Z}; the last 2 tries failed"), "{text}");
        }
    }

    async fn a_posted_paper_is_explained_by_what_it_matched_and_where_it_stands(test: Database) {
        let desk = Desk::new(test);
        let robots = desk.subscribe("robots -survey").await;
        desk.subscribe("theorems").await;
        let paper = desk.post("Robots at work").await;
        desk.route(&paper, &[&robots], true).await;
        let waiting = desk.explained().await;
        assert!(waiting.contains("It waits to be posted here since {2026-08-21T06:00:00Z}"), "{waiting}");
        desk.send(&Verdict::Sent { message_id: "7".into() }).await;
        let text = desk.explained().await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(text, @"
            Robots at work <https://arxiv.org/abs/2608.00001>
            It was posted here <robotics 7> {ago 2026-08-21T06:00:00Z} ({2026-08-21T06:00:00Z}).
            (When it came: Matches “robot -survey”: “robot” in the title)
            (Listed by Hugging Face on 21 Aug 2026.)
            It matches subscription 1, “robot -survey”:
            ```
            ✓ all of these
              ✓ robot: in the title
              ✓ -survey
                ✗ survey: not found
            ```
            ");
        }
        let elsewhere = desk.person("ada").in_channel("theory").gives(explain()).await.text();
        assert!(elsewhere.contains("this channel has no subscription"), "{elsewhere}");
    }

    async fn every_end_of_a_delivery_is_told_in_words(test: Database) {
        let desk = Desk::new(test);
        let robots = desk.subscribe("robots").await;
        let paper = desk.post("Robots at work").await;
        desk.route(&paper, &[&robots], true).await;
        let later = after("2026-08-21T06:05:00Z");
        desk.send(&Verdict::Unknown { at: later, reason: "the connection broke".into() }).await;
        let unknown = desk.explained().await;
        assert!(unknown.contains("It may be in this channel already: the sandbox’s answer was lost"), "{unknown}");
        desk.clock.advance(Duration::from_mins(10));
        desk.send(&Verdict::Dead { reason: "it is too long".into() }).await;
        let dead = desk.explained().await;
        assert!(dead.contains("refused it for good: it is too long."), "{dead}");
        assert_eq!(desk.db.states().await, [DeliveryState::Dead]);
    }

    async fn a_paper_that_does_not_match_is_told_the_nearest_subscription(test: Database) {
        let desk = Desk::new(test);
        let theorems = desk.subscribe("theorems lean").await;
        let robots = desk.subscribe("robots gardening").await;
        let paper = desk.post("Robots at work").await;
        desk.route(&paper, &[&theorems, &robots], true).await;
        let text = desk.explained().await;
        let nearest = format!("The nearest is subscription {}. It does not match: gardening is not found.", robots.id.0);
        assert!(text.contains("none of the 2 subscriptions of this channel asks for it") && text.contains(&nearest), "{text}");
        assert!(text.contains("  ✓ robot: in the title\n"), "{text}");
    }

    async fn a_paper_from_before_the_subscription_is_told_so(test: Database) {
        let desk = Desk::new(test);
        let paper = desk.post("Robots at work").await;
        desk.route(&paper, &[], false).await;
        desk.clock.advance(Duration::from_hours(48));
        desk.subscribe("robots").await;
        let text = desk.explained().await;
        assert!(text.contains("was made {2026-08-23T06:00:00Z}, and the paper had come {2026-08-21T06:00:00Z}"), "{text}");
    }

    async fn a_paper_of_a_pause_and_one_of_the_backlog_are_told_apart(test: Database) {
        let desk = Desk::new(test);
        let robots = desk.subscribe("robots").await;
        let paper = desk.post("Robots at work").await;
        let fresh = desk.explained().await;
        assert!(fresh.contains("It has only just come in"), "{fresh}");
        desk.db.store.pause_subscription(robots.id, desk.clock.now()).await.unwrap();
        desk.clock.advance(Duration::from_hours(1));
        desk.route(&paper, &[], false).await;
        let paused = desk.explained().await;
        assert!(paused.contains("is paused since {2026-08-21T06:00:00Z}"), "{paused}");

        desk.list(40, &[("2607.00001", "Robots of old")]).await;
        let old = Command::Explain { paper: "2607.00001".parse().unwrap() };
        let backlog = desk.person("ada").gives(old).await.text();
        assert!(backlog.contains("It was not posted anywhere: it was listed on 12 Jul 2026"), "{backlog}");
    }

    async fn a_message_s_links_are_shown_as_papers(test: Database) {
        let desk = Desk::new(test);
        desk.list(1, &[(PAPER, "Robots"), ("2608.00002", "Flows"), ("2608.00003", "Graphs"), ("2608.00004", "Trees")]).await;
        let ada = desk.person("ada");
        let about = async |text: &str| desk.does(&ada.asker, Action::About { text: text.to_owned() }).await;
        let one = about("<https://arxiv.org/abs/2608.00001v2> and 2608.09999, version 1.2.3").await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(one.text(), @"
            Robots
            https://arxiv.org/abs/2608.00001
            20 Aug 2026
            No source of Paperwire has listed 2608.09999 <https://arxiv.org/abs/2608.09999> since it was started here.
            [Show in full] [Similar papers]
            ");
        }
        assert!(ada.presses(&one, "Show in full").await.text().contains("Id: `2608.00001`"));
        let many = about("2608.00001 2608.00002 2608.00003 2608.00004").await.text();
        assert!(many.contains("Graphs") && !many.contains("Trees") && many.contains("names 1 more paper"), "{many}");
        let none = about("see you on 21.08.2026 at 10.30").await.text();
        assert!(none.starts_with("This message names no paper"), "{none}");
    }
}
