//! A message as Discord's JSON, within every limit of Discord by construction; no I/O.
//!
//! Discord counts Unicode code points. Sums of the caps below stay under its total of 6,000 for
//! all embeds of a message, so nothing has to be added up.

use serde_json::Value;
use serenity::all::{
    CreateAllowedMentions, CreateEmbed, CreateEmbedAuthor, CreateEmbedFooter, CreateMessage, MessageFlags,
};

use super::markdown::unmentioned;
use super::words::{line, link as linked, text};
use super::{group, roundup, votes};
use crate::chat::Rendered;
use crate::message::{Message, PaperCard, Piece, clean, cut, web_link};

/// Longest embed title (Discord's limit).
const TITLE_MAX: usize = 256;
/// Longest author line (Discord's limit).
const AUTHOR_MAX: usize = 256;
/// Longest short text after escaping; Discord takes 4,096 for the whole description.
const TEXT_MAX: usize = 1_800;
/// Longest credit of the short text after escaping.
const CREDIT_MAX: usize = 100;
/// Longest category after escaping.
const CATEGORY_MAX: usize = 60;
/// Longest address in a link inside the description.
const LINK_MAX: usize = 600;
/// Longest small print about who submitted a paper, after escaping.
const SUBMITTED_MAX: usize = 450;
/// Longest footer; Discord takes 2,048.
const FOOTER_MAX: usize = 1_000;
/// Longest line of a paper in a line; Discord takes 2,000 for the whole content.
const LINE_MAX: usize = 1_200;
/// Longest plain short text after escaping; Discord takes 2,000 for the whole content.
const PLAIN_TEXT_MAX: usize = 500;
/// Longest plain reason after escaping.
const PLAIN_WHY_MAX: usize = 300;
/// Longest address in the plain content.
const PLAIN_LINK_MAX: usize = 300;
/// The bar at the left of the embed.
pub(super) const COLOUR: u32 = 0x00B3_1B1B;

/// Translates a message.
pub(super) fn render(message: &Message) -> Rendered {
    let json = |message: &CreateMessage| {
        let value = serde_json::to_value(message).expect("a message of strings and numbers is always JSON");
        without_nulls(value).to_string()
    };
    match message {
        Message::Paper(card) => Rendered { rich: json(&rich(card)), plain: json(&plain(card)) },
        Message::Roundup(card) => {
            Rendered { rich: json(&roundup::rich(card)), plain: json(&roundup::plain(card)) }
        }
        Message::Group(card) => Rendered { rich: json(&group::rich(card)), plain: json(&group::plain(card)) },
        Message::Line(card) => Rendered { rich: json(&one_line(card)), plain: json(&plain(card)) },
    }
}

/// Drops empty fields: serenity writes some (`proxy_url` of a picture) that Discord only answers with.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let set = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(set.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// The start of every message: nobody is ever notified, whatever the text holds.
pub(super) fn silent() -> CreateMessage {
    CreateMessage::new().allowed_mentions(CreateAllowedMentions::new())
}

fn rich(card: &PaperCard) -> CreateMessage {
    silent().embed(embed(card, TEXT_MAX)).components(vec![votes::row(card)])
}

/// A paper as an embed whose short text has at most `text_max` characters.
pub(super) fn embed(card: &PaperCard, text_max: usize) -> CreateEmbed {
    let mut embed = CreateEmbed::new()
        .title(text(&card.heading(), TITLE_MAX))
        .description(description(card, text_max))
        .colour(COLOUR);
    if let Some(url) = web_link(&card.url) {
        embed = embed.url(url);
    }
    // Author and footer show their text as it is: an escape would be visible there.
    let byline = cut(&unmentioned(&clean(&card.byline)), AUTHOR_MAX);
    if !byline.is_empty() {
        embed = embed.author(CreateEmbedAuthor::new(byline));
    }
    let why = cut(&unmentioned(&clean(&card.why)), FOOTER_MAX);
    if !why.is_empty() {
        embed = embed.footer(CreateEmbedFooter::new(why));
    }
    if let Some(picture) = card.thumbnail.as_deref().and_then(web_link) {
        embed = embed.thumbnail(picture);
    }
    embed
}

/// Title, byline and facts in one line; a preview of the page would make it many.
fn one_line(card: &PaperCard) -> CreateMessage {
    let title = linked(&[Piece::Plain(card.heading())], &card.url, LINE_MAX);
    let parts = [format!("**{title}**"), text(&card.byline, AUTHOR_MAX)];
    let facts = card.facts().into_iter().map(|fact| text(&fact, CATEGORY_MAX));
    let parts: Vec<String> = parts.into_iter().chain(facts).filter(|part| !part.is_empty()).collect();
    let mut content = parts.join(" · ");
    if let Some(submitted) = submitted(card) {
        content.push('\n');
        content.push_str(&submitted);
    }
    let message = silent().content(content).flags(MessageFlags::SUPPRESS_EMBEDS);
    message.components(vec![votes::row(card)])
}

/// Who put the paper before the channel, in small print; a mention that notifies nobody.
fn submitted(card: &PaperCard) -> Option<String> {
    Some(format!("-# {}", line(&card.submitted()?, SUBMITTED_MAX).replace('\n', " ")))
}

