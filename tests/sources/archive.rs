//! The development server's folder of days, and how strict its service is.

use std::{fs, io::Write};

use flate2::{Compression, write::GzEncoder};
use jiff::civil::date;
use paperwire::sources::{Source, fetch::Fetched};
use serde_json::{Value, json};

use super::{TODAY, fetcher, ids, source};
use crate::worlds::hub::{
    Hub,
    days::{load, shift},
    paper,
};

#[test]
fn a_folder_of_days_is_read_packed_and_plain() {
    let folder = tempfile::tempdir().unwrap();
    let rows = json!([Value::from(paper("2608.00001"))]).to_string();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(rows.as_bytes()).unwrap();
    let days = folder.path().join("days");
    fs::create_dir(&days).unwrap();
    fs::write(days.join("2026-08-20.json.gz"), packed.finish().unwrap()).unwrap();
    fs::write(days.join("2026-08-21.json"), &rows).unwrap();
    fs::write(days.join("notes.txt"), "no day").unwrap();
    let loaded = load(folder.path()).unwrap();
    assert_eq!(loaded.keys().copied().collect::<Vec<_>>(), [date(2026, 8, 20), date(2026, 8, 21)]);
    assert_eq!(loaded, load(&days).unwrap());
    fs::write(days.join("2026-08-19.json"), "[").unwrap();
    assert!(load(folder.path()).unwrap_err().to_string().contains("2026-08-19.json"));
    let empty = tempfile::tempdir().unwrap();
    assert!(load(empty.path()).unwrap_err().to_string().contains("YYYY-MM-DD.json.gz"));
}

#[tokio::test]
async fn a_shifted_archive_ends_on_the_day_it_is_shifted_to() {
    let old = json!([Value::from(
        paper("2608.00001")
            .title("Since 2026-08-20")
            .set("/paper/submittedOnDailyAt", "2026-08-20T09:30:00.000Z")
    )]);
    let rows = |value: Value| value.as_array().unwrap().clone();
    let days = [(date(2026, 8, 20), rows(old)), (date(2026, 8, 21), rows(json!([])))].into();
    let newest = date(2027, 1, 2);
    let hub = Hub::serving(shift(days, newest).unwrap(), newest).await;
    let day = source(&hub, 100).day(date(2027, 1, 1), newest, None).await.unwrap();
    let listing = &day.listings[0];
    assert_eq!((ids(&day), listing.day), (vec!["2608.00001"], date(2027, 1, 1)));
    assert_eq!(listing.facts.published_at.unwrap().to_string(), "2026-12-13T00:00:00Z");
    assert_eq!(listing.facts.title, "Since 2026-08-20");
}

#[tokio::test]
async fn without_a_date_the_newest_come_first() {
    let hub = Hub::start(TODAY).await;
    hub.list(date(2026, 8, 20), [paper("2608.00001").upvotes(9)]);
    hub.list(TODAY, [paper("2608.00002").upvotes(1), paper("2608.00003").upvotes(2)]);
    hub.list(date(2026, 8, 22), [paper("2608.00004")]);
    let url = hub.base_url().join("api/daily_papers").unwrap();
    let Fetched::Body(document) = fetcher().trusting(&url).get(&url, None).await.unwrap() else {
        panic!("a list is there")
    };
    let rows: Vec<Value> = serde_json::from_slice(&document.bytes).unwrap();
    let ids: Vec<_> = rows.iter().map(|row| row["paper"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["2608.00003", "2608.00002", "2608.00001"]);
}

#[tokio::test]
async fn what_the_api_refuses_is_refused() {
    let hub = Hub::start(TODAY).await;
    for query in [
        "date=2026-08-22",
        "date=2026-13-40",
        "date=20260821",
        "date=",
        "limit=101",
        "limit=0",
        "limit=x",
        "p=-1",
        "sort=upvotes",
        "page=1",
    ] {
        let url = hub.base_url().join(&format!("api/daily_papers?{query}")).unwrap();
        let error = fetcher().trusting(&url).get(&url, None).await.unwrap_err();
        assert!(error.to_string().contains("400"), "{query}: {error}");
    }
}
