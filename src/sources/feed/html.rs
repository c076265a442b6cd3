//! HTML to plain text: what feeds write into titles and descriptions.
//!
//! Tags go, paragraphs stay apart, entities are decoded once, and what is not for reading (scripts, styles, frames)
//! goes with all it holds. A “<” that begins no known element is one: abstracts compare numbers.

use quick_xml::escape::resolve_html5_entity;

/// How far a tag may go on after a “>” that seems to stand in a quoted attribute.
const LONGEST_QUOTED: usize = 1_000;

/// Elements that stand between paragraphs.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "sec",
    "section",
    "table",
    "title",
    "ul",
];
/// Elements inside a line, which leave nothing behind.
const INLINE: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "annotation-xml",
    "audio",
    "b",
    "bdi",
    "bdo",
    "big",
    "body",
    "center",
    "cite",
    "code",
    "data",
    "del",
    "details",
    "dfn",
    "disp-formula",
    "em",
    "font",
    "html",
    "i",
    "img",
    "inline-formula",
    "ins",
    "italic",
    "bold",
    "kbd",
    "label",
    "list",
    "list-item",
    "mark",
    "math",
    "menclose",
    "mfenced",
    "mfrac",
    "mi",
    "mml",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mroot",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "none",
    "mprescripts",
    "picture",
    "q",
    "ruby",
    "rb",
    "rp",
    "rt",
    "s",
    "samp",
    "sc",
    "semantics",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "tex-math",
    "time",
    "track",
    "tt",
    "u",
    "var",
    "video",
    "wbr",
    "xref",
    "ext-link",
];
/// Elements that part words: line ends and cells.
const SPACES: &[&str] = &["br", "caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"];
/// Elements that go with all they hold.
const UNREADABLE: &[&str] = &[
    "annotation",
    "applet",
    "button",
    "canvas",
    "embed",
    "head",
    "iframe",
    "math-source",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
];

enum Kind {
    Block,
    Inline,
    Space,
    Unreadable,
}

/// The text of a piece of HTML; paragraphs are apart by blank lines.
pub(in crate::sources) fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('<') { after_tag(rest, &mut out) } else { after_entity(rest, &mut out) };
    }
    out.push_str(rest);
    out
}

/// Takes in what a “<” begins, and gives what follows it.
fn after_tag<'a>(rest: &'a str, out: &mut String) -> &'a str {
    if let Some(comment) = rest.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, after)| after);
    }
    let inside = rest[1..].trim_start_matches('/');
    let closing = rest.starts_with("</");
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ':' | '_'));
    let name = inside[..end.unwrap_or(inside.len()).min(20)].to_ascii_lowercase();
    let name = name.rsplit(':').next().unwrap_or_default();
    let declares = rest.starts_with("<!") || rest.starts_with("<?");
    let Some(kind) = kind(name).or_else(|| declares.then_some(Kind::Inline)) else {
        out.push('<');
        return &rest[1..];
    };
    // A text that was cut inside a tag ends before it.
    let after = tag_end(rest).map_or("", |end| &rest[end..]);
    match kind {
        Kind::Block => out.push_str("\n\n"),
        Kind::Space => out.push('\n'),
        Kind::Inline => {}
        Kind::Unreadable if closing || rest[..rest.len() - after.len()].ends_with("/>") => {}
        Kind::Unreadable => return after_element(after, name),
    }
    after
}

fn kind(name: &str) -> Option<Kind> {
    let is = |list: &[&str]| list.contains(&name);
    if is(INLINE) {
        Some(Kind::Inline)
    } else if is(BLOCKS) {
        Some(Kind::Block)
    } else if is(SPACES) {
        Some(Kind::Space)
    } else {
        is(UNREADABLE).then_some(Kind::Unreadable)
    }
}

/// Where a tag ends, counting a “>” in a quoted attribute as part of it.
fn tag_end(tag: &str) -> Option<usize> {
    let first = tag.find('>')?;
    if tag[..first].bytes().filter(|byte| *byte == b'"').count().is_multiple_of(2) {
        return Some(first + 1);
    }
    let window = super::written::cut(&tag[first..], LONGEST_QUOTED);
    let quoted = window.find('"').and_then(|quote| Some(quote + window[quote..].find('>')?));
    Some(first + quoted.unwrap_or(0) + 1)
}

/// What follows `</name…>`; nothing when the element does not end.
fn after_element<'a>(rest: &'a str, name: &str) -> &'a str {
    let ends = rest.match_indices("</").find(|(at, _)| {
        let candidate = rest.get(at + 2..at + 2 + name.len());
        candidate.is_some_and(|candidate| candidate.eq_ignore_ascii_case(name))
    });
    ends.and_then(|(at, _)| rest[at..].split_once('>')).map_or("", |(_, after)| after)
}

