//! Every place of `crash::POINTS`, five times each on both databases: the process dies there, is started again, and
//! what people see is what they would have seen without it.

use std::future::ready;
use std::os::unix::process::ExitStatusExt as _;
use std::panic::AssertUnwindSafe;

use futures::{FutureExt as _, StreamExt as _, stream};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use paperwire::clock::{Clock as _, SystemClock};
use paperwire::crash::POINTS;
use paperwire::domain::{Cadence, ChannelId, Every, RoundupSettings, UserId};
use serde_json::Value;

use super::rare::RARE;
use super::{Database, Report, Rig, eventually, until};
use crate::worlds::hub::paper;
use crate::worlds::loopback::{Answer, Fault};

const SEEDS: u64 = 5;
/// Runs at the same time, so that the waits of one are the work of others.
const AT_ONCE: usize = 6;
/// The papers of a run.
const PAPERS: usize = 2;

/// One death at one place.
#[derive(Debug, Clone, Copy)]
struct Run {
    database: Database,
    point: &'static str,
    seed: u64,
}

impl Run {
    /// Slack without the scope cannot be asked: there a lost answer stays unconfirmed.
    fn slack_reads_history(self) -> bool {
        self.seed.is_multiple_of(2)
    }

    /// At which pass it dies.
    fn pass(self) -> u64 {
        match self.point {
            // Where nothing was posted, history is read again and again; else one look is all there is.
            "reconcile_read" | "reconcile_done" if self.slack_reads_history() && !self.was_posted() => 2,
            "reconcile_read"
            | "reconcile_done"
            | "migration_step"
            | "listed"
            | "roundup_pre_commit"
            | "roundup_post_commit" => 1,
            _ => 1 + self.seed % 2,
        }
    }

    /// Whether the message in doubt is in its channel, where history is read for one.
    fn was_posted(self) -> bool {
        self.seed < 3
    }

    /// How often in a row, at most.
    fn deaths(self) -> usize {
        if self.seed >= 3 { 2 } else { 1 }
    }

    /// What goes wrong at the platforms besides.
    fn bad_luck(self, rig: &Rig) {
        if self.point.starts_with("reconcile") {
            rig.slack.faults().next(if self.was_posted() { Fault::CutAfter } else { Fault::CutBefore });
            return;
        }
        match self.seed {
            1 => rig.discord.faults().next(Fault::CutAfter),
            2 => rig.slack.faults().next(Fault::DoThenAnswer(Answer::html(502))),
            3 => rig.discord.faults().next(Fault::Refuse(Answer::html(500))),
            4 => rig.discord.faults().next(Fault::CutBefore),
            _ => {}
        }
    }

    async fn go(self) {
        let told = format!("{self:?}");
        let crash = [("PAPERWIRE_CRASH_AT", format!("{}:{}", self.point, self.pass()))];
        if self.point == "migration_step" {
            let rig = Rig::new(self.database, 1).await;
            for _ in 0..self.deaths() {
                died(&rig, &crash, &told).await;
            }
            return self.end(rig, &told).await;
        }
        if self.point.starts_with("roundup") {
            return self.roundup(&crash, &told).await;
        }
        let mut rig = Rig::subscribed(self.database, 1).await;
        if self.slack_reads_history() {
            rig.slack.grant_history();
        }
        rig.list(PAPERS);
        if self.point.starts_with("card") {
            return self.card(rig, &crash, &told).await;
        }
        self.bad_luck(&rig);
        died(&rig, &crash, &told).await;
        for _ in 1..self.deaths() {
            died_or_done(&rig, &crash, &told).await;
        }
        rig.settle(&told).await.holds(&rig, &told, !self.slack_reads_history());
    }

    /// A rig that is yet to be subscribed, to its end.
    async fn end(self, mut rig: Rig, told: &str) {
        rig.subscribe(Cadence::Instant).await;
        rig.list(PAPERS);
        rig.settle(told).await.holds(&rig, told, false);
    }

