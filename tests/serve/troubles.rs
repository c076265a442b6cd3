//! What goes wrong around a running Paperwire, and what people are told.

use jiff::civil::Date;
use paperwire::clock::{Clock as _, SystemClock};
use paperwire::domain::DeliveryState;
use paperwire::store::Store;
use serde_json::Value;

use super::{DISCORD, Database, SLACK, Site, eventually};
use crate::worlds::hub::{self, days::Days, paper};
use crate::worlds::loopback::{Answer, Fault};

/// Papers about robots, listed today.
const PAPERS: [&str; 3] = ["2608.00001", "2608.00002", "2608.00003"];

fn today() -> Date {
    SystemClock.today()
}

/// A site with one channel on each platform that asked for robots; nothing is listed yet.
async fn site() -> Site {
    let site = Site::new(Database::Sqlite, Days::new()).await;
    site.subscribe("discord", DISCORD[0], "robot").await;
    site.subscribe("slack", SLACK[0], "robot").await;
    site
}

impl Site {
    fn list_papers(&self) {
        self.hub.list(today(), PAPERS.iter().map(|id| paper(id).title("Robots at work")));
    }

    async fn everybody_has_all(&self) {
        eventually("both channels have all papers", async || self.total_seen() >= 2 * PAPERS.len()).await;
        eventually("nothing waits any more", async || self.unsent().await == 0).await;
        let urls = PAPERS.map(|id| format!("https://arxiv.org/abs/{id}"));
        assert_eq!(self.seen(DISCORD[0]), urls);
        assert_eq!(self.seen(SLACK[0]), urls);
    }

    /// What `subscriptions list` says of a channel.
    async fn listed(&self, channel: &str) -> Value {
        let lines = self.run(&["subscriptions", "list", "--json"]).await;
        let rows = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.into_iter().find(|row| row["channel"] == channel).expect("the channel is subscribed")
    }
}

#[tokio::test]
async fn platforms_and_a_source_that_are_away_delay_papers_and_lose_none() {
    let mut site = site().await;
    site.list_papers();
    site.hub.stop().await;
    site.discord.stop().await;
    site.slack.stop().await;
    let serve = site.serve();
    eventually("the source is missed", async || serve.log().contains("Cannot poll huggingface")).await;
    site.hub.start_again().await;
    eventually("the platforms are missed", async || {
        serve.log().contains(DISCORD[0]) && serve.log().contains(SLACK[0])
    })
    .await;
    assert_eq!(site.total_seen(), 0);
    site.discord.restart().await;
    site.slack.restart().await;
    site.everybody_has_all().await;
    assert!(serve.stop().await.success());
}

#[tokio::test]
async fn refusals_that_pass_delay_papers_in_order_and_lose_none() {
    let site = site().await;
    let body =
        serde_json::json!({"message": "You are being rate limited.", "retry_after": 2.0, "global": false});
    let slow = Answer::json(429, &body).header("retry-after", "2");
    site.discord.faults().next(Fault::Refuse(slow));
    site.discord.faults().next(Fault::Refuse(Answer::html(500)));
    let slow = Answer::json(429, &serde_json::json!({"ok": false, "error": "ratelimited"}))
        .header("retry-after", "2");
    site.slack.faults().next(Fault::Refuse(slow));
    site.hub.fail(hub::Fault::Status(500, Vec::new()));
    site.hub.fail(hub::Fault::Status(429, vec![("retry-after", "2".to_owned())]));
    site.list_papers();
    let serve = site.serve();
    site.everybody_has_all().await;
    assert_eq!((site.discord.faults().left(), site.slack.faults().left(), site.hub.faults_left()), (0, 0, 0));
    assert!(serve.stop().await.success());
}

