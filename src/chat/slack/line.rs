//! A line in pieces as Slack's texts: rich text, small print, and the words of a notification.
//!
//! Rich text takes untrusted text raw. Small print has no rich text: where it needs links or moments it is mrkdwn,
//! whose signs in untrusted text become look-alikes.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::text::{escaped, inert, piece};
use crate::domain::{ChannelId, UserId};
use crate::message::{Piece, cut, web_link};

/// Longest address that is linked.
const LINK_MAX: usize = 1_000;
/// Longest line of small print with its escapes; Slack takes 2,000 in such an element.
const SMALL_MAX: usize = 1_500;
/// How Slack shows a moment.
const MOMENT: &str = "{date_short_pretty} at {time}";
/// How Slack shows a distance in time.
const AGO: &str = "{ago}";

/// Rich text elements of at most `room` characters, which it takes from `room`.
pub(super) fn rich(line: &[Piece], room: &mut usize) -> Vec<Value> {
    let mut elements = Vec::new();
    for one in line {
        let element = match one {
            Piece::Plain(text) => words(text, room, None),
            Piece::Strong(text) | Piece::Mark(text) => words(text, room, Some("bold")),
            Piece::Code(text) => words(text, room, Some("code")),
            Piece::Link { text, url } => link(text, url, room, false),
            Piece::User(user) if is_id(&user.0) => Some(json!({"type": "user", "user_id": user.0})),
            Piece::User(_) => words("somebody", room, None),
            Piece::Channel(channel) => match shown(channel) {
                Some(id) => Some(json!({"type": "channel", "channel_id": id})),
                None => words("a direct message", room, None),
            },
            Piece::Message { text, channel, message } => {
                link(text, &permalink(channel, message), room, false)
            }
            Piece::Moment(at) => Some(date(*at, MOMENT)),
            Piece::Relative(at) => Some(date(*at, AGO)),
        };
        elements.extend(element);
        if *room == 0 {
            break;
        }
    }
    elements
}

/// A text element; `None` when nothing of it would be seen.
pub(super) fn words(text: &str, room: &mut usize, style: Option<&str>) -> Option<Value> {
    let text = cut(&piece(text), *room);
    if text.is_empty() {
        return None;
    }
    *room -= text.chars().count();
    let mut element = json!({"type": "text", "text": text});
    if let Some(style) = style {
        element["style"] = json!({style: true});
    }
    Some(element)
}

/// A link, or its words alone when the address cannot be one.
pub(super) fn link(text: &str, url: &str, room: &mut usize, bold: bool) -> Option<Value> {
    let Some(url) = address(url).filter(|url| url.chars().count() < *room) else {
        return words(text, room, bold.then_some("bold"));
    };
    let text = cut(&piece(text), *room - url.chars().count());
    if text.is_empty() {
        return None;
    }
    *room -= text.chars().count() + url.chars().count();
    let mut element = json!({"type": "link", "url": url, "text": text});
    if bold {
        element["style"] = json!({"bold": true});
    }
    Some(element)
}

pub(super) fn address(untrusted: &str) -> Option<String> {
    web_link(untrusted).filter(|url| url.chars().count() <= LINK_MAX)
}

/// A context block; `None` for an empty line.
pub(super) fn small(line: &[Piece]) -> Option<Value> {
    let plain = line.iter().all(|one| matches!(one, Piece::Plain(_) | Piece::Mark(_)));
    let text = if plain { plain_small(line) } else { marked(line) };
    if text.trim().is_empty() {
        return None;
    }
    let object = if plain {
        json!({"type": "plain_text", "text": text, "emoji": false})
    } else {
        json!({"type": "mrkdwn", "text": text, "verbatim": true})
    };
    Some(json!({"type": "context", "elements": [object]}))
}

fn plain_small(line: &[Piece]) -> String {
    let text: String = line.iter().map(own_words).collect();
    escaped(text.trim(), SMALL_MAX)
}

/// mrkdwn; a piece that does not fit ends the line, so that no sign is ever cut.
fn marked(line: &[Piece]) -> String {
    let mut out = String::new();
    let mut room = SMALL_MAX;
    for one in line {
        let text = match one {
            Piece::Plain(text) | Piece::Mark(text) => inert(&piece(text), room),
            Piece::Strong(text) => wrapped("*", &inert(piece(text).trim(), room.saturating_sub(2))),
            Piece::Code(text) => {
                wrapped("`", &escaped(&piece(text).replace('`', "ˋ"), room.saturating_sub(2)))
            }
            Piece::Link { text, url } => {
                let text = inert(&piece(text).replace('|', "∣"), room);
                match address(url) {
                    Some(url) if !text.is_empty() => format!("<{}|{text}>", url.replace('&', "&amp;")),
                    _ => text,
                }
            }
            Piece::User(user) if is_id(&user.0) => format!("<@{user}>"),
            Piece::User(_) => "somebody".to_owned(),
            Piece::Channel(channel) => {
                shown(channel).map_or_else(|| "a direct message".to_owned(), |id| format!("<#{id}>"))
            }
            Piece::Message { text, channel, message } => {
                let text = inert(&piece(text).replace('|', "∣"), room);
                format!("<{}|{text}>", permalink(channel, message))
            }
            Piece::Moment(at) => format!("<!date^{}^{MOMENT}|{}>", at.as_second(), written(*at)),
            Piece::Relative(at) => format!("<!date^{}^{AGO}|{}>", at.as_second(), written(*at)),
        };
        let length = text.chars().count();
        if length > room {
            break;
        }
        room -= length;
        out.push_str(&text);
    }
    out.trim().to_owned()
}

