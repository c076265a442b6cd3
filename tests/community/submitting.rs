//! Papers that people put before a channel.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use paperwire::chat::sandbox::read;
use paperwire::domain::{ChannelId, DeliveryState, Platform, Tally, Verdict};
use paperwire::message::Message;

use crate::bot::Desk;
use crate::bot::submitting::{Shelf, submitting};
use crate::store::on_both;

fn channel() -> ChannelId {
    ChannelId::parse(Platform::Sandbox, "robotics").unwrap()
}

/// Posts all that waits, and gives what was sent.
async fn posted(desk: &Desk) -> Vec<Message> {
    let (store, now) = (&desk.db.store, paperwire::clock::Clock::now(&*desk.clock));
    let mut seen = Vec::new();
    loop {
        let claimed = desk.db.claim("a", now).await;
        if claimed.is_empty() {
            return seen;
        }
        for one in claimed {
            assert!(store.intent(&one, now).await.unwrap());
            seen.extend(read(&one.body));
            let verdict = Verdict::Sent { message_id: format!("{}", 100 + seen.len()) };
            store.finish(&one, &verdict, now).await.unwrap();
        }
    }
}

async fn tally(desk: &Desk, paper: &str) -> Tally {
    let paper = desk.db.store.paper(&paper.parse().unwrap()).await.unwrap().unwrap();
    desk.db.store.community(Platform::Sandbox, &channel(), paper.key).await.unwrap().tally
}

on_both! {
    async fn a_paper_that_nobody_knew_is_looked_up_and_posted_once_with_who_submitted_it(db: Database) {
        let shelf = Arc::new(Shelf::default());
        let mut desk = Desk::new(db);
        desk.bot = desk.bot.clone().submitting(submitting(shelf.clone()));
        let ada = desk.person("ada");
        let said = ada.asks("submit 2608.77771 note:Read *this* <!channel> @everyone").await.text();
        assert_eq!(said, "*Found paper 2608.77771* will be in this channel in a moment, with your name and your vote.");
        assert_eq!(shelf.asked.load(Ordering::Relaxed), 1);
        let [Message::Paper(card)] = &posted(&desk).await[..] else { panic!("one card") };
        let by = card.submitted_by_name().unwrap();
        assert_eq!(by, "Submitted by @ada: “Read *this* <!channel> @everyone”");
        assert_eq!(card.votes(paperwire::domain::Ballot::Up), "▲ 1");

        let ben = desk.person("ben");
        desk.clock.advance(Duration::from_hours(2));
        let known = ben.asks("submit https://arxiv.org/abs/2608.77771v2 I want it too").await.text();
        assert!(known.starts_with("*Found paper 2608.77771* is known here. It was posted here <robotics 101>"), "{known}");
        assert!(known.ends_with("Your vote for it counts: ▲ 2 · ▼ 0."), "{known}");
        assert_eq!(shelf.asked.load(Ordering::Relaxed), 1, "what is known is not looked up");
        assert!(posted(&desk).await.is_empty(), "it is not posted again");
        assert_eq!(tally(&desk, "2608.77771").await, Tally { up: 2, down: 0 });
        let again = ben.asks("submit 2608.77771").await.text();
        assert!(again.ends_with("▲ 2 · ▼ 0."), "{again}");
    }

    async fn a_submitted_paper_comes_into_no_other_channel_and_is_not_asked_of_subscriptions(db: Database) {
        let desk = Desk::new(db);
        desk.db.subscribe("elsewhere", "found").await;
        desk.person("ada").asks("submit 2608.77772").await;
        assert!(desk.db.store.unrouted(9).await.unwrap().is_empty());
        assert_eq!(desk.db.states().await, [DeliveryState::Pending]);
    }

    async fn what_cannot_be_found_is_told_with_what_to_do(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let mut told = Vec::new();
        for id in ["2608.10404", "10.1038/s41586-026-1", "2608.10503"] {
            told.push(ada.asks(&format!("submit {id}")).await.text());
        }
        insta::allow_duplicates! { insta::assert_snapshot!(told.join("\n"), @"
        Neither arXiv nor Hugging Face knows 2608.10404. Look at the id once more: `/papers submit 2608.01234` takes an arXiv id or a paper’s address.
        10.1038/s41586-026-1 is not known here, and only papers of arXiv can be looked up. If it is on arXiv too, submit its id there: `/papers submit 2608.01234`.
        arXiv and Hugging Face do not answer at the moment. Please submit the paper again in a few minutes.
        "); }
        assert!(desk.db.states().await.is_empty());
    }

    async fn only_who_may_write_submits_and_a_channel_can_keep_it_to_those_who_manage_it(db: Database) {
        let desk = Desk::new(db);
        let mut mute = desk.person("mute").without_rights();
        mute.asker.may_post = false;
        let said = mute.asks("submit 2608.77773").await.text();
        assert!(said.starts_with("You may not write in this channel"), "{said}");
        let (ada, ben) = (desk.person("ada"), desk.person("ben").without_rights());
        assert!(ben.asks("community").await.text().starts_with("At present everybody"));
        assert!(ben.asks("community submit:managers").await.text().starts_with("You may not change"));
        assert!(ada.asks("community submit:managers").await.text().starts_with("From now on only those who may manage"));
        assert!(ben.asks("submit 2608.77773").await.text().starts_with("You may not change"));
        assert!(ben.in_channel("other").asks("submit 2608.77773").await.text().contains("in a moment"));
        assert!(ada.asks("submit 2608.77773").await.text().contains("in a moment"));
    }

    async fn nobody_floods_a_channel(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        for n in 0..5 {
            let said = ada.asks(&format!("submit 2608.7777{n}")).await.text();
            assert!(said.contains("in a moment"), "{said}");
        }
        let said = ada.asks("submit 2608.77775").await.text();
        assert_eq!(said, "You have submitted many papers lately. Please submit the next one in 12 minutes.");
        assert!(ada.asks("submit 2608.77774").await.text().contains("is known here"), "a vote is always free");
        assert!(desk.person("ben").asks("submit 2608.77775").await.text().contains("in a moment"));
        desk.clock.advance(Duration::from_mins(12));
        assert!(ada.asks("submit 2608.77776").await.text().contains("in a moment"));
    }

    async fn two_who_submit_a_paper_at_once_bring_it_once_and_both_vote(db: Database) {
        let desk = Desk::new(db);
        desk.list(3, &[("2608.00001", "Robots at work")]).await;
        let (ada, ben) = (desk.person("ada"), desk.person("ben"));
        let (one, two) = tokio::join!(ada.asks("submit 2608.00001"), ben.asks("submit 2608.00001"));
        let told = [one.text(), two.text()];
        assert_eq!(told.iter().filter(|said| said.contains("in a moment")).count(), 1, "{told:?}");
        assert_eq!(desk.db.states().await, [DeliveryState::Pending]);
        assert_eq!(tally(&desk, "2608.00001").await, Tally { up: 2, down: 0 });
    }

    async fn a_paper_that_was_left_out_before_comes_after_all_when_somebody_submits_it(db: Database) {
        let desk = Desk::new(db);
        let subscription = desk.db.queue(&["2608.00001"]).await;
        desk.db.store.unsubscribe(subscription.id).await.unwrap();
        assert_eq!(desk.db.states().await, [DeliveryState::Skipped]);
        assert!(desk.person("ada").asks("submit 2608.00001").await.text().contains("in a moment"));
        assert_eq!(posted(&desk).await.len(), 1);
        assert_eq!(desk.db.states().await, [DeliveryState::Sent]);
    }
}
