use std::time::Duration;

use paperwire::command::Command;
use paperwire::domain::LimitsChange;
use paperwire::pipeline::step_until_idle;

use super::{World, titled};
use crate::bot::Desk;
use crate::store::{Database, HUB, day, on_both};

/// A desk whose channel is subscribed, beside stages that share its clock; it is quiet there until seven.
async fn desk(db: Database) -> (Desk, World) {
    db.subscribe("robotics", "robot").await;
    let desk = Desk::new(db.clone());
    let world = World { db, clock: desk.clock.clone() };
    (desk, world)
}

on_both! {
    async fn limits_are_set_shown_and_explained(db: Database) {
        let (desk, world) = desk(db).await;
        let ada = desk.person("ada");
        let nothing = ada.asks("limits").await.text();
        assert!(nothing.starts_with("# The limits of this channel\nA day: no limit, 0 so far today"), "{nothing}");
        let set = ada.asks("limits per_day:1 quiet:22-7").await.text();
        assert!(set.contains("A day: at most 1 post, 0 so far today"), "{set}");
        assert!(set.contains("Quiet hours: 22:00–07:00 (UTC), now until {2026-08-21T07:00:00Z}"), "{set}");
        let listings = [titled("2608.00001", "Robots"), titled("2608.00002", "Walking")];
        desk.db.store.record(HUB, &listings, day(1), world.now()).await.unwrap();
        world.work().await;
        let quiet = ada.asks("explain 2608.00001").await.text();
        assert!(quiet.contains("It was not posted at once: it is quiet in this channel until {2026-08-21T07:00:00Z}."), "{quiet}");
        let status = ada.asks("status").await.text();
        assert!(status.contains("2 papers wait for the quiet hours of this channel to end"), "{status}");
        assert!(status.contains("Limits: 1 post a day, 0 so far; quiet 22:00–07:00 (UTC); kept: 2 papers until the quiet hours end"), "{status}");
        world.pass(Duration::from_hours(1)).await;
        world.send().await;
        let posted = ada.asks("explain 2608.00001").await.text();
        assert!(posted.contains("It was posted here"), "{posted}");
        let kept = ada.asks("explain 2608.00002").await.text();
        assert!(kept.contains("the channel’s limit of 1 a day was reached"), "{kept}");
        assert!(kept.contains("It waits for the roundup of {2026-08-21T09:00:00Z}."), "{kept}");
        world.clock.advance(Duration::from_hours(2));
        step_until_idle(&world.roundups()).await.unwrap();
        world.send().await;
        let told = ada.asks("explain 2608.00002").await.text();
        assert!(told.contains("It came in the roundup of 21 Aug 2026."), "{told}");
        let off = ada.asks("limits per_day:off").await.text();
        assert!(off.contains("A day: no limit, 1 so far today") && off.contains("22:00–07:00"), "{off}");
    }

    async fn anybody_may_look_at_the_limits_and_only_managers_change_them(db: Database) {
        let (desk, _world) = desk(db).await;
        let ben = desk.person("ben").without_rights();
        let look = Command::Limits { change: LimitsChange::default() };
        assert!(ben.gives(look).await.text().contains("The limits of this channel"));
        let refused = ben.asks("limits per_day:3").await.text();
        assert!(!refused.contains("The limits are set"), "{refused}");
        let wrong = desk.person("ada").asks("limits quiet:9-9").await.text();
        assert!(wrong.contains("ends when it begins"), "{wrong}");
    }
}
