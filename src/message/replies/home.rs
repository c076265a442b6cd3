//! What a person's own page shows, and what is said of papers behind links.

use jiff::Timestamp;

use super::subscriptions::Listed;
use super::terms::{command, count, refused};
use crate::domain::{ChannelId, Pause};
use crate::message::{Block, Line, PaperCard, Piece};

/// The most subscriptions on the page, so that it stays readable and within 100 blocks.
const SHOWN: usize = 100;

/// A channel with somebody's subscriptions.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The channel.
    pub channel: ChannelId,
    /// Why nothing is posted there.
    pub pause: Option<Pause>,
    /// The subscriptions, the newest first.
    pub subscriptions: Vec<Listed>,
}

/// A message of ours with a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedHere {
    /// The channel.
    pub channel: ChannelId,
    /// The platform's id of the message.
    pub message: String,
    /// When it was posted.
    pub at: Timestamp,
}

/// A person's subscriptions by channel.
pub fn page(places: &[Place]) -> Vec<Block> {
    let total: usize = places.iter().map(|place| place.subscriptions.len()).sum();
    let heading = match total {
        0 => "You have no subscriptions yet".to_owned(),
        n => format!("Your {}", count(n as u64, "subscription", "subscriptions")),
    };
    let mut blocks = vec![Block::Heading { text: heading }];
    let mut room = SHOWN;
    for place in places {
        let shown = &place.subscriptions[..place.subscriptions.len().min(room)];
        if shown.is_empty() {
            break;
        }
        room -= shown.len();
        blocks.push(Block::Text { line: Piece::Channel(place.channel.clone()).into() });
        if let Some(pause) = &place.pause {
            blocks.push(Block::Text { line: refused(pause) });
        }
        blocks.push(Block::Facts { rows: shown.iter().map(|one| one.row(true)).collect() });
    }
    if total > SHOWN {
        blocks.push(Block::Note { line: Piece::from(format!("And {} more.", total - SHOWN)).into() });
    }
    let line: Line = vec![
        "In a channel, ".into(),
        command("subscribe"),
        " makes a subscription and ".into(),
        command("unsubscribe"),
        " ends one; ".into(),
        command("help"),
        " explains everything.".into(),
    ];
    blocks.push(Block::Note { line });
    blocks
}

/// A paper behind a link, with where it was posted in the channel before.
pub fn unfurled(card: PaperCard, posted: Option<PostedHere>) -> Vec<Block> {
    let mut blocks = vec![Block::Paper { card: Box::new(card) }];
    if let Some(PostedHere { channel, message, at }) = posted {
        let line: Line = vec![
            "Posted here ".into(),
            Piece::Relative(at),
            ": ".into(),
            Piece::Message { text: "the message".to_owned(), channel, message },
        ];
        blocks.push(Block::Note { line });
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::super::subscriptions::tests::{at, listed};
    use super::super::terms::tests::blocks;
    use super::*;
    use crate::domain::{PauseCause, Platform};

    #[test]
    fn a_page_has_each_channel_with_its_subscriptions() {
        let channel = |name| ChannelId::parse(Platform::Sandbox, name).unwrap();
        let pause = Pause {
            cause: PauseCause::Channel,
            reason: "it was archived".to_owned(),
            since: at("2026-08-03T00:00:00Z"),
        };
        let both = vec![listed(3, "robot"), listed(2, "drone")];
        let places = [
            Place { channel: channel("lab"), pause: None, subscriptions: both },
            Place { channel: channel("old"), pause: Some(pause), subscriptions: vec![listed(1, "flow")] },
        ];
        insta::assert_snapshot!(blocks(&page(&places)).join("\n"), @"
        # Your 3 subscriptions
        #lab
        3 · robot: instant, card · made {~2026-08-01T00:00:00Z} · 1,234 papers posted
        2 · drone: instant, card · made {~2026-08-01T00:00:00Z} · 1,234 papers posted
        #old
        Nothing is posted in this channel since {2026-08-03T00:00:00Z}: it was archived.
        1 · flow: instant, card · made {~2026-08-01T00:00:00Z} · 1,234 papers posted
        (In a channel, `/papers subscribe` makes a subscription and `/papers unsubscribe` ends one; `/papers help` explains everything.)
        ");
        insta::assert_snapshot!(blocks(&page(&[])).join("\n"), @"
        # You have no subscriptions yet
        (In a channel, `/papers subscribe` makes a subscription and `/papers unsubscribe` ends one; `/papers help` explains everything.)
        ");
    }

    #[test]
    fn a_long_page_ends_with_how_many_are_left_out() {
        let channel = ChannelId::parse(Platform::Sandbox, "lab").unwrap();
        let subscriptions = (0..130).map(|id| listed(id, "robot")).collect();
        let told = blocks(&page(&[Place { channel, pause: None, subscriptions }])).join("\n");
        assert!(told.contains("(And 30 more.)"), "{told}");
    }
}
