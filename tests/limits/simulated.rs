//! Two weeks with two processes: whatever they do and wherever they stop, no local day has more posts than its limit,
//! nothing is posted in quiet hours, and every paper is in one place.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use paperwire::domain::{DeliveryState, LimitsChange, Verdict, schedule};
use paperwire::pipeline::Stage as _;

use super::{World, per_day, quiet, titled};
use crate::store::{Database, HUB, day, on_both};

const MOST: u16 = 3;
const DAYS: usize = 14;

struct Weeks {
    world: World,
    zone: TimeZone,
    random: fastrand::Rng,
    listed: usize,
    posts: BTreeMap<Date, u64>,
}

impl Weeks {
    fn local(&self) -> jiff::Zoned {
        self.world.now().to_zoned(self.zone.clone())
    }

    async fn hour(&mut self) {
        let world = &self.world;
        if self.random.u8(..4) == 0 {
            let papers = self.random.usize(1..8);
            let listings: Vec<_> = (self.listed..self.listed + papers)
                .map(|n| titled(&format!("2608.{n:05}"), if n % 3 == 0 { "Robots" } else { "Walking" }))
                .collect();
            world.db.store.record(HUB, &listings, day(1), world.now()).await.unwrap();
            self.listed += papers;
        }
        // Two processes at once; a new one each hour remembers nothing of the last.
        let (one, other) = (world.router(), world.router());
        let _ = tokio::join!(one.step(), other.step());
        let (one, other) = (world.keeper(), world.keeper());
        let (first, second) = tokio::join!(one.step(), other.step());
        first.unwrap();
        second.unwrap();
        let (one, other) = (world.roundups(), world.roundups());
        let (first, second) = tokio::join!(one.step(), other.step());
        first.unwrap();
        second.unwrap();
        // The platform is away for some hours.
        if self.random.u8(..3) > 0 {
            self.send().await;
        }
        self.world.clock.advance(Duration::from_mins(self.random.u64(30..150)));
    }

    async fn send(&mut self) {
        let now = self.world.now();
        let date = self.local().date();
        for _ in 0..self.random.usize(1..6) {
            for one in self.world.db.claim("a", now).await {
                assert!(self.world.db.store.intent(&one, now).await.unwrap());
                let verdict = Verdict::Sent { message_id: one.id.to_string() };
                assert!(self.world.db.store.finish(&one, &verdict, now).await.unwrap());
                let is_paper = one.body.contains("\"kind\":\"paper\"");
                *self.posts.entry(date).or_default() += u64::from(is_paper);
            }
        }
    }
}

on_both! {
    async fn weeks_with_two_processes_keep_the_limits_and_lose_nothing(db: Database) {
        let world = World::new(db);
        let zone = schedule::zone("Europe/Berlin").unwrap();
        // The clocks go back in its middle.
        world.clock.advance(Duration::from_hours(24 * 76));
        world.db.subscribe("robotics", "robot").await;
        world.zone("Europe/Berlin").await;
        world.limit(LimitsChange { quiet: quiet(22, 7).quiet, ..per_day(MOST) }).await;
        let mut weeks = Weeks { world, zone, random: fastrand::Rng::with_seed(7), listed: 0, posts: BTreeMap::new() };
        let end = weeks.local().date().saturating_add(jiff::Span::new().days(i64::try_from(DAYS).unwrap()));
        while weeks.local().date() < end {
            weeks.hour().await;
        }
        for created in weeks.world.db.deliveries().await {
            let at = created.created_at.to_zoned(weeks.zone.clone());
            let roundup = created.why.is_empty();
            assert!(roundup || (7..22).contains(&at.hour()), "{at} is quiet");
        }
        assert!(weeks.posts.values().all(|posts| *posts <= MOST.into()), "{:?}", weeks.posts);
        assert!(weeks.posts.len() > DAYS / 2 && weeks.listed > 100, "{} papers", weeks.listed);
        is_whole(&weeks.world.db, weeks.listed).await;
    }
}

/// Each paper is posted or on its way, or in one roundup, or waits.
async fn is_whole(db: &Database, listed: usize) {
    let own: Vec<String> = db
        .deliveries()
        .await
        .into_iter()
        .filter(|delivery| !delivery.why.is_empty())
        .inspect(|delivery| {
            assert!(!matches!(delivery.state, DeliveryState::Dead | DeliveryState::Ambiguous));
        })
        .map(|delivery| delivery.paper.to_string())
        .collect();
    let distinct: BTreeSet<&String> = own.iter().collect();
    assert_eq!(distinct.len(), own.len(), "no paper is posted twice");
    let in_roundups =
        "SELECT COUNT(*) FROM roundup_paper p JOIN roundup u ON u.destination_id = p.destination_id
        AND u.kind = p.kind AND u.local_date = p.local_date JOIN delivery d ON d.id = u.delivery_id WHERE d.state <> 'skipped'";
    let twice = "SELECT COUNT(*) FROM (SELECT p.paper_id FROM roundup_paper p JOIN roundup u
        ON u.destination_id = p.destination_id AND u.kind = p.kind AND u.local_date = p.local_date
        JOIN delivery d ON d.id = u.delivery_id WHERE d.state <> 'skipped'
        GROUP BY p.paper_id HAVING COUNT(*) > 1) repeated";
    assert_eq!(db.column(twice).await, 0, "no paper is in two roundups");
    let both = "SELECT COUNT(*) FROM roundup_paper p JOIN delivery d ON d.paper_id = p.paper_id
        WHERE d.kind = 'paper' AND d.state = 'sent'";
    assert_eq!(db.column(both).await, 0, "no paper is posted and in a roundup");
    let waiting = "SELECT COUNT(*) FROM kept_paper k WHERE NOT EXISTS (SELECT 1 FROM roundup_paper p
        JOIN roundup u ON u.destination_id = p.destination_id AND u.kind = p.kind AND u.local_date = p.local_date
        JOIN delivery d ON d.id = u.delivery_id WHERE p.paper_id = k.paper_id AND d.state <> 'skipped')";
    let unrouted = "SELECT COUNT(*) FROM paper WHERE routed_at IS NULL";
    let skipped = "SELECT COUNT(*) FROM delivery d WHERE d.kind = 'paper' AND d.state = 'skipped'
        AND EXISTS (SELECT 1 FROM roundup_paper p WHERE p.paper_id = d.paper_id)";
    let mut places = i64::try_from(own.len()).unwrap();
    for (sql, sign) in [(in_roundups, 1), (waiting, 1), (unrouted, 1), (skipped, -1)] {
        places += sign * db.column(sql).await;
    }
    assert_eq!(places, i64::try_from(listed).unwrap(), "each paper is in one place");
}
