//! The indexer behind the store.

use std::sync::Arc;

use paperwire::domain::{Facts, Listing};
use paperwire::pipeline::{Indexer, Stage as _, Step};
use paperwire::search::Search;

use super::{find, keys, paper, titled as facts_titled};
use crate::store::{HUB, at, day, listing, on_both};

fn titled(id: &str, title: &str) -> Listing {
    Listing { facts: Facts { title: title.into(), ..Facts::default() }, ..listing(id) }
}

on_both! {
    async fn changes_come_in_order_in_batches_and_none_is_missed(db: Database) {
        let ids = ["2608.00001", "2608.00002", "2608.00003"];
        db.papers(&ids).await;
        let (first, position) = db.store.papers_changed_since(0, 2).await.unwrap();
        db.store.record(HUB, &[titled(ids[0], "Better")], day(1), at(5)).await.unwrap();
        let (rest, end) = db.store.papers_changed_since(position, 10).await.unwrap();
        let names = |papers: &[paperwire::domain::Paper]| -> Vec<String> {
            papers.iter().map(|paper| paper.id.to_string()).collect()
        };
        assert_eq!((names(&first), names(&rest)), (vec![ids[0].into(), ids[1].into()], vec![ids[2].into(), ids[0].into()]));
        assert_eq!(rest[1].facts.title, "Better");
        assert_eq!(db.store.papers_changed_since(end, 10).await.unwrap(), (vec![], end));
        db.store.record(HUB, &[titled(ids[0], "Better")], day(1), at(6)).await.unwrap();
        assert_eq!(db.store.papers_changed_since(end, 10).await.unwrap().0, [], "nothing new was said");
        assert!(db.store.paper_position().await.unwrap() >= end);
    }

    async fn papers_are_read_in_the_order_of_their_keys_asked_for(db: Database) {
        let papers = db.papers(&["2608.00001", "2608.00002"]).await;
        let asked = [papers[1].key, paperwire::domain::PaperKey(999_999), papers[0].key];
        let read = db.store.papers_by_key(&asked).await.unwrap();
        assert_eq!(read, [papers[1].clone(), papers[0].clone()]);
    }

    async fn the_index_follows_the_store_and_rests_when_it_has_all(db: Database) {
        let search = Arc::new(Search::in_memory().unwrap());
        let indexer = Indexer::new(db.store.clone(), search.clone());
        assert_eq!(indexer.step().await.unwrap(), Step::Idle { until: None });
        let listings = [titled("2608.00001", "Flow"), titled("2608.00002", "Trees")];
        db.store.record(HUB, &listings, day(1), at(0)).await.unwrap();
        assert_eq!(indexer.step().await.unwrap(), Step::Worked);
        assert_eq!(indexer.step().await.unwrap(), Step::Idle { until: None });
        let flow = db.store.papers_by_key(&[find(&search, "flow").hits[0].key]).await.unwrap();
        assert_eq!(flow[0].facts.title, "Flow");
        db.store.record(HUB, &[titled("2608.00001", "Stream")], day(1), at(1)).await.unwrap();
        assert_eq!(indexer.catch_up().await.unwrap(), 1);
        assert_eq!((find(&search, "flow").total, find(&search, "stream").total), (0, 1));
    }

    async fn a_further_source_of_a_known_paper_is_found_by_its_name(db: Database) {
        let search = Arc::new(Search::in_memory().unwrap());
        let indexer = Indexer::new(db.store.clone(), search.clone());
        let listings = [titled("2608.00001", "Flow"), titled("2608.00002", "Flow")];
        db.store.record(HUB, &listings, day(1), at(0)).await.unwrap();
        indexer.catch_up().await.unwrap();
        assert_eq!((find(&search, "flow src:huggingface").total, find(&search, "flow src:arxiv").total), (2, 0));
        let arxiv = paperwire::domain::SourceName("arxiv");
        db.store.record(arxiv, &listings[..1], day(1), at(1)).await.unwrap();
        assert_eq!(indexer.catch_up().await.unwrap(), 1);
        assert_eq!((find(&search, "flow src:arxiv").total, find(&search, "src:huggingface").total), (1, 2));
        db.store.record(arxiv, &listings[..1], day(1), at(2)).await.unwrap();
        assert_eq!(indexer.catch_up().await.unwrap(), 0, "listed again, it is the same");
    }

    async fn a_paper_that_was_joined_into_another_one_is_found_no_longer(db: Database) {
        let search = Arc::new(Search::in_memory().unwrap());
        let indexer = Indexer::new(db.store.clone(), search.clone());
        let listings = [titled("https://lab.example/flow", "Flow"), titled("2608.00001", "Flow")];
        db.store.record(HUB, &listings, day(1), at(0)).await.unwrap();
        indexer.catch_up().await.unwrap();
        let before = find(&search, "flow").hits[0].key.0.max(find(&search, "flow").hits[1].key.0);
        let shown = Listing { also: vec![listings[0].paper.clone()], ..listings[1].clone() };
        db.store.record(HUB, &[shown], day(1), at(1)).await.unwrap();
        assert_eq!(indexer.catch_up().await.unwrap(), 1);
        let found = find(&search, "flow");
        assert_eq!((found.total, found.hits[0].key.0 < before), (1, true));
    }

    async fn an_index_of_another_database_is_filled_anew(db: Database) {
        let search = Arc::new(Search::in_memory().unwrap());
        search.upsert(&[paper(77, 0, facts_titled("Stranger"))]).unwrap();
        search.commit(1_000_000).unwrap();
        db.store.record(HUB, &[titled("2608.00001", "Flow")], day(1), at(0)).await.unwrap();
        assert_eq!(Indexer::new(db.store.clone(), search.clone()).catch_up().await.unwrap(), 1);
        assert_eq!((keys(&find(&search, "stranger")).len(), search.len()), (0, 1));
    }
}
