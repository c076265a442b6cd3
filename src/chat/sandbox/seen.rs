//! What people see of a reply in a terminal.

use jiff::{Timestamp, ToSpan as _, civil::date};

use super::reply::*;
use crate::domain::{ChannelId, Platform, UserId};
use crate::message::{
    Audience, Block, Button, Choice, Entry, Field, Form, Input, Look, Menu, PaperCard, Piece, Press, Reply,
};

fn now() -> Timestamp {
    "2026-08-31T12:00:00Z".parse().unwrap()
}

fn shown(reply: &Reply, width: usize) -> String {
    anstream::adapter::strip_str(&reply_lines(reply, width, now())).to_string()
}

fn card() -> PaperCard {
    PaperCard {
        paper: "2608.01234".parse().unwrap(),
        title: "Flow Matching for Robots".to_owned(),
        url: "https://arxiv.org/abs/2608.01234".to_owned(),
        byline: "Ada Lovelace".to_owned(),
        category: Some("cs.RO".to_owned()),
        day: date(2026, 8, 4),
        text: "The whole abstract of the paper, which is long.".to_owned(),
        text_credit: None,
        why: "Matches “robots” in the title".to_owned(),
        thumbnail: None,
        repository: Some("https://github.com/ada/flow".to_owned()),
        project_page: None,
        upvotes: Some(3),
        stars: Some(340),
        withdrawn: false,
        badges: Vec::new(),
        community: None,
    }
}

fn button(label: &str, press: Press) -> Button {
    Button { label: label.to_owned(), look: Look::Plain, press }
}

fn everything() -> Reply {
    let channel = ChannelId::parse(Platform::Sandbox, "robotics").unwrap();
    let entry = Entry {
        number: Some(1),
        card: card(),
        title: vec![Piece::Mark("Flow Matching".to_owned()), Piece::from(" for Robots")],
        text: vec![Piece::from("… we use "), Piece::Mark("flow matching".to_owned()), Piece::from(" …")],
        remark: vec![Piece::from("posted here "), Piece::Relative(now() - 12.hours())],
    };
    let line = vec![
        Piece::Strong("Last poll".to_owned()),
        Piece::from(": "),
        Piece::Moment(now() - 90.minutes()),
        Piece::from(", next "),
        Piece::Relative(now() + 30.minutes()),
        Piece::from("\nasked by "),
        Piece::User(UserId("ada".to_owned())),
        Piece::from(" in "),
        Piece::Channel(channel),
        Piece::from(", see "),
        Piece::Link { text: "the page".to_owned(), url: "https://a.org/".to_owned() },
    ];
    Reply {
        blocks: vec![
            Block::Heading { text: "1 paper for “robots”".to_owned() },
            Block::Text { line },
            Block::Entry(Box::new(entry)),
            Block::Paper { card: Box::new(card()) },
            Block::Facts {
                rows: vec![
                    ("query".to_owned(), Piece::Code("robots".to_owned()).into()),
                    (
                        "posted".to_owned(),
                        Piece::from("41 papers in the last 30 days, that is 1.4 a day").into(),
                    ),
                ],
            },
            Block::Code { text: "transformer (attention OR\n            ^".to_owned() },
            Block::Note { line: Piece::from("Small print.").into() },
        ],
        audience: Audience::Channel,
        buttons: vec![
            button("Share", Press::Control("a:0".to_owned())),
            button("Open", Press::Link("https://a.org/".to_owned())),
            button("Next", Press::Control("a:1".to_owned())),
        ],
        menu: Some(Menu {
            control: "a:2".to_owned(),
            placeholder: "Show a paper in full".to_owned(),
            choices: vec![Choice { label: "Flow Matching".to_owned(), value: "2608.01234".to_owned() }],
        }),
    }
}

