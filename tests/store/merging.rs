use paperwire::domain::{DeliveryState, EventKind, Facts, Listing, SourceName, SourceSummary, Verdict};
use paperwire::store::Recorded;

use super::{Database, HUB, at, day, id, listing, on_both};

const ARXIV: SourceName = SourceName("arxiv");
const JOURNAL: SourceName = SourceName("nature");
const TITLE: &str = "Flow matching for robots in the wild";

fn titled(paper: &str, title: &str) -> Listing {
    let facts = Facts { title: title.into(), authors: vec!["Ada Lovelace".into()], ..Facts::default() };
    Listing { facts, ..listing(paper) }
}

impl Database {
    async fn hear(&self, source: SourceName, listing: Listing, seconds: i64) -> Recorded {
        self.store.record(source, &[listing], day(1), at(seconds)).await.unwrap()
    }

    async fn stored(&self) -> u64 {
        self.store.paper_count().await.unwrap()
    }

    /// Two papers that are posted to one channel, and a listing that shows them to be one.
    async fn two_of_one(&self) -> Listing {
        self.queue(&["https://journal.example/robots", "2608.00001"]).await;
        Listing { also: vec![id("https://journal.example/robots")], ..listing("2608.00001") }
    }
}

/// The same paper as three sources list it.
fn three() -> [(SourceName, Listing); 3] {
    let arxiv =
        Facts { comment: Some("12 pages".into()), version: Some(1), ..titled("2608.00001", TITLE).facts };
    let hub = Facts {
        title: "Flow matching for robots".into(),
        summary: Some(SourceSummary { text: "Short.".into(), model: None }),
        ..Facts::default()
    };
    let journal = Facts {
        title: "A far longer title than the others".into(),
        journal: Some("J. Flow 1".into()),
        ..Facts::default()
    };
    [
        (
            ARXIV,
            Listing { facts: arxiv, also: vec![id("10.1000/flow.1")], day: day(4), ..listing("2608.00001") },
        ),
        (HUB, Listing { facts: hub, day: day(5), ..listing("2608.00001") }),
        (JOURNAL, Listing { facts: journal, day: day(6), ..listing("10.1000/flow.1") }),
    ]
}

