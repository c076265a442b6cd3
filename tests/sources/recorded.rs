//! Every recorded day through the real client: nothing is lost, and every field says what was recorded.
//!
//! The recordings are found through `PAPERWIRE_RECORDED` and are no part of the repository.

use std::{
    collections::HashSet,
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use jiff::civil::Date;
use paperwire::{domain::Listing, sources::Source};
use serde_json::Value;

use super::{TODAY, source};
use crate::worlds::hub::{Hub, days};

/// The files of a recorded folder with their days.
fn recorded(root: &Path, folder: &str) -> Vec<(Date, PathBuf)> {
    let dir = root.join("huggingface").join(folder);
    let entries = fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let paths = entries.map(|entry| entry.expect("the folder stays readable").path());
    let packed = paths.filter(|path| path.extension() == Some(OsStr::new("gz")));
    let files: Vec<_> = packed
        .map(|path| {
            let name = path.file_name().and_then(OsStr::to_str).expect("the names are plain");
            (name[..10].parse().unwrap_or_else(|e| panic!("{name}: {e}")), path)
        })
        .collect();
    assert!(!files.is_empty(), "{} is empty", dir.display());
    files
}

fn words(text: &Value) -> Vec<&str> {
    text.as_str().expect("a text is recorded").split_whitespace().collect()
}

/// Compares a listing with its row by rules that are plainer than the reader's own.
fn check(listing: &Listing, row: &Value, day: Date) {
    let (paper, facts) = (&row["paper"], &listing.facts);
    assert_eq!(listing.day, day);
    assert_eq!(facts.title.split(' ').collect::<Vec<_>>(), words(&paper["title"]));
    assert_eq!(facts.abstract_text.split_whitespace().collect::<Vec<_>>(), words(&paper["summary"]));
    assert!(!facts.abstract_text.replace("\n\n", "").contains('\n'));
    let names = paper["authors"].as_array().expect("every recorded paper has authors");
    let authors: Vec<_> = names.iter().map(|a| words(&a["name"]).join(" ")).collect();
    assert_eq!(facts.authors, authors);
    assert_eq!(listing.counters.upvotes.map(u64::from), paper["upvotes"].as_u64());
    assert_eq!(listing.counters.comments.map(u64::from), row["numComments"].as_u64());
    assert_eq!(listing.counters.stars.map(u64::from), paper["githubStars"].as_u64());
    assert_eq!(
        facts.published_at.map(|at| at.to_string()[..10].to_owned()).as_deref(),
        paper["publishedAt"].as_str().map(|t| &t[..10])
    );
    assert_eq!(facts.thumbnail.as_deref(), row["thumbnail"].as_str());
    assert_eq!(
        facts.summary.as_ref().map(|s| s.text.split(' ').collect()),
        paper.get("ai_summary").map(words)
    );
    assert_eq!(facts.summary.as_ref().and_then(|s| s.model.as_deref()), paper["ai_summary_model"].as_str());
    let keywords = paper["ai_keywords"].as_array().map(Vec::as_slice).unwrap_or_default();
    let distinct: HashSet<_> =
        keywords.iter().map(|k| words(k).join(" ").to_lowercase()).filter(|k| !k.is_empty()).collect();
    assert_eq!(facts.keywords.len(), distinct.len());
    let submitted = paper.get("submittedOnDailyBy").is_some() || row.get("submittedBy").is_some();
    assert_eq!(facts.submitter.is_some(), submitted);
    let organised = ["organization", "submitterOrganization"].iter().any(|key| row.get(key).is_some());
    assert_eq!(facts.organization.is_some(), organised);
    let address = |key: &str| paper[key].as_str().map(str::trim);
    let (code, page) = (address("githubRepo"), address("projectPage"));
    let page_is_code =
        page.is_some_and(|p| p.starts_with("https://github.com/")) && (code.is_none() || code == page);
    assert_eq!(facts.repository.as_deref(), code.or(page.filter(|_| page_is_code)));
    assert_eq!(facts.project_page.as_deref(), page.filter(|_| !page_is_code && page != code));
}

#[tokio::test]
async fn no_recorded_paper_is_lost_and_no_field_is_bent() {
    let Some(root) = env::var_os("PAPERWIRE_RECORDED").map(PathBuf::from) else {
        println!("did not run: PAPERWIRE_RECORDED names no folder of recordings");
        return;
    };
    let hub = Hub::start(TODAY).await;
    let source = source(&hub, 100);
    for folder in ["days", "revisions"] {
        let mut papers = 0;
        for (day, path) in recorded(&root, folder) {
            let rows = days::read(&path).unwrap_or_else(|e| panic!("{}: {e:#}", path.display()));
            hub.list(day, rows.clone());
            let read = source.day(day, TODAY, None).await.unwrap_or_else(|e| panic!("{e}"));
            assert_eq!((read.listings.len(), read.bad_rows), (rows.len(), 0), "{}", path.display());
            for (listing, row) in read.listings.iter().zip(&rows) {
                assert_eq!(Some(listing.paper.as_str()), row["paper"]["id"].as_str(), "{}", path.display());
                check(listing, row, day);
            }
            papers += read.listings.len();
        }
        println!("{papers} papers in {folder}");
    }
}
