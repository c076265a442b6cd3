//! Letters, from a message to what a strict SMTP server takes and a mail program reads.

mod cli;
mod faults;
mod looks;
mod spool;
mod wire;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::date;
use paperwire::chat::email::{AddressBook, Email, EmailConfig, LetterLinks, Route};
use paperwire::chat::{ChatPlatform as _, Post};
use paperwire::domain::{ChannelId, DeliveryId, MailAddress, Platform, SendOutcome};
use paperwire::message::{Message, PaperCard, RoundupCard, RoundupLine, RoundupSection};
use uuid::Uuid;

const CHANNEL: &str = "m-0123456789abcdefghijkl";
const ADDRESS: &str = "Ada@example.net";
/// Made at 2026-08-21 06:00:00 UTC.
const DELIVERY: &str = "01a022e7-9f00-7000-8000-000000000001";
const NOW: &str = "2026-08-21T06:00:00Z";

/// One subscriber, and what became of the letters.
struct Book {
    links: LetterLinks,
    gone: bool,
    bounces: Mutex<Vec<String>>,
}

impl Default for Book {
    fn default() -> Self {
        let url = "https://papers.example.org/unsubscribe?token=0123456789abcdefghijkl0123456789abcdefghijkl01234567";
        let links = LetterLinks {
            unsubscribe: Some(url.parse().unwrap()),
            manage: Some("https://papers.example.org/manage?token=1&x=2".parse().unwrap()),
        };
        Self { links, gone: false, bounces: Mutex::default() }
    }
}

#[async_trait]
impl AddressBook for Book {
    async fn address(&self, channel: &ChannelId) -> anyhow::Result<Option<MailAddress>> {
        assert_eq!(channel.as_str(), CHANNEL);
        Ok((!self.gone).then(|| ADDRESS.parse().unwrap()))
    }

    async fn links(&self, _: &ChannelId, made_at: Timestamp) -> anyhow::Result<LetterLinks> {
        assert_eq!(made_at, NOW.parse().unwrap());
        Ok(self.links.clone())
    }

    async fn bounced(&self, _: &ChannelId, reason: &str) -> anyhow::Result<u32> {
        let mut bounces = self.bounces.lock().unwrap();
        bounces.push(reason.to_owned());
        Ok(u32::try_from(bounces.len()).unwrap())
    }

    async fn taken(&self, _: &ChannelId) -> anyhow::Result<()> {
        self.bounces.lock().unwrap().clear();
        Ok(())
    }
}

fn channel() -> ChannelId {
    ChannelId::parse(Platform::Email, CHANNEL).unwrap()
}

fn email(route: Route, book: Arc<Book>) -> Email {
    let from = "Papers “for” you <papers@example.org>".parse().unwrap();
    let now = || NOW.parse::<Timestamp>().unwrap();
    Email::new(EmailConfig { from, route, per_second: 5 }, book, now).unwrap()
}

/// Sends a rendering as the outbox does.
async fn send(email: &Email, body: &str, plain: bool) -> SendOutcome {
    let delivery = DeliveryId(DELIVERY.parse::<Uuid>().unwrap());
    email.send(Post { channel: &channel(), delivery, body, plain }).await
}

fn card(title: &str) -> PaperCard {
    PaperCard {
        paper: "2608.01234".parse().unwrap(),
        title: title.to_owned(),
        url: "https://arxiv.org/abs/2608.01234".to_owned(),
        byline: "Ada Lovelace, Charles Babbage and 662 more".to_owned(),
        category: Some("cs.RO".to_owned()),
        day: date(2026, 8, 4),
        text: "We teach robots to flow. They do so with 3 % less power, and “nobody” has seen them stumble & fall."
            .to_owned(),
        text_credit: Some("Summary by Qwen2.5".to_owned()),
        why: "Matches “flow matching” in the title".to_owned(),
        thumbnail: Some("https://cdn.example.org/picture.png".to_owned()),
        repository: Some("https://github.com/lab/flow".to_owned()),
        project_page: Some("https://lab.example.org/flow".to_owned()),
        upvotes: Some(12),
        stars: Some(340),
        withdrawn: false,
        badges: vec!["v2".to_owned()],
        community: None,
    }
}

fn line(title: &str) -> RoundupLine {
    RoundupLine {
        paper: "2608.01234".parse().unwrap(),
        title: title.to_owned(),
        url: "https://arxiv.org/abs/2608.01234".to_owned(),
        facts: ["Ada Lovelace and 663 more", "cs.RO", "4 Aug 2026", "12 upvotes"].map(str::to_owned).to_vec(),
        posted: None,
    }
}

fn roundup(sections: &[(&str, &[&str])]) -> RoundupCard {
    let count: usize = sections.iter().map(|(_, titles)| titles.len()).sum();
    RoundupCard {
        heading: format!("Roundup of Tue, 4 Aug 2026: {count} papers"),
        sections: sections
            .iter()
            .map(|(label, titles)| RoundupSection {
                label: (*label).to_owned(),
                lines: titles.iter().map(|title| line(title)).collect(),
            })
            .collect(),
        note: "2 more matched but did not fit in".to_owned(),
        details: None,
    }
}

/// A roundup of three papers under two queries.
fn three() -> Message {
    Message::Roundup(roundup(&[
        (
            "ti:\"flow matching\" OR robots",
            &[
                "Flow Matching for Robots That Learn to Walk Over Ice, Sand and Carpets Without Falling Down",
                "ℝobots & <script>alert(1)</script>",
            ],
        ),
        ("cat:cs.CL", &["多模态大模型的评测：一个综述"]),
    ]))
}
