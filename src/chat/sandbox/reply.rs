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
                let line = |line| fixed(line, self.width - INDENT.len());
                let lines = text.lines().map(|one| format!("{INDENT}{TYPED}{}{TYPED:#}\n", line(one)));
                lines.collect::<Vec<_>>().concat()
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
                Piece::Message { text, .. } => runs.push(Run::new(LINK, text)),
                Piece::Moment(at) => {
                    runs.push(Run::new(style, at.strftime("%-d %b %Y, %H:%M UTC").to_string()));
                }
                Piece::Relative(at) => runs.push(Run::new(style, relative(*at, self.now))),
            }
        }
        runs
    }
}

/// A moment as people say it: `3 days ago`, `in 2 hours`.
pub(super) fn relative(at: Timestamp, now: Timestamp) -> String {
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
