//! Roundups and sources that are late, and what is said of a day without papers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use paperwire::domain::{Platform, QuietDay, RoundupSettings, SourceName, UserId};
use paperwire::message::{LateSource, RoundupCard};
use paperwire::pipeline::{Resting, Roundups, SourceClock, SourceDay, Stage as _, Step, StoredSources};
use paperwire::store::SourceState;

use super::making::{World, titles};
use crate::store::{HUB, on_both};

/// Sources as a test wants them.
#[derive(Default)]
struct Told(Mutex<SourceDay>);

#[async_trait]
impl SourceClock for Told {
    async fn at(&self, _: Timestamp) -> anyhow::Result<SourceDay> {
        Ok(self.0.lock().unwrap().clone())
    }
}

impl Told {
    fn late(&self, names: &[&str]) {
        let late = |name: &&str| LateSource { name: (*name).to_owned(), fails: false };
        self.0.lock().unwrap().late = names.iter().map(late).collect();
    }

    fn rest(&self, rest: Option<Resting>) {
        self.0.lock().unwrap().rest = rest;
    }
}

fn stage(world: &World, told: &Arc<Told>) -> Roundups {
    world.stage().waiting_for(Arc::clone(told) as Arc<dyn SourceClock>, Duration::from_hours(2))
}

/// Steps until nothing more is to be done before this time.
async fn step(stage: &Roundups) -> Timestamp {
    match stage.step().await.unwrap() {
        Step::Idle { until: Some(until) } => until,
        other => panic!("the stage waits for a time, but: {other:?}"),
    }
}

async fn say_quiet_days(world: &World) {
    let settings = RoundupSettings { quiet: Some(QuietDay::Say), ..RoundupSettings::default() };
    let channel = world.db.store.roundup_plans().await.unwrap().remove(0).destination.channel;
    let by = UserId("ada".to_owned());
    let store = &world.db.store;
    store.put_roundup_settings(Platform::Sandbox, &channel, None, &settings, &by, world.now()).await.unwrap();
}

fn headings(made: &[RoundupCard]) -> Vec<&str> {
    made.iter().map(|card| card.heading.as_str()).collect()
}

