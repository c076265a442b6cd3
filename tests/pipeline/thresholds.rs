//! What a subscription asks for beside words fires once, when it becomes true, whoever asks and how often.

use std::time::Duration;

use paperwire::domain::{Counters, Listing};
use paperwire::pipeline::Stage as _;

use crate::limits::{World, titled};
use crate::store::{HUB, day, on_both};

/// A look at the one paper.
fn seen(votes: u32, stars: u32, code: bool) -> Listing {
    let mut listing = titled("2608.00001", "Robots");
    listing.counters = Counters { upvotes: Some(votes), stars: Some(stars), ..Counters::default() };
    listing.facts.repository = code.then(|| "https://github.com/lab/robot".to_owned());
    listing
}

/// What is seen hour by hour, and who has the paper then.
const HOURS: [(u32, u32, bool, &[&str]); 10] = [
    (3, 10, false, &[]),
    (49, 60, false, &[]),
    (50, 109, false, &["votes"]),
    (52, 110, false, &["stars", "votes"]),
    (40, 111, false, &["stars", "votes"]),
    (60, 111, false, &["stars", "votes"]),
    (60, 111, true, &["code", "stars", "votes"]),
    (70, 500, true, &["code", "stars", "votes"]),
    (49, 90, true, &["code", "stars", "votes"]),
    (90, 900, true, &["code", "stars", "votes"]),
];

async fn subscribed(db: crate::store::Database) -> World {
    let world = World::new(db);
    for (channel, query) in
        [("votes", "robot upvotes>=50"), ("stars", "robot stars+24h>=100"), ("code", "robot has:code")]
    {
        world.db.subscribe(channel, query).await;
    }
    world
}

async fn look(world: &World, votes: u32, stars: u32, code: bool) {
    world.clock.advance(Duration::from_hours(1));
    world.db.store.record(HUB, &[seen(votes, stars, code)], day(1), world.now()).await.unwrap();
}

async fn channels(world: &World) -> Vec<String> {
    let deliveries = world.db.deliveries().await;
    let mut channels: Vec<String> =
        deliveries.iter().map(|delivery| delivery.destination.channel.to_string()).collect();
    channels.sort();
    channels
}

on_both! {
    async fn votes_stars_and_code_fire_once_each_over_restarts(db: Database) {
        let world = subscribed(db).await;
        for (votes, stars, code, expected) in HOURS {
            look(&world, votes, stars, code).await;
            // Each time a new process, which asks twice.
            world.work().await;
            world.work().await;
            assert_eq!(channels(&world).await, expected, "{votes} votes, {stars} stars, code: {code}");
        }
    }

    async fn votes_stars_and_code_fire_once_each_with_two_processes(db: Database) {
        let world = subscribed(db).await;
        let (one, other) = (world.router(), world.router());
        for (votes, stars, code, expected) in HOURS {
            look(&world, votes, stars, code).await;
            let (first, second) = tokio::join!(one.step(), other.step());
            first.unwrap();
            second.unwrap();
            assert_eq!(channels(&world).await, expected, "{votes} votes, {stars} stars, code: {code}");
        }
    }

    async fn what_became_true_while_nobody_asked_fires_when_somebody_does(db: Database) {
        let world = subscribed(db).await;
        for (votes, stars, code, _) in HOURS {
            look(&world, votes, stars, code).await;
            // The router stood still but for the first look.
            if votes == 3 {
                world.work().await;
            }
        }
        world.work().await;
        assert_eq!(channels(&world).await, ["code", "stars", "votes"]);
    }
}
