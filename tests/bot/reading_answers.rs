//! How everything is, and ways to go on writing.

use std::time::Duration;

use paperwire::chat::{CommandHandler as _, Completion};
use paperwire::clock::Clock as _;
use paperwire::command::{Command, Topic};
use paperwire::domain::{ChannelId, Facts, PauseCause, Platform};
use paperwire::message::Choice;
use paperwire::store::{PollNote, SourceState};

use super::{Desk, HUB, titled};
use crate::store::on_both;

impl Desk {
    async fn status(&self) -> String {
        self.person("ada").gives(Command::Status).await.text()
    }

    pub(super) async fn follows(&self, query: &str) {
        let channel = ChannelId::parse(Platform::Sandbox, "robotics").unwrap();
        let query = query.parse().unwrap();
        self.db.store.subscribe(Platform::Sandbox, &channel, &query, "ada", self.clock.now()).await.unwrap();
    }

    async fn polled(&self) {
        let now = self.clock.now();
        let state =
            SourceState { baseline: self.clock.today(), polled_at: Some(now), failure: None, failures: 0 };
        self.db.store.put_source_state(HUB, &state).await.unwrap();
        let note = PollNote { at: now, error: None, next_poll: now + Duration::from_mins(30) };
        self.db.store.note_poll(HUB, note).await.unwrap();
    }

    async fn completes(&self, topic: Topic, text: &str) -> Vec<Choice> {
        let asker = self.person("ada").asker;
        let choices = self.bot.complete(Completion { asker, topic, text: text.to_owned() }).await;
        assert!(choices.len() <= 25, "{choices:?}");
        choices
    }

    pub(super) async fn values(&self, topic: Topic, text: &str) -> Vec<String> {
        self.completes(topic, text).await.into_iter().map(|choice| choice.value).collect()
    }
}

on_both! {
    async fn a_quiet_channel_is_told_the_reason_and_the_state_of_the_sources(test: Database) {
        let mut desk = Desk::new(test);
        desk.bot = desk.bot.clone().polling(vec!["huggingface".into()]);
        let before = desk.status().await;
        assert!(before.contains("This channel has no subscription"), "{before}");
        assert!(before.contains("Hugging Face: not read yet"), "{before}");
        desk.follows("robots").await;
        desk.polled().await;
        desk.list(3, &[("2608.00001", "Theorems")]).await;
        let text = desk.status().await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(text, @"
            # Why it is quiet here
            Hugging Face has listed nothing of today, though it was due {ago 2026-08-21T00:45:00Z}.
            No new paper has come since this channel was subscribed {ago 2026-08-21T06:00:00Z}; a subscription brings what is listed after it.
            # This channel
            Subscriptions: 1
            Last post: none yet
            # Sources and papers
            Hugging Face: last read {ago 2026-08-21T06:00:00Z}, next {ago 2026-08-21T06:30:00Z}; nothing new of today, though it was due {ago 2026-08-21T00:45:00Z}
            Papers: 1 in the store, 0 of today’s lists, 1 new in the last 24 hours
            ");
        }
        // Saturday.
        desk.clock.advance(Duration::from_hours(25));
        let weekend = desk.status().await;
        assert!(weekend.contains("It is the weekend: arXiv and Hugging Face list papers from Monday to Friday"), "{weekend}");
    }

    async fn a_channel_that_refuses_posts_is_told_why(test: Database) {
        let desk = Desk::new(test);
        desk.follows("robots").await;
        desk.polled().await;
        let destination = desk.db.store.destinations().await.unwrap().remove(0);
        let reason = "Paperwire is not in this channel: invite it";
        desk.db.store.pause_destination(destination.id, PauseCause::Channel, reason, desk.clock.now()).await.unwrap();
        let text = desk.status().await;
        assert!(text.contains("since {2026-08-21T06:00:00Z}: Paperwire is not in this channel: invite it."), "{text}");
    }

    async fn a_query_is_completed_from_the_channel_s_own_and_from_the_papers(test: Database) {
        let desk = Desk::new(test);
        desk.follows("diffusion -survey").await;
        let facts = Facts {
            authors: vec!["Geoffrey Hinton".into()],
            keywords: vec!["diffusion policy".into()],
            ..titled("Diffusion for Robots")
        };
        desk.record(&[desk.listing("2608.00001", 1, facts)]).await;
        assert_eq!(desk.values(Topic::Query, "").await, ["diffusion -survey"]);
        assert_eq!(
            desk.values(Topic::Query, "diff").await,
            ["diffusion -survey", "\"diffusion policy\"", "ti:\"Diffusion for Robots\""]
        );
        assert_eq!(desk.values(Topic::Query, "robots au:hin").await, ["robots au:\"Geoffrey Hinton\""]);
        let categories = desk.completes(Topic::Query, "robots cat:cs.ro").await;
        assert_eq!(categories[0], Choice { label: "cs.RO · Robotics".into(), value: "robots cat:cs.RO".into() });
        assert_eq!(desk.values(Topic::Query, "\"(").await, [""; 0]);
    }

    async fn a_paper_is_completed_by_its_id_its_address_or_its_title(test: Database) {
        let desk = Desk::new(test);
        desk.list(2, &[("2608.00001", "Flow Matching")]).await;
        desk.list(1, &[("2608.00002", "Robots at work"), ("2607.00001", "A Theory of Flows")]).await;
        assert_eq!(desk.values(Topic::Paper, "").await.len(), 3);
        assert_eq!(desk.values(Topic::Paper, "2608").await, ["2608.00002", "2608.00001"]);
        assert_eq!(desk.values(Topic::Paper, "https://arxiv.org/abs/2608.00001v3").await, ["2608.00001"]);
        let mut flows = desk.completes(Topic::Paper, "flo").await;
        flows.sort_by(|one, other| one.value.cmp(&other.value));
        assert_eq!(flows[0], Choice { label: "A Theory of Flows".into(), value: "2607.00001".into() });
        assert_eq!(flows.len(), 2);
        assert_eq!(desk.values(Topic::Paper, "nowhere").await, [""; 0]);
    }

    async fn subscriptions_and_zones_are_completed(test: Database) {
        let desk = Desk::new(test);
        desk.follows("diffusion").await;
        desk.follows("robots").await;
        let all = desk.completes(Topic::Subscription, "").await;
        assert_eq!(all.len(), 2);
        let robots = desk.completes(Topic::Subscription, "rob").await;
        assert_eq!(robots[0].label, format!("{} · robot", robots[0].value));
        assert_eq!(desk.values(Topic::Subscription, &all[0].value).await, [all[0].value.clone()]);
        let berlin = desk.completes(Topic::Zone, "berl").await;
        assert_eq!(berlin, [Choice { label: "Europe/Berlin (UTC+2)".into(), value: "Europe/Berlin".into() }]);
    }
}
