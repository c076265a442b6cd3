use std::time::Duration;

use paperwire::message::ALSO_MATCHED;
use paperwire::pipeline::step_until_idle;

use super::{World, per_day, roundups_of, spikes};
use crate::store::on_both;

const DAY: Duration = Duration::from_hours(24);

impl World {
    /// Papers `from` and on, as many as `count`, listed at once.
    async fn many(&self, from: usize, count: usize) {
        let ids: Vec<String> = (from..from + count).map(|n| format!("2608.{n:05}")).collect();
        let papers: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "Robots")).collect();
        self.list(&papers).await;
        self.work().await;
    }

    /// Four days with five papers each, all posted.
    async fn usual_days(&self) {
        for n in 0..4 {
            self.many(n * 5, 5).await;
            self.send().await;
            self.clock.advance(DAY);
        }
    }
}

on_both! {
    async fn a_day_with_far_more_than_usual_turns_into_a_roundup_and_says_so_once(db: Database) {
        let world = World::new(db);
        world.db.subscribe("robotics", "robot").await;
        world.limit(spikes()).await;
        world.usual_days().await;
        world.many(100, 19).await;
        assert_eq!(world.send().await.len(), 19, "fewer than twenty are no spike");
        world.many(200, 3).await;
        let sent = world.send().await;
        let told = roundups_of(&sent);
        assert_eq!((sent.len(), told.len()), (1, 1), "only the news");
        assert_eq!(told[0].plain_text(), "Far more papers than usual: 22 so far today\nAbout 5 a day are usual here. \
            What comes today from now on waits for the roundup of Sun, 9 Aug 2026, 09:00 (UTC).");
        world.many(300, 30).await;
        assert!(world.send().await.is_empty(), "it is said once");
        world.clock.advance(Duration::from_hours(21));
        step_until_idle(&world.roundups()).await.unwrap();
        let sent = world.send().await;
        let roundups = roundups_of(&sent);
        assert_eq!(roundups[0].heading, "Roundup of Sun, 9 Aug 2026: 33 papers");
        assert_eq!(roundups[0].sections[0].label, ALSO_MATCHED);
        world.many(400, 2).await;
        assert_eq!(world.send().await.len(), 2, "the next day is as ever");
    }

    async fn of_two_processes_one_tells_of_a_spike(db: Database) {
        let world = World::new(db);
        world.db.subscribe("robotics", "robot").await;
        world.limit(spikes()).await;
        world.usual_days().await;
        let ids: Vec<String> = (0..40).map(|n| format!("2608.1{n:04}")).collect();
        let papers: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "Robots")).collect();
        world.list(&papers).await;
        step_until_idle(&world.router()).await.unwrap();
        let (one, other) = (world.keeper(), world.keeper());
        let (first, second) = tokio::join!(step_until_idle(&one), step_until_idle(&other));
        first.unwrap();
        second.unwrap();
        assert_eq!(world.send().await.len(), 1);
        assert_eq!(world.db.column("SELECT COUNT(*) FROM kept_paper WHERE cause = 'spike'").await, 40);
    }

    async fn a_new_channel_knows_no_spike_and_a_channel_that_did_not_ask_for_it_neither(db: Database) {
        let world = World::new(db);
        world.db.subscribe("robotics", "robot").await;
        world.limit(spikes()).await;
        world.many(0, 60).await;
        assert_eq!(world.send().await.len(), 60);
        world.limit(per_day(50)).await;
        world.clock.advance(DAY);
        world.many(100, 60).await;
        assert_eq!(world.send().await.len(), 50, "one day does not tell what is usual");
    }
}
