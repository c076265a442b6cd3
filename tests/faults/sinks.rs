//! Nobody reads what Paperwire prints: posting goes on.

use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use paperwire::clock::{Clock as _, SystemClock};
use paperwire::domain::{ChannelId, Platform, Query};

use super::{Database, Rig};
use crate::serve::process::command;
use crate::worlds::hub::paper;

/// More than what a pipe of Linux holds, in cards and in log lines.
const PAPERS: usize = 150;
const PIPE: usize = 64 * 1024;

#[tokio::test]
async fn posting_goes_on_while_nobody_reads_the_log_and_the_sandbox() {
    let mut rig = Rig::subscribed(Database::Sqlite, 1).await;
    rig.channels.retain(|(platform, _)| *platform == Platform::Discord);
    rig.slack.delete_channel("C0CHANNEL00");
    let sandbox = ChannelId::parse(Platform::Sandbox, "unread").unwrap();
    let query: Query = "robot".parse().unwrap();
    rig.store().subscribe(Platform::Sandbox, &sandbox, &query, "a test", SystemClock.now()).await.unwrap();
    rig.list(PAPERS);
    let long = "Robots learn to fold linen from demonstrations. ".repeat(40);
    let rows = rig.papers.iter().map(|id| paper(id).title("Robots at work").abstract_text(&long));
    rig.hub.list(rig.day, rows);
    let more = [
        ("PAPERWIRE__LOG__FILTER", "trace,sqlx=trace".to_owned()),
        ("PAPERWIRE__DELIVERY__SHORT_TEXT", "1500".to_owned()),
    ];
    let settings = [rig.environment().as_slice(), &more].concat();
    let mut serve =
        command(settings).arg("serve").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut unread: Vec<Box<dyn std::io::Read>> = vec![
        Box::new(std::fs::File::from(serve.stdout.take().unwrap().into_owned_fd().unwrap())),
        Box::new(std::fs::File::from(serve.stderr.take().unwrap().into_owned_fd().unwrap())),
    ];
    super::until("Discord has all papers", async || rig.discord.all().len() >= PAPERS).await;
    super::until("so has the sandbox", async || {
        rig.store().sandbox_messages(Some(&sandbox), 0).await.unwrap().len() >= PAPERS
    })
    .await;
    let id = serve.id().unwrap().to_string();
    let told = Instant::now();
    tokio::process::Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
    let status = tokio::time::timeout(Duration::from_secs(20), serve.wait()).await.unwrap().unwrap();
    assert!(status.success(), "it ends in order after {:?}", told.elapsed());
    for (name, pipe) in ["standard output", "the log"].into_iter().zip(&mut unread) {
        let mut held = Vec::new();
        pipe.read_to_end(&mut held).unwrap();
        // Fewer bytes than pages: two long writes do not share one.
        assert!((PIPE / 2..=PIPE).contains(&held.len()), "{name} was not full with {} bytes", held.len());
    }
}
