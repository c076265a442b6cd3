//! From a line of text, as Slack gives it, to a command.
//!
//! ```text
//! line    = ["/papers"] [command {given}]         the name of a command has one word or two
//! given   = name ":" value | word          a name is one of the command's own
//! value   = word | '"' anything '"'
//! ```
//! What is not `name:value` is the query or the paper as it stands, or the other options in order. Inside quotes
//! nothing is an option.

use super::given::Given;
use super::near::nearest;
use super::value::{read, resembles};
use super::{COMMANDS, Command, GROUPS, Kind, Mistake, Opt, ROOT, Spec, spec, typed};
use crate::domain::Platform;

/// Options with what was written for them, not yet read.
type Written = Vec<(&'static Opt, String)>;

/// Reads a line of text, as it stands after `/papers`; an empty line is `help`.
///
/// `name:value` sets an option of the command; the rest is its query, or its options in order.
pub fn parse_line(platform: Platform, line: &str) -> Result<Command, Mistake> {
    let line = typed::plain(platform, line);
    let line = without_root(line.trim().trim_matches('`').trim());
    if line.is_empty() {
        return Ok(Command::Help { about: None });
    }
    let (named, rest) = command_of(line);
    let spec = named.map_err(Mistake::no_such_command)?;
    let made = split(platform, spec, rest).and_then(|written| Given::command(platform, spec, written));
    made.map_err(|mistake| told_of_own_option(spec, mistake))
}

/// The command that a line begins with and the rest of the line; else the words that should have been its name.
pub(super) fn command_of(line: &str) -> (Result<&'static Spec, &str>, &str) {
    let (first, rest) = first_word(line);
    if !GROUPS.iter().any(|(group, _)| group.eq_ignore_ascii_case(first)) {
        return (spec(first).ok_or(first), rest);
    }
    let (second, after) = first_word(rest);
    let is_meant = |spec: &&Spec| {
        let words = spec.name.split_once(' ');
        words.is_some_and(|(group, name)| {
            group.eq_ignore_ascii_case(first) && name.eq_ignore_ascii_case(second)
        })
    };
    let words = line[..line.len() - after.len()].trim_end();
    (COMMANDS.iter().find(is_meant).ok_or(words), after)
}

/// The line without the name of the slash command, which people paste along.
fn without_root(line: &str) -> &str {
    let mut line = line;
    loop {
        let (first, rest) = first_word(line);
        match first.strip_prefix('/') {
            Some(name) if name.eq_ignore_ascii_case(ROOT) => line = rest,
            _ => return line,
        }
    }
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.find(' ').unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

/// What a line gives for each option.
pub(super) fn split(platform: Platform, spec: &'static Spec, rest: &str) -> Result<Written, Mistake> {
    if let [whole, words] = spec.options
        && words.kind == Kind::Text
    {
        return with_words(spec, whole, words, rest.trim());
    }
    let (mut written, text) = named(spec, rest)?;
    let mut text = text.trim();
    let has = |written: &Written, option: &Opt| written.iter().any(|(given, _)| given.name == option.name);
    let address = spec.options.iter().find(|option| option.kind == Kind::Address && !has(&written, option));
    if let Some(address) = address
        && !text.is_empty()
        && option_at(spec, text).is_none()
    {
        let (word, after) = first_word(text);
        written.push((address, word.to_owned()));
        text = after;
    }
    if let Some(whole) = spec.options.iter().find(|option| takes_the_rest(option.kind)) {
        let own_name = option_at(spec, text).filter(|(option, _)| *option == whole);
        let text = own_name.map_or(text, |(_, value)| value.trim_start());
        if !text.is_empty() {
            written.push((whole, text.to_owned()));
        }
        return Ok(written);
    }
    for word in words(spec, text) {
        let free = |option: &&'static Opt| !has(&written, option);
        let mut free = spec.options.iter().filter(free).peekable();
        let first = free.peek().copied();
        let options: Vec<_> = free.collect();
        let fitting = options.iter().find(|option| read(platform, spec, option, &word).is_ok());
        let meant = || options.iter().find(|option| resembles(option.kind, &word));
        let unexpected = || Mistake::Unexpected { spec, given: word.clone() };
        if fitting.is_none() && looks_like_an_option(&word) {
            return Err(unexpected());
        }
        let option = fitting.or_else(meant).copied().or(first).ok_or_else(unexpected)?;
        written.push((option, word));
    }
    Ok(written)
}

/// A paper and then some words, which go on to the end; or the other way round, with their name and in quotes.
fn with_words(
    spec: &'static Spec,
    whole: &'static Opt,
    words: &'static Opt,
    text: &str,
) -> Result<Written, Mistake> {
    let named = |text: &'_ str, of: &Opt| -> Option<usize> {
        let (_, value) = option_at(spec, text).filter(|(option, _)| option.name == of.name)?;
        Some(text.len() - value.trim_start().len())
    };
    let (first, said) = if let Some(at) = named(text, words) {
        let (said, after) = value_at(spec, words, &text[at..])?;
        let after = after.trim();
        (&after[named(after, whole).unwrap_or(0)..], said)
    } else {
        let (first, said) = first_word(&text[named(text, whole).unwrap_or(0)..]);
        (first, &said[named(said, words).unwrap_or(0)..])
    };
    let given = [(whole, first), (words, said)].into_iter().filter(|(_, text)| !text.trim().is_empty());
    Ok(given.map(|(option, text)| (option, text.to_owned())).collect())
}

/// True for what is all of the text beside the named options.
fn takes_the_rest(kind: Kind) -> bool {
    matches!(kind, Kind::Query | Kind::StandingQuery | Kind::Paper | Kind::Feed)
}

/// Takes the named options out of a text; what is left stands as it was written.
fn named(spec: &'static Spec, text: &str) -> Result<(Written, String), Mistake> {
    let (mut found, mut left) = (Written::new(), String::with_capacity(text.len()));
    let (mut quoted, mut protected, mut at_word) = (false, false, true);
    let mut rest = text;
    while let Some(ch) = rest.chars().next() {
        let here = if at_word && !quoted { option_at(spec, rest) } else { None };
        if let Some((option, value)) = here.filter(|(option, _)| !takes_the_rest(option.kind)) {
            let (value, after) = value_at(spec, option, value)?;
            found.push((option, value.to_owned()));
            rest = after.trim_start();
            continue;
        }
        quoted ^= ch == '"' && !protected;
        protected = ch == '\\' && !protected;
        at_word = ch == ' ';
        left.push(ch);
        rest = &rest[ch.len_utf8()..];
    }
    Ok((found, left))
}

/// How much of a text's beginning can be the name of an option.
fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'_').count()
}