on_both! {
    async fn three_sources_in_any_order_give_one_and_the_same_paper(db: Database) {
        let mut seen = Vec::new();
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            db.tamper("DELETE FROM paper").await;
            for (seconds, at) in order.into_iter().enumerate() {
                let (source, listing) = three()[at].clone();
                db.hear(source, listing, i64::try_from(seconds).unwrap()).await;
            }
            assert_eq!(db.stored().await, 1, "{order:?}");
            let paper = db.store.paper(&id("10.1000/flow.1")).await.unwrap().unwrap();
            assert_eq!(paper.id, id("2608.00001"), "{order:?}");
            let sources = db.store.sources_of(paper.key).await.unwrap();
            assert_eq!(sources.len(), 3, "{order:?}");
            seen.push((paper.facts, paper.day));
        }
        assert_eq!(seen[0].0.title, TITLE);
        assert_eq!(seen[0].0.journal.as_deref(), Some("J. Flow 1"));
        assert_eq!(seen[0].0.summary.as_ref().unwrap().text, "Short.");
        assert!(seen.iter().all(|one| *one == seen[0]), "{seen:#?}");
    }

    async fn a_replay_of_all_sources_changes_nothing(db: Database) {
        for (source, listing) in three() {
            db.hear(source, listing, 0).await;
        }
        let before = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        for (source, listing) in three().into_iter().rev() {
            let again = db.hear(source, listing, 9).await;
            assert_eq!(again, Recorded { unchanged: 1, ..Recorded::default() });
        }
        assert_eq!(db.store.paper(&id("2608.00001")).await.unwrap().unwrap(), before);
    }

    async fn a_doi_field_names_the_paper_too(db: Database) {
        let mut arxiv = listing("2608.00001");
        arxiv.facts.doi = Some("10.1000/flow.1".into());
        db.hear(ARXIV, arxiv, 0).await;
        assert_eq!(db.hear(JOURNAL, listing("10.1000/FLOW.1"), 1).await.new, 0);
        assert_eq!(db.stored().await, 1);
    }

    async fn two_arxiv_papers_with_one_doi_stay_two(db: Database) {
        for paper in ["2608.00001", "2608.00002"] {
            db.hear(ARXIV, Listing { also: vec![id("10.1000/proceedings")], ..listing(paper) }, 0).await;
        }
        assert_eq!(db.stored().await, 2);
        assert_eq!(db.store.paper(&id("10.1000/proceedings")).await.unwrap().unwrap().id, id("2608.00001"));
    }

    async fn without_a_known_id_title_and_first_author_tell(db: Database) {
        db.hear(JOURNAL, titled("https://lab.example/robots", TITLE), 0).await;
        assert_eq!(db.hear(ARXIV, titled("2608.00001", "Flow Matching for Robots in the wild."), 1).await.new, 0);
        assert_eq!(db.store.paper(&id("https://lab.example/robots")).await.unwrap().unwrap().id, id("2608.00001"));
        let republished = Listing { day: day(20), ..titled("https://lab.example/?p=7", TITLE) };
        assert_eq!(db.hear(JOURNAL, republished, 2).await.new, 0);
        assert_eq!(db.stored().await, 1);
    }

    async fn a_title_joins_nothing_that_is_far_off_short_or_of_other_ids(db: Database) {
        db.hear(ARXIV, titled("2608.00001", TITLE), 0).await;
        db.hear(ARXIV, titled("2608.00002", TITLE), 0).await;
        let mut late = titled("https://lab.example/late", TITLE);
        late.day = "2026-10-20".parse().unwrap();
        db.hear(JOURNAL, late, 1).await;
        let mut other = titled("https://lab.example/other", TITLE);
        other.facts.authors = vec!["Charles Babbage".into()];
        db.hear(JOURNAL, other, 1).await;
        db.hear(JOURNAL, titled("https://lab.example/a", "On robots"), 1).await;
        db.hear(JOURNAL, titled("https://lab.example/b", "On robots"), 1).await;
        assert_eq!(db.stored().await, 6);
    }

    async fn two_stored_papers_become_one_with_all_that_belongs_to_them(db: Database) {
        let shown = db.two_of_one().await;
        db.hear(HUB, shown, 5).await;
        assert_eq!(db.stored().await, 1);
        let paper = db.store.paper(&id("https://journal.example/robots")).await.unwrap().unwrap();
        assert_eq!((paper.id.clone(), paper.key.0), (id("2608.00001"), 1), "the older row stays");
        assert_eq!(db.states().await, [DeliveryState::Pending, DeliveryState::Skipped]);
        assert!(db.deliveries().await.iter().all(|delivery| delivery.paper == paper.id));
        assert_eq!(db.claim("a", at(9)).await.len(), 1);
    }

    async fn what_was_posted_keeps_the_place_of_what_was_not(db: Database) {
        let shown = db.two_of_one().await;
        let one = db.claim_one("a", at(1)).await;
        db.store.finish(&one, &Verdict::Dead { reason: "no".into() }, at(1)).await.unwrap();
        let other = db.claim_one("a", at(2)).await;
        assert!(db.store.intent(&other, at(2)).await.unwrap());
        db.store.finish(&other, &Verdict::Sent { message_id: "7".into() }, at(2)).await.unwrap();
        db.hear(HUB, shown, 5).await;
        assert_eq!(db.states().await, [DeliveryState::Dead, DeliveryState::Sent]);
        let paper = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        assert_eq!(db.store.subscriptions().await.unwrap()[0].posted, 1);
        let subscription = db.store.subscriptions().await.unwrap().remove(0);
        db.route(&paper, &[&subscription], at(6)).await;
        assert_eq!(db.deliveries().await.len(), 2, "nothing is posted anew");
    }

    async fn a_sender_that_has_not_begun_to_post_is_stopped(db: Database) {
        let shown = db.two_of_one().await;
        let first = db.claim_one("a", at(1)).await;
        assert!(db.store.intent(&first, at(1)).await.unwrap());
        db.store.finish(&first, &Verdict::Sent { message_id: "7".into() }, at(1)).await.unwrap();
        let second = db.claim_one("a", at(2)).await;
        db.hear(HUB, shown, 5).await;
        assert!(!db.store.intent(&second, at(6)).await.unwrap(), "it holds nothing any more");
        assert_eq!(db.states().await, [DeliveryState::Sent, DeliveryState::Skipped]);
    }

    async fn a_post_that_is_on_its_way_is_recorded_and_the_other_one_given_up(db: Database) {
        db.queue(&["https://journal.example/robots"]).await;
        let subscription = db.store.subscriptions().await.unwrap().remove(0);
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        db.tamper("UPDATE delivery SET next_at = next_at + 1000000000").await;
        db.route(&paper, &[&subscription], at(0)).await;
        db.tamper("UPDATE delivery SET state = 'skipped' WHERE paper_id = 1; UPDATE destination SET due_at = 0").await;
        let begun = db.claim_one("a", at(1)).await;
        db.tamper("UPDATE delivery SET state = 'pending' WHERE paper_id = 1").await;
        assert!(db.store.intent(&begun, at(1)).await.unwrap());
        let shown = Listing { also: vec![id("https://journal.example/robots")], ..listing("2608.00001") };
        db.hear(HUB, shown, 5).await;
        assert!(db.store.finish(&begun, &Verdict::Sent { message_id: "7".into() }, at(6)).await.unwrap());
        assert_eq!(db.states().await, [DeliveryState::Skipped, DeliveryState::Sent]);
    }

    async fn what_happens_to_a_paper_is_noted_once(db: Database) {
        let versioned = |version, day_of| {
            let mut listing = Listing { day: day(day_of), ..listing("2608.00001") };
            listing.facts.version = Some(version);
            listing
        };
        let mut hub = listing("2608.00001");
        hub.facts.repository = Some("https://github.com/a/b".into());
        for round in 0..2 {
            db.hear(ARXIV, versioned(1, 3), round).await;
            db.hear(ARXIV, versioned(2, 5), 10 + round).await;
            db.hear(HUB, hub.clone(), 20 + round).await;
            hub.facts.withdrawn_at = Some(at(0));
        }
        let paper = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        let events = db.store.events_of(paper.key).await.unwrap();
        let events: Vec<_> = events.iter().map(|e| (e.kind, e.version, e.source.as_str(), e.at)).collect();
        assert_eq!(events, [
            (EventKind::Version, Some(2), "arxiv", at(10)),
            (EventKind::Code, None, "huggingface", at(20)),
            (EventKind::Daily, None, "huggingface", at(20)),
            (EventKind::Withdrawn, None, "huggingface", at(21)),
        ]);
    }
}
