//! LaTeX to Unicode, each character with its place in the input.
//!
//! Titles and abstracts hold pieces of LaTeX in plain text, never a document: accents (`Erd\H{o}s`), symbols
//! (`$\alpha$`), wrappers (`\textsc{Llama}`), dollar signs round formulae. What is not understood is left
//! readable: an unknown `\ours` becomes `ours`. The time is linear in the input.

use std::ops::Range;

use unicode_normalization::char::compose;

use super::symbols::{accent, hidden_arguments, is_declaration, subscript, superscript, symbol};
use super::unit::{Unit, is_hidden, push_composed};

/// Groups deeper than this are copied as they stand.
const MAX_DEPTH: u8 = 32;

/// Bytes within which a formula must end; keeps a text full of dollar signs linear.
const MAX_FORMULA: usize = 2_000;

/// Decodes a text into characters that people see.
pub(super) fn decode(text: &str, out: &mut Vec<Unit>) {
    out.clear();
    if text.contains("``") || has_latex(text) {
        let latex = Latex::new(text);
        latex.decoder(out).run(0..text.len(), false, 0);
    } else {
        Latex { text, groups: Vec::new(), quotes: false }.decoder(out).copy(0..text.len());
    }
}

/// True when a text may hold commands, formulae or groups.
fn has_latex(text: &str) -> bool {
    text.bytes().any(|b| matches!(b, b'\\' | b'$' | b'{'))
}

/// A text with its groups, ready to be decoded piece by piece.
pub(super) struct Latex<'a> {
    text: &'a str,
    groups: Vec<(usize, usize)>,
    quotes: bool,
}

impl<'a> Latex<'a> {
    pub fn new(text: &'a str) -> Self {
        let groups = if has_latex(text) { groups(text) } else { Vec::new() };
        Self { text, groups, quotes: text.contains("``") && text.contains("''") }
    }

    /// Decodes from a place outside groups and formulae to the next white space outside them, and says where that is.
    pub fn decode_piece(&self, from: usize, out: &mut Vec<Unit>) -> usize {
        out.clear();
        let (mut decoder, mut at, end) = (self.decoder(out), from, self.text.len());
        while let Some(ch) = self.text[at..].chars().next() {
            if at > from && ch.is_ascii_whitespace() {
                break;
            }
            at = decoder.step(ch, at, end, false, 0);
        }
        at
    }

    fn decoder<'o>(&'o self, out: &'o mut Vec<Unit>) -> Decoder<'o> {
        Decoder { text: self.text, groups: &self.groups, quotes: self.quotes, out }
    }
}

/// Finds the pairs of braces, in the order of the opening ones.
fn groups(text: &str) -> Vec<(usize, usize)> {
    let (mut open, mut found) = (Vec::new(), Vec::new());
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'{' => open.push(at),
            b'}' => found.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    found.sort_unstable();
    found
}

struct Decoder<'a> {
    text: &'a str,
    groups: &'a [(usize, usize)],
    quotes: bool,
    out: &'a mut Vec<Unit>,
}

