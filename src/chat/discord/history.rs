//! Looks in a channel's history for a message that may have been posted, once the nonce protects no more.
//!
//! Without the right to read it Discord shows an empty history, so that absence counts only where the right is known.
//! The history does not keep the nonce: a message of ours is known by the links that it leads to.

use std::collections::HashSet;
use std::num::NonZeroU64;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use serenity::http::{LightMethod, Route};

use super::Discord;
use super::asking::{Ask, unseen};
use super::buckets::Lane;
use super::rights::Reading;
use crate::chat::Post;
use crate::domain::Found;

/// Discord's clock and ours may differ by this much.
const CLOCK_SLACK: Duration = Duration::from_secs(10);
/// Posts of one doubt are made within the nonce window and a request's time; later messages need no look.
const POSTED_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// Messages of one page; Discord gives no more.
const PAGE: usize = 100;
/// More messages than these pages hold are too many to tell.
const PAGES_MAX: usize = 5;
/// Discord's ids count milliseconds from the beginning of 2015, above 22 other bits.
const ID_EPOCH: i64 = 1_420_070_400_000;

/// What a message shows, in a stored body and in the history alike.
#[derive(Debug, Deserialize)]
struct Shown {
    #[serde(default)]
    content: String,
    #[serde(default)]
    embeds: Vec<Embed>,
}

#[derive(Debug, Deserialize)]
struct Embed {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    description: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Message {
    id: String,
    author: Author,
    /// Set on answers to commands, which show papers too.
    #[serde(default)]
    webhook_id: Value,
    #[serde(default)]
    interaction_metadata: Value,
    #[serde(default)]
    interaction: Value,
    #[serde(flatten)]
    shown: Shown,
}

#[derive(Debug, Deserialize)]
struct Author {
    id: String,
}

impl Discord {
    /// Looks for a post that may have been made `since` a time.
    pub(super) async fn look(&self, post: Post<'_>, since: Timestamp) -> Found {
        let cannot =
            |reason: &str| Found::CannotTell { reason: format!("Discord's answer was lost, and {reason}") };
        let Ok(channel) = post.channel.as_str().parse::<NonZeroU64>() else {
            return cannot("its channel is none of Discord's");
        };
        let Some(mark) = serde_json::from_str(post.body).ok().and_then(|shown: Shown| mark(&shown)) else {
            return cannot("nothing in the message would tell it from others");
        };
        let me = match self.reading(channel.get()).await {
            Ok(Reading::May { me }) => me,
            Ok(Reading::MayNot { reason }) => return cannot(reason),
            Err(unread) => return unread,
        };
        let mut after = snowflake(since - CLOCK_SLACK);
        let end = snowflake(since + POSTED_WITHIN);
        let mut blank = false;
        for _ in 0..PAGES_MAX {
            let page = match self.page(channel, after).await {
                Ok(page) => page,
                Err(unread) => return unread,
            };
            let own = page.iter().filter(|message| message.author.id == me && !message.is_answer());
            let own: Vec<(Option<Vec<String>>, &Message)> =
                own.map(|message| (self::mark(&message.shown), message)).collect();
            let found = own.iter().filter(|(shows, _)| shows.as_ref() == Some(&mark));
            if let Some((_, message)) = found.min_by_key(|(_, message)| number(&message.id)) {
                return Found::Posted { message_id: message.id.clone() };
            }
            blank |= own.iter().any(|(shows, _)| shows.is_none());
            let last = page.iter().map(|message| number(&message.id)).max().unwrap_or(0);
            if page.len() < PAGE || last > end {
                return if blank {
                    cannot("somebody took the embed from a message of ours there, which may have been it")
                } else {
                    Found::Absent
                };
            }
            after = last;
        }
        cannot("the channel holds too many messages of these minutes")
    }

    /// The messages that follow an id, at most a page.
    async fn page(&self, channel: NonZeroU64, after: u64) -> Result<Vec<Message>, Found> {
        let ask = Ask {
            lane: Lane { route: "GET messages", major: channel.get() },
            route: Route::ChannelMessages { channel_id: channel.get().into() },
            method: LightMethod::Get,
            params: Some(vec![("after", after.to_string()), ("limit", PAGE.to_string())]),
            body: None,
        };
        self.read(ask).await
    }

