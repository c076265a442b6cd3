//! A roundup as Slack's blocks, cut where Slack's limits end.

use slack_morphism::prelude::*;

use super::controls::PRESS;
use super::format::{address, rich, small};
use super::line::permalink;
use super::text::{entities, raw, unformatted};
use crate::message::{DETAILS, POSTED, RoundupCard, RoundupLine};

/// Longest heading; Slack takes 150 in a header block.
const HEADING_MAX: usize = 150;
/// Longest title of a paper.
const TITLE_MAX: usize = 200;
/// Longest line of small facts.
const FACTS_MAX: usize = 160;
/// Longest line below the papers.
const NOTE_MAX: usize = 400;
/// Longest label of a section.
const LABEL_MAX: usize = 120;
/// Most papers in the blocks; with the caps above they stay under the 13,200 characters that Slack takes.
const PAPERS_MAX: usize = 20;
/// Most sections: each is a block, and Slack takes 50.
const SECTIONS_MAX: usize = 20;
/// Longest text of the plain rendering.
const PLAIN_MAX: usize = 3_900;

/// The roundup as blocks.
pub(super) fn blocks(roundup: &RoundupCard) -> Vec<SlackBlock> {
    if roundup.sections.is_empty() {
        return vec![small(&entities(&roundup.heading, HEADING_MAX))];
    }
    let heading = SlackBlockPlainText::new(entities(&roundup.heading, HEADING_MAX)).with_emoji(false);
    let mut blocks: Vec<SlackBlock> = vec![SlackHeaderBlock::new(heading.into()).into()];
    let total: usize = roundup.sections.iter().map(|section| section.lines.len()).sum();
    let mut room = PAPERS_MAX;
    for section in roundup.sections.iter().take(SECTIONS_MAX) {
        if room == 0 {
            break;
        }
        let shown = &section.lines[..section.lines.len().min(room)];
        room -= shown.len();
        let label = SlackRichTextText::new(raw(&section.label, LABEL_MAX)).italic().into();
        let sections = std::iter::once(vec![label]).chain(shown.iter().map(paper));
        blocks.push(rich(&sections.collect::<Vec<_>>()));
    }
    let left_out = total - (PAPERS_MAX - room);
    let more = (left_out > 0).then(|| format!("… and {left_out} more"));
    let note = more.into_iter().chain(Some(roundup.note.clone())).filter(|text| !text.is_empty());
    let note = note.collect::<Vec<_>>().join(" · ");
    if !note.is_empty() {
        blocks.push(small(&entities(&note, NOTE_MAX)));
    }
    blocks.extend(roundup.details.as_deref().map(details));
    blocks
}

/// The button for details.
fn details(control: &str) -> SlackBlock {
    let label = SlackBlockPlainText::new(DETAILS.to_owned()).with_emoji(false);
    let button = SlackBlockButtonElement::new(label.into())
        .with_action_id(format!("{PRESS}0").into())
        .with_value(control.to_owned());
    SlackActionsBlock::new(vec![button.into()]).into()
}

fn paper(line: &RoundupLine) -> Vec<SlackRichTextInlineElement> {
    let title = raw(&line.title, TITLE_MAX);
    let title = match address(&line.url) {
        Some(url) => {
            let bold = SlackRichTextStyle::new().with_bold(true);
            SlackRichTextLink::new(url.into()).with_text(title).with_style(bold).into()
        }
        None => SlackRichTextText::new(title).bold().into(),
    };
    let facts = raw(&line.facts.join(" · "), FACTS_MAX);
    let Some(posted) = &line.posted else {
        return vec!["\n".into(), title, format!("\n{facts}").into()];
    };
    let message = SlackRichTextLink::new(permalink(&posted.channel, &posted.message).into());
    let message = message.with_text(POSTED.to_owned()).into();
    vec!["\n".into(), title, "\n".into(), message, format!(" · {facts}").into()]
}

