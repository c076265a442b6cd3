//! A reply as coloured lines for a terminal, with a number before everything that can be pressed.

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;

use super::lines::{Run, fixed, paragraph};
use super::terminal::{DIM, TITLE, WHY, within};
use crate::message::{
    Audience, Block, Button, Entry, Form, Input, Line, Menu, PaperCard, Piece, Press, Reply,
};

const HEADING: Style = AnsiColor::Cyan.on_default().bold();
const FOUND: Style = AnsiColor::Yellow.on_default().bold();
const TYPED: Style = AnsiColor::Cyan.on_default();
const LINK: Style = Style::new().underline();
const PRESS: Style = AnsiColor::Green.on_default().bold();
/// Left of what belongs to the line above.
const INDENT: &str = "    ";
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Something that can be pressed: a control's id, and what is chosen when it is a menu's.
pub type Pressable = (String, Option<String>);

/// Everything that can be pressed in a reply, in the order of the numbers that are shown: buttons, then the menu.
pub fn pressables(reply: &Reply) -> Vec<Pressable> {
    let buttons = reply.buttons.iter().filter_map(|button| match &button.press {
        Press::Control(control) => Some((control.clone(), None)),
        Press::Link(_) => None,
    });
    let menu = reply.menu.iter().flat_map(|menu| {
        menu.choices.iter().map(|choice| (menu.control.clone(), Some(choice.value.clone())))
    });
    buttons.chain(menu).collect()
}

/// Shows a reply as lines of at most `width` columns, each ended by a newline; `now` is for “3 days ago”.
///
/// Colours are ANSI escapes; everything untrusted is cleaned of its own.
pub fn reply_lines(reply: &Reply, width: usize, now: Timestamp) -> String {
    let page = Page { width: within(width), now };
    let mut parts = page.blocks(&reply.blocks);
    let mut number = 0;
    if !reply.buttons.is_empty() {
        parts.push(page.buttons(&reply.buttons, &mut number));
    }
    parts.extend(reply.menu.as_ref().map(|menu| page.menu(menu, &mut number)));
    if reply.audience == Audience::Channel {
        parts.push(page.text(DIM, "Everybody in the channel sees this."));
    }
    parts.join("\n")
}

/// Shows a form: its fields with what stands in them.
pub fn form_lines(form: &Form, width: usize, now: Timestamp) -> String {
    let page = Page { width: within(width), now };
    let mut parts = vec![page.text(HEADING, &form.title)];
    parts.extend(page.blocks(&form.blocks));
    for field in &form.fields {
        let optional = if field.required { "" } else { " (may be left empty)" };
        let mut shown = page.text(TITLE, &format!("{}{optional}", field.label));
        shown += &page.indented(&[Run::new(TYPED, format!("{} = {}", field.name, field.value))]);
        if let Input::One(choices) = &field.input {
            let values: Vec<_> = choices.iter().map(|choice| choice.value.as_str()).collect();
            shown += &page.indented(&[Run::new(DIM, format!("one of {}", values.join(", ")))]);
        }
        parts.push(shown);
    }
    parts.push(page.text(PRESS, &format!("[{}]", form.submit)));
    parts.join("\n")
}

struct Page {
    width: usize,
    now: Timestamp,
}