impl Decoder<'_> {
    fn run(&mut self, range: Range<usize>, math: bool, depth: u8) {
        if depth > MAX_DEPTH {
            return self.copy(range);
        }
        let Range { start: mut at, end } = range;
        while let Some(ch) = self.text[at..end].chars().next() {
            at = self.step(ch, at, end, math, depth);
        }
    }

    /// Reads what begins with the character at `at` and returns where it ends.
    fn step(&mut self, ch: char, at: usize, end: usize, math: bool, depth: u8) -> usize {
        let next = at + ch.len_utf8();
        match ch {
            '\\' => self.command(at, end, math, depth),
            '$' => self.formula(at, end, depth),
            '{' => self.group(at, end, math, depth),
            '}' if math => next,
            '^' | '_' if math => self.script(ch, next, end, depth),
            '~' | '&' if math => self.push(' ', at..next),
            '`' if self.quotes && self.text[next..end].starts_with('`') => self.push('“', at..next + 1),
            '\'' if self.quotes && self.text[next..end].starts_with('\'') => self.push('”', at..next + 1),
            _ => self.push(ch, at..next),
        }
    }

    /// Appends a character and returns where its place ends.
    fn push(&mut self, ch: char, span: Range<usize>) -> usize {
        let end = span.end;
        if !is_hidden(ch) {
            push_composed(self.out, ch, span);
        }
        end
    }

    fn copy(&mut self, range: Range<usize>) {
        for (at, ch) in self.text[range.clone()].char_indices() {
            let at = range.start + at;
            self.push(ch, at..at + ch.len_utf8());
        }
    }

    fn first(&self, at: usize, end: usize) -> Option<char> {
        self.text[at..end].chars().next()
    }

    /// The inside of the group that opens at `at`.
    fn inside(&self, at: usize, end: usize) -> Option<Range<usize>> {
        let found = self.groups.binary_search_by_key(&at, |(open, _)| *open).ok()?;
        let close = self.groups[found].1;
        (close < end).then_some(at + 1..close)
    }

    /// Reads a group that is no argument: `{B}ERT` loses its braces, the set `{0, 1}` keeps them.
    fn group(&mut self, at: usize, end: usize, math: bool, depth: u8) -> usize {
        let Some(inside) = self.inside(at, end) else {
            return if math { at + 1 } else { self.push('{', at..at + 1) };
        };
        let close = inside.end;
        let is_set = !math
            && !self.text[inside.clone()].contains('\\')
            && self.text[inside.clone()].contains([' ', '\n', ',', ':'])
            && self.text[inside.clone()].contains(char::is_alphanumeric);
        if is_set {
            self.push('{', at..at + 1);
        }
        self.run(inside, math, depth + 1);
        if is_set {
            self.push('}', close..close + 1);
        }
        close + 1
    }

    /// Reads `$…$`; an amount of money keeps its dollar sign, much as Pandoc tells them apart.
    fn formula(&mut self, at: usize, end: usize, depth: u8) -> usize {
        let width = if self.text[at + 1..end].starts_with('$') { 2 } else { 1 };
        let Some(length) = self.find_close(at + width, end, '$') else {
            return self.push('$', at..at + 1);
        };
        let close = at + width + length;
        let inside = &self.text[at + width..close];
        let is_digit = |ch: char| ch.is_ascii_digit();
        let is_money = inside.starts_with(is_digit) && self.text[close + 1..end].starts_with(is_digit);
        let hugs =
            !inside.starts_with(char::is_whitespace) && !inside.ends_with(char::is_whitespace) && !is_money;
        if inside.is_empty() || !(hugs || inside.contains(['\\', '^', '_', '{'])) {
            return self.push('$', at..at + 1);
        }
        self.run(at + width..close, true, depth + 1);
        let closing = if width == 2 && self.text[close..end].starts_with("$$") { 2 } else { 1 };
        close + closing
    }

    fn find_close(&self, at: usize, end: usize, close: char) -> Option<usize> {
        let mut escaped = false;
        for (offset, ch) in self.text[at..end].char_indices().take_while(|(offset, _)| *offset < MAX_FORMULA)
        {
            if ch == close && !escaped {
                return Some(offset);
            }
            escaped = ch == '\\' && !escaped;
        }
        None
    }

    /// Reads what stands raised or lowered, with Unicode's own forms where there are some: `x^2` is `x²`.
    fn script(&mut self, sign: char, at: usize, end: usize, depth: u8) -> usize {
        let from = self.out.len();
        let after = self.argument(at, end, true, depth);
        let form = if sign == '^' { superscript } else { subscript };
        let forms: Option<Vec<char>> = self.out[from..].iter().map(|unit| form(unit.ch)).collect();
        if let Some(forms) = forms {
            self.out[from..].iter_mut().zip(forms).for_each(|(unit, ch)| unit.ch = ch);
        } else {
            let many = self.out.len() > from + 1;
            self.out.insert(from, Unit { ch: sign, span: at - 1..at });
            if many {
                self.out.insert(from + 1, Unit { ch: '(', span: at - 1..at });
                self.out.push(Unit { ch: ')', span: after - 1..after });
            }
        }
        after
    }

    /// Reads one argument: a group, a command or a character.
    fn argument(&mut self, at: usize, end: usize, math: bool, depth: u8) -> usize {
        if let Some(inside) = self.inside(at, end) {
            let close = inside.end;
            self.run(inside, math, depth + 1);
            return close + 1;
        }
        match self.first(at, end) {
            Some('\\') if depth < MAX_DEPTH => self.command(at, end, math, depth + 1),
            Some(ch) => self.push(ch, at..at + ch.len_utf8()),
            None => at,
        }
    }

    /// Reads the command that begins with the backslash at `at`.
    fn command(&mut self, at: usize, end: usize, math: bool, depth: u8) -> usize {
        let text = self.text;
        let Some(ch) = self.first(at + 1, end) else {
            return self.push('\\', at..at + 1);
        };
        let after = at + 1 + ch.len_utf8();
        match ch {
            'a'..='z' | 'A'..='Z' => self.named(at, end, math, depth),
            '%' | '&' | '$' | '_' | '#' | '{' | '}' => self.push(ch, at..after),
            ' ' | ',' | ';' | ':' | '>' | '\n' | '\\' => self.push(' ', at..after),
            '!' | '-' | '/' | '@' | ')' | ']' => after,
            '(' | '[' => {
                let close = if ch == '(' { "\\)" } else { "\\]" };
                let window = self.text.floor_char_boundary(end.min(after + MAX_FORMULA));
                let Some(length) = self.text[after..window].find(close) else { return after };
                self.run(after..after + length, true, depth + 1);
                after + length + 2
            }
            _ => self
                .accented(&text[at + 1..after], at, after, end, depth)
                .unwrap_or_else(|| self.push(ch, at..after)),
        }
    }

    fn named(&mut self, at: usize, end: usize, math: bool, depth: u8) -> usize {
        let text = self.text;
        if let Some(code) = text[at + 1..end].strip_prefix('u').and_then(|rest| rest.get(..4))
            && let Some(ch) = hexadecimal(code)
        {
            return self.push(ch, at..at + 6);
        }
        let length = text[at + 1..end].bytes().take_while(u8::is_ascii_alphabetic).count();
        let (name, mut next) = (&text[at + 1..at + 1 + length], at + 1 + length);
        if let Some(done) = self.accented(name, at, next, end, depth) {
            return done;
        }
        if let Some(shown) = symbol(name) {
            for ch in shown.chars() {
                self.push(ch, at..next);
            }
            return next;
        }
        if is_declaration(name) {
            return next + text[next..end].bytes().take_while(u8::is_ascii_whitespace).count();
        }
        for _ in 0..hidden_arguments(name) {
            next = self.skip_option(next, end);
            match self.inside(next, end) {
                Some(inside) => next = inside.end + 1,
                None => return next,
            }
        }
        let Some(inside) = self.inside(next, end) else {
            if hidden_arguments(name) == 0 {
                self.copy(at + 1..next);
            }
            return next;
        };
        let close = inside.end + 1;
        match name {
            "unicode" if hexadecimal(text[inside.clone()].trim_start_matches('x')).is_some() => {
                let ch = hexadecimal(text[inside].trim_start_matches('x')).expect("checked by the guard");
                self.push(ch, at..close)
            }
            "textsuperscript" => self.script('^', next, end, depth),
            "textsubscript" => self.script('_', next, end, depth),
            "frac" | "tfrac" | "dfrac" => {
                self.run(inside, math, depth + 1);
                self.push('/', close - 1..close);
                self.argument(close, end, math, depth)
            }
            _ => {
                let text_inside = name.starts_with("text") || name == "mbox";
                self.run(inside, math && !text_inside, depth + 1);
                close
            }
        }
    }

    /// Skips an optional argument: `[p. 3]`.
    fn skip_option(&self, at: usize, end: usize) -> usize {
        let window = self.text.floor_char_boundary(end.min(at + 100));
        match self.text[at..window].strip_prefix('[').and_then(|rest| rest.find(']')) {
            Some(length) => at + length + 2,
            None => at,
        }
    }

    /// Reads what stands under an accent; `None` when nothing there can bear it.
    fn accented(&mut self, name: &str, at: usize, next: usize, end: usize, depth: u8) -> Option<usize> {
        let mark = accent(name)?;
        let by_letter = name.starts_with(|ch: char| ch.is_ascii_alphabetic());
        let spaces = self.text[next..end].len() - self.text[next..end].trim_start().len();
        let from = if by_letter { next + spaces } else { next };
        if let Some(inside) = self.inside(from, end) {
            let after = inside.end + 1;
            let first = self.out.len();
            self.run(inside, false, depth + 1);
            let alone = self.out.len() == first + 1;
            match self.out.get_mut(first) {
                Some(unit) => {
                    unit.span = at..if alone { after } else { unit.span.end };
                    match compose(unit.ch, mark) {
                        Some(joined) => unit.ch = joined,
                        None if alone => self.out.push(Unit { ch: mark, span: at..after }),
                        None => {}
                    }
                }
                None if by_letter => {}
                None => drop(self.push(name.chars().next()?, at..after)),
            }
            return Some(after);
        }
        let (letter, after) = match &self.text.as_bytes()[from..end] {
            [b'\\', dotless @ (b'i' | b'j'), rest @ ..]
                if !rest.first().is_some_and(u8::is_ascii_alphabetic) =>
            {
                (char::from(*dotless), from + 2)
            }
            _ => self.first(from, end).map(|ch| (ch, from + ch.len_utf8()))?,
        };
        let is_apostrophe = name == "'"
            && letter == 's'
            && self.out.last().is_some_and(|unit| unit.ch.is_alphabetic())
            && !self.first(after, end).is_some_and(char::is_alphabetic);
        let joined = compose(letter, mark).filter(|_| letter.is_alphabetic() && !is_apostrophe)?;
        Some(self.push(joined, at..after))
    }
}

/// The character of a code such as `2019`.
fn hexadecimal(code: &str) -> Option<char> {
    let digits = (1..=6).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_hexdigit());
    digits.then(|| u32::from_str_radix(code, 16).ok().and_then(char::from_u32)).flatten()
}
