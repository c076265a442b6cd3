//! `paperwire sources add`, `list` and `remove` as an operator types them.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::worlds::feeds::{Feeds, item, rss};

const PATH: &str = "/feed.xml";

/// A folder of its own, and a server whose host is allowed.
pub struct Site {
    folder: TempDir,
    pub world: Feeds,
}

impl Site {
    pub async fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), world: Feeds::start().await }
    }

    /// The store that the commands use.
    pub fn store_url(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("paperwire.db").display())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_paperwire"));
        command
            .env_clear()
            .envs(kept)
            .env("PAPERWIRE__DATA_DIR", self.folder.path())
            .env("PAPERWIRE__WEB__LISTEN", "")
            .env("PAPERWIRE__SOURCES__ALLOW", self.world.host())
            .env("PAPERWIRE__SOURCES__HUGGINGFACE__ENABLED", "false")
            .env("PAPERWIRE__SOURCES__ARXIV__ENABLED", "false")
            .args(arguments)
            .kill_on_drop(true);
        command
    }

    /// Runs the binary; the code it ends with and what it prints.
    pub async fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.command(arguments).output().await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    }

    pub async fn add(&self, path: &str) -> (Option<i32>, String) {
        self.run(&["sources", "add", self.world.url(path).as_str()]).await
    }
}

#[tokio::test]
async fn a_feed_is_looked_at_added_listed_polled_and_removed() {
    let site = Site::new().await;
    site.world.list(PATH, &(1..=7).map(item).collect::<Vec<_>>());
    let (code, said) = site.add(PATH).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.starts_with(
            "“The Journal” lists 7 papers.\n  2026-08-21  https://journal.example/papers/1  Paper 1 & more\n"
        ),
        "{said}"
    );
    assert!(
        said.contains("… and 2 more\nFollowed as feed 1. What is there now is stored and not posted;"),
        "{said}"
    );
    assert!(
        site.add(PATH)
            .await
            .1
            .ends_with("Followed as feed 1. It was followed already; nothing has changed.\n")
    );
    assert!(site.run(&["sources", "list"]).await.1.contains("not read yet"));
    let (code, said) = site.run(&["poll", "--once"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("feed-1: 7 new papers"), "{said}");
    let (_, said) = site.run(&["sources", "list", "--json"]).await;
    let row: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&row["state"], &row["papers"], &row["source"]),
        (&"read".into(), &7.into(), &"feed-1".into())
    );
    let said = site.run(&["sources", "remove", "1"]).await;
    assert_eq!(said, (Some(0), "Removed feed 1, “The Journal”. Its papers stay.\n".to_owned()));
    assert!(site.run(&["sources", "list"]).await.1.starts_with("No feeds are followed yet."));
    let (code, said) = site.run(&["sources", "remove", "1"]).await;
    assert_eq!(code, Some(3));
    assert!(said.contains("there is no feed 1; `paperwire sources list` shows their numbers"), "{said}");
}

#[tokio::test]
async fn a_look_without_following_leaves_nothing() {
    let site = Site::new().await;
    site.world.list(PATH, &[item(1)]);
    let (code, said) = site.run(&["sources", "add", "--dry-run", site.world.url(PATH).as_str()]).await;
    assert_eq!(code, Some(0));
    assert!(said.ends_with("It is not followed: --dry-run.\n"), "{said}");
    assert!(site.run(&["sources", "list"]).await.1.starts_with("No feeds are followed yet."));
}

#[tokio::test]
async fn what_is_no_feed_is_refused_with_the_reason() {
    let site = Site::new().await;
    let page =
        r#"<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed.xml"><p>Hello</p>"#;
    site.world.put("/", "text/html", page);
    let (code, said) = site.add("/").await;
    let feed = site.world.url(PATH);
    assert_eq!(code, Some(1));
    assert!(
        said.contains(&format!(
            "it is a web page and no feed. The page names this feed: paperwire sources add {feed}"
        )),
        "{said}"
    );
    let whole = rss(&[item(1)]);
    site.world.put(PATH, "text/xml", &whole.as_bytes()[..whole.len() / 2]);
    assert!(site.add(PATH).await.1.contains("it breaks off before its end"));
    let (code, said) = site.add("/missing").await;
    assert_eq!(code, Some(1));
    assert!(said.contains("answers 404 Not Found"), "{said}");
    for (url, reason) in [
        ("http://127.0.0.1:1/feed", "it leads to this machine"),
        ("https://rss.arxiv.org/rss/cs.LG", "arXiv is a source of its own"),
        ("file:///etc/passwd", "only http and https addresses are"),
    ] {
        let (code, said) = site.run(&["sources", "add", url]).await;
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(reason), "{said}");
    }
}

#[tokio::test]
async fn a_feed_that_is_added_while_it_runs_is_read_without_a_restart() {
    let site = Site::new().await;
    site.world.list(PATH, &[item(1)]);
    site.world.list("/other.xml", &[item(2)]);
    let mut serve = site.command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Each is asked for twice: by `add` itself, and by the running process.
    for path in [PATH, "/other.xml"] {
        assert_eq!(site.add(path).await.0, Some(0));
        tokio::time::timeout(Duration::from_mins(2), site.world.was_asked(path, 2)).await.unwrap();
    }
    serve.kill().await.unwrap();
}
