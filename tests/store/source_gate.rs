//! The turn at a source, which processes share through the store.

use paperwire::store::{SourceTurn, Store};

use super::{at, on_both};

const OURS: SourceTurn = SourceTurn::Ours { busy: 0, denials: 0 };

on_both! {
    async fn of_many_processes_one_gets_the_turn(db: Database) {
        let other = Store::open(&db.url).await.unwrap();
        let take = |store: Store| async move { store.take_source_turn("x", at(0), at(200)).await.unwrap() };
        let mut tasks = Vec::new();
        for n in 0..10 {
            tasks.push(tokio::spawn(take(if n % 2 == 0 { db.store.clone() } else { other.clone() })));
        }
        let mut ours = 0;
        for task in tasks {
            match task.await.unwrap() {
                SourceTurn::Ours { .. } => ours += 1,
                later @ SourceTurn::Later { .. } => assert_eq!(later, SourceTurn::Later { at: at(200), busy: 0, denials: 0 }),
            }
        }
        assert_eq!(ours, 1);
        assert_eq!(db.store.take_source_turn("y", at(0), at(200)).await.unwrap(), OURS);
    }

    async fn a_turn_that_is_given_back_is_free_from_the_time_that_is_said(db: Database) {
        assert_eq!(db.store.take_source_turn("x", at(0), at(200)).await.unwrap(), OURS);
        assert!(db.store.give_back_source_turn("x", at(200), at(3), (0, 2)).await.unwrap());
        let later = SourceTurn::Later { at: at(3), busy: 0, denials: 2 };
        assert_eq!(db.store.take_source_turn("x", at(2), at(202)).await.unwrap(), later);
        let turn = db.store.take_source_turn("x", at(3), at(203)).await.unwrap();
        assert_eq!(turn, SourceTurn::Ours { busy: 0, denials: 2 });
    }

    async fn a_turn_that_has_run_out_is_not_given_back_any_more(db: Database) {
        db.store.take_source_turn("x", at(0), at(200)).await.unwrap();
        assert_eq!(db.store.take_source_turn("x", at(200), at(400)).await.unwrap(), OURS);
        assert!(!db.store.give_back_source_turn("x", at(200), at(0), (9, 9)).await.unwrap());
        let later = SourceTurn::Later { at: at(400), busy: 0, denials: 0 };
        assert_eq!(db.store.take_source_turn("x", at(300), at(500)).await.unwrap(), later);
    }
}
