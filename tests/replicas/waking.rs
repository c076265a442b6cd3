use std::time::{Duration, Instant};

use paperwire::store::{Store, Topic};

use crate::store::Database;

#[tokio::test]
async fn what_one_process_announces_the_others_hear_and_it_does_not_hear_itself() {
    let db = Database::postgres().await;
    let other = Store::open(&db.url).await.unwrap();
    let mut ears = db.store.listen().await.unwrap().expect("a server lets every process listen");
    db.store.announce(Topic::Papers).await.unwrap();
    let said = Instant::now();
    other.announce(Topic::Deliveries).await.unwrap();
    let heard = tokio::time::timeout(Duration::from_secs(10), ears.next()).await.unwrap().unwrap();
    assert_eq!(heard, Topic::Deliveries);
    println!("heard after {:?}", said.elapsed());
    assert!(said.elapsed() < Duration::from_millis(1_500), "sooner than anybody looks by himself");
}

#[tokio::test]
async fn nobody_listens_on_sqlite_and_announcing_does_nothing() {
    let db = Database::sqlite().await;
    db.store.announce(Topic::Papers).await.unwrap();
    assert!(db.store.listen().await.unwrap().is_none());
}
