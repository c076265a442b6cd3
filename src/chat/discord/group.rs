//! Several papers as one message, an embed each, cut where Discord's limits end.

use serenity::all::{CreateEmbed, CreateEmbedAuthor, CreateEmbedFooter, CreateMessage, MessageFlags};

use super::format::{COLOUR, silent};
use super::markdown::unmentioned;
use super::words::text;
use crate::message::{GROUP_MAX, GroupCard, GroupPaper, clean, cut, web_link};

/// Characters for all embeds; Discord takes 6,000.
const ALL_MAX: usize = 5_900;
/// Longest title of a paper after escaping.
const TITLE_MAX: usize = 180;
/// Longest line of small facts.
const FACTS_MAX: usize = 140;
/// Longest reason, when there is room.
const WHY_MAX: usize = 300;
/// Longest short text after escaping, when there is room.
const TEXT_MAX: usize = 400;
/// Longest heading after escaping.
const HEADING_MAX: usize = 100;
/// Longest plain content; Discord takes 2,000.
const PLAIN_MAX: usize = 1_990;
/// Longest address in the plain content.
const PLAIN_LINK_MAX: usize = 80;

/// The papers as embeds below the heading.
pub(super) fn rich(group: &GroupCard) -> CreateMessage {
    let shown = group.papers.len().clamp(1, GROUP_MAX);
    // What title and facts leave over is shared by text and reason.
    let room = (ALL_MAX / shown).saturating_sub(TITLE_MAX + FACTS_MAX);
    let why_max = (room * 2 / 5).min(WHY_MAX);
    let text_max = (room - why_max).min(TEXT_MAX);
    let embeds = group.papers.iter().take(shown).map(|paper| embed(paper, text_max, why_max));
    silent().content(format!("**{}**", text(&group.heading, HEADING_MAX))).embeds(embeds.collect())
}

fn embed(paper: &GroupPaper, text_max: usize, why_max: usize) -> CreateEmbed {
    let mut embed = CreateEmbed::new().title(text(&paper.title, TITLE_MAX)).colour(COLOUR);
    if let Some(url) = web_link(&paper.url) {
        embed = embed.url(url);
    }
    let short = text(&paper.text, text_max);
    if !short.is_empty() {
        embed = embed.description(short);
    }
    // Author and footer show their text as it is: an escape would be visible there.
    let facts = cut(&unmentioned(&clean(&paper.facts.join(" · "))), FACTS_MAX);
    if !facts.is_empty() {
        embed = embed.author(CreateEmbedAuthor::new(facts));
    }
    let why = cut(&unmentioned(&clean(&paper.why)), why_max);
    if why.is_empty() { embed } else { embed.footer(CreateEmbedFooter::new(why)) }
}

/// The papers as content without previews: titles and links, and as much of the facts as there is room for.
pub(super) fn plain(group: &GroupCard) -> CreateMessage {
    let heading = format!("**{}**", text(&group.heading, HEADING_MAX));
    let shown = group.papers.len().clamp(1, GROUP_MAX);
    let room = (PLAIN_MAX - heading.chars().count()) / shown;
    let paper = |paper: &GroupPaper| {
        // Angle brackets keep Discord from adding a preview of the page.
        let url = web_link(&paper.url).filter(|url| url.chars().count() <= PLAIN_LINK_MAX);
        let url = url.map(|url| format!(" <{url}>")).unwrap_or_default();
        // A line break, a bullet and a space beside the words.
        let title = text(&paper.title, room.saturating_sub(url.chars().count() + 3).min(TITLE_MAX));
        let mut piece = format!("\n• {title}{url}");
        let left = room.saturating_sub(piece.chars().count());
        if left > 20 {
            let facts = text(&paper.facts.join(" · "), (left - 3).min(FACTS_MAX));
            if !facts.is_empty() {
                piece.extend(["\n  ", &facts]);
            }
        }
        piece
    };
    let content = heading + &group.papers.iter().take(shown).map(paper).collect::<String>();
    silent().content(content).flags(MessageFlags::SUPPRESS_EMBEDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn group(papers: usize, words: &str) -> GroupCard {
        let paper = GroupPaper {
            paper: "2608.01234".parse().unwrap(),
            title: words.to_owned(),
            url: "https://arxiv.org/abs/2608.01234".to_owned(),
            facts: vec!["Ada Lovelace".to_owned(), "12 upvotes".to_owned()],
            text: words.to_owned(),
            why: words.to_owned(),
        };
        GroupCard { heading: format!("{papers} new papers"), papers: vec![paper; papers] }
    }

    fn json(message: &CreateMessage) -> Value {
        super::super::format::without_nulls(serde_json::to_value(message).unwrap())
    }

    #[test]
    fn each_paper_is_an_embed_with_everything_in_its_place() {
        let message = json(&rich(&group(2, "Flow *Matching*")));
        assert_eq!(message["content"], "**2 new papers**");
        assert_eq!(message["embeds"].as_array().unwrap().len(), 2);
        insta::assert_snapshot!(serde_json::to_string_pretty(&message["embeds"][0]).unwrap(), @r#"
        {
          "author": {
            "name": "Ada Lovelace · 12 upvotes"
          },
          "color": 11737883,
          "description": "Flow \\*Matching\\*",
          "footer": {
            "text": "Flow *Matching*"
          },
          "title": "Flow \\*Matching\\*",
          "type": "rich",
          "url": "https://arxiv.org/abs/2608.01234"
        }
        "#);
    }

    #[test]
    fn few_papers_have_more_room_than_many() {
        let long = "word ".repeat(200);
        let text = |papers| {
            json(&rich(&group(papers, &long)))["embeds"][0]["description"].as_str().unwrap().chars().count()
        };
        assert!(text(2) > 380, "{}", text(2));
        assert!(text(10) > 130, "{}", text(10));
    }

    #[test]
    fn the_plain_rendering_names_and_links_every_paper() {
        let message = json(&plain(&group(10, &"word ".repeat(200))));
        let content = message["content"].as_str().unwrap();
        assert!(content.chars().count() <= 2_000, "{}", content.chars().count());
        assert_eq!(content.matches("<https://arxiv.org/abs/2608.01234>").count(), 10);
        assert_eq!(message["flags"], 4);
    }
}
