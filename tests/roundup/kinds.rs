//! The roundups that a channel can have beside the one of its matches, and what each paper's place comes from.

use std::time::Duration;

use jiff::civil::time;
use paperwire::chat::Action;
use paperwire::domain::query::{Field, MatchedTerm};
use paperwire::domain::{
    AlreadyPosted, Cadence, ChannelId, Every, Platform, RoundupKind, RoundupSettings, Subscription, UserId,
    Verdict,
};
use paperwire::message::RoundupCard;
use paperwire::pipeline::{explain_roundup, preview_roundup};
use paperwire::store::{NewMatch, NewSubscription, Occasion};

use super::making::{World, titles};
use crate::bot::Desk;
use crate::store::{delivery, on_both};

fn ada() -> UserId {
    UserId("ada".to_owned())
}

fn robotics() -> ChannelId {
    ChannelId::parse(Platform::Sandbox, "robotics").unwrap()
}

/// A channel that collects the papers of a query.
async fn collecting(world: &World, query: &str, when: Cadence) -> Subscription {
    let wish = NewSubscription {
        platform: Platform::Sandbox,
        channel: &robotics(),
        workspace: Some("lab"),
        query: &query.parse().unwrap(),
        when: Some(when),
        style: None,
        owner: "ada",
    };
    world.db.store.subscribe_as(&wish, world.now()).await.unwrap().subscription().clone()
}

/// Sets the channel's roundup.
async fn set(world: &World, settings: RoundupSettings) {
    let now = world.now();
    world
        .db
        .store
        .put_roundup_settings(Platform::Sandbox, &robotics(), None, &settings, &ada(), now)
        .await
        .unwrap();
}

fn headings(made: &[RoundupCard]) -> Vec<&str> {
    made.iter().map(|card| card.heading.as_str()).collect()
}

/// Notes numbers of a paper, taken so many hours ago.
async fn counted(world: &World, paper: &str, hours_ago: u64, votes: u32, stars: u32) {
    let at = (world.now() - Duration::from_hours(hours_ago)).as_microsecond();
    let sql = format!(
        "INSERT INTO counter_snapshot (paper_id, taken_at, upvotes, stars)
        SELECT id, {at}, {votes}, {stars} FROM paper WHERE canonical_id = '{paper}'"
    );
    world.db.tamper(sql.leak()).await;
}

