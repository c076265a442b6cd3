//! The sandbox's channels: kept in the store, shown as they fill.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender};

use crate::chat::sandbox::{SandboxLedger, read, terminal};
use crate::clock::Clock;
use crate::domain::{ChannelId, DeliveryId, PaperId};
use crate::message::Message;
use crate::store::Store;

/// Posts that wait for being shown; when nobody reads them, later ones are only kept in the store.
pub const SHOWN_AT_MOST: usize = 1_000;

/// Writes posts into the store and hands them on to whoever shows them.
pub struct Ledger {
    /// Where posts are kept.
    pub store: Store,
    /// The time of a post.
    pub clock: Arc<dyn Clock>,
    /// Who shows them.
    pub shown: Sender<Shown>,
}

/// A paper that appeared in a sandbox channel.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The channel.
    pub channel: ChannelId,
    /// What people see.
    pub message: Message,
}

/// A paper in a channel as programs read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The sandbox channel.
    pub channel: String,
    /// The canonical id of the paper.
    pub paper: String,
    /// Its title.
    pub title: String,
    /// Why it went there.
    pub why: String,
}

impl Shown {
    /// The card for a terminal, as wide as it is.
    pub fn text(&self) -> String {
        let width = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
        match &self.message {
            Message::Paper(card) | Message::Line(card) => {
                terminal::card_lines(self.channel.as_str(), card, width)
            }
            Message::Roundup(roundup) => terminal::roundup_lines(self.channel.as_str(), roundup, width),
            Message::Group(group) => terminal::group_lines(self.channel.as_str(), group, width),
        }
    }

    /// The same for programs: a line for each paper.
    pub fn lines(&self) -> Vec<Line> {
        let line = |paper: &PaperId, title: &str, why: &str| Line {
            channel: self.channel.to_string(),
            paper: paper.to_string(),
            title: title.to_owned(),
            why: why.to_owned(),
        };
        match &self.message {
            Message::Paper(card) | Message::Line(card) => vec![line(&card.paper, &card.title, &card.why)],
            Message::Group(group) => {
                group.papers.iter().map(|one| line(&one.paper, &one.title, &one.why)).collect()
            }
            Message::Roundup(roundup) => roundup
                .sections
                .iter()
                .flat_map(|section| section.lines.iter().map(|one| (one, &section.label)))
                .map(|(one, label)| line(&one.paper, &one.title, label))
                .collect(),
        }
    }
}

#[async_trait]
impl SandboxLedger for Ledger {
    async fn post(&self, delivery: DeliveryId, channel: &ChannelId, body: &str) -> anyhow::Result<i64> {
        let number = self.store.sandbox_post(delivery, channel, body, self.clock.now()).await?;
        if let Some(message) = read(body) {
            // Nobody may be looking; the store has it all the same.
            let _ = self.shown.try_send(Shown { channel: channel.clone(), message });
        }
        Ok(number)
    }

    async fn edit(&self, delivery: DeliveryId, body: &str) -> anyhow::Result<bool> {
        Ok(self.store.sandbox_edit(delivery, body).await?)
    }

    async fn delete(&self, number: i64) -> anyhow::Result<()> {
        Ok(self.store.sandbox_delete(number).await?)
    }

    async fn find(&self, channel: &ChannelId, delivery: DeliveryId) -> anyhow::Result<Option<i64>> {
        let kept = self.store.sandbox_messages(Some(channel), 0).await?;
        Ok(kept.into_iter().find(|message| message.delivery == delivery).map(|message| message.id))
    }
}

/// Prints what appears in the sandbox, for people or as JSON Lines, in a thread of its own.
///
/// Standard output may be a pipe that nobody reads: only this thread waits for it then.
pub fn print_apart(show: Receiver<Shown>, json: bool) {
    std::thread::spawn(move || print(show, json));
}

fn print(mut show: Receiver<Shown>, json: bool) {
    while let Some(shown) = show.blocking_recv() {
        if !json {
            anstream::println!("{}", shown.text());
            continue;
        }
        for line in shown.lines() {
            anstream::println!("{}", serde_json::to_string(&line).unwrap_or_default());
        }
    }
}
