//! A message as Slack's blocks, within every limit of Slack by construction; no I/O.
//!
//! The caps below sum up to well under the about 13,200 characters that Slack takes for all blocks.

use slack_morphism::prelude::*;

use super::text::{entities, raw, unformatted};
use super::votes::with_buttons;
use super::{group, roundup};
use crate::chat::Rendered;
use crate::message::{Message, PaperCard, web_link};

/// Longest title; a header block would take 150 and no link.
const TITLE_MAX: usize = 300;
/// Longest address that is linked.
const LINK_MAX: usize = 1_000;
/// Longest line of small facts with its escapes.
const FACTS_MAX: usize = 600;
/// Longest short text; Slack takes 3,000 in one text object.
const TEXT_MAX: usize = 2_000;
/// Longest credit of the short text.
const CREDIT_MAX: usize = 100;
/// Longest words about who submitted a paper, with their escapes.
const SUBMITTED_MAX: usize = 900;
/// Longest reason with its escapes.
const WHY_MAX: usize = 1_000;
/// Longest short text in the plain rendering; with all else it stays under 4,000.
const PLAIN_TEXT_MAX: usize = 1_200;

/// Translates a message.
pub(super) fn render(message: &Message) -> Rendered {
    let json = |content: &SlackMessageContent| {
        serde_json::to_string(content).expect("a message of strings and numbers is always JSON")
    };
    match message {
        Message::Paper(card) => {
            let plain = SlackMessageContent::new().with_text(plain(card));
            let mut blocks = paper_blocks(card);
            blocks.extend(submitted(card));
            let rich = plain.clone().with_blocks(blocks);
            Rendered { rich: votable(&rich, card), plain: json(&plain) }
        }
        Message::Roundup(card) => {
            let plain = SlackMessageContent::new().with_text(roundup::plain(card));
            let rich = plain.clone().with_blocks(roundup::blocks(card));
            Rendered { rich: json(&rich), plain: json(&plain) }
        }
        Message::Group(card) => {
            let plain = SlackMessageContent::new().with_text(group::plain(card));
            let rich = plain.clone().with_blocks(group::blocks(card));
            Rendered { rich: json(&rich), plain: json(&plain) }
        }
        Message::Line(card) => {
            let plain = SlackMessageContent::new().with_text(plain_line(card));
            let rest = format!(" · {}", line_parts(card).join(" · "));
            let line = vec![title(card), raw_tail(&rest).into()];
            let mut blocks = vec![rich(&[line])];
            blocks.extend(submitted(card));
            let rich = plain.clone().with_blocks(blocks);
            Rendered { rich: votable(&rich, card), plain: json(&plain) }
        }
    }
}

/// A message with the buttons for votes.
fn votable(content: &SlackMessageContent, card: &PaperCard) -> String {
    let value = serde_json::to_value(content).expect("a message of strings and numbers is always JSON");
    with_buttons(value, card).to_string()
}

/// Who put the paper before the channel.
fn submitted(card: &PaperCard) -> Option<SlackBlock> {
    Some(small(&entities(&card.submitted_by_name()?, SUBMITTED_MAX)))
}

/// The blocks of one paper in full width.
pub(super) fn paper_blocks(card: &PaperCard) -> Vec<SlackBlock> {
    let mut sections = vec![vec![title(card)]];
    let text = raw(&card.text, TEXT_MAX);
    if !text.is_empty() {
        sections.push(vec![text.into()]);
    }
    let credit = raw(card.text_credit.as_deref().unwrap_or_default(), CREDIT_MAX);
    if !credit.is_empty() {
        sections.push(vec![SlackRichTextText::new(credit).italic().into()]);
    }
    let links = links(card);
    if !links.is_empty() {
        sections.push(links);
    }
    let [title, rest @ ..] = sections.as_slice() else { return Vec::new() };
    let mut blocks = vec![rich(std::slice::from_ref(title)), small(&line(card))];
    if !rest.is_empty() {
        blocks.push(rich(rest));
    }
    let why = entities(&card.why, WHY_MAX);
    if !why.is_empty() {
        blocks.push(small(&why));
    }
    blocks
}