/// The option whose name and colon a text begins with, and what follows the colon.
fn option_at<'a>(spec: &'static Spec, text: &'a str) -> Option<(&'static Opt, &'a str)> {
    let letters = name_length(text);
    let value = text[letters..].strip_prefix(':')?;
    Some((spec.option(&text[..letters])?, value))
}

/// The value that a text begins with, and what follows it.
fn value_at<'a>(
    spec: &'static Spec,
    option: &'static Opt,
    text: &'a str,
) -> Result<(&'a str, &'a str), Mistake> {
    let fault = |reason: String| Mistake::Value { spec, option, reason };
    let text = text.trim_start();
    if let Some(inside) = text.strip_prefix('"') {
        let closed = inside.split_once('"');
        return closed.ok_or_else(|| fault(format!("the quote after “{}:” is never closed", option.name)));
    }
    let end = text.find(' ').unwrap_or(text.len());
    if end == 0 || option_at(spec, text).is_some() {
        return Err(fault(format!("nothing stands after “{}:”", option.name)));
    }
    if option.kind == Kind::Command
        && let (Ok(_), after) = command_of(text)
    {
        return Ok((text[..text.len() - after.len()].trim_end(), after));
    }
    let end = end + half_of_day(option.kind, &text[end..]);
    Ok((&text[..end], &text[end..]))
}

/// The length of the `am`, `pm` or unit that stands apart from its number.
fn half_of_day(kind: Kind, after: &str) -> usize {
    let (word, _) = first_word(after);
    let belongs = match kind {
        Kind::Time => matches!(word.to_ascii_lowercase().as_str(), "am" | "pm" | "a.m." | "p.m."),
        Kind::Until => {
            matches!(word.to_ascii_lowercase().as_str(), "hour" | "hours" | "day" | "days" | "week" | "weeks")
        }
        _ => false,
    };
    if belongs { after.len() - after.trim_start().len() + word.len() } else { 0 }
}

/// The words of a text; what stands in quotes is one.
fn words(spec: &'static Spec, text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim();
    let names_commands = spec.options.iter().any(|option| option.kind == Kind::Command);
    while !rest.is_empty() {
        if names_commands && let (Ok(named), after) = command_of(rest) {
            words.push(named.name.to_owned());
            rest = after;
            continue;
        }
        let closed = rest.strip_prefix('"').and_then(|inside| inside.split_once('"'));
        let (word, after) = closed.unwrap_or_else(|| {
            let end = rest.find(' ').unwrap_or(rest.len());
            let is_number = rest[..end].bytes().all(|b| b.is_ascii_digit() || b == b':');
            let unit = |option: &Opt| half_of_day(option.kind, &rest[end..]);
            let more = if is_number { spec.options.iter().map(unit).max().unwrap_or(0) } else { 0 };
            rest.split_at(end + more)
        });
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

fn looks_like_an_option(word: &str) -> bool {
    let letters = name_length(word);
    letters > 0 && word[letters..].starts_with(':') && !word[letters..].starts_with("://")
}

/// A mistake at a field that is almost the name of one of the command's own options is one about the option.
fn told_of_own_option(spec: &'static Spec, mistake: Mistake) -> Mistake {
    let Mistake::Query { error, .. } = &mistake else { return mistake };
    let at_fault: String = error.input.chars().skip(error.position).take_while(|ch| *ch != ' ').collect();
    let Some((name, _)) = at_fault.split_once(':') else { return mistake };
    let own = spec.options.iter().filter(|option| !takes_the_rest(option.kind));
    let Some(option) = nearest(name, own.map(|option| option.name)).and_then(|name| spec.option(name)) else {
        return mistake;
    };
    let reason = format!("there is no “{name}:”: did you mean “{}:”?", option.name);
    Mistake::Value { spec, option, reason }
}
