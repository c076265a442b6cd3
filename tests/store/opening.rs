use paperwire::store::{Store, StoreError};

use super::on_both;
use crate::worlds::postgres;

on_both! {
    async fn a_store_names_its_database_without_secrets(db: Database) {
        let name = db.store.describe();
        if db.is_sqlite() {
            assert!(name.starts_with("SQLite 3.") && name.ends_with("new/folder/paperwire.db"), "{name}");
        } else {
            assert!(name.starts_with("PostgreSQL 1") && name.contains(" at 127.0.0.1/test_"), "{name}");
        }
        assert_eq!(format!("{:?}", db.store), format!("Store({name})"));
    }

    async fn a_closed_store_says_that_it_is_unavailable(db: Database) {
        db.store.ping().await.unwrap();
        db.store.clone().close().await;
        assert!(matches!(db.store.ping().await, Err(StoreError::Unavailable(_))));
    }

    async fn what_one_opening_wrote_the_next_one_reads(db: Database) {
        db.papers(&["2608.00001"]).await;
        db.store.close().await;
        let again = Store::open(&db.url).await.unwrap();
        assert_eq!(again.paper_count().await.unwrap(), 1);
        assert!(again.migrate().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused_with_what_is_allowed() {
    for url in
        ["mysql://root:hunter2@host/db", "paperwire.db", "sqlite://", "sqlite://:memory:", "sqlite://a?b"]
    {
        let error = Store::open(url).await.unwrap_err();
        assert!(matches!(error, StoreError::Unsupported(_)), "{url}: {error:?}");
        assert!(error.to_string().contains("sqlite:///var/lib"), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let error = Store::open("sqlite:///dev/null/paperwire.db").await.unwrap_err().to_string();
    assert!(error.contains("“/dev/null”") && error.contains("data_dir"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_unavailable_and_its_password_stays_secret() {
    let error = Store::open("postgres://user:hunter2@127.0.0.1:1/papers").await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_password_that_breaks_the_address_is_explained_and_not_shown() {
    let error = Store::open("postgres://user:12/hunter2@host/papers").await.unwrap_err();
    assert!(error.to_string().contains("%2F"), "{error}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_name_of_a_server_never_holds_its_password() {
    let url = postgres::database().await.replace("postgres@", "postgres:hunter2@");
    let store = Store::open(&url).await.unwrap();
    assert!(!format!("{} {store:?}", store.describe()).contains("hunter2"));
}
