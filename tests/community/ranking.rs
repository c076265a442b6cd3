//! The votes of a channel rank what is trending there, and its roundup.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::ChatPlatform;
use paperwire::chat::sandbox::Sandbox;
use paperwire::clock::Clock;
use paperwire::domain::Counters;
use paperwire::pipeline::{Router, preview_roundup, step_until_idle};

use super::removing::Ledger;
use crate::bot::{Desk, titled};
use crate::store::{HUB, day, on_both};

/// The titles of a list, in its order.
fn titles(text: &str, known: &[&str]) -> Vec<String> {
    let mut found: Vec<(usize, String)> =
        known.iter().filter_map(|title| Some((text.find(title)?, (*title).to_owned()))).collect();
    found.sort();
    found.into_iter().map(|(_, title)| title).collect()
}

on_both! {
    async fn one_vote_here_weighs_as_much_as_ten_in_the_world(db: Database) {
        let desk = Desk::new(db);
        let known = ["Climbing", "Loved", "Disliked"];
        let mut papers = Vec::new();
        for (n, title) in known.iter().enumerate() {
            let mut listing = desk.listing(&format!("2608.0000{n}"), 3, titled(title));
            listing.counters = Counters { upvotes: Some(1), ..Counters::default() };
            papers.push(listing);
        }
        desk.record(&papers).await;
        desk.clock.advance(Duration::from_hours(30));
        papers[0].counters.upvotes = Some(16);
        papers[2].counters.upvotes = Some(10);
        desk.record(&papers).await;
        let (ada, ben) = (desk.person("ada"), desk.person("ben"));
        for person in [&ada, &ben] {
            assert!(person.asks("submit 2608.00001").await.text().contains("vote"));
        }
        desk.db.tamper("INSERT INTO vote (destination_id, paper_id, voter, value, voted_at)
            SELECT v.destination_id, p.id, 'cleo', -1, v.voted_at FROM vote v, paper p
            WHERE p.title = 'Disliked' AND v.voter = 'ada'").await;
        let here = ada.asks("trending").await.text();
        assert_eq!(titles(&here, &known), ["Loved", "Climbing"], "{here}");
        assert!(here.contains("*+2 votes here*") && here.contains("a vote in this channel ten"), "{here}");
        for said in [ada.asks("trending scope:world").await, desk.person("eve").in_channel("other").asks("trending").await] {
            assert_eq!(titles(&said.text(), &known), ["Climbing", "Disliked"], "{}", said.text());
        }
        ada.asks("remove 2608.00001").await;
        assert_eq!(titles(&ada.asks("trending").await.text(), &known), ["Climbing"], "a removed paper has no votes");
    }

    async fn a_roundup_begins_with_what_the_channel_voted_for(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let daily = ada.asks("subscribe paper when:daily").await;
        ada.presses(&daily, "Subscribe").await;
        let known = ["One paper", "Two paper", "Three paper"];
        let listings: Vec<_> = known.iter().enumerate().map(|(n, title)| desk.listing(&format!("2608.0000{n}"), 0, titled(title))).collect();
        desk.db.store.record(HUB, &listings, day(1), desk.clock.now()).await.unwrap();
        let sandbox: Arc<dyn ChatPlatform> = Arc::new(Sandbox::new(Arc::new(Ledger::default())));
        let clock = desk.clock.clone() as Arc<dyn Clock>;
        let router = Router::new(desk.db.store.clone(), clock, [sandbox], Duration::from_hours(24), 300);
        step_until_idle(&router).await.unwrap();
        let ranked = async || {
            let plan = desk.db.store.roundup_plans().await.unwrap().remove(0);
            let card = preview_roundup(&desk.db.store, &plan, desk.clock.now()).await.unwrap().unwrap();
            titles(&card.plain_text(), &known)
        };
        assert_eq!(ranked().await, ["One paper", "Two paper", "Three paper"]);
        desk.db.tamper("INSERT INTO vote (destination_id, paper_id, voter, value, voted_at)
            SELECT x.id, p.id, 'cleo', CASE WHEN p.title = 'Three paper' THEN 1 ELSE -1 END, 0 FROM destination x, paper p
            WHERE p.title <> 'Two paper'").await;
        assert_eq!(ranked().await, ["Three paper", "Two paper", "One paper"]);
    }
}