/// Takes in what a “&” begins, and gives what follows it.
fn after_entity<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let name = super::written::cut(&rest[1..], 33).split_once(';').map(|(name, _)| name);
    if let Some(name) = name {
        let number = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        });
        let after = &rest[name.len() + 2..];
        if let Some(number) = number {
            out.push(character(number));
            return after;
        }
        if let Some(text) = resolve_html5_entity(name) {
            out.push_str(text);
            return after;
        }
    }
    out.push('&');
    &rest[1..]
}

/// The character of a numeric reference; 128 to 159 mean Windows-1252, as every browser reads them.
fn character(number: u32) -> char {
    if let Ok(byte @ 0x80..=0x9f) = u8::try_from(number) {
        return encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(&[byte])
            .0
            .chars()
            .next()
            .unwrap_or(' ');
    }
    char::from_u32(number).filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// True when a body begins as web pages do.
pub(super) fn is_page(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->").map_or("", |(_, after)| after).trim_start();
    }
    let head = super::written::cut(rest, 20).to_ascii_lowercase();
    let page = ["<!doctype html", "<html", "<head", "<body", "<script", "<meta", "<title"];
    page.iter().any(|start| head.starts_with(start))
}

/// The feed that a page names in `<link rel="alternate" type="application/rss+xml" href="…">`.
pub(super) fn feed_of_page(text: &str) -> Option<String> {
    let tags = text.match_indices("<link").map(|(at, _)| super::written::cut(&text[at..], 2_000));
    tags.filter_map(|tag| tag.split('>').next()).find_map(|tag| {
        let kind = attribute(tag, "type")?.to_ascii_lowercase();
        let feeds = ["application/rss+xml", "application/atom+xml", "application/feed+json"];
        let href = attribute(tag, "href").filter(|_| feeds.contains(&kind.as_str()))?;
        Some(plain(href)).filter(|href| !href.is_empty())
    })
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut values = tag.match_indices(name).filter_map(|(at, _)| {
        let before = tag[..at].chars().next_back()?;
        let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value = value[1..].split(quote).next()?;
        before.is_whitespace().then_some(value)
    });
    values.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_paragraphs_stay() {
        assert_eq!(
            plain("<p>One <b>two</b></p><P class='x'>three<br/>four"),
            "\n\nOne two\n\n\n\nthree\nfour"
        );
        assert_eq!(plain("H<sub>2</sub>O <jats:italic>in</jats:italic> <mml:mi>x</mml:mi>"), "H2O in x");
        assert_eq!(plain("a<!-- <p> -->b<?php x ?>c"), "abc");
        assert_eq!(plain(r#"<img alt="a > b" src="x">y"#), "y");
    }

    #[test]
    fn what_is_not_for_reading_goes_whole() {
        assert_eq!(plain("a<script>alert('<p>')</SCRIPT >b<style/>c<svg><text>t</text></svg>d"), "abcd");
        assert_eq!(plain("a<script>alert(1)"), "a");
        assert_eq!(plain("a<iframe src=//evil></iframe>b"), "ab");
    }

    #[test]
    fn comparisons_and_broken_tags_are_text() {
        for text in ["p < 0.05 and q > 1", "if x<y>z", "a <- b", "1 <2", "<", "</", "<>", "a << b"] {
            assert_eq!(plain(text), text);
        }
        assert_eq!(plain("cut <a href=\"http"), "cut ");
    }

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(plain("AT&amp;T &lt;b&gt; &eacute;&#233;&#xE9;&nbsp;&#150;"), "AT&T <b> ééé\u{a0}–");
        assert_eq!(plain("&amp;lt;p&amp;gt;"), "&lt;p&gt;");
        assert_eq!(plain("a & b &; &nosuch; &#0;&#x110000;&#"), "a & b &; &nosuch; \u{fffd}\u{fffd}&#");
    }

    #[test]
    fn a_page_names_its_feed() {
        let page = r#"<!-- x --> <!DOCTYPE html><head><link rel="stylesheet" type="text/css" href="/s">
            <link rel="alternate" type="application/rss+xml" title="t" href='/feed?a=1&amp;b=2'></head>"#;
        assert!(is_page(page));
        assert_eq!(feed_of_page(page).as_deref(), Some("/feed?a=1&b=2"));
        assert!(!is_page("<?xml version='1.0'?><rss/>"));
    }
}
