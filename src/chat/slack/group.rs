//! Several papers as Slack's blocks, cut where Slack's limits end.

use slack_morphism::prelude::*;

use super::format::{address, rich, small};
use super::text::{entities, raw, unformatted};
use crate::message::{GROUP_MAX, GroupCard, GroupPaper};

/// Longest heading; Slack takes 150 in a header block.
const HEADING_MAX: usize = 150;
/// Longest title of a paper.
const TITLE_MAX: usize = 200;
/// Longest line of small facts.
const FACTS_MAX: usize = 160;
/// Longest address of a title: a group's blocks share about 13,200 characters.
const LINK_MAX: usize = 300;
/// Longest short text.
const TEXT_MAX: usize = 300;
/// Longest reason with its escapes.
const WHY_MAX: usize = 200;
/// Longest text of the plain rendering; Slack takes 4,000.
const PLAIN_MAX: usize = 3_900;

/// The heading, and for each paper its title, facts and text, with the reason below in small type.
pub(super) fn blocks(group: &GroupCard) -> Vec<SlackBlock> {
    let heading = SlackBlockPlainText::new(entities(&group.heading, HEADING_MAX)).with_emoji(false);
    let mut blocks: Vec<SlackBlock> = vec![SlackHeaderBlock::new(heading.into()).into()];
    for paper in group.papers.iter().take(GROUP_MAX) {
        blocks.push(rich(&[words(paper)]));
        let why = entities(&paper.why, WHY_MAX);
        if !why.is_empty() {
            blocks.push(small(&why));
        }
    }
    blocks
}

fn words(paper: &GroupPaper) -> Vec<SlackRichTextInlineElement> {
    let title = raw(&paper.title, TITLE_MAX);
    let title = match link(&paper.url) {
        Some(url) => {
            let bold = SlackRichTextStyle::new().with_bold(true);
            SlackRichTextLink::new(url.into()).with_text(title).with_style(bold).into()
        }
        None => SlackRichTextText::new(title).bold().into(),
    };
    let lines = [raw(&paper.facts.join(" · "), FACTS_MAX), raw(&paper.text, TEXT_MAX)];
    let lines = lines.into_iter().filter(|line| !line.is_empty()).map(|line| format!("\n{line}").into());
    std::iter::once(title).chain(lines).collect()
}

fn link(untrusted: &str) -> Option<String> {
    address(untrusted).filter(|url| url.chars().count() <= LINK_MAX)
}

/// The group as text without mark-up: titles and links, and as much of the facts as there is room for.
pub(super) fn plain(group: &GroupCard) -> String {
    let heading = unformatted(&group.heading, HEADING_MAX);
    let shown = group.papers.len().clamp(1, GROUP_MAX);
    let room = (PLAIN_MAX - heading.chars().count()) / shown;
    let paper = |paper: &GroupPaper| {
        let url = link(&paper.url).map(|url| format!(" <{}>", url.replace('&', "&amp;")));
        let url = url.filter(|url| url.chars().count() < room / 2).unwrap_or_default();
        // A line break, a bullet and a space beside the words.
        let title = unformatted(&paper.title, room.saturating_sub(url.chars().count() + 3).min(TITLE_MAX));
        let mut piece = format!("\n• {title}{url}");
        let left = room.saturating_sub(piece.chars().count());
        if left > 20 {
            let facts = unformatted(&paper.facts.join(" · "), (left - 3).min(FACTS_MAX));
            if !facts.is_empty() {
                piece.extend(["\n  ", &facts]);
            }
        }
        piece
    };
    heading + &group.papers.iter().take(shown).map(paper).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(papers: usize, words: &str) -> GroupCard {
        let paper = GroupPaper {
            paper: "2608.01234".parse().unwrap(),
            title: words.to_owned(),
            url: "https://arxiv.org/abs/2608.01234".to_owned(),
            facts: vec!["Ada Lovelace".to_owned(), "12 upvotes".to_owned()],
            text: words.to_owned(),
            why: format!("Matches “{words}”"),
        };
        GroupCard { heading: format!("{papers} new papers"), papers: vec![paper; papers] }
    }

    #[test]
    fn each_paper_is_a_linked_title_its_facts_its_text_and_the_reason() {
        let lines: Vec<String> = blocks(&group(1, "Flow & <Matching>"))
            .iter()
            .map(|block| serde_json::to_value(block).unwrap().to_string())
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"text":{"emoji":false,"text":"1 new papers","type":"plain_text"},"type":"header"}
        {"elements":[{"elements":[{"style":{"bold":true},"text":"Flow & <Matching>","type":"link","url":"https://arxiv.org/abs/2608.01234"},{"text":"\nAda Lovelace · 12 upvotes","type":"text"},{"text":"\nFlow & <Matching>","type":"text"}],"type":"rich_text_section"}],"type":"rich_text"}
        {"elements":[{"emoji":false,"text":"Matches “Flow &amp; &lt;Matching&gt;”","type":"plain_text"}],"type":"context"}
        "#);
        insta::assert_snapshot!(plain(&group(1, "Flow & <Matching>")), @r"
        1 new papers
        • Flow &amp; &lt;Matching&gt; <https://arxiv.org/abs/2608.01234>
          Ada Lovelace · 12 upvotes
        ");
    }

    #[test]
    fn ten_of_the_longest_papers_pass_no_limit() {
        let long = group(10, &"very long title & more ".repeat(40));
        let blocks = blocks(&long);
        assert_eq!(blocks.len(), 21);
        let text = plain(&long);
        assert!(text.chars().count() <= 4_000, "{}", text.chars().count());
        assert_eq!(text.matches("<https://arxiv.org/abs/2608.01234>").count(), 10);
    }
}
