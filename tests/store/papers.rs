use jiff::civil::Date;
use paperwire::domain::{Counters, Facts, Listing, Organization, PaperId, SourceName, SourceSummary};
use paperwire::store::{Occasion, PaperFilter, Recorded, Routed, StoreError};

use super::{Database, HUB, at, day, id, listing, on_both};

fn full(paper: &str) -> Listing {
    Listing {
        paper: id(paper),
        also: Vec::new(),
        announced: None,
        day: day(3),
        facts: Facts {
            title: "Flow matching for “robots” – a Ünïcode study".into(),
            abstract_text: "First.\n\nSecond.".into(),
            authors: vec!["Ada Lovelace".into(), "Charles Babbage".into()],
            categories: vec!["cs.RO".into(), "cs.LG".into()],
            published_at: Some(at(-100)),
            submitter: Some("ada".into()),
            repository: Some("https://github.com/a/b".into()),
            project_page: Some("https://a.example".into()),
            thumbnail: Some("https://a.example/t.png".into()),
            organization: Some(Organization { name: "lab".into(), full_name: "The Lab".into() }),
            summary: Some(SourceSummary { text: "Short.".into(), model: Some("model".into()) }),
            keywords: vec!["flow".into()],
            withdrawn_at: Some(at(-1)),
            comment: Some("12 pages".into()),
            journal: Some("J. Flow 1 (2026) 2".into()),
            doi: Some("10.1000/flow.1".into()),
            version: Some(2),
        },
        counters: Counters { upvotes: Some(7), comments: Some(2), stars: Some(90) },
    }
}

fn votes(upvotes: u32) -> Counters {
    Counters { upvotes: Some(upvotes), ..Counters::default() }
}

async fn record(db: &Database, listings: &[Listing], seconds: i64) -> Recorded {
    db.store.record(HUB, listings, day(1), at(seconds)).await.unwrap()
}

