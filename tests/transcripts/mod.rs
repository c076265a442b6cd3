//! `docs/transcripts/`: every command as it is given on each platform and what is then seen, from the real bot through
//! the real clients. With `UPDATE_DOCS=1` the test writes the files instead of comparing them.

mod corpus;
mod discord;
mod look;
mod scenes;
mod slack;

use std::collections::BTreeSet;
use std::path::Path;

use paperwire::command::COMMANDS;
use paperwire::domain::Platform;

use scenes::{SCENES, Step};

/// Compares a transcript with its file.
fn written(platform: Platform, transcript: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/transcripts/{platform}.md"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, transcript).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(transcript.lines()).find(|(kept, now)| kept != now);
    assert!(
        kept == transcript,
        "{} is not what is seen now; UPDATE_DOCS=1 cargo test transcripts writes it anew. The first difference: {differs:?}",
        path.display()
    );
}

#[test]
fn the_transcripts_show_every_command_in_the_order_of_the_table() {
    let given = SCENES.iter().flat_map(|scene| scene.steps).filter_map(|step| match step {
        Step::Gives(name, _) => Some(*name),
        _ => None,
    });
    let given: BTreeSet<&str> = given.collect();
    assert_eq!(given, COMMANDS.iter().map(|spec| spec.name).collect());
    let titles: Vec<&str> = SCENES.iter().map(|scene| scene.title).collect();
    let commands: Vec<&str> = COMMANDS.iter().map(|spec| spec.name).collect();
    assert_eq!(titles[..commands.len()], commands);
}

#[tokio::test]
async fn what_is_seen_on_discord_is_what_its_transcript_shows() {
    written(Platform::Discord, &discord::transcript().await);
}

#[tokio::test]
async fn what_is_seen_on_slack_is_what_its_transcript_shows() {
    written(Platform::Slack, &slack::transcript().await);
}
