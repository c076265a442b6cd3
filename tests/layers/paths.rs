//! Finds in a source file every path that leads out of its module.

use super::tokens::{Token, tokens};

/// A path from the crate's root, as far as it can be told, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub line: usize,
    pub path: Vec<String>,
}

/// The module that a file holds: `src/chat/slack/mod.rs` is `chat::slack`, `src/lib.rs` is the root.
pub fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let path = path.trim_end_matches("/mod");
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// The files and folders that `#[cfg(test)] mod NAME;` brings in.
pub fn test_files(file: &str, source: &str) -> Vec<String> {
    let all = tokens(source);
    let folder = format!("src/{}", module_of(file).join("/"));
    let mut found = Vec::new();
    for (at, _) in all.iter().enumerate() {
        if let Some(end) = test_item(&all, at)
            && let [.., keyword, name, stop] = &all[at..end]
            && (keyword.text.as_str(), stop.text.as_str()) == ("mod", ";")
        {
            let module = format!("{}/{}", folder.trim_end_matches('/'), name.text);
            found.extend([module.clone(), format!("{module}.rs")]);
        }
    }
    found
}

/// Every path in the file that starts at the crate's root, climbs with `super`, or names a chat platform.
pub fn references(own: &[String], source: &str, platforms: &[&str]) -> Vec<Reference> {
    let all = without_tests(&tokens(source));
    let mut walk = Walk { all: &all, found: Vec::new() };
    // The inline modules around the current token, each with the depth of its braces.
    let (mut inner, mut depth): (Vec<(String, usize)>, usize) = (Vec::new(), 0);
    for (at, token) in all.iter().enumerate() {
        let here = || own.iter().chain(inner.iter().map(|(name, _)| name)).cloned().collect::<Vec<_>>();
        match token.text.as_str() {
            "{" => {
                if at >= 2 && walk.text(at - 2) == "mod" {
                    inner.push((walk.text(at - 1).to_owned(), depth));
                }
                depth += 1;
            }
            "}" => {
                depth = depth.saturating_sub(1);
                inner.retain(|(_, opened)| *opened < depth);
            }
            _ if walk.continues_a_path(at) => {}
            // In `pub(in crate::store)` and `pub(crate)` nothing is used.
            "crate" if at > 0 && matches!(walk.text(at - 1), "in" | "(") && walk.is_visibility(at) => {}
            "crate" => walk.tree(at + 1, Vec::new(), token.line),
            "paperwire" if own == ["main"] => walk.tree(at + 1, Vec::new(), token.line),
            "super" if walk.text(at + 1) == "::" => walk.climb(at, here()),
            "chat" if walk.text(at + 1) == "::" && platforms.contains(&walk.text(at + 2)) => {
                walk.push(token.line, vec!["chat".to_owned(), walk.text(at + 2).to_owned()]);
            }
            name if own == ["chat"] && platforms.contains(&name) && walk.text(at + 1) == "::" => {
                walk.push(token.line, vec!["chat".to_owned(), name.to_owned()]);
            }
            _ => {}
        }
    }
    walk.found
}

struct Walk<'a> {
    all: &'a [Token],
    found: Vec<Reference>,
}

impl Walk<'_> {
    fn text(&self, at: usize) -> &str {
        self.all.get(at).map_or("", |token| token.text.as_str())
    }

    fn push(&mut self, line: usize, path: Vec<String>) {
        self.found.push(Reference { line, path });
    }

    /// True for `b` of `a::b`; `self::` counts as the beginning.
    fn continues_a_path(&self, at: usize) -> bool {
        at >= 2 && self.text(at - 1) == "::" && !matches!(self.text(at - 2), "self")
    }

    fn is_visibility(&self, at: usize) -> bool {
        let open = if self.text(at - 1) == "in" { at.wrapping_sub(2) } else { at - 1 };
        self.text(open) == "(" && open > 0 && self.text(open - 1) == "pub"
    }

    /// Reads `super::…` at `at`, seen from the module `here`.
    fn climb(&mut self, at: usize, mut here: Vec<String>) {
        let line = self.all[at].line;
        here.pop();
        self.tree(at + 1, here, line);
    }

    /// Reads the rest of a path whose first part is `path`; `at` is behind that part.
    fn tree(&mut self, at: usize, path: Vec<String>, line: usize) {
        if self.text(at) != "::" {
            return self.push(line, path);
        }
        match self.text(at + 1).to_owned().as_str() {
            "super" => {
                let mut path = path;
                path.pop();
                self.tree(at + 2, path, line);
            }
            "self" => self.push(line, path),
            "{" => self.group(at + 2, &path),
            // Two parts say everything that the table asks.
            _ if path.len() >= 2 => self.push(line, path),
            name => {
                let path = [path, vec![name.to_owned()]].concat();
                // `use crate::*` names no module.
                let path = if path == ["*"] { Vec::new() } else { path };
                self.tree(at + 2, path, line);
            }
        }
    }

    /// Reads `{a, b::c}`; `at` is behind the brace.
    fn group(&mut self, mut at: usize, path: &[String]) {
        let (mut depth, mut first) = (0_usize, true);
        while at < self.all.len() {
            match self.text(at) {
                "}" if depth == 0 => return,
                "}" => depth -= 1,
                "{" => depth += 1,
                "," if depth == 0 => {
                    first = true;
                    at += 1;
                    continue;
                }
                name if first && depth == 0 => {
                    let (name, line) = (name.to_owned(), self.all[at].line);
                    self.member(&name, at, path, line);
                }
                _ => {}
            }
            first = false;
            at += 1;
        }
    }

    fn member(&mut self, name: &str, at: usize, path: &[String], line: usize) {
        match name {
            "self" => self.push(line, path.to_vec()),
            "super" => self.climb(at, path.to_vec()),
            "*" if path.is_empty() => self.push(line, Vec::new()),
            _ if path.len() >= 2 => self.push(line, path.to_vec()),
            _ => self.tree(at + 1, [path, &[name.to_owned()]].concat(), line),
        }
    }
}

fn without_tests(all: &[Token]) -> Vec<Token> {
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < all.len() {
        if let Some(end) = test_item(all, at) {
            at = end;
        } else {
            kept.push(all[at].clone());
            at += 1;
        }
    }
    kept
}

/// The end of the item that begins with `#[cfg(test)]` at `at`.
fn test_item(all: &[Token], at: usize) -> Option<usize> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let marked = all.get(at..at + MARK.len())?.iter().map(|token| token.text.as_str()).eq(MARK);
    if !marked {
        return None;
    }
    let mut depth = 0_usize;
    for (end, token) in all.iter().enumerate().skip(at + MARK.len()) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" if depth <= 1 => {
                // `use a::{b, c};` goes on to its semicolon.
                let semicolon = all.get(end + 1).is_some_and(|next| next.text == ";");
                return Some(end + 1 + usize::from(semicolon));
            }
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return Some(end + 1),
            _ => {}
        }
    }
    Some(all.len())
}
