//! The links of letters: each does one thing, for one person, in its time.

use std::time::Duration;

use paperwire::domain::MailPurpose::{Manage, Unsubscribe};
use paperwire::store::SubscriberState;
use reqwest::header::CONTENT_TYPE;

use super::{FORM, Site, client, seen, wish};
use crate::store::on_both;

const DEAD: &str = "This link does not work";

on_both! {
    async fn a_mail_programs_one_click_ends_the_letters_at_once_and_again(db: Database) {
        let site = Site::open(db).await;
        let ada = site.subscriber("ada@example.org").await;
        let page = site.page(Unsubscribe, &ada);
        site.get(&page).await.says("Unsubscribe?");
        assert_eq!(site.known("ada@example.org").await.unwrap().state, SubscriberState::Active, "looking is harmless");
        for _ in 0..2 {
            let click = client().post(&page).header(CONTENT_TYPE, FORM).body("List-Unsubscribe=One-Click");
            let answer = seen(click).await;
            assert_eq!(answer.status, 200, "no redirect and no question");
            answer.says("You are unsubscribed");
            let known = site.known("ada@example.org").await.unwrap();
            assert_eq!(known.state, SubscriberState::Unsubscribed);
            assert_eq!(site.db.store.mail_address(&known.channel).await.unwrap(), None);
        }
        let paused = site.db.store.destinations().await.unwrap().remove(0).pause.unwrap();
        assert!(paused.reason.contains("no more letters"));
        // Asked for anew, and confirmed, they come again.
        let again = site.subscriber("ada@example.org").await;
        assert_eq!((again.state, &again.channel), (SubscriberState::Active, &ada.channel));
        assert_eq!(site.db.store.destinations().await.unwrap().remove(0).pause, None);
        site.post(&page, &[("do", "erase")]).await.says("are gone");
        assert!(site.known("ada@example.org").await.is_none());
    }

    async fn a_subscriber_changes_what_comes_ends_it_and_is_forgotten(db: Database) {
        let site = Site::open(db).await;
        let ada = site.subscriber("ada@example.org").await;
        let page = site.page(Manage, &ada);
        site.get(&page).await.says("To a…@example.org: trending papers, each day (time zone Europe/Berlin).");
        let change = [("do", "change"), ("every", "weekly"), ("query", "robot"), ("zone", "UTC")];
        site.post(&page, &change).await.says("Saved.").says("papers that match “robot”, on Mondays");
        assert_eq!(site.db.store.subscriptions().await.unwrap().len(), 1);
        let unreadable = [("do", "change"), ("query", "robot ("), ("zone", "UTC")];
        let refused = site.post(&page, &unreadable).await;
        assert_eq!(refused.status, 422);
        refused.says("This query cannot be read").says("value=\"robot (\"");
        let back = [("do", "change"), ("query", ""), ("zone", "UTC")];
        site.post(&page, &back).await.says("trending papers, each day (time zone UTC)");
        assert!(site.db.store.subscriptions().await.unwrap().is_empty(), "one subscriber has one wish");
        assert_eq!(site.post(&page, &[("do", "")]).await.status, 400);
        site.post(&page, &[("do", "end")]).await.says("no letters, as you wished");
        let changed = site.post(&page, &change).await;
        assert!(!changed.body.contains("Saved."), "who has ended it is asked by letter first");

        site.post(&page, &[("do", "erase")]).await.says("are gone");
        assert_eq!(site.known("ada@example.org").await.map(|known| known.channel), None);
        site.get(&page).await.says(DEAD);
        site.post(&site.page(Unsubscribe, &ada), &[]).await.says("You are unsubscribed");
        for table in ["SELECT COUNT(*) FROM mail_subscriber", "SELECT COUNT(*) FROM mail_request",
            "SELECT COUNT(*) FROM roundup_setting", "SELECT COUNT(*) FROM subscription"] {
            assert_eq!(site.db.column(table).await, 0, "{table}");
        }
        let new = site.subscriber("ada@example.org").await;
        assert_ne!(new.channel, ada.channel, "old letters' links mean nobody");
    }

    async fn a_token_does_what_it_is_for_and_nothing_else(db: Database) {
        let site = Site::open(db).await;
        let ada = site.subscriber("ada@example.org").await;
        let confirm = site.link();
        let ben = site.subscriber("ben@example.org").await;
        let tokens = [confirm, site.page(Unsubscribe, &ada), site.page(Manage, &ada)]
            .map(|page| page.split_once("token=").unwrap().1.to_owned());
        for (own, name) in ["confirm", "unsubscribe", "manage"].iter().enumerate() {
            let others = tokens.iter().enumerate().filter(|(other, _)| *other != own).map(|(_, token)| token.clone());
            let mut hostile: Vec<String> = others.collect();
            let good = &tokens[own];
            hostile.extend([String::new(), good[1..].to_owned(), format!("{good}1"), good.to_uppercase(),
                "'; DROP TABLE mail_subscriber; --".to_owned(), "%00".to_owned(), "é".repeat(60), "a".repeat(5_000)]);
            for token in hostile {
                let page = format!("/{name}?token={token}");
                let answer = site.post(&page, &[("do", "erase")]).await;
                assert_eq!(answer.status, 404, "{page}");
                answer.says(DEAD);
                site.get(&page).await.says(DEAD);
            }
        }
        for subscriber in [&ada, &ben] {
            let known = site.db.store.mail_subscriber(&subscriber.channel).await.unwrap().unwrap();
            assert_eq!((known.state, wish(&known)), (SubscriberState::Active, wish(subscriber)));
        }
    }

    async fn what_is_not_confirmed_in_two_days_is_forgotten_with_its_address(db: Database) {
        let site = Site::open(db).await;
        site.signs_up("ada@example.org").await;
        let link = site.link();
        site.clock.advance(Duration::from_hours(48));
        site.get(&link).await.says(DEAD).says("older than 48 hours");
        site.post(&link, &[]).await.says(DEAD);
        site.signs_up("ben@example.org").await;
        let known = site.db.store.mail_subscribers().await.unwrap();
        assert_eq!(known.iter().map(|one| one.address.whole()).collect::<Vec<_>>(), ["ben@example.org"]);
        site.clock.advance(Duration::from_secs(48 * 3_600 - 1));
        site.post(&site.link(), &[]).await.says("You are subscribed");
    }

    async fn a_link_to_change_things_wears_out_and_one_to_end_them_does_not(db: Database) {
        let site = Site::open(db).await;
        let ada = site.subscriber("ada@example.org").await;
        let (manage, unsubscribe) = (site.page(Manage, &ada), site.page(Unsubscribe, &ada));
        site.clock.advance(Duration::from_hours(61 * 24));
        site.get(&manage).await.says(DEAD).says("subscribe again");
        site.clock.advance(Duration::from_hours(10_000 * 24));
        site.post(&unsubscribe, &[]).await.says("You are unsubscribed");
    }

    async fn a_letter_from_before_somebody_left_does_not_bring_them_back(db: Database) {
        let site = Site::open(db).await;
        let ada = site.subscriber("ada@example.org").await;
        site.signs_up("ada@example.org").await;
        let link = site.link();
        let letter = site.letter().text;
        assert!(letter.contains("takes the place of what you get now") && letter.contains("/manage?token="), "{letter}");
        site.sign_up.end(&ada.channel).await.unwrap();
        site.post(&link, &[]).await.says(DEAD);
        assert_eq!(site.known("ada@example.org").await.unwrap().state, SubscriberState::Unsubscribed);
    }
}
