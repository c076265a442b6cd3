//! Filling in the form: what is taken, what comes back, and how often.

use std::time::Duration;

use paperwire::store::SubscriberState;

use super::{Site, wish};
use crate::store::on_both;

on_both! {
    async fn a_wish_is_granted_when_the_letters_button_is_pressed_and_not_before(db: Database) {
        let site = Site::open(db).await;
        let taken = site.post("/subscribe", &[
            ("address", " Ada@Example.org "), ("every", "weekly"), ("query", "robot -survey"), ("zone", "Asia/Tokyo"),
        ]).await;
        assert_eq!((taken.status, taken.header("location")), (303, "/subscribe/check-your-inbox"));
        site.get("/subscribe/check-your-inbox").await.says("48 hours");
        let letter = site.letter();
        assert_eq!(letter.to.whole(), "Ada@example.org");
        assert_eq!(letter.list_unsubscribe, None);
        assert!(letter.text.contains("papers that match “robot -survey”, on Mondays (time zone Asia/Tokyo)"));
        assert_eq!(site.known("ada@example.org").await.unwrap().state, SubscriberState::Pending);
        site.get(&site.link()).await.says("Do you want these letters?").says("A…@example.org");
        assert!(site.db.store.subscriptions().await.unwrap().is_empty());

        site.post(&site.link(), &[]).await.says("You are subscribed");
        let known = site.known("ada@example.org").await.unwrap();
        assert_eq!((known.state, wish(&known).query.as_deref()), (SubscriberState::Active, Some("robot -survey")));
        let subscription = site.db.store.subscriptions().await.unwrap().remove(0);
        assert_eq!((subscription.cadence.name(), &subscription.destination.channel), ("weekly", &known.channel));
        let settings = site.db.store.roundup_settings(subscription.destination.id).await.unwrap();
        assert_eq!((settings.zone.as_deref(), settings.every.unwrap().name()), (Some("Asia/Tokyo"), "weekly"));
        site.post(&site.link(), &[]).await.says("nothing more to do");
        assert_eq!(site.sent(), 1);
    }

    async fn a_known_address_gets_the_same_answers_as_a_new_one(db: Database) {
        let site = Site::open(db).await;
        let ada = site.subscriber("ada@example.org").await;
        let ben = site.subscriber("ben@example.org").await;
        site.sign_up.end(&ben.channel).await.unwrap();
        let mut answers = Vec::new();
        for address in ["ada@example.org", "ADA@EXAMPLE.ORG", "ben@example.org", "new@example.org"] {
            let seen = site.post_from("/subscribe", &[("address", address)], "").await;
            site.clock.advance(Duration::from_hours(1));
            answers.push((seen.status, seen.header("location").to_owned(), seen.body));
        }
        answers.dedup();
        assert_eq!(answers, [(303, "/subscribe/check-your-inbox".to_owned(), String::new())]);
        assert_eq!(site.known("ada@example.org").await.unwrap().wish, ada.wish, "nothing changed");
    }

    async fn what_cannot_be_used_comes_back_as_it_was_with_the_words_for_it(db: Database) {
        let site = Site::open(db).await;
        let query = "\"flow matching";
        let back = site.post("/subscribe", &[
            ("address", "ada@"), ("every", "weekly"), ("query", query), ("zone", "Mars/Olympus"),
        ]).await;
        assert_eq!(back.status, 422);
        back.says("write it as name@example.org").says("choose one from the list").says("value=\"weekly\" checked");
        let error = paperwire::domain::Query::for_subscription(query).unwrap_err();
        back.says(&error.message.replace('"', "&#34;").replace('\'', "&#39;")).says("value=\"&#34;flow matching\"").says("<pre>");
        let dated = site.post("/subscribe", &[("address", "ada@example.org"), ("query", "robot after:2026-01-01")]).await;
        assert_eq!(dated.status, 422);
        let long = "x".repeat(20_000);
        assert_eq!(site.post("/subscribe", &[("address", &long)]).await.status, 413);
        assert_eq!((site.sent(), site.db.store.mail_subscribers().await.unwrap().len()), (0, 0));
    }

    async fn one_address_and_one_network_have_five_letters_an_hour(db: Database) {
        let site = Site::with(db, true, &["127.0.0.0/8"]).await;
        let from = async |address: &str, network: &str| {
            site.post_from("/subscribe", &[("address", address)], network).await
        };
        for n in 1..=5 {
            assert_eq!(from("ada@example.org", &format!("192.0.2.{n}")).await.status, 303);
        }
        let refused = from("Ada@Example.org", "192.0.2.6").await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, "720"));
        refused.says("in 12 minutes");
        for n in 1..=5 {
            assert_eq!(from(&format!("a{n}@example.org"), &format!("2001:db8:1:2::{n}")).await.status, 303);
        }
        assert_eq!(from("a6@example.org", "2001:db8:1:2:ffff::1").await.status, 429);
        assert_eq!(from("a6@example.org", "2001:db8:1:3::1").await.status, 303);
        site.clock.advance(Duration::from_mins(12));
        assert_eq!(from("ada@example.org", "192.0.2.6").await.status, 303);
        assert_eq!(site.sent(), 12);
        assert_eq!(site.db.column("SELECT COUNT(*) FROM allowance WHERE scope LIKE '%192.%' OR scope LIKE '%@%'").await, 0);
    }

    async fn a_letter_that_cannot_be_sent_is_told_without_the_reason(db: Database) {
        let site = Site::open(db).await;
        *site.letters.refuses.lock().unwrap() = true;
        let seen = site.signs_up("ada@example.org").await;
        assert_eq!(seen.status, 503);
        assert!(seen.body.contains("try again") && !seen.body.contains("server"), "{}", seen.body);
        *site.letters.refuses.lock().unwrap() = false;
        assert_eq!(site.signs_up("ada@example.org").await.status, 303);
    }
}

#[tokio::test]
async fn where_subscribing_is_switched_off_nobody_new_is_taken_and_everybody_can_leave() {
    let site = Site::with(crate::store::Database::sqlite().await, false, &[]).await;
    assert_eq!(site.get("/subscribe").await.status, 404);
    assert_eq!(site.signs_up("ada@example.org").await.status, 404);
    assert_eq!(site.get("/unsubscribe?token=x").await.status, 404);
    site.get("/").await.says("switched off here");
}