fn wrapped(sign: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{sign}{text}{sign}") }
}

/// The words of a line, for notifications: unescaped, without any mark-up.
pub(super) fn bare(line: &[Piece]) -> String {
    line.iter().map(own_words).collect()
}

fn own_words(one: &Piece) -> String {
    match one {
        Piece::Plain(text)
        | Piece::Strong(text)
        | Piece::Mark(text)
        | Piece::Code(text)
        | Piece::Link { text, .. }
        | Piece::Message { text, .. } => piece(text),
        Piece::User(_) => "somebody".to_owned(),
        Piece::Channel(_) => "a channel".to_owned(),
        Piece::Moment(at) | Piece::Relative(at) => written(*at),
    }
}

fn date(at: Timestamp, format: &str) -> Value {
    json!({"type": "date", "timestamp": at.as_second(), "format": format, "fallback": written(at)})
}

/// A moment for a client that cannot tell the reader's zone.
fn written(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %b %Y %H:%M UTC").to_string()
}

/// The address of a message, which Slack completes with the reader's workspace.
pub(super) fn permalink(channel: &ChannelId, message: &str) -> String {
    let digits: String = message.chars().filter(char::is_ascii_digit).collect();
    format!("https://slack.com/archives/{channel}/p{digits}")
}

/// Slack shows a name for a channel, and nothing for a direct message.
fn shown(channel: &ChannelId) -> Option<&str> {
    let id = channel.as_str();
    (is_id(id) && id.starts_with(['C', 'G'])).then_some(id)
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// A line in which nobody is mentioned: a mention that everybody sees would notify.
pub(super) fn unmentioned(line: &mut [Piece], name: &dyn Fn(&UserId) -> Option<String>) {
    for one in line {
        if let Piece::User(user) = one {
            *one = match name(user) {
                Some(name) => Piece::Strong(name),
                None => Piece::Plain("somebody".to_owned()),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Platform;

    fn line() -> Vec<Piece> {
        vec![
            Piece::from("2 of *all* & <b> by "),
            Piece::User(UserId("U1".to_owned())),
            Piece::from(" in "),
            Piece::Channel(ChannelId::parse(Platform::Slack, "C1").unwrap()),
            Piece::from(", "),
            Piece::Moment("2026-08-04T06:00:00Z".parse().unwrap()),
            Piece::from(": "),
            Piece::Code("/papers `x` <y>".to_owned()),
            Piece::Link { text: "a|b".to_owned(), url: "https://a.org/?x=1&y=2".to_owned() },
        ]
    }

    #[test]
    fn rich_text_takes_words_as_they_are() {
        let mut room = 3_000;
        let elements = rich(&line(), &mut room);
        assert_eq!(elements[0], json!({"type": "text", "text": "2 of *all* & <b> by "}));
        assert_eq!(elements[1], json!({"type": "user", "user_id": "U1"}));
        assert_eq!(elements[3], json!({"type": "channel", "channel_id": "C1"}));
        assert_eq!(elements[5]["fallback"], "4 Aug 2026 06:00 UTC");
        assert_eq!(elements[7]["style"], json!({"code": true}));
        assert_eq!(elements[8]["url"], "https://a.org/?x=1&y=2");
    }

    #[test]
    fn small_print_escapes_what_it_can_and_replaces_the_rest() {
        let block = small(&line()).unwrap();
        insta::assert_snapshot!(block["elements"][0]["text"].as_str().unwrap(), @"2 of ∗all∗ &amp; &lt;b&gt; by <@U1> in <#C1>, <!date^1785823200^{date_short_pretty} at {time}|4 Aug 2026 06:00 UTC>: `/papers ˋxˋ &lt;y&gt;`<https://a.org/?x=1&amp;y=2|a∣b>");
        assert_eq!(small(&[Piece::from("a & b")]).unwrap()["elements"][0]["text"], "a &amp; b");
        assert_eq!(small(&[Piece::from(" ")]), None);
    }

    #[test]
    fn nothing_of_small_print_is_cut_inside_a_sign() {
        let url = format!("https://a.org/{}", "x".repeat(900));
        let many = vec![Piece::Link { text: "words".to_owned(), url }; 3];
        let text = small(&many).unwrap()["elements"][0]["text"].as_str().unwrap().to_owned();
        assert_eq!(text.matches('<').count(), text.matches('>').count());
        assert!(text.chars().count() <= SMALL_MAX);
    }

    #[test]
    fn what_everybody_sees_mentions_nobody() {
        let mut line = line();
        unmentioned(&mut line, &|user| (user.0 == "U1").then(|| "ada".to_owned()));
        assert_eq!(line[1], Piece::Strong("ada".to_owned()));
        line[1] = Piece::User(UserId("U2".to_owned()));
        unmentioned(&mut line, &|_| None);
        assert_eq!(line[1], Piece::from("somebody"));
    }
}
