//! A query's characters to lexemes.
//!
//! A word reaches to white space, a parenthesis, `|` or a quote; a backslash takes the next character along, so
//! that `G\"odel` is one word. Curly quotes count as quotes and the long minus as a minus: phones write them.

use super::{Listed, Number, Prefix, compare};

/// A piece of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lexeme<'a> {
    Open,
    Close,
    And,
    Or,
    Not,
    Prefix(Prefix),
    /// `=`, always before a word or phrase.
    Exact,
    Word(&'a str),
    Phrase(&'a str),
    Number(Number),
    Listed(Listed),
}

/// The characters before a fault, and what is wrong.
pub(super) type Fault = (usize, String);

/// Splits a query; each lexeme comes with the number of characters before it.
pub(super) fn lex(text: &str) -> Result<Vec<(Lexeme<'_>, usize)>, Fault> {
    let mut lexer = Lexer { rest: text, at: 0, found: Vec::new() };
    while let Some(ch) = lexer.rest.chars().next() {
        lexer.read(ch)?;
    }
    Ok(lexer.found)
}

struct Lexer<'a> {
    rest: &'a str,
    at: usize,
    found: Vec<(Lexeme<'a>, usize)>,
}

impl<'a> Lexer<'a> {
    fn read(&mut self, ch: char) -> Result<(), Fault> {
        match ch {
            _ if ch.is_whitespace() => drop(self.take(ch.len_utf8())),
            '(' => self.sign(ch, Lexeme::Open),
            ')' => self.sign(ch, Lexeme::Close),
            '|' => self.sign(ch, Lexeme::Or),
            '-' | '−' | '–' => self.minus(ch)?,
            '=' => self.exact()?,
            _ if is_quote(ch) => self.phrase(ch)?,
            _ => self.word()?,
        }
        Ok(())
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.at += taken.chars().count();
        self.rest = rest;
        taken
    }

    fn sign(&mut self, ch: char, lexeme: Lexeme<'a>) {
        self.found.push((lexeme, self.at));
        self.take(ch.len_utf8());
    }

    fn minus(&mut self, ch: char) -> Result<(), Fault> {
        let next = self.rest[ch.len_utf8()..].chars().next();
        if next.is_none_or(|next| next.is_whitespace() || matches!(next, ')' | '|')) {
            let message =
                "a minus excludes the word directly after it: close the gap, or leave the minus out";
            return Err((self.at, message.to_owned()));
        }
        self.sign(ch, Lexeme::Not);
        Ok(())
    }

    fn phrase(&mut self, quote: char) -> Result<(), Fault> {
        let start = self.at;
        self.take(quote.len_utf8());
        let length = span(self.rest, is_quote);
        if length == self.rest.len() {
            return Err((
                start,
                format!("this quote {quote} is never closed: add “\"” after the last word of the phrase"),
            ));
        }
        let phrase = self.take(length);
        let closing = self.rest.chars().next().map_or(0, char::len_utf8);
        self.take(closing);
        self.found.push((Lexeme::Phrase(phrase), start));
        Ok(())
    }

    fn exact(&mut self) -> Result<(), Fault> {
        let at = self.at;
        self.sign('=', Lexeme::Exact);
        match self.rest.chars().next() {
            Some(ch) if is_quote(ch) => self.phrase(ch),
            Some(ch) if !ends_word(ch) => {
                self.value();
                Ok(())
            }
            _ => {
                let message = "“=” asks for the word directly after it as it is written: close the gap, or leave it out";
                Err((at, message.to_owned()))
            }
        }
    }

    /// Takes a word as it is, whatever it looks like.
    fn value(&mut self) {
        let (length, at) = (span(self.rest, ends_word), self.at);
        let value = self.take(length);
        self.found.push((Lexeme::Word(value), at));
    }

    fn word(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let compared = compare::scan(self.rest).map_err(|(offset, message)| (start + offset, message))?;
        if let Some((lexeme, length)) = compared {
            self.take(length);
            self.found.push((lexeme, start));
            return Ok(());
        }
        let length = span(self.rest, ends_word);
        let (word, after) = self.rest.split_at(length);
        if let Some(prefix) = prefix_of(word, after).map_err(|message| (start, message))? {
            self.take(prefix.name().len() + 1);
            self.found.push((Lexeme::Prefix(prefix), start));
            return match self.rest.chars().next() {
                Some('-' | '−' | '–') => {
                    Err((self.at, format!("put the minus before the field: -{}:…", prefix.name())))
                }
                Some('=') => self.exact(),
                Some(ch) if !ends_word(ch) => {
                    self.value();
                    Ok(())
                }
                _ => Ok(()),
            };
        }
        let lexeme = match word {
            "AND" => Lexeme::And,
            "OR" => Lexeme::Or,
            "NOT" => Lexeme::Not,
            _ => Lexeme::Word(word),
        };
        self.take(length);
        self.found.push((lexeme, start));
        Ok(())
    }
}

/// The prefix that a word begins with. Colons that follow no name (`2:1`, `http://…`, `Attention: a survey`) are
/// punctuation; a name that is no prefix is a mistake.
fn prefix_of(word: &str, after: &str) -> Result<Option<Prefix>, String> {
    let Some((name, value)) = word.split_once(':') else { return Ok(None) };
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphabetic()) || value.starts_with("//") {
        return Ok(None);
    }
    if let Some(prefix) = Prefix::named(name) {
        return Ok(Some(prefix));
    }
    if let Some(counter) = compare::counter(name)
        && value.starts_with(|ch: char| ch.is_ascii_digit() || matches!(ch, '<' | '>' | '='))
    {
        return Err(format!("a number is compared without a colon: {}>=50", counter.name()));
    }
    let ends_there = value.is_empty() && !after.starts_with(|ch| ch == '(' || is_quote(ch));
    let meant = if ends_there { Prefix::of_long_name(name) } else { Prefix::near(name) };
    match meant {
        Some(prefix) => Err(format!("there is no field “{name}:”: did you mean “{}:”?", prefix.name())),
        None if ends_there => Ok(None),
        None => {
            let known = Prefix::ALL.map(|prefix| format!("{}:", prefix.name())).join(" ");
            Err(format!(
                "there is no field “{name}:”: the fields are {known}; put the text in quotes to look for it as it is"
            ))
        }
    }
}

/// True for what no word holds.
pub(super) fn ends_word(ch: char) -> bool {
    ch.is_whitespace() || matches!(ch, '(' | ')' | '|') || is_quote(ch)
}

/// Bytes before the first character that ends a word or phrase; a backslash protects the one after it.
fn span(text: &str, ends: impl Fn(char) -> bool) -> usize {
    let mut protected = false;
    for (at, ch) in text.char_indices() {
        if !protected && ends(ch) {
            return at;
        }
        protected = ch == '\\' && !protected;
    }
    text.len()
}

pub(super) fn is_quote(ch: char) -> bool {
    matches!(ch, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂')
}
