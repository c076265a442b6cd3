//! Lexemes to a tree that still knows where each part stood.

use super::lexer::{Fault, Lexeme, lex};
use super::term::{self, Leaf, Spelling};
use super::{Condition, Field, MAX_CHARS, MAX_LEVELS, MAX_TERMS, Prefix, Term};

/// A part of a query as it was written.
#[derive(Debug)]
pub(super) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>, usize),
    Term(Term, usize),
    Condition(Condition, usize),
    /// A word that says nothing: too common, or only punctuation.
    Idle(String, usize),
}

/// Reads a whole query.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let length = text.chars().count();
    if length > MAX_CHARS {
        return Err((
            MAX_CHARS,
            format!("the query has {length} characters; at most {MAX_CHARS} are allowed"),
        ));
    }
    let lexemes = lex(text)?;
    if lexemes.is_empty() {
        return Err((
            0,
            "the query is empty: write a word or a phrase, such as diffusion or \"flow matching\"".into(),
        ));
    }
    let mut parser = Parser { lexemes: &lexemes, next: 0, end: length, terms: 0, prefix: None, levels: 0 };
    let node = parser.any()?;
    match parser.peek() {
        None => Ok(node),
        Some((_, at)) => Err((at, "this “)” closes nothing: take it away, or add “(” before it".into())),
    }
}