fn description(card: &PaperCard, text_max: usize) -> String {
    let mut parts = vec![text(&card.text, text_max)];
    let credit = text(card.text_credit.as_deref().unwrap_or_default(), CREDIT_MAX);
    if !credit.is_empty() {
        parts.push(format!("-# {credit}"));
    }
    parts.retain(|part| !part.is_empty());
    let mut facts: Vec<String> = card.facts().iter().map(|fact| text(fact, CATEGORY_MAX)).collect();
    let stars = card.stars_text().map(|stars| format!(" ({stars})")).unwrap_or_default();
    facts.extend(link("code", card.repository.as_deref()).map(|link| link + &stars));
    facts.extend(link("project page", card.project_page.as_deref()));
    parts.push(facts.join(" · "));
    parts.extend(submitted(card));
    parts.join("\n")
}

/// A link whose words and address are ours.
fn link(label: &str, address: Option<&str>) -> Option<String> {
    let address = web_link(address?).filter(|a| a.chars().count() <= LINK_MAX)?;
    Some(format!("[{label}]({address})"))
}

fn plain(card: &PaperCard) -> CreateMessage {
    let mut lines = vec![format!("**{}**", text(&card.heading(), TITLE_MAX))];
    // Angle brackets keep Discord from adding a preview of the page.
    let url = web_link(&card.url).filter(|url| url.chars().count() <= PLAIN_LINK_MAX);
    lines.extend(url.map(|url| format!("<{url}>")));
    let byline = text(&card.byline, AUTHOR_MAX);
    let facts = card.facts().into_iter().map(|fact| text(&fact, CATEGORY_MAX));
    let facts: Vec<String> = Some(byline).into_iter().chain(facts).filter(|part| !part.is_empty()).collect();
    lines.push(facts.join(" · "));
    lines.push(text(&card.text, PLAIN_TEXT_MAX));
    lines.extend(card.text_credit.as_ref().map(|credit| text(credit, CREDIT_MAX)));
    lines.push(text(&card.why, PLAIN_WHY_MAX));
    lines.extend(submitted(card));
    lines.retain(|line| !line.is_empty());
    silent().content(lines.join("\n")).flags(MessageFlags::SUPPRESS_EMBEDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn card() -> PaperCard {
        PaperCard {
            paper: "2608.01234".parse().unwrap(),
            title: "Flow Matching: A *New* Path".to_owned(),
            url: "https://arxiv.org/abs/2608.01234".to_owned(),
            byline: "Ada Lovelace, Charles Babbage and 3 more".to_owned(),
            category: Some("cs.RO".to_owned()),
            day: date(2026, 8, 4),
            text: "Robots_learn faster.".to_owned(),
            text_credit: Some("Summary by Llama".to_owned()),
            why: "Matches “robots” in the title".to_owned(),
            thumbnail: None,
            repository: Some("https://github.com/a/b_(c)".to_owned()),
            project_page: None,
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
    fn a_paper_is_one_embed_with_everything_in_its_place() {
        let (rich, _) = parts(card());
        insta::assert_snapshot!(serde_json::to_string_pretty(&rich["embeds"]).unwrap(), @r#"
        [
          {
            "author": {
              "name": "Ada Lovelace, Charles Babbage and 3 more"
            },
            "color": 11737883,
            "description": "Robots\\_learn faster.\n-# Summary by Llama\ncs.RO · 4 Aug 2026 · 12 upvotes · [code](https://github.com/a/b_%28c%29) (340 stars)",
            "footer": {
              "text": "Matches “robots” in the title"
            },
            "title": "Flow Matching: A \\*New\\* Path",
            "type": "rich",
            "url": "https://arxiv.org/abs/2608.01234"
          }
        ]
        "#);
    }

    #[test]
    fn the_plain_rendering_is_content_without_previews() {
        let (_, plain) = parts(card());
        assert_eq!(plain["flags"], 4);
        insta::assert_snapshot!(plain["content"].as_str().unwrap(), @r"
        **Flow Matching: A \*New\* Path**
        <https://arxiv.org/abs/2608.01234>
        Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes
        Robots\_learn faster.
        Summary by Llama
        Matches “robots” in the title
        ");
    }

    #[test]
    fn a_line_links_its_title_and_ends_with_the_facts() {
        let rendered = render(&Message::Line(card()));
        let rich: Value = serde_json::from_str(&rendered.rich).unwrap();
        assert_eq!(rich["flags"], 4);
        insta::assert_snapshot!(rich["content"].as_str().unwrap(), @r"**[Flow Matching: A \*New\* Path](https://arxiv.org/abs/2608.01234)** · Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes");
        assert_eq!(rich["allowed_mentions"]["parse"], serde_json::json!([]));
    }

    #[test]
    fn nobody_is_notified_by_either_rendering() {
        let (rich, plain) = parts(card());
        let nobody = serde_json::json!({"parse": [], "users": [], "roles": []});
        assert_eq!((&rich["allowed_mentions"], &plain["allowed_mentions"]), (&nobody, &nobody));
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
            upvotes: None,
            stars: None,
            ..card()
        };
        let (rich, plain) = parts(empty);
        assert_eq!(rich["embeds"][0]["title"], "Untitled paper");
        assert_eq!(rich["embeds"][0].get("author"), None);
        assert_eq!(rich["embeds"][0].get("url"), None);
        assert_eq!(plain["content"], "**Untitled paper**\n4 Aug 2026");
    }
}
