//! Papers that are taken out of a channel, and stay out.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::ChatPlatform;
use paperwire::chat::sandbox::{Sandbox, SandboxLedger};
use paperwire::clock::Clock;
use paperwire::domain::{ChannelId, DeliveryId, DeliveryState, RoundupKind, Verdict};
use paperwire::pipeline::{Cards, Curation, Router, step_until_idle};

use crate::bot::Desk;
use crate::store::{Database, day, listing, on_both};

/// Deletes for certain, and keeps what it was told to.
#[derive(Default)]
pub struct Ledger(std::sync::Mutex<Vec<i64>>);

#[async_trait::async_trait]
impl SandboxLedger for Ledger {
    async fn post(&self, _: DeliveryId, _: &ChannelId, _: &str) -> anyhow::Result<i64> {
        Ok(1)
    }

    async fn delete(&self, number: i64) -> anyhow::Result<()> {
        self.0.lock().unwrap().push(number);
        Ok(())
    }

    async fn find(&self, _: &ChannelId, _: DeliveryId) -> anyhow::Result<Option<i64>> {
        Ok(None)
    }
}

/// Lets the stage do its work, and gives the messages that it deleted.
async fn curated(desk: &Desk) -> Vec<i64> {
    let ledger = Arc::new(Ledger::default());
    let sandbox: Arc<dyn ChatPlatform> = Arc::new(Sandbox::new(ledger.clone()));
    let clock = desk.clock.clone() as Arc<dyn Clock>;
    let cards = Cards::new(desk.db.store.clone(), clock, [sandbox], "a".to_owned(), 300);
    step_until_idle(&Curation::new(cards)).await.unwrap();
    ledger.0.lock().unwrap().clone()
}

/// A paper that a subscription brought into `#robotics` as message 7.
async fn with_a_posted_paper(db: Database) -> Desk {
    let desk = Desk::new(db);
    let now = desk.clock.now();
    desk.db.queue(&["2608.00001"]).await;
    let claimed = desk.db.claim_one("a", now).await;
    assert!(desk.db.store.intent(&claimed, now).await.unwrap());
    desk.db.store.finish(&claimed, &Verdict::Sent { message_id: "7".to_owned() }, now).await.unwrap();
    desk
}

on_both! {
    async fn a_removed_paper_loses_its_message_and_never_comes_again(db: Database) {
        let desk = with_a_posted_paper(db).await;
        let (ada, ben) = (desk.person("ada"), desk.person("ben").without_rights());
        let refused = ben.asks("remove 2608.00001").await.text();
        assert!(refused.contains("Who submitted a paper can remove it too."), "{refused}");
        assert!(curated(&desk).await.is_empty());
        let said = ada.asks("remove 2608.00001").await.text();
        assert!(said.contains("its message is deleted in a moment"), "{said}");
        assert_eq!(curated(&desk).await, [7]);
        assert!(curated(&desk).await.is_empty(), "once");
        assert!(ada.asks("remove 2608.00001").await.text().ends_with("was removed from this channel before."));
        let again = ada.asks("submit 2608.00001").await.text();
        assert!(again.contains("what was removed is not posted here again"), "{again}");
        let shown = ada.asks("show 2608.00001").await.text();
        assert!(shown.contains("it was removed from this channel"), "{shown}");
        assert_eq!(desk.db.states().await, [DeliveryState::Sent]);
        assert_eq!(desk.db.column("SELECT COUNT(*) FROM removal WHERE removed_by = 'ada' AND outcome = 'deleted'").await, 1);
    }

    async fn a_paper_that_never_came_is_kept_from_coming(db: Database) {
        let desk = Desk::new(db);
        desk.db.subscribe("robotics", "paper").await;
        desk.db.subscribe("vision", "paper").await;
        desk.db.store.record(crate::store::HUB, &[listing("2608.00001")], day(1), desk.clock.now()).await.unwrap();
        let said = desk.person("ada").asks("remove 2608.00001").await.text();
        assert!(said.ends_with("is not posted in this channel, now and later."), "{said}");
        let sandbox: Arc<dyn ChatPlatform> = Arc::new(Sandbox::new(Arc::new(Ledger::default())));
        let clock = desk.clock.clone() as Arc<dyn Clock>;
        let router = Router::new(desk.db.store.clone(), clock, [sandbox], Duration::from_hours(24), 300);
        step_until_idle(&router).await.unwrap();
        let states = desk.db.states().await;
        assert_eq!(states, [DeliveryState::Skipped, DeliveryState::Pending], "only the other channel gets it");
    }

    async fn a_paper_on_its_way_is_stopped_or_deleted_when_it_arrives(db: Database) {
        let desk = Desk::new(db);
        let now = desk.clock.now();
        desk.db.queue(&["2608.00001", "2608.00002"]).await;
        let claimed = desk.db.claim_one("a", now).await;
        assert!(desk.db.store.intent(&claimed, now).await.unwrap());
        let ada = desk.person("ada");
        for paper in ["2608.00001", "2608.00002"] {
            ada.asks(&format!("remove {paper}")).await;
        }
        assert_eq!(desk.db.states().await, [DeliveryState::Leased, DeliveryState::Skipped]);
        assert!(curated(&desk).await.is_empty(), "nobody knows its message yet");
        desk.db.store.finish(&claimed, &Verdict::Sent { message_id: "9".to_owned() }, now).await.unwrap();
        assert_eq!(curated(&desk).await, [9]);
    }

    async fn a_removed_paper_stays_out_of_the_roundup_whose_subscription_it_matched(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let daily = ada.asks("subscribe paper when:daily").await;
        ada.presses(&daily, "Subscribe").await;
        desk.db.store.record(crate::store::HUB, &[listing("2608.00001")], day(1), desk.clock.now()).await.unwrap();
        let sandbox: Arc<dyn ChatPlatform> = Arc::new(Sandbox::new(Arc::new(Ledger::default())));
        let clock = desk.clock.clone() as Arc<dyn Clock>;
        let router = Router::new(desk.db.store.clone(), clock, [sandbox], Duration::from_hours(24), 300);
        step_until_idle(&router).await.unwrap();
        let plan = desk.db.store.roundup_plans().await.unwrap().remove(0);
        let since = desk.clock.now() - Duration::from_hours(48);
        let collected = async || desk.db.store.collected(plan.destination.id, RoundupKind::Matches, since, None).await.unwrap().len();
        assert_eq!(collected().await, 1);
        ada.asks("remove 2608.00001").await;
        assert_eq!(collected().await, 0);
    }

    async fn who_submitted_a_paper_may_take_it_out_again_and_nobody_elses(db: Database) {
        let desk = with_a_posted_paper(db).await;
        let ben = desk.person("ben").without_rights();
        ben.asks("submit 2608.77771").await;
        ben.asks("submit 2608.00001").await;
        assert!(ben.asks("remove 2608.77771").await.text().contains("is not posted in this channel"));
        assert!(ben.asks("remove 2608.00001").await.text().contains("can remove it too"), "a vote makes it not his");
        let cleo = desk.person("cleo").without_rights();
        assert!(cleo.asks("remove 2608.77771").await.text().contains("can remove it too"));
    }
}