/// The roundup as text without mark-up.
pub(super) fn plain(roundup: &RoundupCard) -> String {
    let mut out = unformatted(&roundup.heading, HEADING_MAX);
    let mut left_out = 0;
    for line in roundup.sections.iter().flat_map(|section| &section.lines) {
        let url = address(&line.url).map(|url| format!(" <{}>", url.replace('&', "&amp;")));
        let posted = line.posted.as_ref().map(|_| format!(" ({POSTED})")).unwrap_or_default();
        let title = unformatted(&line.title, TITLE_MAX);
        let piece = format!("\n• {title}{}{posted}", url.unwrap_or_default());
        if left_out > 0 || out.chars().count() + piece.chars().count() > PLAIN_MAX {
            left_out += 1;
        } else {
            out += &piece;
        }
    }
    if left_out > 0 {
        return format!("{out}\n… and {left_out} more");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::RoundupSection;

    fn roundup(papers: usize, title: &str) -> RoundupCard {
        let line = RoundupLine {
            paper: "2608.01234".parse().unwrap(),
            title: title.to_owned(),
            url: "https://arxiv.org/abs/2608.01234".to_owned(),
            facts: vec!["Ada Lovelace".to_owned(), "12 upvotes".to_owned()],
            posted: None,
        };
        let section = RoundupSection { label: "flow".to_owned(), lines: vec![line; papers] };
        RoundupCard {
            heading: "Roundup of Tue, 4 Aug 2026".to_owned(),
            sections: vec![section],
            note: String::new(),
            details: None,
        }
    }

    #[test]
    fn papers_stand_below_their_query_with_title_and_facts() {
        let lines: Vec<String> = blocks(&roundup(1, "Flow & <Matching>"))
            .iter()
            .map(|block| serde_json::to_value(block).unwrap().to_string())
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"text":{"emoji":false,"text":"Roundup of Tue, 4 Aug 2026","type":"plain_text"},"type":"header"}
        {"elements":[{"elements":[{"style":{"italic":true},"text":"flow","type":"text"}],"type":"rich_text_section"},{"elements":[{"text":"\n","type":"text"},{"style":{"bold":true},"text":"Flow & <Matching>","type":"link","url":"https://arxiv.org/abs/2608.01234"},{"text":"\nAda Lovelace · 12 upvotes","type":"text"}],"type":"rich_text_section"}],"type":"rich_text"}
        "#);
        insta::assert_snapshot!(plain(&roundup(1, "Flow & <Matching>")), @r"
        Roundup of Tue, 4 Aug 2026
        • Flow &amp; &lt;Matching&gt; <https://arxiv.org/abs/2608.01234>
        ");
    }

    #[test]
    fn a_paper_that_was_posted_leads_to_its_message_and_details_have_a_button() {
        let mut marked = roundup(1, "Flow");
        marked.details = Some("roundup:matches:2026-08-04".to_owned());
        marked.sections[0].lines[0].posted = Some(crate::message::PostedAt {
            workspace: None,
            channel: crate::domain::ChannelId::parse(crate::domain::Platform::Slack, "C1").unwrap(),
            message: "1785672009.000100".to_owned(),
        });
        let lines: Vec<String> = blocks(&marked)[1..]
            .iter()
            .map(|block| serde_json::to_value(block).unwrap().to_string())
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        {"elements":[{"elements":[{"style":{"italic":true},"text":"flow","type":"text"}],"type":"rich_text_section"},{"elements":[{"text":"\n","type":"text"},{"style":{"bold":true},"text":"Flow","type":"link","url":"https://arxiv.org/abs/2608.01234"},{"text":"\n","type":"text"},{"text":"already posted","type":"link","url":"https://slack.com/archives/C1/p1785672009000100"},{"text":" · Ada Lovelace · 12 upvotes","type":"text"}],"type":"rich_text_section"}],"type":"rich_text"}
        {"elements":[{"action_id":"press:0","text":{"emoji":false,"text":"Details","type":"plain_text"},"type":"button","value":"roundup:matches:2026-08-04"}],"type":"actions"}
        "#);
    }

    #[test]
    fn a_quiet_day_is_one_small_line() {
        let mut quiet = roundup(0, "");
        quiet.sections.clear();
        let blocks = serde_json::to_value(blocks(&quiet)).unwrap();
        insta::assert_snapshot!(blocks, @r#"[{"elements":[{"emoji":false,"text":"Roundup of Tue, 4 Aug 2026","type":"plain_text"}],"type":"context"}]"#);
        assert_eq!(plain(&quiet), "Roundup of Tue, 4 Aug 2026");
    }

    #[test]
    fn what_does_not_fit_is_counted_and_no_limit_is_passed() {
        let many = roundup(200, &"very long title ".repeat(40));
        let json = serde_json::to_string(&blocks(&many)).unwrap();
        assert!(json.chars().count() < 13_200, "{}", json.chars().count());
        assert!(json.contains("… and 180 more"), "{json}");
        let text = plain(&many);
        assert!(text.chars().count() < 4_000 && text.contains("… and 18"), "{text}");
    }
}