on_both! {
    async fn a_roundup_waits_for_a_source_that_is_late_and_has_its_papers(db: Database) {
        let world = World::new(db);
        let robots = world.daily("robot").await;
        world.matched(&["2608.00001"], &[&robots]).await;
        let told = Arc::new(Told::default());
        told.late(&["arxiv"]);
        let stage = stage(&world, &told);
        world.clock.advance(Duration::from_hours(1));
        let again = step(&stage).await;
        assert_eq!(again, world.now() + Duration::from_mins(2));
        assert!(world.roundups().await.is_empty());
        world.clock.advance(Duration::from_mins(40));
        step(&stage).await;
        assert!(world.roundups().await.is_empty());
        world.matched(&["2608.00002"], &[&robots]).await;
        told.late(&[]);
        world.clock.advance(Duration::from_mins(2));
        step(&stage).await;
        let made = world.roundups().await;
        assert_eq!(titles(&made[0]), ["Paper 2608.00001", "Paper 2608.00002"]);
        assert_eq!(made[0].note, "");
    }

    async fn after_two_hours_it_goes_without_the_source_and_says_so(db: Database) {
        let world = World::new(db);
        let robots = world.daily("robot").await;
        world.matched(&["2608.00001"], &[&robots]).await;
        let told = Arc::new(Told::default());
        told.late(&["arxiv", "huggingface"]);
        let stage = stage(&world, &told);
        world.clock.advance(Duration::from_mins(60 + 119));
        let again = step(&stage).await;
        assert_eq!(again, world.now() + Duration::from_mins(1), "two hours after nine");
        assert!(world.roundups().await.is_empty());
        world.clock.advance(Duration::from_mins(1));
        step(&stage).await;
        let made = world.roundups().await;
        assert_eq!(headings(&made), ["Roundup of Tue, 4 Aug 2026: 1 paper"]);
        assert_eq!(
            made[0].note,
            "Without arXiv (late) and Hugging Face (late): their papers come with the next roundup"
        );
    }

    async fn what_is_trending_waits_for_no_source(db: Database) {
        let world = World::new(db);
        let robots = world.daily("robot").await;
        world.db.tamper("UPDATE subscription SET cadence = 'instant'").await;
        let by = UserId("ada".to_owned());
        let every = paperwire::domain::Every::Daily;
        world.db.store.set_trending_schedule(robots.destination.id, every, &by, world.now()).await.unwrap();
        world.db.papers(&["2608.00001"]).await;
        let at = |hours: u64| (world.now() - Duration::from_hours(hours)).as_microsecond();
        for (at, votes) in [(at(9), 1), (at(1), 4)] {
            let sql = format!(
                "INSERT INTO counter_snapshot (paper_id, taken_at, upvotes) SELECT id, {at}, {votes} FROM paper"
            );
            world.db.tamper(sql.leak()).await;
        }
        let told = Arc::new(Told::default());
        told.late(&["arxiv"]);
        let stage = stage(&world, &told);
        world.clock.advance(Duration::from_hours(1));
        step(&stage).await;
        assert_eq!(headings(&world.roundups().await), ["Trending on Tue, 4 Aug 2026: 1 paper"]);
    }

    async fn a_day_without_papers_is_silent_or_says_why_in_one_line(db: Database) {
        let world = World::new(db);
        world.daily("robot").await;
        world.db.papers(&["2608.00001"]).await;
        let told = Arc::new(Told::default());
        let stage = stage(&world, &told);
        world.clock.advance(Duration::from_hours(1));
        let after_a_day = async || {
            world.clock.advance(Duration::from_hours(24));
            step(&stage).await;
            world.roundups().await
        };
        assert!(after_a_day().await.is_empty(), "silent where nobody chose");
        say_quiet_days(&world).await;
        assert_eq!(headings(&after_a_day().await), ["Roundup of Thu, 6 Aug 2026: no papers, nothing new matched"]);
        told.rest(Some(Resting::Holiday("Labor Day")));
        assert_eq!(headings(&after_a_day().await), ["Roundup of Fri, 7 Aug 2026: no papers, the sources rest: Labor Day"]);
        told.rest(Some(Resting::Weekend));
        assert_eq!(
            headings(&after_a_day().await),
            ["Roundup of Sat, 8 Aug 2026: no papers, the sources list nothing at weekends"]
        );
        told.late(&["arxiv"]);
        world.clock.advance(Duration::from_hours(3));
        assert_eq!(
            headings(&after_a_day().await),
            ["Roundup of Sun, 9 Aug 2026: no papers, still without arXiv (late)"]
        );
        world.db.tamper("UPDATE subscription SET cadence = 'instant'").await;
        told.late(&[]);
        assert!(after_a_day().await.is_empty(), "where nothing is collected no day is quiet");
    }

    async fn the_store_tells_which_sources_are_late_by_their_own_clocks(db: Database) {
        let sources = StoredSources::new(db.store.clone(), vec![HUB, SourceName("arxiv")]);
        let nine = |day: &str| format!("2026-08-{day}T09:00:00Z").parse::<Timestamp>().unwrap();
        let at = async |day: &str| sources.at(nine(day)).await.unwrap();
        assert_eq!(at("04").await, SourceDay::default(), "of a source that was never read nothing is late");
        let state = SourceState {
            baseline: "2026-08-01".parse().unwrap(),
            polled_at: Some(nine("03")),
            failure: None,
            failures: 0,
        };
        db.store.put_source_state(HUB, &state).await.unwrap();
        let failing = SourceState { failure: Some("no answer".to_owned()), failures: 2, ..state };
        db.store.put_source_state(SourceName("arxiv"), &failing).await.unwrap();
        db.papers(&["2608.00001"]).await;
        let late = |name: &str, fails| LateSource { name: name.to_owned(), fails };
        assert_eq!(at("04").await.late, [late("huggingface", false), late("arxiv", true)]);
        assert_eq!(at("03").await.late, [late("arxiv", true)], "the list of Monday is there");
        assert_eq!(at("08").await, SourceDay { late: Vec::new(), rest: Some(Resting::Weekend) });
        let early = sources.at("2026-08-04T00:10:00Z".parse().unwrap()).await.unwrap();
        assert_eq!(early.late, [late("arxiv", true)], "Hugging Face’s list is not due yet");
    }
}
