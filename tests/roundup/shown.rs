//! A roundup of 200 papers as people see it on each platform, and that no platform refuses one, whatever it holds.

use std::sync::Arc;

use anstream::adapter::strip_str;
use jiff::civil::time;
use paperwire::chat::{ChatPlatform, Rendered, sandbox::terminal::roundup_lines};
use paperwire::clock::Clock as _;
use paperwire::domain::{Cadence, ChannelId, Counters, Every, Facts, Listing, Platform};
use paperwire::message::{Message, PostedAt, RoundupCard, RoundupLine, RoundupSection, clean};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

use super::sim::{Board, Channel, Replica};
use crate::chat::limits::{address, text};
use crate::chat::{TIMEOUT, discord, slack};
use crate::store::{Database, HUB, day, listing};
use crate::worlds::clock::FakeClock;
use crate::worlds::{discord as fake_discord, slack as fake_slack};

const CHANNEL: Channel = Channel {
    name: "C1",
    every: Every::Daily,
    at: time(9, 0, 0, 0),
    zone: "UTC",
    queries: &[
        ("robot", Cadence::Daily),
        (
            r#"ti:atlas OR "the quick brown fox jumps over the lazy dog again" OR "and over the sleeping cat too""#,
            Cadence::Daily,
        ),
        ("paper", Cadence::Daily),
    ],
};

/// 200 papers: every fourth with a title longer than any limit, one by 664 authors, one of one letter.
fn papers() -> Vec<Listing> {
    let paper = |number: u32| {
        let title = match number {
            0 => "An Atlas of Everything".to_owned(),
            1 => "Robot".to_owned(),
            _ if number.is_multiple_of(4) => {
                format!(
                    "Robots {number}: {}",
                    "A *Very* [Long](Title) <!channel> @everyone & ~More~ ".repeat(20)
                )
            }
            _ => format!("Paper {number} about `code`, $\\alpha_i$ and 深度学习"),
        };
        let authors = if number == 0 { 664 } else { number % 5 };
        let authors = (1..=authors).map(|n| format!("Ada *{n}* Lovelace-of-the-{}", "Long Name ".repeat(8)));
        let facts = Facts { title, authors: authors.collect(), ..Facts::default() };
        let counters = Counters { upvotes: Some(number), ..Counters::default() };
        Listing { facts, counters, ..listing(&format!("2608.{number:05}")) }
    };
    (0..200).map(paper).collect()
}

/// The roundup of 200 papers, made by the stages and posted into the two fake platforms and a terminal.
struct Everywhere {
    discord: fake_discord::Discord,
    slack: fake_slack::Slack,
    board: Arc<Board>,
}

impl Everywhere {
    async fn new() -> Self {
        let db = Database::sqlite().await;
        let clock = Arc::new(FakeClock::at("2026-08-04T08:00:00Z"));
        let world = Self {
            discord: fake_discord::Discord::start(&["1"]).await,
            slack: fake_slack::Slack::start(&["C1"]).await,
            board: Board::new(Arc::clone(&clock)),
        };
        for (platform, name) in
            [(Platform::Discord, "1"), (Platform::Slack, "C1"), (Platform::Sandbox, "lab")]
        {
            Channel { name, ..CHANNEL }.open_on(platform, &db.store, clock.now()).await;
        }
        db.store.record(HUB, &papers(), day(1), clock.now()).await.unwrap();
        clock.advance(std::time::Duration::from_hours(1));
        let platforms = [
            Arc::new(discord::adapter(&world.discord.base_url(), TIMEOUT)) as Arc<dyn ChatPlatform>,
            Arc::new(slack::adapter(&world.slack.base_url(), TIMEOUT)),
            world.board.clone(),
        ];
        Replica::connected(&db.store, &clock, &platforms, "one").run().await;
        world
    }

    fn card(&self) -> RoundupCard {
        self.board.of("lab").remove(0).card
    }
}

/// The first and the last lines of a text, none longer than a screen, without what nobody can see.
fn ends(text: &str) -> String {
    let text = text.replace('\u{200b}', "");
    let line = |line: &str| match line.char_indices().nth(100) {
        Some((end, _)) => format!("{}[+{}]", &line[..end], line[end..].chars().count()),
        None => line.to_owned(),
    };
    let lines: Vec<String> = text.lines().map(line).collect();
    if lines.len() <= 14 {
        return lines.join("\n");
    }
    let left = lines.len() - 12;
    let (first, last) = (lines[..9].join("\n"), lines[lines.len() - 3..].join("\n"));
    format!("{first}\n[{left} lines]\n{last}")
}