fn title(card: &PaperCard) -> SlackRichTextInlineElement {
    let heading = raw(&card.heading(), TITLE_MAX);
    match address(&card.url) {
        Some(url) => {
            let bold = SlackRichTextStyle::new().with_bold(true);
            SlackRichTextLink::new(url.into()).with_text(heading).with_style(bold).into()
        }
        None => SlackRichTextText::new(heading).bold().into(),
    }
}

fn links(card: &PaperCard) -> Vec<SlackRichTextInlineElement> {
    let mut elements: Vec<SlackRichTextInlineElement> = Vec::new();
    if let Some(url) = card.repository.as_deref().and_then(address) {
        elements.push(SlackRichTextLink::new(url.into()).with_text("code".to_owned()).into());
        elements.extend(card.stars_text().map(|stars| format!(" ({stars})").into()));
    }
    if let Some(url) = card.project_page.as_deref().and_then(address) {
        if !elements.is_empty() {
            elements.push(" · ".into());
        }
        elements.push(SlackRichTextLink::new(url.into()).with_text("project page".to_owned()).into());
    }
    elements
}

pub(super) fn rich(sections: &[Vec<SlackRichTextInlineElement>]) -> SlackBlock {
    let section = |elements: &Vec<_>| SlackRichTextSection::new(elements.clone()).into();
    SlackRichTextBlock::new(sections.iter().map(section).collect()).into()
}

/// A line in Slack's smaller grey type.
pub(super) fn small(escaped: &str) -> SlackBlock {
    // With emoji on, Slack would turn `:x:` of a title into a picture.
    let text = SlackBlockPlainText::new(escaped.to_owned()).with_emoji(false);
    SlackContextBlock::new(vec![SlackContextBlockElement::Plain(text)]).into()
}

fn line(card: &PaperCard) -> String {
    entities(&line_parts(card).join(" · "), FACTS_MAX)
}

fn line_parts(card: &PaperCard) -> Vec<String> {
    let byline = Some(card.byline.clone()).filter(|byline| !byline.is_empty());
    byline.into_iter().chain(card.facts()).collect()
}

/// What follows a title on its line.
fn raw_tail(text: &str) -> String {
    format!(" {}", raw(text, FACTS_MAX))
}

fn plain_line(card: &PaperCard) -> String {
    let mut parts = vec![unformatted(&card.heading(), TITLE_MAX)];
    parts.push(unformatted(&line_parts(card).join(" · "), FACTS_MAX));
    parts.extend(address(&card.url).map(|url| format!("<{}>", url.replace('&', "&amp;"))));
    parts.join(" · ")
}

