//! What a person sees of a message: Discord's markdown read as its client reads it.

use serde_json::Value;

/// A message in a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    pub id: String,
    pub channel: String,
    /// The embed's title as it shows.
    pub title: Option<String>,
    /// Where the title leads.
    pub url: Option<String>,
    /// The embed's author line.
    pub author: Option<String>,
    /// The embed's description, or the content when there is no embed.
    pub text: String,
    /// The embed's footer.
    pub footer: Option<String>,
    pub nonce: Option<String>,
    /// Links inside the text, as (words, address).
    pub links: Vec<(String, String)>,
    /// Mentions that show as mentions, anywhere in the message.
    pub mentions: Vec<String>,
    /// True when the body lets mentions notify people.
    pub notifies: bool,
    /// The body as it came.
    pub raw: Value,
}

impl Posted {
    pub(super) fn of(id: &str, channel: &str, body: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let embed = &body["embeds"][0];
        let title = text(&embed["title"]).map(|title| seen(&title));
        let shown = seen(embed["description"].as_str().or(body["content"].as_str()).unwrap_or_default());
        let mentions = title.iter().flat_map(|t| t.mentions.clone()).chain(shown.mentions).collect();
        let silent = body["allowed_mentions"]["parse"].as_array().is_some_and(Vec::is_empty);
        Self {
            id: id.to_owned(),
            channel: channel.to_owned(),
            title: title.map(|title| title.text),
            url: text(&embed["url"]),
            author: text(&embed["author"]["name"]),
            text: shown.text,
            footer: text(&embed["footer"]["text"]),
            nonce: text(&body["nonce"]),
            links: shown.links,
            mentions,
            notifies: !silent,
            raw: body.clone(),
        }
    }
}

/// A text after markdown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seen {
    pub text: String,
    pub links: Vec<(String, String)>,
    pub mentions: Vec<String>,
}

/// Reads markdown: escapes, code, `[words](address)`, `<address>`, bare addresses and mentions; marks such as
/// `**` are left out of the text.
pub fn seen(markdown: &str) -> Seen {
    let mut seen = Seen::default();
    let mut rest = markdown;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let escaped = after.chars().next().filter(char::is_ascii_punctuation);
        if let ('\\', Some(next)) = (c, escaped) {
            seen.text.push(next);
            rest = &after[1..];
        } else if let Some((inside, end)) = code(rest) {
            seen.text.push_str(inside);
            rest = &rest[end..];
        } else if let Some((words, address, end)) = masked_link(rest) {
            let words = self::seen(words).text;
            seen.text.push_str(&words);
            seen.links.push((words, address.to_owned()));
            rest = &rest[end..];
        } else if c == '<' && after.contains('>') {
            let (inside, end) = after.split_once('>').unwrap();
            if inside.starts_with("http") {
                seen.text.push_str(inside);
                seen.links.push((inside.to_owned(), inside.to_owned()));
            } else {
                seen.mentions.push(inside.to_owned());
            }
            rest = end;
        } else if rest.starts_with("http://") || rest.starts_with("https://") {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            seen.text.push_str(&rest[..end]);
            seen.links.push((rest[..end].to_owned(), rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            for word in ["@everyone", "@here"] {
                if rest.starts_with(word) {
                    seen.mentions.push(word.to_owned());
                }
            }
            // Bold, italics, code and strike-through take their marks out of the text.
            if !matches!(c, '*' | '_' | '`' | '~') {
                seen.text.push(c);
            }
            rest = after;
        }
    }
    seen
}

/// Code at the start of the text, in which nothing is mark-up, with the place where it ends.
fn code(text: &str) -> Option<(&str, usize)> {
    let ticks = text.len() - text.trim_start_matches('`').len();
    let (mark, after) = text.split_at(ticks);
    let end = if ticks == 0 { None } else { after.find(mark) }?;
    Some((&after[..end], end + 2 * ticks))
}

/// `[words](address)` at the start of the text, with the place where it ends.
fn masked_link(text: &str) -> Option<(&str, &str, usize)> {
    let inside = text.strip_prefix('[')?;
    let mut escaped = false;
    let end = inside.char_indices().find_map(|(at, c)| {
        let meant = !escaped;
        escaped = meant && c == '\\';
        (meant && matches!(c, '[' | ']' | '\n')).then_some((at, c))
    });
    let (words, after) = inside.split_at(end.filter(|(_, c)| *c == ']')?.0);
    let (address, _) = after.strip_prefix("](")?.split_once(')')?;
    address.starts_with("http").then_some((words, address, words.len() + address.len() + 4))
}