on_both! {
    async fn what_is_trending_comes_each_day_in_the_order_of_the_command_whatever_is_subscribed(db: Database) {
        let world = World::new(db);
        let robots = world.daily("robot").await;
        world.matched(&["2608.00003"], &[&robots]).await;
        world.db.papers(&["2608.00001", "2608.00002"]).await;
        for (paper, votes, stars) in [("2608.00001", 41, 0), ("2608.00002", 12, 100)] {
            counted(&world, paper, 20, 10, 0).await;
            counted(&world, paper, 2, 10 + votes, stars).await;
        }
        let (store, channel) = (&world.db.store, robots.destination.id);
        store.set_trending_schedule(channel, Every::Daily, &ada(), world.now()).await.unwrap();
        world.after(1).await;
        let made = world.roundups().await;
        let both = ["Roundup of Tue, 4 Aug 2026: 1 paper", "Trending on Tue, 4 Aug 2026: 2 papers"];
        assert_eq!(headings(&made), both, "each kind has its own firing of the date");
        assert_eq!(titles(&made[1]), ["Paper 2608.00002", "Paper 2608.00001"]);
        assert_eq!(made[1].sections[0].label, "Rising in the last 24 hours");
        assert_eq!(made[1].sections[0].lines[0].facts[0], "+12 upvotes, +100 stars");
        world.after(1).await;
        assert!(world.roundups().await.is_empty(), "a new process knows that both were made");
        counted(&world, "2608.00001", 0, 90, 0).await;
        world.matched(&["2608.00001"], &[&robots]).await;
        world.after(23).await;
        let made = world.roundups().await;
        assert_eq!(titles(&made[0]), ["Paper 2608.00001"], "what was trending is no less a match");
        assert_eq!(titles(&made[1]), ["Paper 2608.00001"], "what rises on is named again");
        store.set_trending_schedule(channel, Every::Off, &ada(), world.now()).await.unwrap();
        world.after(24).await;
        assert!(world.roundups().await.is_empty());
    }

    async fn a_trending_schedule_needs_no_subscription_and_keeps_the_channels_time(db: Database) {
        let world = World::new(db);
        set(&world, RoundupSettings { at: Some(time(11, 0, 0, 0)), ..RoundupSettings::default() }).await;
        let channel = world.db.store.destination(Platform::Sandbox, &robotics()).await.unwrap().unwrap().id;
        world.db.store.set_trending_schedule(channel, Every::Weekly, &ada(), world.now()).await.unwrap();
        world.db.papers(&["2608.00001"]).await;
        counted(&world, "2608.00001", 20, 10, 0).await;
        counted(&world, "2608.00001", 2, 15, 0).await;
        world.after(24 * 6 + 2).await;
        assert!(world.roundups().await.is_empty(), "{} is an hour early", world.now());
        world.after(1).await;
        let made = world.roundups().await;
        assert_eq!(headings(&made), ["Trending on Mon, 10 Aug 2026: 1 paper"]);
        assert_eq!(made[0].sections[0].label, "Rising in the last 7 days");
    }

    async fn a_subscription_with_a_roundup_of_its_own_comes_at_its_own_time_and_each_paper_once(db: Database) {
        let world = World::new(db);
        let robots = collecting(&world, "robot", Cadence::Daily).await;
        let drones = collecting(&world, "drone", Cadence::Weekly).await;
        let (store, channel) = (&world.db.store, robots.destination.id);
        let own = RoundupSettings {
            at: Some(time(18, 0, 0, 0)),
            every: Some(Every::Weekdays),
            ..RoundupSettings::default()
        };
        store.put_own_roundup(channel, drones.id, &own, &ada(), world.now()).await.unwrap();
        world.matched(&["2608.00001"], &[&robots, &drones]).await;
        world.matched(&["2608.00002"], &[&drones]).await;
        world.after(1).await;
        let made = world.roundups().await;
        assert_eq!((made.len(), titles(&made[0])), (1, vec!["Paper 2608.00001"]));
        world.after(9).await;
        let made = world.roundups().await;
        assert_eq!(headings(&made), ["Roundup of Tue, 4 Aug 2026: 1 paper"]);
        assert_eq!((made[0].sections[0].label.as_str(), titles(&made[0])), ("drone", vec!["Paper 2608.00002"]));
        world.matched(&["2608.00003"], &[&drones]).await;
        let off = RoundupSettings { every: Some(Every::Off), ..RoundupSettings::default() };
        store.put_own_roundup(channel, drones.id, &off, &ada(), world.now()).await.unwrap();
        world.after(24 * 5 + 15).await;
        let made = world.roundups().await;
        assert_eq!(headings(&made), ["Roundup of Mon, 10 Aug 2026: 1 paper"], "weekly, as it was before");
        assert_eq!(titles(&made[0]), ["Paper 2608.00003"]);
    }

    async fn what_was_posted_is_left_out_or_stands_marked_with_its_message_once(db: Database) {
        let world = World::new(db);
        let robots = collecting(&world, "robot", Cadence::Instant).await;
        let post = async |id: &str, message: &str| {
            let paper = world.db.papers(&[id]).await.remove(0);
            let found = [NewMatch { subscription: robots.id, terms: Vec::new() }];
            let posts = [delivery(robots.destination.id, &paper, world.now())];
            let store = &world.db.store;
            store.commit_routing(&paper, Occasion::New, &found, &posts, world.now()).await.unwrap();
            let claimed = world.db.claim_one("a", world.now()).await;
            let sent = Verdict::Sent { message_id: message.to_owned() };
            assert!(store.finish(&claimed, &sent, world.now()).await.unwrap());
        };
        post("2608.00001", "71").await;
        world.after(1).await;
        assert!(world.roundups().await.is_empty(), "what was posted is left out where nobody chose");
        set(&world, RoundupSettings { posted: Some(AlreadyPosted::Mark), ..RoundupSettings::default() }).await;
        world.clock.advance(Duration::from_hours(1));
        post("2608.00002", "72").await;
        world.after(23).await;
        let made = world.roundups().await;
        assert_eq!(titles(&made[0]), ["Paper 2608.00002"], "only since the roundup before");
        let posted = made[0].sections[0].lines[0].posted.as_ref().unwrap();
        assert_eq!((posted.workspace.as_deref(), posted.message.as_str()), (Some("lab"), "72"));
        assert_eq!(posted.channel, robotics());
        world.after(24).await;
        assert!(world.roundups().await.is_empty(), "it is marked once");
    }

    async fn the_place_of_each_paper_is_told_by_the_preview_and_behind_the_button(db: Database) {
        let world = World::new(db);
        let robots = collecting(&world, "robot", Cadence::Daily).await;
        let papers = world.db.papers(&["2608.00001", "2608.00002"]).await;
        for (paper, field) in papers.iter().zip([Field::Abstract, Field::Title]) {
            let terms = vec![MatchedTerm { text: "robot".into(), field }];
            let found = [NewMatch { subscription: robots.id, terms }];
            world.db.store.commit_routing(paper, Occasion::New, &found, &[], world.now()).await.unwrap();
        }
        let plans = world.db.store.roundup_plans().await.unwrap();
        let explained = explain_roundup(&world.db.store, &plans[0], world.now()).await.unwrap();
        let ids: Vec<String> = explained.iter().map(|one| one.paper.to_string()).collect();
        assert_eq!(ids, ["2608.00002", "2608.00001"]);
        assert!((explained[0].rank.score() - explained[1].rank.score() - 1.0).abs() < 1e-9);
        let preview = preview_roundup(&world.db.store, &plans[0], world.now()).await.unwrap().unwrap();
        assert_eq!(preview.details, None, "a preview has nothing to be pressed");
        set(&world, RoundupSettings { size: Some(1), ..RoundupSettings::default() }).await;
        world.after(1).await;
        let made = world.roundups().await;
        assert_eq!(made[0].details.as_deref(), Some("roundup:matches:2026-08-04"));
        let day: jiff::civil::Date = "2026-08-04".parse().unwrap();
        let held = world.db.store.roundup_papers(robots.destination.id, RoundupKind::Matches, day).await.unwrap();
        assert_eq!(held.len(), 2, "what did not fit in is kept too");

        let desk = Desk::new(world.db);
        let press = |control: &str| Action::Press { control: control.to_owned(), choice: None };
        let bob = desk.person("bob").without_rights();
        let said = desk.does(&bob.asker, press("roundup:matches:2026-08-04")).await.text();
        insta::allow_duplicates! { insta::assert_snapshot!(said, @"
        # The roundup of Tue, 4 Aug 2026, in detail
        1. Paper 2608.00002 | Matches “robot” in the title | Rank 1.9: 1.0 for a match in the title, 0.9 for being listed a day ago
        2. Paper 2608.00001 | Matches “robot” in the abstract | Rank 0.9: 0.9 for being listed a day ago
        (2 papers in its order)
        <Show a paper in full…> 1. Paper 2608.00002 / 2. Paper 2608.00001
        [Share in channel]
        ") };
        let elsewhere = desk.person("bob").in_channel("other");
        for (asker, control) in
            [(&bob.asker, "roundup:matches:2026-08-03"), (&elsewhere.asker, "roundup:matches:2026-08-04")]
        {
            let said = desk.does(asker, press(control)).await.text();
            assert_eq!(said, "Nothing is kept of the papers of this roundup.", "{control}");
        }
    }

    async fn the_command_sets_own_and_trending_roundups_and_tells_them(db: Database) {
        let desk = Desk::new(db);
        let (ada, bob) = (desk.person("ada"), desk.person("bob").without_rights());
        let robots = desk.db.subscribe("robotics", "robots").await;
        let own = format!("roundup subscription:{} at:18:00", robots.id.0);
        let said = ada.asks(&own).await.text();
        assert!(said.contains("brings each paper at once"), "{said}");
        desk.db.tamper("UPDATE subscription SET cadence = 'weekly'").await;
        let said = ada.asks(&own).await.text();
        assert!(said.contains("“robot” comes on Mondays at 18:00 (UTC)."), "{said}");
        let refused = bob.asks("roundup trending:daily").await.text();
        assert!(refused.starts_with("You may not change"), "{refused}");
        let said = ada.asks("roundup trending:daily quiet:say posted:mark").await.text();
        for line in [
            "Already posted: marked, with a link to the message",
            "Quiet day: one line says why",
            "Trending: each day",
            &format!("Subscription {}: “robot”: on Mondays at 18:00 (UTC)", robots.id.0),
        ] {
            assert!(said.contains(line), "{line} is not in {said}");
        }
        let said = bob.asks(&format!("roundup subscription:{}", robots.id.0)).await.text();
        assert!(said.starts_with("# The roundup of subscription"), "{said}");
        let said = ada.asks(&format!("roundup subscription:{} every:off", robots.id.0)).await.text();
        assert!(said.contains("comes with the channel’s roundup"), "{said}");
        let said = ada.asks("roundup subscription:99 at:18:00").await.text();
        assert!(said.starts_with("This channel has no subscription 99"), "{said}");
    }
}
