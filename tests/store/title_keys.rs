//! Papers of a database from before titles were compared are met by title afterwards.

use paperwire::domain::{Facts, Listing, SourceName};

use super::{Database, HUB, at, day, listing, on_both};

fn titled(paper: &str) -> Listing {
    let title = "Flow matching for robots in the wild".into();
    Listing {
        facts: Facts { title, authors: vec!["Ada Lovelace".into()], ..Facts::default() },
        ..listing(paper)
    }
}

/// Makes the papers look as they did before, as the migration finds them.
const OLD: &str = "UPDATE paper SET title_key = NULL;
    UPDATE change_counter SET value = (SELECT MAX(id) FROM paper) WHERE name = 'title_keys'";

impl Database {
    async fn meets_by_title(&self) -> bool {
        let source = SourceName("nature");
        let met =
            self.store.record(source, &[titled("https://lab.example/robots")], day(1), at(9)).await.unwrap();
        met.new == 0
    }
}

on_both! {
    async fn papers_without_a_title_key_get_one_with_the_next_migration(db: Database) {
        // More than are looked at in one transaction.
        let others: Vec<Listing> = (0..1_200).map(|n| listing(&format!("2607.{n:05}"))).collect();
        db.store.record(HUB, &[titled("2608.00001")], day(1), at(0)).await.unwrap();
        db.store.record(HUB, &others, day(1), at(0)).await.unwrap();
        db.tamper(OLD).await;
        assert!(db.store.migrate().await.unwrap().is_empty());
        assert!(db.meets_by_title().await);
    }

    async fn what_has_been_looked_at_is_not_looked_at_again(db: Database) {
        db.store.record(HUB, &[titled("2608.00001")], day(1), at(0)).await.unwrap();
        db.tamper("UPDATE paper SET title_key = NULL").await;
        db.store.migrate().await.unwrap();
        assert!(!db.meets_by_title().await);
    }
}