on_both! {
    async fn a_paper_comes_back_as_its_listing_told_it(db: Database) {
        let recorded = record(&db, &[full("2608.00001")], 0).await;
        assert_eq!(recorded, Recorded { new: 1, changed: 0, unchanged: 0 });
        let paper = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        let listed = full("2608.00001");
        assert_eq!((paper.facts, paper.counters, paper.day), (listed.facts, listed.counters, listed.day));
        assert_eq!((paper.revision, paper.first_seen_at, paper.updated_at), (1, at(0), at(0)));
        assert_eq!(db.store.paper(&id("2608.00002")).await.unwrap(), None);
        assert_eq!(db.store.paper_count().await.unwrap(), 1);
    }

    async fn a_listing_that_says_nothing_new_changes_nothing_but_when_it_was_seen(db: Database) {
        record(&db, &[full("2608.00001")], 0).await;
        let poor = Listing { facts: Facts::default(), counters: Counters::default(), ..full("2608.00001") };
        for (seconds, listing) in [(10, full("2608.00001")), (20, poor)] {
            let recorded = record(&db, &[listing], seconds).await;
            assert_eq!(recorded, Recorded { new: 0, changed: 0, unchanged: 1 });
        }
        let paper = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        assert_eq!((paper.revision, paper.updated_at, paper.facts), (1, at(0), full("2608.00001").facts));
        let seen = db.store.sources_of(paper.key).await.unwrap();
        assert_eq!((seen.len(), seen[0].first_seen_at, seen[0].last_seen_at), (1, at(0), at(20)));
    }

    async fn a_change_raises_the_revision_by_one_and_keeps_the_rest(db: Database) {
        record(&db, &[full("2608.00001")], 0).await;
        let facts = Facts { title: "Better title".into(), ..Facts::default() };
        let newer = Listing { facts, counters: votes(8), ..full("2608.00001") };
        assert_eq!(record(&db, &[newer], 10).await, Recorded { new: 0, changed: 1, unchanged: 0 });
        let paper = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        assert_eq!((paper.revision, paper.first_seen_at, paper.updated_at), (2, at(0), at(10)));
        assert_eq!(paper.facts.title, "Better title");
        assert_eq!(paper.facts.authors, full("2608.00001").facts.authors);
        assert_eq!(paper.counters, Counters { upvotes: Some(8), comments: Some(2), stars: Some(90) });
    }

    async fn the_day_is_the_earliest_that_any_source_names(db: Database) {
        record(&db, &[listing("2608.00001")], 0).await;
        let of = |d: Date| Listing { day: d, ..listing("2608.00001") };
        assert_eq!(record(&db, &[of(day(5))], 1).await.unchanged, 1);
        let arxiv = SourceName("arxiv");
        let recorded = db.store.record(arxiv, &[of(day(2))], day(1), at(2)).await.unwrap();
        assert_eq!(recorded.changed, 1);
        let paper = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        assert_eq!((paper.day, paper.revision), (day(2), 2));
        let seen = db.store.sources_of(paper.key).await.unwrap();
        let seen: Vec<_> = seen.iter().map(|s| (s.source.as_str(), s.day)).collect();
        assert_eq!(seen, [("arxiv", day(2)), ("huggingface", day(3)), ("huggingface", day(5))]);
    }

    async fn the_history_of_counters_has_a_row_for_each_move(db: Database) {
        let with = |counters| Listing { counters, ..listing("2608.00001") };
        for (seconds, upvotes) in [(0, 3), (10, 3), (20, 5), (30, 4)] {
            record(&db, &[with(votes(upvotes))], seconds).await;
        }
        let paper = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        let history = db.store.counter_history(paper.key).await.unwrap();
        let history: Vec<_> = history.iter().map(|s| (s.taken_at, s.counters)).collect();
        assert_eq!(history, [(at(0), votes(3)), (at(20), votes(5)), (at(30), votes(4))]);
        assert_eq!(paper.revision, 3);
    }

    async fn a_source_without_counters_leaves_no_history(db: Database) {
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        assert_eq!(db.store.counter_history(paper.key).await.unwrap(), []);
    }

    async fn one_paper_twice_in_one_listing_is_one_paper(db: Database) {
        let twice = [full("2608.00001"), Listing { counters: votes(9), ..full("2608.00001") }];
        assert_eq!(record(&db, &twice, 0).await, Recorded { new: 1, changed: 1, unchanged: 0 });
        let paper = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        let history = db.store.counter_history(paper.key).await.unwrap();
        assert_eq!((history.len(), history[0].counters.upvotes), (1, Some(9)));
    }

    async fn papers_come_newest_day_first_and_each_day_in_listing_order(db: Database) {
        let on = |paper: &str, d| Listing { day: d, ..listing(paper) };
        let listed =
            [on("2608.00009", day(3)), on("2608.00001", day(3)), on("2608.00005", day(4)), on("2608.00002", day(2))];
        record(&db, &listed, 0).await;
        let ids = async |filter: PaperFilter| {
            let papers = db.store.papers(&filter).await.unwrap();
            papers.iter().map(|p| p.id.to_string()).collect::<Vec<_>>()
        };
        let all = PaperFilter::default();
        assert_eq!(ids(all).await, ["2608.00005", "2608.00009", "2608.00001", "2608.00002"]);
        assert_eq!(ids(PaperFilter { day: Some(day(3)), ..all }).await, ["2608.00009", "2608.00001"]);
        assert_eq!(ids(PaperFilter { since: Some(day(4)), ..all }).await, ["2608.00005"]);
        assert_eq!(ids(PaperFilter { limit: Some(2), ..all }).await, ["2608.00005", "2608.00009"]);
    }

    async fn papers_older_than_the_first_postable_day_are_kept_and_never_routed(db: Database) {
        let on = |paper: &str, d| Listing { day: d, ..listing(paper) };
        let listed = [on("2608.00001", day(2)), on("2608.00002", day(3)), on("2608.00003", day(4))];
        db.store.record(HUB, &listed, day(3), at(0)).await.unwrap();
        let unrouted = db.store.unrouted(10).await.unwrap();
        let ids: Vec<PaperId> = unrouted.into_iter().map(|p| p.id).collect();
        assert_eq!(ids, [id("2608.00002"), id("2608.00003")]);
        assert_eq!(db.store.unrouted(1).await.unwrap().len(), 1);
        let old = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        assert!(db.store.commit_routing(&old, Occasion::New, &[], &[], at(1)).await.unwrap().already);
    }

    async fn a_routed_paper_is_asked_again_when_its_numbers_move_and_only_then(db: Database) {
        let voted = |n| [Listing { counters: votes(n), ..listing("2608.00001") }];
        record(&db, &voted(1), 1).await;
        assert_eq!(db.store.to_ask_again(9).await.unwrap(), [], "what is not routed yet is asked as new");
        let paper = db.store.unrouted(1).await.unwrap().remove(0);
        record(&db, &voted(2), 2).await;
        db.store.commit_routing(&paper, Occasion::New, &[], &[], at(3)).await.unwrap();
        let moved = db.store.to_ask_again(9).await.unwrap().remove(0);
        assert_eq!((moved.asked_at, moved.paper.counters.upvotes), (at(1), Some(2)), "it moved before the commit");
        let done = db.store.commit_routing(&moved.paper, Occasion::Again, &[], &[], at(4)).await.unwrap();
        assert_eq!(done, Routed { delivered: 0, kept: 0, already: false });
        let again = db.store.commit_routing(&moved.paper, Occasion::Again, &[], &[], at(4)).await.unwrap();
        assert!(again.already);
        let mut renamed = voted(2);
        renamed[0].facts.title = "Another title".into();
        record(&db, &renamed, 5).await;
        assert_eq!(db.store.to_ask_again(9).await.unwrap(), []);
    }

    async fn a_paper_that_was_never_to_be_posted_is_not_asked_again(db: Database) {
        let voted = |n| [Listing { counters: votes(n), ..listing("2608.00001") }];
        for n in 1..=2 {
            db.store.record(HUB, &voted(n), day(9), at(i64::from(n))).await.unwrap();
        }
        assert_eq!(db.store.to_ask_again(9).await.unwrap(), []);
    }

    async fn a_row_that_cannot_be_read_is_named_and_not_guessed_at(db: Database) {
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        db.tamper("UPDATE paper SET day = 'soon'").await;
        let error = db.store.paper(&paper.id).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
        let place = format!("the day of paper {} “soon”", paper.key.0);
        assert!(error.to_string().contains(&place), "{error}");
    }

    async fn what_one_database_would_refuse_is_kept_without_it(db: Database) {
        let facts = Facts { title: "Nul\0 and 😀".into(), keywords: vec!["a\0b".into()], ..Facts::default() };
        let odd = Listing { facts, ..listing("2608.00001") };
        record(&db, std::slice::from_ref(&odd), 0).await;
        assert_eq!(record(&db, &[odd], 1).await.unchanged, 1);
        let paper = db.store.paper(&id("2608.00001")).await.unwrap().unwrap();
        assert_eq!((paper.facts.title.as_str(), paper.facts.keywords[0].as_str()), ("Nul and 😀", "ab"));
    }
}
