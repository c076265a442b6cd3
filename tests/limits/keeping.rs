use std::time::Duration;

use paperwire::domain::{Bound, LimitsChange, RoundupKind};
use paperwire::message::ALSO_MATCHED;
use paperwire::pipeline::{Stage as _, Step, step_until_idle};

use super::{World, per_day, quiet, roundups_of};
use crate::store::on_both;

const HOUR: Duration = Duration::from_hours(1);

on_both! {
    async fn the_best_of_what_comes_together_is_posted_and_the_rest_comes_in_the_roundup(db: Database) {
        let world = World::new(db);
        world.db.subscribe("robotics", "robot").await;
        world.limit(per_day(2)).await;
        // In the title it matches more than in the abstract.
        world.list(&[("2608.00001", "Walking"), ("2608.00002", "Robots"), ("2608.00003", "Legs"), ("2608.00004", "A robot")]).await;
        world.work().await;
        assert_eq!(world.queued().await, ["2608.00002", "2608.00004"]);
        world.send().await;
        world.list(&[("2608.00005", "Robots again")]).await;
        world.work().await;
        assert_eq!(world.queued().await.len(), 2, "the day's posts are spent");
        let so_far = world.db.store.spent(world.channel().await, &jiff::tz::TimeZone::UTC, world.now()).await.unwrap();
        assert_eq!((so_far.posted, so_far.undecided, so_far.waiting), (2, 0, 3));
        // Wednesday, nine o'clock.
        world.clock.advance(HOUR * 21);
        step_until_idle(&world.roundups()).await.unwrap();
        let sent = world.send().await;
        let roundups = roundups_of(&sent);
        assert_eq!(roundups.len(), 1);
        assert_eq!(roundups[0].sections.len(), 1, "all under one heading");
        assert_eq!(roundups[0].sections[0].label, ALSO_MATCHED);
        let titles: Vec<_> = roundups[0].sections[0].lines.iter().map(|line| line.title.as_str()).collect();
        assert_eq!(titles, ["Robots again", "Walking", "Legs"]);
        world.list(&[("2608.00006", "Wednesday's robot")]).await;
        world.work().await;
        assert_eq!(world.queued().await.last().unwrap(), "2608.00006", "a new day has new posts");
        world.clock.advance(HOUR * 24);
        step_until_idle(&world.roundups()).await.unwrap();
        assert!(roundups_of(&world.send().await).is_empty(), "no paper comes twice");
    }

    async fn in_quiet_hours_papers_wait_until_they_end(db: Database) {
        let world = World::new(db);
        world.db.subscribe("robotics", "robot").await;
        world.zone("Europe/Berlin").await;
        world.limit(LimitsChange { quiet: quiet(22, 7).quiet, ..per_day(2) }).await;
        // 22:30 in Berlin.
        world.clock.advance(HOUR * 8 + HOUR / 2);
        world.list(&[("2608.00001", "Walking"), ("2608.00002", "Robots")]).await;
        world.work().await;
        world.list(&[("2608.00003", "A robot")]).await;
        world.work().await;
        assert!(world.queued().await.is_empty());
        let until = "2026-08-05T05:00:00Z".parse().unwrap();
        assert_eq!(world.keeper().step().await.unwrap(), Step::Idle { until: Some(until) });
        // A roundup over night does not bring what may still be posted.
        let collected = world.db.store.collected(world.channel().await, RoundupKind::Matches, jiff::Timestamp::UNIX_EPOCH, None).await.unwrap();
        assert!(collected.is_empty());
        world.pass(HOUR * 8 + HOUR / 2).await;
        assert_eq!(world.queued().await, ["2608.00002", "2608.00003"], "the best of the night");
        let sent = world.send().await;
        assert!(roundups_of(&sent).is_empty() && sent.len() == 2);
    }

    async fn a_limit_that_is_taken_away_lets_go_what_was_not_decided_on(db: Database) {
        let world = World::new(db);
        world.db.subscribe("robotics", "robot").await;
        world.limit(quiet(11, 13)).await;
        world.list(&[("2608.00001", "Robots")]).await;
        world.work().await;
        assert!(world.queued().await.is_empty());
        world.limit(LimitsChange { quiet: Some(Bound::Off), ..LimitsChange::default() }).await;
        world.work().await;
        assert_eq!(world.queued().await, ["2608.00001"]);
        world.list(&[("2608.00002", "Robots")]).await;
        step_until_idle(&world.router()).await.unwrap();
        assert_eq!(world.queued().await.len(), 2, "without limits the router posts by itself");
    }

    async fn what_nobody_asks_for_any_more_is_not_posted_when_the_quiet_hours_end(db: Database) {
        let world = World::new(db);
        let robots = world.db.subscribe("robotics", "robot").await;
        let walking = world.db.subscribe("robotics", "ti:walking").await;
        world.limit(quiet(11, 13)).await;
        world.list(&[("2608.00001", "Robots"), ("2608.00002", "Walking")]).await;
        world.work().await;
        world.db.store.unsubscribe(robots.id).await.unwrap();
        world.pass(HOUR).await;
        assert_eq!(world.queued().await, ["2608.00002"]);
        let deliveries = world.db.deliveries().await;
        assert_eq!(deliveries[0].why.len(), 1, "and the reason is the one that is left");
        assert_eq!(deliveries[0].why[0].query, walking.query.to_string());
        assert!(world.db.store.kept_channels().await.unwrap().is_empty());
    }

    async fn a_paper_waits_for_those_that_came_with_it_but_not_for_ever(db: Database) {
        let world = World::new(db);
        world.db.subscribe("robotics", "robot").await;
        world.limit(per_day(1)).await;
        world.list(&[("2608.00001", "Walking")]).await;
        step_until_idle(&world.router()).await.unwrap();
        world.list(&[("2608.00002", "Robots")]).await;
        let gathered = world.now() + Duration::from_mins(5);
        assert_eq!(world.keeper().step().await.unwrap(), Step::Idle { until: Some(gathered) });
        world.work().await;
        assert_eq!(world.queued().await, ["2608.00002"], "the better one of both");
        world.send().await;
        // A router that does not get on.
        world.clock.advance(HOUR * 24);
        world.list(&[("2608.00003", "Robots")]).await;
        step_until_idle(&world.router()).await.unwrap();
        world.list(&[("2608.00004", "Robots")]).await;
        world.clock.advance(Duration::from_mins(5));
        step_until_idle(&world.keeper()).await.unwrap();
        assert_eq!(world.queued().await, ["2608.00002", "2608.00003"]);
    }

    async fn a_post_that_is_on_its_way_counts_for_the_day_on_which_it_may_be_seen(db: Database) {
        let world = World::new(db);
        world.db.subscribe("robotics", "robot").await;
        world.limit(per_day(1)).await;
        world.list(&[("2608.00001", "Robots")]).await;
        world.work().await;
        // Nobody sends before the next morning.
        world.clock.advance(HOUR * 20);
        world.list(&[("2608.00002", "Robots")]).await;
        world.work().await;
        assert_eq!(world.queued().await, ["2608.00001"]);
        assert_eq!(world.send().await.len(), 1);
    }

    async fn other_channels_get_everything_at_once(db: Database) {
        let world = World::new(db);
        world.db.subscribe("robotics", "robot").await;
        world.db.subscribe("everything", "robot").await;
        world.limit(per_day(1)).await;
        world.list(&[("2608.00001", "Robots"), ("2608.00002", "Robots")]).await;
        world.work().await;
        let channels = async || {
            let mut channels: Vec<_> =
                world.db.deliveries().await.iter().map(|d| d.destination.channel.to_string()).collect();
            channels.sort();
            channels
        };
        assert_eq!(channels().await, ["everything", "everything", "robotics"]);
    }
}