#[tokio::test]
async fn a_lost_answer_is_asked_again_on_discord_and_shown_as_unconfirmed_on_slack() {
    let site = site().await;
    site.discord.faults().next(Fault::CutAfter);
    site.slack.faults().next(Fault::CutAfter);
    site.list_papers();
    let serve = site.serve();
    let all = 2 * PAPERS.len();
    eventually("both channels have all papers", async || site.total_seen() >= all).await;
    let store = Store::open(&site.store_url).await.unwrap();
    eventually("every delivery has come to its end", async || {
        store.outbox_counts().await.unwrap().keys().all(|(_, state)| state.is_final())
    })
    .await;
    assert!(serve.stop().await.success());
    assert_eq!(site.total_seen(), all, "nothing was posted twice");
    let shown = site.run(&["papers", "show", PAPERS[0], "--json"]).await;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let state = |platform: &str| {
        let deliveries = shown["deliveries"].as_array().unwrap();
        deliveries.iter().find(|d| d["platform"] == platform).unwrap()["state"].clone()
    };
    assert_eq!(state("discord"), DeliveryState::Sent.name());
    assert_eq!(state("slack"), DeliveryState::Ambiguous.name());
}

#[tokio::test]
async fn a_missing_channel_pauses_its_destination_alone_until_it_is_resumed() {
    let site = site().await;
    site.discord.delete_channel(DISCORD[0]);
    site.list_papers();
    let serve = site.serve();
    eventually("Slack has all papers", async || site.seen(SLACK[0]).len() == PAPERS.len()).await;
    eventually("the pause is told", async || site.listed(DISCORD[0]).await["state"] == "paused").await;
    let refused = site.listed(DISCORD[0]).await;
    let reason = refused["reason"].as_str().unwrap();
    assert!(reason.contains("channel") && reason.contains("subscriptions resume"), "{reason}");
    assert_eq!(site.discord.requests().len(), 1, "a refused channel is left alone");
    assert_eq!(site.listed(SLACK[0]).await["state"], "active");
    site.discord.open(DISCORD[0]);
    site.run(&["subscriptions", "resume", &refused["id"].to_string()]).await;
    site.everybody_has_all().await;
    assert!(serve.stop().await.success());
}

#[tokio::test]
async fn a_revoked_token_pauses_its_platform_until_a_start_with_a_good_one() {
    let site = site().await;
    site.discord.revoke_token();
    site.slack.revoke_token();
    site.list_papers();
    let serve = site.serve();
    for channel in [DISCORD[0], SLACK[0]] {
        eventually("the pause is told", async || site.listed(channel).await["state"] == "paused").await;
        let reason = site.listed(channel).await["reason"].as_str().unwrap().to_owned();
        assert!(reason.contains("token"), "{reason}");
    }
    assert!(serve.stop().await.success());
    assert_eq!(site.total_seen(), 0);
    site.discord.restore_token();
    site.slack.restore_token();
    let serve = site.serve();
    site.everybody_has_all().await;
    assert!(serve.stop().await.success());
}

#[tokio::test]
async fn a_kill_without_warning_loses_and_repeats_nothing() {
    let site = site().await;
    site.list_papers();
    let held = crate::worlds::loopback::Held::new();
    site.discord.faults().next(Fault::Hold(held.clone()));
    let serve = site.serve();
    held.reached().await;
    serve.kill().await;
    held.release();
    let serve = site.serve();
    eventually("Discord has all papers", async || site.seen(DISCORD[0]).len() >= PAPERS.len()).await;
    eventually("Slack has what was not in doubt", async || site.seen(SLACK[0]).len() >= PAPERS.len() - 1)
        .await;
    assert!(serve.stop().await.success());
    assert_eq!(site.seen(DISCORD[0]), PAPERS.map(|id| format!("https://arxiv.org/abs/{id}")));
    let mut once = site.seen(SLACK[0]);
    once.dedup();
    assert_eq!(once, site.seen(SLACK[0]), "nothing stands twice");
}

#[tokio::test]
async fn two_serves_on_one_sqlite_file_are_told_apart() {
    let site = site().await;
    let first = site.serve();
    eventually("the first one works", async || first.log().contains("Polled huggingface")).await;
    let (status, log) = site.serve().ended().await;
    assert_eq!(status.code(), Some(1));
    assert!(log.contains("stop it first"), "{log}");
    assert!(first.stop().await.success());
}