#[cfg(test)]
thread_local! {
    /// How often this thread's parsers looked at a lexeme.
    pub(super) static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

struct Parser<'a> {
    lexemes: &'a [(Lexeme<'a>, usize)],
    next: usize,
    end: usize,
    terms: usize,
    prefix: Option<Prefix>,
    levels: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<(Lexeme<'a>, usize)> {
        #[cfg(test)]
        STEPS.with(|steps| steps.set(steps.get() + 1));
        self.lexemes.get(self.next).copied()
    }

    fn any(&mut self) -> Result<Node, Fault> {
        let first = self.all()?;
        let mut parts = vec![first];
        while let Some((Lexeme::Or, _)) = self.peek() {
            self.next += 1;
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Node::Or))
    }

    fn all(&mut self) -> Result<Node, Fault> {
        let mut parts = vec![self.operand()?];
        while let Some((lexeme, _)) = self.peek() {
            match lexeme {
                Lexeme::Or | Lexeme::Close => break,
                Lexeme::And => self.next += 1,
                _ => {}
            }
            parts.push(self.operand()?);
        }
        Ok(one_or(parts, Node::And))
    }

    fn operand(&mut self) -> Result<Node, Fault> {
        let start = self.peek().map_or(self.end, |(_, at)| at);
        let mut negated = false;
        while let Some((Lexeme::Not, _)) = self.peek() {
            self.next += 1;
            negated = !negated;
        }
        let node = self.primary()?;
        Ok(match node {
            Node::Not(inner, _) if negated => *inner,
            node if negated => Node::Not(Box::new(node), start),
            node => node,
        })
    }

    fn primary(&mut self) -> Result<Node, Fault> {
        let Some((lexeme, at)) = self.peek() else {
            return Err((self.end, format!("the query stops here: {}", self.expected())));
        };
        match lexeme {
            Lexeme::Prefix(prefix) => self.prefixed(prefix, at),
            Lexeme::Open => self.group(at),
            Lexeme::Word(word) => {
                self.refuse_small_operator(word, at)?;
                self.leaf(self.prefix)
            }
            Lexeme::Phrase(_) | Lexeme::Exact => self.leaf(self.prefix),
            Lexeme::Number(number) => self.condition(Condition::Number(number), number.counter.name(), at),
            Lexeme::Listed(listed) => self.condition(Condition::Listed(listed), "listed", at),
            Lexeme::Close if self.levels == 0 => {
                Err((at, "this “)” closes nothing: take it away, or add “(” before it".into()))
            }
            Lexeme::Close => Err((at, format!("nothing before this “)”: {}", self.expected()))),
            Lexeme::And => Err((at, format!("“AND” joins two parts: {}", self.expected()))),
            Lexeme::Or => Err((at, format!("“OR” joins two parts: {}", self.expected()))),
            Lexeme::Not => unreachable!("operand has read every NOT"),
        }
    }

    fn expected(&self) -> String {
        let before = self.next.checked_sub(1).and_then(|at| self.lexemes.get(at));
        match before {
            Some((Lexeme::Prefix(prefix), _)) => {
                format!("expected a word, a phrase or “(” after “{}:”", prefix.name())
            }
            _ => "expected a word, a phrase or “(” here".into(),
        }
    }

    fn prefixed(&mut self, prefix: Prefix, at: usize) -> Result<Node, Fault> {
        self.refuse_inside(&format!("{}:", prefix.name()), at)?;
        self.next += 1;
        match self.peek() {
            Some((Lexeme::Word(_) | Lexeme::Phrase(_) | Lexeme::Exact, _)) => self.leaf(Some(prefix)),
            Some((Lexeme::Open, at)) => {
                self.prefix = Some(prefix);
                let group = self.group(at);
                self.prefix = None;
                group
            }
            Some((_, at)) => Err((at, self.expected())),
            None => Err((self.end, self.expected())),
        }
    }

    fn refuse_inside(&self, what: &str, at: usize) -> Result<(), Fault> {
        match self.prefix {
            None => Ok(()),
            Some(outer) => {
                let outer = outer.name();
                Err((at, format!("“{what}” cannot stand inside “{outer}:( … )”: write them side by side")))
            }
        }
    }

    fn condition(&mut self, condition: Condition, name: &str, at: usize) -> Result<Node, Fault> {
        self.refuse_inside(name, at)?;
        self.next += 1;
        self.count(at)?;
        Ok(Node::Condition(condition, at))
    }

    fn group(&mut self, at: usize) -> Result<Node, Fault> {
        if self.levels == MAX_LEVELS {
            return Err((
                at,
                format!("more than {MAX_LEVELS} levels of parentheses: write the query flatter"),
            ));
        }
        self.next += 1;
        self.levels += 1;
        let node = self.any()?;
        self.levels -= 1;
        if self.peek().is_none() {
            return Err((at, "this “(” is never closed: add “)”".into()));
        }
        self.next += 1;
        Ok(node)
    }

    /// Reads a word or phrase, with the `=` that may stand before it.
    fn leaf(&mut self, prefix: Option<Prefix>) -> Result<Node, Fault> {
        let start = self.peek().map_or(self.end, |(_, at)| at);
        let exact = matches!(self.peek(), Some((Lexeme::Exact, _)));
        if exact {
            self.next += 1;
        }
        let (text, at, quoted) = match self.peek() {
            Some((Lexeme::Word(word), at)) => (word, at, false),
            Some((Lexeme::Phrase(phrase), at)) => (phrase, at, true),
            other => return Err((other.map_or(self.end, |(_, at)| at), self.expected())),
        };
        self.next += 1;
        self.count(start)?;
        let in_text = |(offset, message)| (at + usize::from(quoted) + offset, message);
        let field = match prefix {
            None => None,
            Some(Prefix::Field(field)) => Some(field),
            Some(prefix) => {
                let condition = term::condition(prefix, text).map_err(in_text)?;
                return Ok(Node::Condition(condition, start));
            }
        };
        let spelling = Spelling { quoted, exact };
        Ok(match term::read(field, text, spelling).map_err(in_text)? {
            Leaf::Term(term) => Node::Term(term, start),
            Leaf::Idle => Node::Idle(text.to_owned(), start),
        })
    }

    fn count(&mut self, at: usize) -> Result<(), Fault> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err((
                at,
                format!("more than {MAX_TERMS} words and phrases: split this into several subscriptions"),
            ));
        }
        Ok(())
    }

    /// `cats or dogs` must not quietly mean both: the words that join are written in capitals.
    fn refuse_small_operator(&self, word: &str, at: usize) -> Result<(), Fault> {
        let is_name = matches!(self.prefix, Some(Prefix::Field(Field::Author | Field::Organization)));
        let capitals = ["OR", "NOT"].into_iter().find(|operator| operator.eq_ignore_ascii_case(word));
        match capitals {
            Some(operator) if !is_name => Err((
                at,
                format!(
                    "write {operator} in capitals, or put the words in quotes to look for “{word}” itself"
                ),
            )),
            _ => Ok(()),
        }
    }
}

fn one_or(mut parts: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}