    /// The death happens while what was collected becomes a roundup.
    async fn roundup(self, crash: &[(&'static str, String)], told: &str) {
        let mut rig = Rig::new(self.database, 1).await;
        rig.subscribe(Cadence::Daily).await;
        rig.slack.grant_history();
        let every = |every, at, zone: Option<String>| RoundupSettings {
            at,
            zone,
            every: Some(every),
            ..RoundupSettings::default()
        };
        rhythm(&rig, &every(Every::Off, None, None)).await;
        rig.list(PAPERS);
        let serve = rig.serve();
        until("the papers are collected", async || {
            rig.store().paper_count().await.unwrap() == 2 && rig.store().unrouted(1).await.unwrap().is_empty()
        })
        .await;
        serve.kill().await;
        // Where it is noon now, so that no midnight comes between.
        let now = SystemClock.now();
        let offset = 12 - now.to_zoned(TimeZone::UTC).hour();
        let zone = format!("Etc/GMT{}{}", if offset > 0 { "-" } else { "+" }, offset.abs());
        rhythm(&rig, &every(Every::Daily, Some(Time::constant(12, 0, 0, 0)), Some(zone))).await;
        died(&rig, crash, told).await;
        for _ in 1..self.deaths() {
            died_or_done(&rig, crash, told).await;
        }
        let serve = rig.serve();
        until("both channels have their roundup", async || rig.visible() >= 2).await;
        until("nothing waits", async || {
            rig.store().outbox_counts().await.unwrap().keys().all(|(_, state)| state.is_final())
        })
        .await;
        serve.kill().await;
        let bodies =
            rig.discord.all().into_iter().map(|m| m.raw).chain(rig.slack.all().into_iter().map(|m| m.raw));
        let bodies: Vec<String> = bodies.map(|body: Value| body.to_string()).collect();
        assert_eq!(bodies.len(), 2, "{told}: one roundup in each channel");
        for body in bodies {
            assert!(rig.papers.iter().all(|id| body.contains(id)), "{told}: {body}");
        }
    }

    /// The death happens while posted messages are edited.
    async fn card(self, rig: Rig, crash: &[(&'static str, String)], told: &str) {
        rig.settle(told).await.holds(&rig, told, false);
        let code = |id: &String| {
            paper(id)
                .title(&format!("Robots at work in {id}"))
                .set("/paper/githubRepo", format!("https://github.com/ada/{id}"))
        };
        rig.hub.list(rig.day, rig.papers.iter().map(code));
        // Only Slack's messages are edited here: the fake Discord has no edit.
        died(&rig, crash, told).await;
        // A claim of cards holds for minutes: the test lets them pass.
        rig.tamper("UPDATE card SET lease_until = 0 WHERE lease_until IS NOT NULL").await;
        let serve = rig.serve();
        until("every message of Slack shows the code", async || {
            rig.slack.all().iter().all(|message| message.raw.to_string().contains("github.com/ada"))
        })
        .await;
        serve.kill().await;
        Report::of(&rig).await.holds(&rig, told, false);
    }
}

async fn rhythm(rig: &Rig, settings: &RoundupSettings) {
    for (platform, channel) in &rig.channels {
        let channel = ChannelId::parse(*platform, channel).unwrap();
        let by = UserId("a test".to_owned());
        rig.store()
            .put_roundup_settings(*platform, &channel, None, settings, &by, SystemClock.now())
            .await
            .unwrap();
    }
}

/// Serves until the process has killed itself.
pub async fn died(rig: &Rig, crash: &[(&'static str, String)], told: &str) {
    let mut serve = rig.serve_with(crash);
    let mut ended = None;
    let happened = eventually(async || {
        ended = serve.has_ended();
        ended.is_some()
    })
    .await;
    assert!(happened, "{told}: it never came to its place:\n{}", serve.log());
    assert_eq!(ended.and_then(|status| status.signal()), Some(9), "{told}:\n{}", serve.log());
}

/// The same, where the work may be done before it comes to its place again.
async fn died_or_done(rig: &Rig, crash: &[(&'static str, String)], told: &str) {
    let mut serve = rig.serve_with(crash);
    let happened = eventually(async || {
        let counts = rig.store().outbox_counts().await.unwrap_or_default();
        let done = !counts.is_empty() && counts.keys().all(|(_, state)| state.is_final());
        serve.has_ended().is_some() || done
    })
    .await;
    assert!(happened, "{told}: neither an end nor rest:\n{}", serve.log());
}

async fn every_place(database: Database) {
    let of = |(point, _)| (0..SEEDS).map(move |seed| Run { database, point, seed });
    let common = POINTS.into_iter().filter(|(point, _)| !RARE.contains(point));
    let runs = stream::iter(common.flat_map(of));
    // All of them are run, whatever becomes of one.
    let run = async |run: Run| AssertUnwindSafe(run.go()).catch_unwind().await.err().map(|_| run);
    let failed: Vec<Run> = runs.map(run).buffer_unordered(AT_ONCE).filter_map(ready).collect().await;
    assert!(failed.is_empty(), "failed as told above: {failed:?}");
}

#[tokio::test]
async fn a_death_at_any_place_doubles_and_loses_nothing_on_sqlite() {
    every_place(Database::Sqlite).await;
}

#[tokio::test]
async fn a_death_at_any_place_doubles_and_loses_nothing_on_postgres() {
    every_place(Database::Postgres).await;
}