    /// Asks for something to be read.
    pub(super) async fn read<T: serde::de::DeserializeOwned>(&self, ask: Ask<'_>) -> Result<T, Found> {
        let answer = self.ask(ask).await?;
        if !answer.status.is_success() {
            return Err(unseen(&answer));
        }
        serde_json::from_slice(&answer.body).map_err(|_| Found::CannotTell {
            reason: "Discord's answer was lost, and what it says of the channel cannot be read".to_owned(),
        })
    }
}

impl Message {
    fn is_answer(&self) -> bool {
        [&self.webhook_id, &self.interaction_metadata, &self.interaction].iter().any(|field| !field.is_null())
    }
}

/// What tells a message from others: the links that it leads to in their order, else its words; `None` when it shows
/// neither.
fn mark(shown: &Shown) -> Option<Vec<String>> {
    let urls = shown.embeds.iter().filter_map(|embed| embed.url.as_deref());
    let descriptions = shown.embeds.iter().filter_map(|embed| embed.description.as_deref());
    let texts: Vec<&str> = urls.chain([shown.content.as_str()]).chain(descriptions).collect();
    let mut seen = HashSet::new();
    let links = texts.iter().flat_map(|text| links(text)).filter(|link| seen.insert(link.clone()));
    let links: Vec<String> = links.collect();
    if !links.is_empty() {
        return Some(links);
    }
    let titles = shown.embeds.iter().filter_map(|embed| embed.title.as_deref());
    let words: Vec<String> = titles.chain(texts).flat_map(str::split_whitespace).map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}

/// The addresses in a text, each up to where markdown may end it.
fn links(text: &str) -> Vec<String> {
    let starts = text.match_indices("http").map(|(at, _)| &text[at..]);
    let links =
        starts.filter(|rest| rest.starts_with("http://") || rest.starts_with("https://")).map(|rest| {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ')' | ']' | '"'));
            let link = &rest[..end.unwrap_or(rest.len())];
            // Discord may write an address in its normal form.
            url::Url::parse(link).map_or_else(|_| link.to_owned(), String::from)
        });
    links.collect()
}

/// The id that a message of this time would at least have.
fn snowflake(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond() - ID_EPOCH).unwrap_or(0) << 22
}

fn number(id: &str) -> u64 {
    id.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn marked(body: Value) -> Option<Vec<String>> {
        mark(&serde_json::from_value(body).unwrap())
    }

    #[test]
    fn a_message_is_known_by_its_links_whatever_discord_adds_to_it() {
        let sent = json!({"content": "", "embeds": [{"title": "T", "url": "https://arxiv.org/abs/1",
            "description": "Text\n[code](https://github.com/a/b) (3)"}]});
        let read = json!({"id": "1", "content": "", "embeds": [{"type": "rich", "title": "T ", "color": 1,
            "url": "https://arxiv.org/abs/1", "description": "Text [code](https://github.com/a/b)",
            "thumbnail": {"url": "https://x/y.png", "proxy_url": "https://z"}}], "tts": false});
        assert_eq!(
            marked(sent.clone()),
            Some(vec!["https://arxiv.org/abs/1".into(), "https://github.com/a/b".into()])
        );
        assert_eq!(marked(sent), marked(read));
        let plain = json!({"content": "**T**\n<https://arxiv.org/abs/1>\nAda"});
        assert_eq!(marked(plain), Some(vec!["https://arxiv.org/abs/1".into()]));
    }

    #[test]
    fn a_roundup_that_holds_a_paper_is_not_the_papers_own_message() {
        let paper = json!({"embeds": [{"url": "https://arxiv.org/abs/1", "description": "x"}]});
        let roundup = json!({"embeds": [{"title": "Roundup", "description":
            "**[A](<https://arxiv.org/abs/1>)**\n**[B](<https://arxiv.org/abs/2>)**"}]});
        assert_ne!(marked(paper), marked(roundup));
    }

    #[test]
    fn without_links_the_words_count_and_a_message_that_shows_nothing_has_no_mark() {
        assert_eq!(marked(json!({"content": "a  b\n"})), Some(vec!["a".into(), "b".into()]));
        assert_eq!(marked(json!({"content": "", "embeds": []})), None);
    }

    #[test]
    fn an_id_holds_its_time() {
        let at: Timestamp = "2016-04-30T11:18:25.796Z".parse().unwrap();
        assert_eq!(snowflake(at) >> 22, 175_928_847_299_117_063 >> 22);
        assert_eq!(snowflake(Timestamp::UNIX_EPOCH), 0);
    }
}
