//! Papers that try to break out of their message: people see their words and nothing else happens.

use paperwire::message::PaperCard;

use super::{TIMEOUT, card, message_id, post, post_as};
use crate::worlds::{discord, slack};

/// Texts that would notify, link, format, hide or overflow where they were taken as mark-up.
pub fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "@everyone read this, @here too",
        "<@1> <@!1> <@&1> <#1> </run:1> <t:1:R> <:x:1> <a:x:1>",
        "[x](http://evil.example) and https://evil.example/ and discord.gg/evil",
        "<!channel> <!here> <!subteam^S1> <@U1> <#C1|general> <http://evil.example|safe>",
        "&lt;!channel&gt; &amp;lt;",
        "**b** *i* __u__ ~~s~~ ||spoiler|| `c` ```block``` # h > q - l 1. n :smile:",
        "\\*backslash\\ \\\\ \\[x\\](http://evil.example)",
        "\u{202e}gnp.evil\u{202c} \u{2066}x\u{2069} a\u{200b}b\u{200d}c\u{feff}",
        "\u{1b}[2J\u{7}\r\n\n\u{0}after",
        "]( http://evil.example ) >",
        "@\u{200b}everyone @e\u{200b}veryone <\u{200b}@1>",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push(format!("Z{}algo", "\u{335}\u{489}".repeat(5_000)));
    texts.push("<@1>`*_[".repeat(10_000));
    texts.push("👩‍👩‍👧‍👦".repeat(3_000));
    texts.push("\u{3164}\u{2800}\u{200b}".to_owned());
    texts
}

/// A card with the text wherever text can come from outside.
fn infected(text: &str) -> PaperCard {
    PaperCard {
        title: text.to_owned(),
        byline: text.to_owned(),
        category: Some(text.to_owned()),
        text: text.to_owned(),
        text_credit: Some(text.to_owned()),
        why: format!("Matches “{text}”"),
        repository: Some(format!("https://github.com/{text}")),
        ..card()
    }
}

const OURS: [&str; 3] = ["https://arxiv.org/", "https://github.com/", "https://flow.example.org/"];

#[tokio::test]
async fn on_discord_nothing_notifies_mentions_or_links_elsewhere() {
    let world = discord::Discord::start(&["1"]).await;
    let adapter = super::discord::adapter(&world.base_url(), TIMEOUT);
    for (number, text) in (0..).zip(hostile()) {
        for plain in [false, true] {
            message_id(post_as(&adapter, "1", number, infected(&text), plain).await);
            let posted = world.messages("1").pop().unwrap();
            assert!(!posted.notifies);
            assert_eq!(posted.mentions, [""; 0], "{text:.60}");
            for (_, address) in &posted.links {
                assert!(OURS.iter().any(|ours| address.starts_with(ours)), "{address} from {text:.60}");
            }
            let raw = posted.raw.to_string();
            assert!(!raw.contains("@everyone") && !raw.contains("@here"), "{raw:.200}");
            assert!(!raw.contains(['\u{202e}', '\u{2066}', '\u{1b}', '\u{feff}']), "{raw:.200}");
        }
    }
    assert!(world.refusals().is_empty(), "{:?}", world.refusals());
}

#[tokio::test]
async fn on_discord_the_words_are_seen_as_they_were_written() {
    let world = discord::Discord::start(&["1"]).await;
    let adapter = super::discord::adapter(&world.base_url(), TIMEOUT);
    for (number, text) in (0..).zip(hostile().into_iter().take(7).skip(1)) {
        message_id(post(&adapter, "1", number, infected(&text)).await);
        let posted = world.messages("1").pop().unwrap();
        assert_eq!(posted.title.as_deref(), Some(&*text));
        assert_eq!(posted.text.lines().next(), Some(&*text));
        assert_eq!(posted.author.as_deref(), Some(&*text).map(|t| t.strip_suffix('\n').unwrap_or(t)));
    }
}

#[tokio::test]
async fn on_slack_no_control_sequence_and_no_foreign_link_gets_through() {
    let texts = hostile();
    let channels: Vec<String> = (0..texts.len() * 2).map(|n| format!("C{n}")).collect();
    let names: Vec<&str> = channels.iter().map(String::as_str).collect();
    let world = slack::Slack::start(&names).await;
    let adapter = super::slack::adapter(&world.base_url(), TIMEOUT);
    let mut channels = names.into_iter();
    for text in &texts {
        for plain in [false, true] {
            let channel = channels.next().unwrap();
            message_id(post_as(&adapter, channel, 1, infected(text), plain).await);
            let posted = world.messages(channel).pop().unwrap();
            assert_eq!(posted.controls, [""; 0], "{text:.60}");
            assert!(!posted.unfurls);
            for (_, address) in &posted.links {
                assert!(OURS.iter().any(|ours| address.starts_with(ours)), "{address} from {text:.60}");
            }
            let raw = posted.raw.to_string();
            assert!(!raw.contains(['\u{202e}', '\u{2066}', '\u{1b}', '\u{feff}']), "{raw:.200}");
        }
    }
    assert!(world.refusals().is_empty(), "{:?}", world.refusals());
}

#[tokio::test]
async fn on_slack_the_words_are_seen_as_they_were_written() {
    let world = slack::Slack::start(&["C0", "C1", "C2", "C3", "C4", "C5", "C6"]).await;
    let adapter = super::slack::adapter(&world.base_url(), TIMEOUT);
    for (number, text) in hostile().iter().take(7).enumerate() {
        let channel = format!("C{number}");
        message_id(post(&adapter, &channel, 1, infected(text)).await);
        let posted = world.messages(&channel).pop().unwrap();
        assert_eq!(posted.title, *text);
        assert_eq!(posted.text.lines().nth(1), Some(&**text));
    }
}

#[test]
fn the_reader_of_the_fake_discord_sees_what_is_not_escaped() {
    let seen =
        discord::seen("**a** [b](https://c.example) <@1> @everyone https://d.example <https://e.example>");
    assert_eq!(seen.text, "a b  @everyone https://d.example https://e.example");
    assert_eq!(seen.links.len(), 3);
    assert_eq!(seen.mentions, ["@1", "@everyone"]);
}
