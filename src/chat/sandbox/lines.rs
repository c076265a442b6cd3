//! Styled text in lines of a given width.

use std::fmt::Write;

use anstyle::Style;
use unicode_segmentation::UnicodeSegmentation;

use crate::message::clean;

/// Some text in one style; everything untrusted in it is cleaned when it is laid out.
pub(super) struct Run {
    pub style: Style,
    pub text: String,
}

impl Run {
    pub fn new(style: Style, text: impl Into<String>) -> Self {
        Self { style, text: text.into() }
    }
}

/// One visible character.
#[derive(Clone)]
struct Cell {
    style: Style,
    grapheme: String,
    columns: usize,
}

/// Lays a paragraph out in lines of at most `width` columns, `first` before the first and spaces before the others.
///
/// Line breaks of the text stay; others are made at spaces, and inside a word only when it fills more than a line.
pub(super) fn paragraph(runs: &[Run], first: &str, width: usize) -> String {
    let indent: usize = first.graphemes(true).map(columns).sum();
    let room = width.saturating_sub(indent).max(1);
    let mut out = String::new();
    for (at, line) in wrapped(&cells(runs), room).iter().enumerate() {
        if at == 0 {
            out.push_str(first);
        } else {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        out.push_str(&painted(line));
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    out
}

/// Cleans a text as [`clean`] does, but keeps a space at either end: other text may follow there.
fn cleaned(text: &str) -> String {
    let inside = clean(text);
    if inside.is_empty() {
        return if text.contains(char::is_whitespace) { " ".to_owned() } else { inside };
    }
    let lead = if text.starts_with(char::is_whitespace) { " " } else { "" };
    let trail = if text.ends_with(char::is_whitespace) { " " } else { "" };
    format!("{lead}{inside}{trail}")
}

/// The characters of all runs; `None` is a line break.
fn cells(runs: &[Run]) -> Vec<Option<Cell>> {
    let mut cells = Vec::new();
    for Run { style, text } in runs {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                cells.push(None);
            }
            cells.extend(cleaned(line).graphemes(true).map(|grapheme| {
                Some(Cell { style: *style, grapheme: grapheme.to_owned(), columns: columns(grapheme) })
            }));
        }
    }
    cells
}

fn wrapped(cells: &[Option<Cell>], room: usize) -> Vec<Vec<Cell>> {
    let mut lines = Vec::new();
    for written in cells.split(Option::is_none) {
        let (mut line, mut used) = (Vec::new(), 0);
        let written: Vec<Cell> = written.iter().flatten().cloned().collect();
        for word in written.split_inclusive(|cell| cell.grapheme == " ") {
            let visible =
                word.iter().filter(|cell| cell.grapheme != " ").map(|cell| cell.columns).sum::<usize>();
            if used > 0 && used + visible > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            for cell in word {
                let is_space = cell.grapheme == " ";
                if used + cell.columns > room && !is_space {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                // A line begins with no space, and one at its end may stand beyond it: it is cut off.
                if !(is_space && used == 0) {
                    used += cell.columns;
                    line.push(cell.clone());
                }
            }
        }
        lines.push(line);
    }
    lines
}

fn painted(line: &[Cell]) -> String {
    let end = line.iter().rposition(|cell| cell.grapheme != " ").map_or(0, |last| last + 1);
    let mut out = String::new();
    for part in line[..end].chunk_by(|a, b| a.style == b.style) {
        let style = part[0].style;
        let text: String = part.iter().map(|cell| cell.grapheme.as_str()).collect();
        write!(out, "{style}{text}{style:#}").expect("writing to a string never fails");
    }
    out
}

/// A line of fixed width: its spaces stay, and what does not fit is cut off.
pub(super) fn fixed(text: &str, width: usize) -> String {
    let text: Vec<_> = text.split(' ').map(clean).collect();
    let text = text.join(" ");
    let mut used = 0;
    let fits = |grapheme: &&str| {
        used += columns(grapheme);
        used <= width
    };
    let kept: String = text.graphemes(true).take_while(fits).collect();
    if kept.len() == text.len() {
        return kept.trim_end().to_owned();
    }
    let shown: Vec<&str> = kept.graphemes(true).collect();
    format!("{}…", shown[..shown.len().saturating_sub(1)].concat())
}

/// Columns of a grapheme: East Asian letters and pictures take two.
fn columns(grapheme: &str) -> usize {
    let wide = |c: char| {
        matches!(u32::from(c),
            0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F
            | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1_F300..=0x1_FAFF | 0x2_0000..=0x3_FFFD)
    };
    if grapheme.starts_with(wide) { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use anstyle::AnsiColor;

    use super::*;

    fn plain(text: &str) -> Run {
        Run::new(Style::new(), text)
    }

    fn width(line: &str) -> usize {
        anstream::adapter::strip_str(line).to_string().graphemes(true).map(columns).sum()
    }

    #[test]
    fn lines_break_at_spaces_and_where_the_text_does() {
        let runs = [plain("one two "), plain("three\nfour five")];
        assert_eq!(paragraph(&runs, "- ", 11), "- one two\n  three\n  four five\n");
        assert_eq!(paragraph(&[plain("a  b\n\nc ")], "", 9), "a b\n\nc\n");
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        let text = format!("{} 深度学习深度学习深度学习 end of it {}", "x".repeat(25), "y".repeat(11));
        let runs = [plain(&text), Run::new(AnsiColor::Red.on_default(), " and more"), plain("")];
        for columns in 1..40 {
            let shown = paragraph(&runs, "> ", columns + 2);
            assert!(shown.lines().all(|line| width(line) <= columns.max(2) + 2), "{columns}: {shown}");
        }
    }

    #[test]
    fn a_style_ends_where_its_line_does_and_no_text_has_one_of_its_own() {
        let red = AnsiColor::Red.on_default();
        let shown = paragraph(&[plain("a "), Run::new(red, "b\u{1b}[2J c")], "", 6);
        assert_eq!(shown, "a \u{1b}[31mb[2J\u{1b}[0m\n\u{1b}[31mc\u{1b}[0m\n");
    }

    #[test]
    fn what_is_fixed_keeps_its_columns_and_is_cut_at_the_edge() {
        assert_eq!(fixed("a   ^\u{7}", 9), "a   ^");
        assert_eq!(fixed("a   bcdef", 6), "a   b…");
        assert_eq!(fixed("   ", 2), " …");
    }
}