impl Page {
    fn blocks(&self, blocks: &[Block]) -> Vec<String> {
        blocks.iter().map(|block| self.block(block)).collect()
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Heading { text } => self.text(HEADING, text),
            Block::Text { line } => paragraph(&self.runs(line, Style::new()), "", self.width),
            Block::Entry(entry) => self.entry(entry),
            Block::Paper { card } => self.card(card, &[Run::new(TITLE, card.heading())], "", &[]),
            Block::Facts { rows } => self.facts(rows),
            Block::Code { text } => {
                let lines = text.lines().map(|line| fixed(line, self.width - INDENT.len()));
                lines.map(|line| format!("{INDENT}{TYPED}{line}{TYPED:#}\n")).collect()
            }
            Block::Note { line } => paragraph(&self.runs(line, DIM), "", self.width),
        }
    }

    fn text(&self, style: Style, text: &str) -> String {
        paragraph(&[Run::new(style, text)], "", self.width)
    }

    fn indented(&self, runs: &[Run]) -> String {
        if runs.iter().all(|run| run.text.trim().is_empty()) {
            return String::new();
        }
        paragraph(runs, INDENT, self.width)
    }

    fn entry(&self, entry: &Entry) -> String {
        let number = entry.number.map(|number| format!("{number}. ")).unwrap_or_default();
        let title = if entry.title.is_empty() {
            vec![Run::new(TITLE, entry.card.heading())]
        } else {
            self.runs(&entry.title, TITLE)
        };
        let card = PaperCard { text: String::new(), text_credit: None, ..entry.card.clone() };
        let own = [self.runs(&entry.text, Style::new()), self.runs(&entry.remark, DIM)];
        self.card(&card, &title, &number, &own)
    }

    fn card(&self, card: &PaperCard, title: &[Run], number: &str, own: &[Vec<Run>]) -> String {
        let byline = Some(card.byline.clone()).filter(|byline| !byline.is_empty());
        let mut facts: Vec<String> = byline.into_iter().chain(card.facts()).collect();
        facts.extend(card.stars_text());
        let links = [("code", &card.repository), ("project", &card.project_page)];
        let links = links.iter().filter_map(|(name, url)| Some(format!("{name} {}", url.as_ref()?)));
        let first = format!("{number:<width$}", width = if number.is_empty() { 0 } else { INDENT.len() });
        let mut out = paragraph(title, &first, self.width);
        for (style, text) in [
            (DIM, facts.join(" · ")),
            (DIM, card.url.clone()),
            (DIM, links.collect::<Vec<_>>().join(" · ")),
            (Style::new(), card.text.clone()),
            (DIM, card.text_credit.clone().unwrap_or_default()),
        ] {
            out += &self.indented(&[Run::new(style, text)]);
        }
        out.extend(own.iter().map(|runs| self.indented(runs)));
        out + &self.indented(&[Run::new(WHY, card.why.clone())])
    }

    fn facts(&self, rows: &[(String, Line)]) -> String {
        let longest = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let column = longest.min(self.width / 3) + 2;
        let row = |(name, line): &(String, Line)| {
            let name = format!("{:<column$}", fixed(name, column - 2));
            paragraph(&self.runs(line, Style::new()), &name, self.width)
        };
        rows.iter().map(row).collect()
    }

    fn buttons(&self, buttons: &[Button], number: &mut usize) -> String {
        let shown = buttons.iter().map(|button| match &button.press {
            Press::Control(_) => {
                *number += 1;
                format!("[{number} {}]", button.label)
            }
            Press::Link(url) => format!("[{}] {url}", button.label),
        });
        let shown: Vec<_> = shown.collect();
        self.text(PRESS, &shown.join("  "))
    }

    fn menu(&self, menu: &Menu, number: &mut usize) -> String {
        let mut shown = self.text(DIM, &menu.placeholder);
        for choice in &menu.choices {
            *number += 1;
            shown +=
                &paragraph(&[Run::new(PRESS, choice.label.clone())], &format!("[{number}] "), self.width);
        }
        shown
    }

    fn runs(&self, line: &Line, style: Style) -> Vec<Run> {
        let mut runs = Vec::with_capacity(line.len());
        for piece in line {
            match piece {
                Piece::Plain(text) => runs.push(Run::new(style, text)),
                Piece::Strong(text) => runs.push(Run::new(style.bold(), text)),
                Piece::Mark(text) => runs.push(Run::new(FOUND, text)),
                Piece::Code(text) => runs.push(Run::new(TYPED, text)),
                Piece::Link { text, url } => {
                    runs.push(Run::new(LINK, text));
                    if text != url {
                        runs.push(Run::new(DIM, format!(" <{url}>")));
                    }
                }
                Piece::User(user) => runs.push(Run::new(style, format!("@{user}"))),
                Piece::Channel(channel) => runs.push(Run::new(style, format!("#{channel}"))),
                Piece::Moment(at) => {
                    runs.push(Run::new(style, at.strftime("%-d %b %Y, %H:%M UTC").to_string()))
                }
                Piece::Relative(at) => runs.push(Run::new(style, relative(*at, self.now))),
            }
        }
        runs
    }
}

/// A moment as people say it: `3 days ago`, `in 2 hours`.
fn relative(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.as_second() - now.as_second();
    let (count, unit) = match seconds.abs() {
        0..MINUTE => return "now".to_owned(),
        size @ ..HOUR => (size / MINUTE, "minute"),
        size @ ..DAY => (size / HOUR, "hour"),
        size => (size / DAY, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds < 0 { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan as _, civil::date};

    use super::*;
    use crate::domain::{ChannelId, Platform, UserId};
    use crate::message::{Choice, Field, Look};

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
}