fn plain(card: &PaperCard) -> String {
    let mut lines = vec![unformatted(&card.heading(), TITLE_MAX)];
    lines.extend(address(&card.url).map(|url| format!("<{}>", url.replace('&', "&amp;"))));
    lines.push(unformatted(&line_parts(card).join(" · "), FACTS_MAX));
    lines.push(unformatted(&card.text, PLAIN_TEXT_MAX));
    lines.extend(card.text_credit.as_ref().map(|credit| unformatted(credit, CREDIT_MAX)));
    lines.push(unformatted(&card.why, WHY_MAX / 2));
    lines.extend(card.submitted_by_name().map(|said| unformatted(&said, SUBMITTED_MAX / 2)));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

pub(super) fn address(untrusted: &str) -> Option<String> {
    web_link(untrusted).filter(|url| url.chars().count() <= LINK_MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::Value;

    use super::*;

    fn card() -> PaperCard {
        PaperCard {
            paper: "2608.01234".parse().unwrap(),
            title: "Flow & Matching".to_owned(),
            url: "https://arxiv.org/abs/2608.01234".to_owned(),
            byline: "Ada Lovelace, Charles Babbage and 3 more".to_owned(),
            category: Some("cs.RO".to_owned()),
            day: date(2026, 8, 4),
            text: "Robots learn <faster>.".to_owned(),
            text_credit: Some("Summary by Llama".to_owned()),
            why: "Matches “robots” in the title".to_owned(),
            thumbnail: None,
            repository: Some("https://github.com/a/b".to_owned()),
            project_page: Some("https://a.org/?x=1&y=2".to_owned()),
            upvotes: Some(12),
            stars: Some(340),
            withdrawn: false,
            badges: Vec::new(),
            community: None,
        }
    }

    fn parts(card: PaperCard) -> (Value, Value) {
        let rendered = render(&Message::Paper(card));
        (serde_json::from_str(&rendered.rich).unwrap(), serde_json::from_str(&rendered.plain).unwrap())
    }

    #[test]
    fn a_paper_is_a_linked_title_its_facts_its_text_and_the_reason() {
        let (rich, _) = parts(card());
        let lines: Vec<String> = rich["blocks"].as_array().unwrap().iter().map(Value::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"elements":[{"elements":[{"style":{"bold":true},"text":"Flow & Matching","type":"link","url":"https://arxiv.org/abs/2608.01234"}],"type":"rich_text_section"}],"type":"rich_text"}
        {"elements":[{"emoji":false,"text":"Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes","type":"plain_text"}],"type":"context"}
        {"elements":[{"elements":[{"text":"Robots learn <faster>.","type":"text"}],"type":"rich_text_section"},{"elements":[{"style":{"italic":true},"text":"Summary by Llama","type":"text"}],"type":"rich_text_section"},{"elements":[{"text":"code","type":"link","url":"https://github.com/a/b"},{"text":" (340 stars)","type":"text"},{"text":" · ","type":"text"},{"text":"project page","type":"link","url":"https://a.org/?x=1&y=2"}],"type":"rich_text_section"}],"type":"rich_text"}
        {"elements":[{"emoji":false,"text":"Matches “robots” in the title","type":"plain_text"}],"type":"context"}
        {"elements":[{"action_id":"press:0","text":{"emoji":false,"text":"▲","type":"plain_text"},"type":"button","value":"vote:up"},{"action_id":"press:1","text":{"emoji":false,"text":"▼","type":"plain_text"},"type":"button","value":"vote:down"}],"type":"actions"}
        "#);
    }

    #[test]
    fn the_fallback_text_is_the_whole_plain_rendering() {
        let (rich, plain) = parts(card());
        assert_eq!(rich["text"], plain["text"]);
        assert_eq!(plain.get("blocks"), None);
        insta::assert_snapshot!(plain["text"].as_str().unwrap(), @"
        Flow &amp; Matching
        <https://arxiv.org/abs/2608.01234>
        Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes
        Robots learn &lt;faster&gt;.
        Summary by Llama
        Matches “robots” in the title
        ");
    }

    #[test]
    fn a_line_is_a_linked_title_and_its_facts() {
        let rendered = render(&Message::Line(card()));
        let rich: Value = serde_json::from_str(&rendered.rich).unwrap();
        insta::assert_snapshot!(rich["blocks"], @r#"[{"elements":[{"elements":[{"style":{"bold":true},"text":"Flow & Matching","type":"link","url":"https://arxiv.org/abs/2608.01234"},{"text":" · Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes","type":"text"}],"type":"rich_text_section"}],"type":"rich_text"},{"elements":[{"action_id":"press:0","text":{"emoji":false,"text":"▲","type":"plain_text"},"type":"button","value":"vote:up"},{"action_id":"press:1","text":{"emoji":false,"text":"▼","type":"plain_text"},"type":"button","value":"vote:down"}],"type":"actions"}]"#);
        insta::assert_snapshot!(rich["text"].as_str().unwrap(), @"Flow &amp; Matching · Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes · <https://arxiv.org/abs/2608.01234>");
        assert_eq!(rendered.plain, json_text(&rich["text"]));
    }

    fn json_text(text: &Value) -> String {
        serde_json::json!({"text": text}).to_string()
    }

    #[test]
    fn a_card_with_nothing_in_it_is_still_a_message() {
        let empty = PaperCard {
            paper: "2608.01234".parse().unwrap(),
            title: String::new(),
            url: "nonsense".to_owned(),
            byline: String::new(),
            category: None,
            text: String::new(),
            text_credit: None,
            why: String::new(),
            repository: None,
            project_page: None,
            upvotes: None,
            stars: None,
            ..card()
        };
        let (rich, plain) = parts(empty);
        assert_eq!(rich["blocks"].as_array().unwrap().len(), 3);
        assert_eq!(plain["text"], "Untitled paper\n4 Aug 2026");
    }
}
