//! Answers as people see them, and that Slack takes every one of them.

use jiff::civil::date;
use paperwire::chat::Answer;
use paperwire::domain::{ChannelId, Platform, UserId};
use paperwire::message::{Block, Button, Choice, Entry, Line, Look, Menu, PaperCard, Piece, Press, Reply};

use super::App;
use crate::worlds::slack::{ADA, Posted, Sort};

fn card(title: &str) -> PaperCard {
    PaperCard {
        paper: "2608.01234".parse().unwrap(),
        title: title.to_owned(),
        url: "https://arxiv.org/abs/2608.01234".to_owned(),
        byline: "Ada Lovelace and Charles Babbage".to_owned(),
        category: Some("cs.RO".to_owned()),
        day: date(2026, 8, 4),
        text: "Robots learn.".to_owned(),
        text_credit: None,
        why: String::new(),
        thumbnail: None,
        repository: None,
        project_page: None,
        upvotes: Some(12),
        stars: None,
        withdrawn: false,
        badges: Vec::new(),
        community: None,
    }
}

fn entry(number: u32, title: Line, text: Line, remark: Line) -> Block {
    let card = PaperCard { why: "“robots” in the title".to_owned(), ..card("Robots <3 & *you*") };
    Block::Entry(Box::new(Entry { number: Some(number), card, title, text, remark }))
}

fn plain(text: &str) -> Line {
    vec![Piece::from(text)]
}

/// Shows an answer over HTTP and over Socket Mode, and returns what is seen, which is the same.
async fn shown(reply: Reply) -> Posted {
    let mut seen = Vec::new();
    for (world, script, app) in App::both().await {
        script.answers(Answer::Reply { reply: reply.clone() });
        world.tell(&app.via, Sort::Command, &world.command("C1", ADA, "help")).await;
        seen.push(world.message("C1", 1).await);
        app.end(&world).await;
    }
    assert_eq!(seen[0].raw["blocks"], seen[1].raw["blocks"]);
    seen.swap_remove(0)
}