#[test]
fn everything_that_a_reply_can_hold_is_shown() {
    insta::assert_snapshot!(shown(&everything(), 60), @"
    1 paper for “robots”

    Last poll: 31 Aug 2026, 10:30 UTC, next in 30 minutes
    asked by @ada in #robotics, see the page <https://a.org/>

    1.  Flow Matching for Robots
        Ada Lovelace · cs.RO · 4 Aug 2026 · 3 upvotes · 340
        stars
        https://arxiv.org/abs/2608.01234
        code https://github.com/ada/flow
        … we use flow matching …
        posted here 12 hours ago
        Matches “robots” in the title

    Flow Matching for Robots
        Ada Lovelace · cs.RO · 4 Aug 2026 · 3 upvotes · 340
        stars
        https://arxiv.org/abs/2608.01234
        code https://github.com/ada/flow
        The whole abstract of the paper, which is long.
        Matches “robots” in the title

    query   robots
    posted  41 papers in the last 30 days, that is 1.4 a day

        transformer (attention OR
                    ^

    Small print.

    [1 Share] [Open] https://a.org/ [2 Next]

    Show a paper in full
    [3] Flow Matching

    Everybody in the channel sees this.
    ");
}

#[test]
fn the_numbers_that_are_shown_are_those_that_can_be_pressed() {
    let shown = shown(&everything(), 60);
    let expected = [("a:0", None), ("a:1", None), ("a:2", Some("2608.01234"))];
    let expected = expected.map(|(control, choice)| (control.to_owned(), choice.map(str::to_owned)));
    assert_eq!(pressables(&everything()), expected);
    for press in ["[1 Share]", "[2 Next]", "[3] Flow Matching"] {
        assert!(shown.contains(press), "{press}");
    }
}

#[test]
fn a_form_shows_what_stands_in_it() {
    let form = Form {
        control: "a:3".to_owned(),
        title: "Narrow".to_owned(),
        blocks: vec![Block::Text { line: Piece::from("41 papers in 30 days.").into() }],
        fields: vec![
            Field {
                name: "query".to_owned(),
                label: "Query".to_owned(),
                value: "robots".to_owned(),
                input: Input::Text { max: 1_000, long: true, live: true },
                required: true,
            },
            Field {
                name: "style".to_owned(),
                label: "Style".to_owned(),
                value: "card".to_owned(),
                input: Input::One(vec![Choice { label: "Line".to_owned(), value: "line".to_owned() }]),
                required: false,
            },
        ],
        submit: "Try".to_owned(),
    };
    let shown = anstream::adapter::strip_str(&form_lines(&form, 60, now())).to_string();
    insta::assert_snapshot!(shown, @"
    Narrow

    41 papers in 30 days.

    Query
        query = robots

    Style (may be left empty)
        style = card
        one of line

    [Try]
    ");
}

#[test]
fn no_text_moves_the_cursor_or_leaves_its_line() {
    let hostile = "x\u{1b}[2J\u{7}\u{202e}y\r\nz\u{9b}31m";
    let reply = Reply {
        blocks: vec![
            Block::Heading { text: hostile.to_owned() },
            Block::Code { text: hostile.to_owned() },
            Block::Text { line: Piece::Code(hostile.to_owned()).into() },
            Block::Facts { rows: vec![(hostile.to_owned(), Piece::from(hostile).into())] },
        ],
        buttons: vec![button(hostile, Press::Link(hostile.to_owned()))],
        ..Reply::default()
    };
    let shown = shown(&reply, 60);
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}', '\r', '\u{9b}']), "{shown:?}");
}

#[test]
fn a_moment_is_told_as_people_say_it() {
    for (at, said) in [
        (now(), "now"),
        (now() - 59.seconds(), "now"),
        (now() - 1.minute(), "1 minute ago"),
        (now() + 2.hours(), "in 2 hours"),
        (now() - 36.hours(), "1 day ago"),
        (now() - 288.hours(), "12 days ago"),
    ] {
        assert_eq!(relative(at, now()), said);
    }
}
