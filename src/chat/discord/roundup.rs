//! A roundup as one embed, cut where Discord's limits end.

use serenity::all::{CreateEmbed, CreateEmbedFooter, CreateMessage};

use super::components;
use super::format::{COLOUR, silent};
use super::markdown::unmentioned;
use super::words::text;
use crate::message::{
    Button, DETAILS, Look, POSTED, PostedAt, Press, Reply, RoundupCard, RoundupLine, cut, web_link,
};

/// Longest embed title (Discord's limit).
const HEADING_MAX: usize = 256;
/// Longest title of a paper after escaping.
const TITLE_MAX: usize = 200;
/// Longest line of small facts after escaping.
const FACTS_MAX: usize = 160;
/// Longest address of a title's link.
const LINK_MAX: usize = 200;
/// Longest label of a section after escaping.
const LABEL_MAX: usize = 120;
/// Longest description; Discord takes 4,096, and 30 are kept for what is left out.
const TEXT_MAX: usize = 4_060;
/// Longest footer; Discord takes 2,048.
const NOTE_MAX: usize = 500;
/// Longest plain content; Discord takes 2,000, and 30 are kept for what is left out.
const PLAIN_MAX: usize = 1_960;

/// The roundup as an embed.
pub(super) fn rich(roundup: &RoundupCard) -> CreateMessage {
    if roundup.sections.is_empty() {
        return plain(roundup);
    }
    let mut embed = CreateEmbed::new()
        .title(text(&roundup.heading, HEADING_MAX))
        .description(lines(roundup, TEXT_MAX))
        .colour(COLOUR);
    let note = cut(&unmentioned(&roundup.note), NOTE_MAX);
    if !note.is_empty() {
        embed = embed.footer(CreateEmbedFooter::new(note));
    }
    with_details(silent().embed(embed), roundup)
}

/// The message with the button for details, where there are some.
fn with_details(message: CreateMessage, roundup: &RoundupCard) -> CreateMessage {
    let Some(control) = roundup.details.clone() else { return message };
    let press = Press::Control(control);
    let button = Button { label: DETAILS.to_owned(), look: Look::Plain, press };
    message.components(components::rows(&Reply { buttons: vec![button], ..Reply::default() }))
}

/// The roundup as content without previews.
pub(super) fn plain(roundup: &RoundupCard) -> CreateMessage {
    if roundup.sections.is_empty() {
        return silent().content(format!("-# {}", text(&roundup.heading, HEADING_MAX)));
    }
    let heading = format!("**{}**\n", text(&roundup.heading, HEADING_MAX));
    let room = PLAIN_MAX - heading.chars().count();
    let content = heading + &lines(roundup, room);
    let message = silent().content(content).flags(serenity::all::MessageFlags::SUPPRESS_EMBEDS);
    with_details(message, roundup)
}

/// As many papers as fit, in order; the others are counted.
fn lines(roundup: &RoundupCard, room: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let mut left_out = 0;
    for section in &roundup.sections {
        let mut label = Some(format!("__{}__\n", text(&section.label, LABEL_MAX)));
        for line in &section.lines {
            let piece = label.clone().unwrap_or_default() + &shown(line);
            let size = piece.chars().count();
            if left_out > 0 || used + size > room {
                left_out += 1;
                continue;
            }
            used += size;
            out += &piece;
            label = None;
        }
    }
    if left_out > 0 {
        return format!("{out}… and {left_out} more");
    }
    out.trim_end().to_owned()
}

fn shown(line: &RoundupLine) -> String {
    let title = text(&line.title, TITLE_MAX);
    let url = web_link(&line.url).filter(|url| url.chars().count() <= LINK_MAX);
    let title = url.map_or_else(|| title.clone(), |url| format!("[{title}](<{url}>)"));
    let facts = text(&line.facts.join(" · "), FACTS_MAX);
    match line.posted.as_ref().map(posted_link) {
        Some(posted) => format!("**{title}**\n-# {posted} · {facts}\n"),
        None => format!("**{title}**\n-# {facts}\n"),
    }
}

/// Leads to the message in which a paper was posted; a direct message has no server.
fn posted_link(at: &PostedAt) -> String {
    let server = at.workspace.as_deref().unwrap_or("@me");
    format!("[{POSTED}](<https://discord.com/channels/{server}/{}/{}>)", at.channel, at.message)
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
            note: "2 more matched but did not fit in".to_owned(),
            details: Some("roundup:matches:2026-08-04".to_owned()),
        }
    }

    #[test]
    fn papers_stand_below_their_query_with_title_and_facts() {
        insta::assert_snapshot!(lines(&roundup(2, "Flow *Matching*"), TEXT_MAX), @r"
        __flow__
        **[Flow \*Matching\*](<https://arxiv.org/abs/2608.01234>)**
        -# Ada Lovelace · 12 upvotes
        **[Flow \*Matching\*](<https://arxiv.org/abs/2608.01234>)**
        -# Ada Lovelace · 12 upvotes
        ");
    }

    #[test]
    fn a_paper_that_was_posted_leads_to_its_message_and_details_have_a_button() {
        let mut marked = roundup(1, "Flow");
        marked.sections[0].lines[0].posted = Some(PostedAt {
            workspace: Some("7".to_owned()),
            channel: crate::domain::ChannelId::parse(crate::domain::Platform::Discord, "100").unwrap(),
            message: "42".to_owned(),
        });
        insta::assert_snapshot!(lines(&marked, TEXT_MAX), @"
        __flow__
        **[Flow](<https://arxiv.org/abs/2608.01234>)**
        -# [already posted](<https://discord.com/channels/7/100/42>) · Ada Lovelace · 12 upvotes
        ");
        let json = serde_json::to_value(rich(&marked)).unwrap();
        assert_eq!(json["components"][0]["components"][0]["custom_id"], "roundup:matches:2026-08-04");
    }

    #[test]
    fn a_quiet_day_is_one_small_line() {
        let mut quiet = roundup(0, "");
        (quiet.sections, quiet.details) = (Vec::new(), None);
        for message in [rich(&quiet), plain(&quiet)] {
            let json = serde_json::to_value(message).unwrap();
            assert_eq!(json["content"], "-# Roundup of Tue, 4 Aug 2026");
            assert!(json["embeds"].as_array().is_none_or(Vec::is_empty), "{json}");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted_and_no_limit_is_passed() {
        let many = roundup(200, &"very long title ".repeat(40));
        let json = serde_json::to_value(rich(&many)).unwrap();
        let description = json["embeds"][0]["description"].as_str().unwrap();
        assert!(description.chars().count() <= 4_096);
        assert!(description.contains("… and 1"), "{description}");
        let json = serde_json::to_value(plain(&many)).unwrap();
        assert!(json["content"].as_str().unwrap().chars().count() <= 2_000);
    }
}
