//! The platform adapters against the fake platforms: what people see, and what each refusal becomes.

pub mod discord;
mod doubts;
mod groups;
mod history;
mod hostile;
pub mod limits;
pub mod slack;
mod storms;
mod wire;

pub use hostile::hostile as hostile_texts;

use std::time::Duration;

use jiff::civil::date;
use paperwire::chat::{ChatPlatform, Post};
use paperwire::domain::{ChannelId, DeliveryId, SendOutcome};
use paperwire::message::{Message, PaperCard};
use uuid::Uuid;

pub const TIMEOUT: Duration = Duration::from_secs(15);

/// A card as most papers make it.
pub fn card() -> PaperCard {
    PaperCard {
        paper: "2608.01234".parse().unwrap(),
        title: "Flow Matching for *Everyone* & <Robots>".to_owned(),
        url: "https://arxiv.org/abs/2608.01234".to_owned(),
        byline: "Ada Lovelace, Charles Babbage and 3 more".to_owned(),
        category: Some("cs.RO".to_owned()),
        day: date(2026, 8, 4),
        text: "Robots learn to walk_fast. Then they talk.".to_owned(),
        text_credit: Some("Summary by Qwen2.5".to_owned()),
        why: "Matches “robots OR \"flow matching\"”: “robots” in the title".to_owned(),
        thumbnail: Some("https://cdn.example.org/2608.01234.png".to_owned()),
        repository: Some("https://github.com/ada/flow".to_owned()),
        project_page: Some("https://flow.example.org/".to_owned()),
        upvotes: Some(12),
        stars: Some(340),
        withdrawn: false,
        badges: Vec::new(),
        community: None,
    }
}

fn delivery(number: u128) -> DeliveryId {
    DeliveryId(Uuid::from_u128(number))
}

/// Posts a card once, as the sender does.
async fn post(platform: &dyn ChatPlatform, channel: &str, number: u128, card: PaperCard) -> SendOutcome {
    post_as(platform, channel, number, card, false).await
}

async fn post_as(
    platform: &dyn ChatPlatform,
    channel: &str,
    number: u128,
    card: PaperCard,
    plain: bool,
) -> SendOutcome {
    let rendered = platform.render(&Message::Paper(card));
    let channel = ChannelId::parse(platform.platform(), channel).unwrap();
    let body = if plain { &rendered.plain } else { &rendered.rich };
    platform.send(Post { channel: &channel, delivery: delivery(number), body, plain }).await
}

fn message_id(outcome: SendOutcome) -> String {
    match outcome {
        SendOutcome::Sent { message_id } => message_id,
        other => panic!("not sent: {other:?}"),
    }
}
