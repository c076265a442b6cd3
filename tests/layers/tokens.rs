//! Rust source as tokens: identifiers, punctuation and nothing that is only text.

/// A piece of source that means something, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// Reads source text; comments, strings and characters are dropped, `::` is one token.
pub fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let (mut at, mut line, mut found) = (0, 1, Vec::new());
    while at < chars.len() {
        let (text, next) = piece(&chars, at);
        if let Some(text) = text {
            found.push(Token { text, line });
        }
        line += chars[at..next].iter().filter(|c| **c == '\n').count();
        at = next;
    }
    found
}

/// The token at `at`, if there is one, and where the next piece begins.
fn piece(chars: &[char], at: usize) -> (Option<String>, usize) {
    let starts = |text: &str| chars[at..].iter().copied().take(text.len()).eq(text.chars());
    let c = chars[at];
    if starts("//") {
        return (None, until(chars, at, |c| c == '\n'));
    }
    if starts("/*") {
        return (None, after_block_comment(chars, at));
    }
    if let Some(end) = after_string(chars, at) {
        return (None, end);
    }
    if c == '\'' {
        return (None, after_quote(chars, at));
    }
    if c.is_alphanumeric() || c == '_' {
        let end = until(chars, at, |c| !c.is_alphanumeric() && c != '_');
        let word: String = chars[at..end].iter().collect();
        // `r#chat` is the identifier `chat`.
        if word == "r" && chars.get(end) == Some(&'#') {
            return (None, end + 1);
        }
        return (Some(word), end);
    }
    if starts("::") {
        return (Some("::".to_owned()), at + 2);
    }
    ((!c.is_whitespace()).then(|| c.to_string()), at + 1)
}

fn until(chars: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    (from..chars.len()).find(|at| stop(chars[*at])).unwrap_or(chars.len())
}

fn after_block_comment(chars: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0_usize, from);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

/// The end of a string literal that begins here, of whatever kind; `None` when none begins here.
fn after_string(chars: &[char], from: usize) -> Option<usize> {
    let prefix: String = chars[from..].iter().take_while(|c| matches!(c, 'b' | 'c' | 'r')).collect();
    let mut at = from + prefix.len();
    let raw = prefix.ends_with('r');
    let hashes = if raw { chars[at..].iter().take_while(|c| **c == '#').count() } else { 0 };
    at += hashes;
    if prefix.len() > 2 || chars.get(at) != Some(&'"') {
        return None;
    }
    at += 1;
    while at < chars.len() {
        match chars[at] {
            '\\' if !raw => at += 2,
            '"' if chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes => {
                return Some(at + 1 + hashes);
            }
            _ => at += 1,
        }
    }
    Some(chars.len())
}

/// The end of a character literal; a lifetime is passed over by its quote alone.
fn after_quote(chars: &[char], from: usize) -> usize {
    match (chars.get(from + 1), chars.get(from + 2)) {
        (Some('\\'), _) => until(chars, from + 3, |c| c == '\'') + 1,
        (Some(_), Some('\'')) => from + 3,
        _ => from + 1,
    }
}