#[tokio::test]
async fn an_answer_reads_from_top_to_bottom() {
    let marked = vec![Piece::Mark("Robots".to_owned()), Piece::from(" <3 & *you*")];
    let facts = vec![
        ("Last poll".to_owned(), vec![Piece::Moment("2026-08-04T06:00:00Z".parse().unwrap())]),
        ("Owner".to_owned(), vec![Piece::User(UserId("U2".to_owned()))]),
        ("Where".to_owned(), vec![Piece::Channel(ChannelId::parse(Platform::Slack, "C2").unwrap())]),
    ];
    let seen = shown(Reply {
        blocks: vec![
            Block::Heading { text: "2 papers for “robots”".to_owned() },
            Block::Text {
                line: vec![Piece::from("Try "), Piece::Code("/papers latest".to_owned()), Piece::from(".")],
            },
            entry(1, marked, plain("Robots _learn_ to walk."), plain("posted here 12 days ago")),
            entry(2, Vec::new(), Vec::new(), Vec::new()),
            Block::Facts { rows: facts },
            Block::Code { text: "ti:\"robots\n   ^".to_owned() },
            Block::Note { line: vec![Piece::from("Only you see this. "), Piece::Strong("Share".to_owned())] },
        ],
        buttons: vec![
            Button {
                label: "Share".to_owned(),
                look: Look::Primary,
                press: Press::Control("a:0".to_owned()),
            },
            Button {
                label: "Open".to_owned(),
                look: Look::Plain,
                press: Press::Link("https://papers.example.org/".to_owned()),
            },
        ],
        ..Reply::default()
    })
    .await;
    insta::assert_snapshot!(format!("{}\n{}\n[{}]", seen.title, seen.text, seen.pressable().join("] [")), @r#"
    2 papers for “robots”
    Try /papers latest.
    1. Robots <3 & *you*
    Robots _learn_ to walk.
    Ada Lovelace and Charles Babbage · cs.RO · 4 Aug 2026 · 12 upvotes · posted here 12 days ago
    “robots” in the title
    2. Robots <3 & *you*
    Ada Lovelace and Charles Babbage · cs.RO · 4 Aug 2026 · 12 upvotes
    “robots” in the title
    Last poll: 4 Aug 2026 06:00 UTC
    Owner: @U2
    Where: #C2
    ti:"robots
       ^
    Only you see this. *Share*
    [Share] [Open]
    "#);
    insta::assert_snapshot!(seen.fallback, @r#"
    2 papers for “robots”
    Try /papers latest.
    Robots <3 & ∗you∗
    Robots <3 & ∗you∗
    Last poll: 4 Aug 2026 06꞉00 UTC
    Owner: somebody
    Where: a channel
    ti꞉"robots
     ^
    Only you see this. Share
    "#);
}

#[tokio::test]
async fn a_paper_in_full_is_the_card_of_a_posted_one() {
    let text = "A whole abstract. ".repeat(100);
    let card = PaperCard { text, why: "Posted here".to_owned(), ..card("Robots") };
    let seen = shown(Reply { blocks: vec![Block::Paper { card: Box::new(card) }], ..Reply::default() }).await;
    assert_eq!(seen.title, "Robots");
    assert!(seen.text.contains(&"A whole abstract. ".repeat(99)), "{}", seen.text);
}

#[tokio::test]
async fn what_does_not_fit_is_counted_and_slack_takes_the_rest() {
    let long = plain(&"long & <b> words ".repeat(400));
    let entries = (1..=60).map(|number| entry(number, long.clone(), long.clone(), long.clone())).collect();
    let texts: Vec<Block> = (0..70).map(|_| Block::Text { line: plain("short") }).collect();
    let big = vec![Block::Text { line: long.clone() }; 9];
    for blocks in [entries, texts, big] {
        let count = blocks.len();
        let seen = shown(Reply { blocks, ..with_everything() }).await;
        let left =
            seen.text.lines().find_map(|line| line.strip_suffix(" more parts do not fit into one message."));
        let left: usize = left.expect("it says how many").parse().unwrap();
        assert!((1..count).contains(&left), "{left} of {count}");
    }
}

/// As many controls as there may be, with words that are too long.
fn with_everything() -> Reply {
    let label = "Words & <words> ".repeat(20);
    let button = |at: usize| Button {
        label: label.clone(),
        look: Look::Danger,
        press: Press::Control(format!("{}:{at}", "c".repeat(70))),
    };
    let choice =
        |at: usize| Choice { label: format!("{at} {label}"), value: format!("{at}{}", "v".repeat(98)) };
    let choices = (0..25).map(choice).collect();
    let menu = Menu { control: "m".repeat(80), placeholder: label.clone(), choices };
    Reply { buttons: (0..5).map(button).collect(), menu: Some(menu), ..Reply::default() }
}

#[tokio::test]
async fn nothing_that_anybody_wrote_becomes_markup_or_calls_anybody() {
    let hostile = "<!channel> <@U9> <#C9> *b* _i_ `c` <https://evil.org|x> &lt;!here&gt; :tada:";
    let pieces = |text: &str| {
        vec![
            Piece::from(text),
            Piece::Strong(text.to_owned()),
            Piece::Mark(text.to_owned()),
            Piece::Code(text.to_owned()),
            Piece::Link { text: text.to_owned(), url: "https://a.org/?<!here>".to_owned() },
            Piece::Link { text: text.to_owned(), url: "javascript:alert(1)".to_owned() },
            Piece::User(UserId("<!here>".to_owned())),
        ]
    };
    let card = PaperCard { byline: hostile.to_owned(), why: hostile.to_owned(), ..card(hostile) };
    let listed = Entry {
        number: None,
        card: card.clone(),
        title: pieces(hostile),
        text: pieces(hostile),
        remark: pieces(hostile),
    };
    let seen = shown(Reply {
        blocks: vec![
            Block::Heading { text: hostile.to_owned() },
            Block::Text { line: pieces(hostile) },
            Block::Entry(Box::new(listed)),
            Block::Paper { card: Box::new(card) },
            Block::Facts { rows: vec![(hostile.to_owned(), pieces(hostile))] },
            Block::Code { text: hostile.to_owned() },
            Block::Note { line: pieces(hostile) },
        ],
        ..Reply::default()
    })
    .await;
    assert_eq!(seen.controls, [""; 0], "{}", seen.raw);
    let evil = seen.links.iter().find(|(_, address)| !address.starts_with("https://a"));
    assert_eq!(evil, None);
    assert!(seen.text.contains("<!channel> <@U9>"), "and it is read as it was written: {}", seen.text);
}

#[tokio::test]
async fn an_empty_answer_is_still_a_message() {
    let seen = shown(Reply::default()).await;
    assert_eq!(seen.fallback, "Paperwire");
}