#[tokio::test]
async fn a_roundup_of_200_papers_is_one_message_on_each_platform() {
    let world = Everywhere::new().await;
    assert_eq!(world.discord.refusals(), Vec::<String>::new());
    assert_eq!(world.slack.refusals(), Vec::<String>::new());
    let [on_discord] = &world.discord.messages("1")[..] else { panic!("one message on Discord") };
    let [on_slack] = &world.slack.messages("C1")[..] else { panic!("one message on Slack") };
    let card = world.card();
    assert_eq!(card.sections.iter().map(|section| section.lines.len()).sum::<usize>(), 200);
    let plain = card.plain_text();
    assert!(plain.contains(" and 662 more"), "the paper by 664 authors");

    let shown = on_discord.footer.as_deref().unwrap_or_default();
    let shown = format!("{}\n{}\n{shown}", on_discord.title.as_deref().unwrap(), on_discord.text);
    insta::assert_snapshot!(ends(&shown), @r##"
    Roundup of Tue, 4 Aug 2026: 200 papers
    "and over the sleeping cat too" OR "the quick brown fox jump over the lazy dog…
    [An Atlas of Everything](https://arxiv.org/abs/2608.00000)
    -# Ada *1* Lovelace-of-the-Long Name Long Name Long Name Long Name Long Name Long…, Ada *2* Lovelace[+58]
    robot
    [Robot](https://arxiv.org/abs/2608.00001)
    -# Ada *1* Lovelace-of-the-Long Name Long Name Long Name Long Name Long Name Long… · 3 Aug 2026 · 1 [+6]
    [Robots 4: A *Very* [Long](Title) <!channel> @everyone & ~More~ A *Very* [Long](Title) <!channel> @e[+107]
    -# Ada *1* Lovelace-of-the-Long Name Long Name Long Name Long Name Long Name Long…, Ada *2* Lovelace[+58]
    [14 lines]
    [Robots 36: A *Very* [Long](Title) <!channel> @everyone & ~More~ A *Very* [Long](Title) <!channel> @[+108]
    -# Ada *1* Lovelace-of-the-Long Name Long Name Long Name Long Name Long Name Long… · 3 Aug 2026 · 36[+8]
    … and 189 more
    "##);
    insta::assert_snapshot!(ends(&format!("{}\n{}", on_slack.title, on_slack.text)), @r##"
    Roundup of Tue, 4 Aug 2026: 200 papers
    "and over the sleeping cat too" OR "the quick brown fox jump over the lazy dog…

    An Atlas of Everything
    Ada *1* Lovelace-of-the-Long Name Long Name Long Name Long Name Long Name Long…, Ada *2* Lovelace-of[+55]
    robot

    Robot
    Ada *1* Lovelace-of-the-Long Name Long Name Long Name Long Name Long Name Long… · 3 Aug 2026 · 1 upv[+3]
    [52 lines]
    Robots 72: A *Very* [Long](Title) <!channel> @everyone & ~More~ A *Very* [Long](Title) <!channel> @e[+93]
    Ada *1* Lovelace-of-the-Long Name Long Name Long Name Long Name Long Name Long… and Ada *2* Lovelace[+58]
    … and 180 more
    "##);
    insta::assert_snapshot!(ends(&on_slack.fallback), @r##"
    Roundup of Tue, 4 Aug 2026: 200 papers
    • An Atlas of Everything https://arxiv.org/abs/2608.00000
    • Robot https://arxiv.org/abs/2608.00001
    • Robots 4: A ∗Very∗ [Long](Title) <!channel> @everyone & ∼More∼ A ∗Very∗ [Long](Title) <!channel> @[+104]
    • Robots 8: A ∗Very∗ [Long](Title) <!channel> @everyone & ∼More∼ A ∗Very∗ [Long](Title) <!channel> @[+104]
    • Robots 12: A ∗Very∗ [Long](Title) <!channel> @everyone & ∼More∼ A ∗Very∗ [Long](Title) <!channel> [+105]
    • Robots 16: A ∗Very∗ [Long](Title) <!channel> @everyone & ∼More∼ A ∗Very∗ [Long](Title) <!channel> [+105]
    • Robots 20: A ∗Very∗ [Long](Title) <!channel> @everyone & ∼More∼ A ∗Very∗ [Long](Title) <!channel> [+105]
    • Robots 24: A ∗Very∗ [Long](Title) <!channel> @everyone & ∼More∼ A ∗Very∗ [Long](Title) <!channel> [+105]
    [7 lines]
    • Robots 56: A ∗Very∗ [Long](Title) <!channel> @everyone & ∼More∼ A ∗Very∗ [Long](Title) <!channel> [+105]
    • Robots 60: A ∗Very∗ [Long](Title) <!channel> @everyone & ∼More∼ A ∗Very∗ [Long](Title) <!channel> [+105]
    … and 183 more
    "##);
    insta::assert_snapshot!(ends(&strip_str(&roundup_lines("lab", &card, 80)).to_string()), @r##"
    #lab
      Roundup of Tue, 4 Aug 2026: 200 papers
      "and over the sleeping cat too" OR "the quick brown fox jump over the lazy
      dog…
        An Atlas of Everything
        Ada *1* Lovelace-of-the-Long Name Long Name Long Name Long Name Long Name
        Long…, Ada *2* Lovelace-of-the-Long Name Long Name Long Name Long Name Long
        Name Long… and 662 more · 3 Aug 2026
        https://arxiv.org/abs/2608.00000
    [1651 lines]
        Long…, Ada *2* Lovelace-of-the-Long Name Long Name Long Name Long Name Long
        Name Long… and 2 more · 3 Aug 2026 · 199 upvotes
        https://arxiv.org/abs/2608.00199
    "##);
    assert!(!on_discord.notifies && on_discord.mentions.is_empty() && on_slack.controls.is_empty());
    assert!(!on_slack.unfurls);
}

prop_compose! {
    fn line()(
        title in text(), url in address(), facts in prop::collection::vec(text(), 0..3),
        was_posted in any::<bool>(),
    ) -> RoundupLine {
        let channel = ChannelId::parse(Platform::Slack, "C0123456789").unwrap();
        let workspace = Some("T0123456789".to_owned());
        let posted = PostedAt { workspace, channel, message: "1785834000.000100".to_owned() };
        let paper = "2608.01234".parse().unwrap();
        // As the card of a paper heads it: never empty.
        let title = Some(clean(&title)).filter(|title| !title.is_empty()).unwrap_or("Untitled paper".to_owned());
        RoundupLine { paper, title, url, facts, posted: was_posted.then_some(posted) }
    }
}

prop_compose! {
    /// Up to 40 sections and 240 papers, with a heading and labels as there always are.
    fn card()(
        heading in text(), note in text(), labels in prop::collection::vec(text(), 1..40),
        some in prop::collection::vec(line(), 1..6), has_details in any::<bool>(),
        counts in prop::collection::vec(prop_oneof![4 => 1..6_usize, 1 => 1..200_usize], 1..40),
    ) -> RoundupCard {
        let mut lines = some.iter().cycle().cloned();
        let mut left = 240;
        let sections = labels.iter().zip(counts).map(|(label, count)| {
            let count = count.min(left);
            left -= count;
            RoundupSection { label: format!("a {label}"), lines: lines.by_ref().take(count).collect() }
        });
        RoundupCard {
            heading: format!("Roundup of {heading}"),
            sections: sections.filter(|section| !section.lines.is_empty()).collect(),
            note,
            details: has_details.then(|| "roundup:matches:2026-08-04".to_owned()),
        }
    }
}

fn every_roundup(adapter: &dyn ChatPlatform, takes: fn(&str) -> Result<(), String>) {
    let config = ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(card in card())| {
        let Rendered { rich, plain } = adapter.render(&Message::Roundup(card));
        for body in [rich, plain] {
            prop_assert_eq!(takes(&body), Ok(()), "{:.3000}", body);
        }
    });
}

#[test]
fn discord_takes_every_roundup() {
    every_roundup(&discord::adapter("http://127.0.0.1:9", TIMEOUT), fake_discord::taken);
}

#[test]
fn slack_takes_every_roundup() {
    every_roundup(&slack::adapter("http://127.0.0.1:9/api/", TIMEOUT), fake_slack::taken);
}

#[test]
fn every_roundup_fits_into_its_terminal_and_brings_no_control_of_its_own() {
    let config = ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(card in card(), width in 20..140_usize)| {
        let shown = strip_str(&roundup_lines("lab", &card, width)).to_string();
        prop_assert!(!shown.contains(|c: char| c.is_control() && c != '\n'));
        for line in shown.lines() {
            // A letter takes two columns at most, so this many always fit.
            prop_assert!(line.graphemes(true).count() <= width.max(30), "{}", line);
        }
    });
}
