//! Several papers in one message: whole on each platform, whatever they are.

use jiff::Timestamp;
use jiff::civil::date;
use paperwire::chat::{ChatPlatform, Post, Rendered};
use paperwire::domain::query::{Field, MatchedTerm};
use paperwire::domain::{ChannelId, Counters, Facts, Paper, PaperKey, Platform, ShortText, Why};
use paperwire::message::{Message, PaperCard, group, paper_card};

use super::{TIMEOUT, card, delivery, discord, hostile_texts, message_id, slack};
use crate::worlds::{discord as discord_world, slack as slack_world};

/// A paper of the longest kind: 664 authors, and every text as long as sources make them.
fn longest(alphabet: &str) -> PaperCard {
    let words = |characters: usize| alphabet.chars().cycle().take(characters).collect::<String>();
    let paper = Paper {
        key: PaperKey(1),
        id: "2608.01234".parse().unwrap(),
        revision: 1,
        day: date(2026, 12, 30),
        first_seen_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        facts: Facts {
            title: words(900),
            authors: vec![words(120); 664],
            categories: vec!["astro-ph.CO".to_owned()],
            ..Facts::default()
        },
        counters: Counters { upvotes: Some(u32::MAX), stars: Some(u32::MAX), comments: None },
    };
    let why = Why {
        query: words(500),
        terms: vec![MatchedTerm { text: words(60), field: Field::Organization }; 40],
    };
    paper_card(&paper, &ShortText { text: words(3_000), model: None }, &vec![why; 12])
}

const ALPHABETS: [&str; 4] = [
    "Flow matching for robots *and* [more] & <less> ",
    "Обучение роботов с подкреплением ",
    "深度学习机器人",
    "👩‍👩‍👧‍👦 a\u{301} @everyone ",
];

fn taken(adapter: &dyn ChatPlatform, takes: fn(&str) -> Result<(), String>) {
    let longest = ALPHABETS.map(longest);
    let hostile = hostile_texts().into_iter().map(|text| PaperCard {
        title: text.clone(),
        byline: text.clone(),
        why: text.clone(),
        text,
        ..card()
    });
    for card in longest.into_iter().chain(hostile) {
        for number in [1, 2, 5, 10] {
            let Rendered { rich, plain } =
                adapter.render(&Message::Group(group(&vec![card.clone(); number])));
            for body in [rich, plain] {
                assert_eq!(takes(&body), Ok(()), "{number} of {:.60}: {body:.300}", card.title);
            }
        }
    }
}

#[test]
fn discord_takes_ten_of_the_longest_papers() {
    taken(&discord::adapter("http://127.0.0.1:9", TIMEOUT), discord_world::taken);
}

#[test]
fn slack_takes_ten_of_the_longest_papers() {
    taken(&slack::adapter("http://127.0.0.1:9/api/", TIMEOUT), slack_world::taken);
}

async fn post(adapter: &dyn ChatPlatform, platform: Platform, channel: &str) -> String {
    let other = PaperCard { title: "Gardens & *Drones*".to_owned(), ..card() };
    let rendered = adapter.render(&Message::Group(group(&[card(), other])));
    let channel = ChannelId::parse(platform, channel).unwrap();
    let body = &rendered.rich;
    message_id(adapter.send(Post { channel: &channel, delivery: delivery(1), body, plain: false }).await)
}

#[tokio::test]
async fn on_discord_each_paper_is_an_embed_of_one_message() {
    let world = discord_world::Discord::start(&["100"]).await;
    post(&discord::adapter(&world.base_url(), TIMEOUT), Platform::Discord, "100").await;
    let [posted] = &world.messages("100")[..] else { panic!("one message") };
    assert!(!posted.notifies && posted.mentions.is_empty());
    let embeds = posted.raw["embeds"].as_array().unwrap();
    let titles: Vec<_> =
        embeds.iter().map(|e| discord_world::seen(e["title"].as_str().unwrap()).text).collect();
    assert_eq!(titles, [card().title.as_str(), "Gardens & *Drones*"]);
    assert!(
        embeds
            .iter()
            .all(|e| e["url"] == "https://arxiv.org/abs/2608.01234" && e["footer"]["text"] == card().why)
    );
}

#[tokio::test]
async fn on_slack_each_paper_keeps_its_link_and_its_reason() {
    let world = slack_world::Slack::start(&["C1"]).await;
    post(&slack::adapter(&world.base_url(), TIMEOUT), Platform::Slack, "C1").await;
    let [posted] = &world.messages("C1")[..] else { panic!("one message") };
    insta::assert_snapshot!(format!("{}\n{}", posted.title, posted.text), @r#"
    2 new papers
    Flow Matching for *Everyone* & <Robots>
    Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes · 340 stars
    Robots learn to walk_fast. Then they talk.
    Matches “robots OR "flow matching"”: “robots” in the title
    Gardens & *Drones*
    Ada Lovelace, Charles Babbage and 3 more · cs.RO · 4 Aug 2026 · 12 upvotes · 340 stars
    Robots learn to walk_fast. Then they talk.
    Matches “robots OR "flow matching"”: “robots” in the title
    "#);
    assert_eq!(posted.links.len(), 2);
    assert!(posted.controls.is_empty() && !posted.unfurls);
}
