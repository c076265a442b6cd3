use jiff::Timestamp;
use paperwire::domain::{ChannelId, DeliveryState, MailAddress, MailRhythm, MailWish, Platform, RoundupKind};
use paperwire::store::{BOUNCES_MAX, Confirmed, Store, SubscriberState};

use super::{at, on_both};

fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

fn wish(query: Option<&str>) -> MailWish {
    MailWish { rhythm: MailRhythm::Daily, query: query.map(str::to_owned), zone: "UTC".to_owned() }
}

/// Somebody who asked and confirmed.
async fn subscriber(store: &Store, to: &str, query: Option<&str>, now: Timestamp) -> ChannelId {
    let hash = format!("{to} {now}");
    let asked = store.request_mail(&address(to), &wish(query), &hash, at(9_000), now).await.unwrap();
    let confirmed = store.confirm_mail(&hash, now).await.unwrap();
    assert!(matches!(confirmed, Confirmed::Now(_)), "{confirmed:?}");
    asked.channel
}

on_both! {
    async fn letters_that_are_refused_for_good_end_by_themselves_and_a_new_confirmation_begins_anew(db: Database) {
        let ada = subscriber(&db.store, "ada@example.org", None, at(0)).await;
        for n in 1..BOUNCES_MAX {
            assert_eq!(db.store.mail_bounced(&ada, at(1)).await.unwrap(), n);
            assert_eq!(db.store.mail_address(&ada).await.unwrap(), Some(address("ada@example.org")));
        }
        db.store.mail_taken(&ada).await.unwrap();
        assert_eq!(db.store.mail_bounced(&ada, at(1)).await.unwrap(), 1, "they count in a row");
        for n in 2..=BOUNCES_MAX {
            assert_eq!(db.store.mail_bounced(&ada, at(1)).await.unwrap(), n);
        }
        assert_eq!(db.store.mail_address(&ada).await.unwrap(), None);
        assert_eq!(db.store.mail_subscriber(&ada).await.unwrap().unwrap().state, SubscriberState::Bounced);
        assert_eq!(db.store.mail_bounced(&ada, at(1)).await.unwrap(), 0, "nobody is there to count for");
        assert_eq!(subscriber(&db.store, "ADA@example.org", None, at(2)).await, ada);
        assert_eq!(db.store.mail_subscriber(&ada).await.unwrap().unwrap().bounces, 0);
        assert!(db.store.mail_address(&ada).await.unwrap().is_some());
    }

    async fn what_waits_for_somebody_who_leaves_is_not_sent(db: Database) {
        let ada = subscriber(&db.store, "ada@example.org", Some("robot"), at(0)).await;
        let subscription = db.store.subscriptions_in(Platform::Email, &ada).await.unwrap().remove(0);
        for paper in db.papers(&["2608.00001", "2608.00002"]).await {
            db.route(&paper, &[&subscription], at(1)).await;
        }
        db.store.end_mail(&ada, at(2)).await.unwrap();
        assert_eq!(db.states().await, [DeliveryState::Skipped, DeliveryState::Skipped]);
        assert!(db.claim("a", at(3)).await.is_empty());
        assert!(db.store.subscriptions().await.unwrap().is_empty());
        db.store.end_mail(&ada, at(4)).await.unwrap();
    }

    async fn a_subscriber_who_only_follows_what_trends_has_settings_and_no_subscription(db: Database) {
        let ada = subscriber(&db.store, "ada@example.org", None, at(0)).await;
        assert!(db.store.subscriptions().await.unwrap().is_empty());
        let plans = db.store.roundup_plans().await.unwrap();
        let [plan] = plans.as_slice() else { panic!("one roundup, of what is trending: {plans:?}") };
        assert_eq!((&plan.destination.channel, plan.kind), (&ada, RoundupKind::Trending));
        let settings = &plan.settings;
        assert_eq!((settings.zone.as_deref(), settings.every.unwrap().name()), (Some("UTC"), "daily"));
        subscriber(&db.store, "ada@example.org", Some("robot"), at(9)).await;
        let kinds: Vec<_> =
            db.store.roundup_plans().await.unwrap().into_iter().map(|plan| plan.kind).collect();
        assert_eq!(kinds, [RoundupKind::Matches], "another wish takes its place");
    }

    async fn every_process_has_the_same_key(db: Database) {
        let other = Store::open(&db.url).await.unwrap();
        let (one, two) = tokio::join!(db.store.mail_key(), other.mail_key());
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.pseudonym("a", "b"), two.pseudonym("a", "b"));
        assert_eq!(one.pseudonym("a", "b"), db.store.mail_key().await.unwrap().pseudonym("a", "b"));
    }

    async fn of_two_presses_at_once_one_confirms(db: Database) {
        let (to, hash) = (address("ada@example.org"), "h");
        db.store.request_mail(&to, &wish(Some("robot")), hash, at(9_000), at(0)).await.unwrap();
        let other = Store::open(&db.url).await.unwrap();
        let (one, two) = tokio::join!(db.store.confirm_mail(hash, at(1)), other.confirm_mail(hash, at(1)));
        let now = [one.unwrap(), two.unwrap()].iter().filter(|done| matches!(done, Confirmed::Now(_))).count();
        assert_eq!((now, db.store.subscriptions().await.unwrap().len()), (1, 1));
    }
}
