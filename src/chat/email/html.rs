//! Letters as HTML: one column, styles at the elements, nothing fetched from anywhere.
//!
//! Mail programs drop style sheets, scripts and most of CSS; what the sheet in the head adds is only the dark
//! colours and less margin on phones. A letter stays below the size at which Gmail cuts it off.

use std::fmt::Write as _;

use url::Url;

use super::LetterLinks;
use super::text::{FACTS_MAX, LABEL_MAX, TITLE_MAX, WHY, facts};
use crate::message::{PaperCard, RoundupCard, RoundupSection, clean, cut, web_link};

/// Longest body of papers in bytes; with head and footer a letter stays below 100 KB.
const PAPERS_MAX: usize = 90_000;
/// Longest line that mail programs show beside the subject.
const PREVIEW_MAX: usize = 140;

const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .b { background: #131417 !important; }
  .c { background: #1d1f23 !important; border-color: #2e3137 !important; }
  .i { color: #e9ebee !important; }
  .d { color: #a5abb5 !important; }
  .l { color: #8fb6ff !important; }
  .r { border-color: #2e3137 !important; }
  .p { background: #25324a !important; color: #c3d8ff !important; }
}
@media (max-width: 480px) {
  .o { padding: 8px 0 !important; }
  .c { border-left: 0 !important; border-right: 0 !important; border-radius: 0 !important; }
  .m { padding: 22px 18px !important; }
}
</style>
"#;

const BODY: &str = r#"<body class="b" style="margin:0;padding:0;background:#f2f3f5">
"#;

const FRAME: &str = r#"<table role="presentation" class="b" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f2f3f5"><tr><td class="o" align="center" style="padding:24px 12px">
<table role="presentation" class="c" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:640px;background:#ffffff;border:1px solid #e2e4e8;border-radius:12px;border-collapse:separate"><tr><td class="m" style="padding:30px 34px;text-align:left;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere;word-break:break-word">
<p class="d" style="margin:0 0 6px;font-size:12px;line-height:16px;font-weight:700;letter-spacing:1.5px;color:#697080">PAPERWIRE</p>
"#;

const END: &str = "</td></tr></table>
</td></tr></table>
</body>
</html>
";

/// One paper, before and after the footer.
pub(super) fn paper(card: &PaperCard) -> [String; 2] {
    let heading = cut(&card.heading(), TITLE_MAX);
    let text = clean(&card.text);
    let mut out = begin(&heading, &text);
    let _ = write!(
        out,
        r#"<h1 dir="auto" style="margin:0 0 10px;font-size:22px;line-height:29px;font-weight:700">{}</h1>
<p class="d" style="margin:0 0 16px;font-size:14px;line-height:20px;color:#5c6370">{}</p>
"#,
        link(&card.url, &heading),
        small_facts(&facts(card)),
    );
    if !text.is_empty() {
        let _ = writeln!(
            out,
            r#"<p class="i" dir="auto" style="margin:0 0 12px;font-size:16px;line-height:25px;color:#1d2129">{}</p>"#,
            escape(&text)
        );
    }
    if let Some(credit) = &card.text_credit {
        small(&mut out, &clean(credit));
    }
    let code = card.stars_text().map_or_else(|| "Code".to_owned(), |stars| format!("Code ({stars})"));
    let links: Vec<String> = [(code, &card.repository), ("Project page".to_owned(), &card.project_page)]
        .into_iter()
        .filter_map(|(name, address)| Some(link(address.as_deref()?, &name)))
        .collect();
    if !links.is_empty() {
        let _ = writeln!(
            out,
            r#"<p style="margin:12px 0;font-size:15px;line-height:22px;font-weight:600">{}</p>"#,
            links.join(" &nbsp; ")
        );
    }
    small(&mut out, &clean(&card.why));
    [out, END.to_owned()]
}

/// A roundup, before and after the footer; papers beyond what a letter holds are counted.
pub(super) fn roundup(roundup: &RoundupCard) -> [String; 2] {
    let heading = clean(&roundup.heading);
    let lines = || roundup.sections.iter().flat_map(|section| &section.lines);
    let preview: Vec<String> = lines().take(3).map(|line| cut(&clean(&line.title), TITLE_MAX)).collect();
    let mut out = begin(&heading, &preview.join(" · "));
    let _ = writeln!(
        out,
        r#"<h1 class="i" style="margin:0 0 4px;font-size:22px;line-height:29px;font-weight:700;color:#1d2129">{}</h1>"#,
        escape(&heading)
    );
    let mut shown = 0;
    for section in &roundup.sections {
        let before = shown;
        shown += papers(&mut out, section);
        if shown - before < section.lines.len() {
            break;
        }
    }
    let total = lines().count();
    if shown < total {
        small(&mut out, &format!("… and {} more", total - shown));
    }
    small(&mut out, &clean(&roundup.note));
    [out, END.to_owned()]
}

/// Adds the papers of a section that fit in, and returns how many those are.
fn papers(out: &mut String, section: &RoundupSection) -> usize {
    let label = cut(&clean(&section.label), LABEL_MAX);
    let mut lead = if label.is_empty() {
        String::new()
    } else {
        format!(
            r#"<p style="margin:22px 0 0;font-size:13px;line-height:18px"><span class="p" style="display:inline-block;padding:3px 10px;border-radius:11px;background:#e8effc;color:#22478f">{}</span></p>
"#,
            escape(&label)
        )
    };
    for (at, line) in section.lines.iter().enumerate() {
        let title = link(&line.url, &cut(&clean(&line.title), TITLE_MAX));
        let facts = small_facts(&line.facts);
        let entry = format!(
            r#"{lead}<p class="r" dir="auto" style="margin:0;padding:14px 0 3px;font-size:17px;line-height:24px;font-weight:600{}">{title}</p>
<p class="d" style="margin:0 0 13px;font-size:14px;line-height:20px;color:#5c6370">{facts}</p>
"#,
            if at > 0 { ";border-top:1px solid #e8eaed" } else { "" }
        );
        if out.len() + entry.len() > PAPERS_MAX {
            return at;
        }
        out.push_str(&entry);
        lead.clear();
    }
    section.lines.len()
}

/// What stands below a letter that nobody asked for one by one.
pub(super) fn footer(links: &LetterLinks) -> String {
    let link = |name: &str, url: &Url| {
        format!(
            r#"<a class="d" href="{}" style="color:#5c6370;text-decoration:underline">{name}</a>"#,
            escape(url.as_str())
        )
    };
    let change = links.manage.as_ref().map(|url| link("Change what comes", url));
    let end = match &links.unsubscribe {
        Some(url) => link("Unsubscribe", url),
        None => "To get no more of them, answer this letter.".to_owned(),
    };
    let end: Vec<String> = change.into_iter().chain([end]).collect();
    format!(
        r#"<p class="d r" style="margin:20px 0 0;padding:16px 0 0;border-top:1px solid #e8eaed;font-size:12px;line-height:18px;color:#5c6370">{WHY}<br>{}</p>
"#,
        end.join(" · ")
    )
}

/// Everything above the heading; the preview is what mail programs show beside the subject.
fn begin(title: &str, preview: &str) -> String {
    let mut out = format!("{HEAD}<title>{}</title>\n</head>\n{BODY}", escape(title));
    let preview = cut(preview, PREVIEW_MAX);
    if !preview.is_empty() {
        let _ = writeln!(
            out,
            r#"<div style="display:none;max-height:0;overflow:hidden">{}</div>"#,
            escape(&preview)
        );
    }
    out.push_str(FRAME);
    out
}

fn small(out: &mut String, text: &str) {
    if !text.is_empty() {
        let _ = writeln!(
            out,
            r#"<p class="d" style="margin:10px 0 0;font-size:13px;line-height:19px;color:#5c6370">{}</p>"#,
            escape(text)
        );
    }
}

/// A link, or its text alone where the address may not become one.
fn link(address: &str, text: &str) -> String {
    match web_link(address) {
        Some(address) => format!(
            r#"<a class="l" href="{}" style="color:#1a56c4;text-decoration:none">{}</a>"#,
            escape(&address),
            escape(text)
        ),
        None => format!(r#"<span class="i">{}</span>"#, escape(text)),
    }
}

/// Small facts in a line, none of which begins with the dot before it.
fn small_facts(facts: &[String]) -> String {
    escape(&cut(&clean(&facts.join(" · ")), FACTS_MAX)).replace(" · ", "\u{a0}· ")
}

/// Text that can neither end an attribute nor begin an element.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// A short letter as HTML: a paragraph for each line.
pub(super) fn simple(title: &str, lines: &[&str]) -> String {
    let mut out = begin(title, "");
    let _ = writeln!(
        out,
        r#"<h1 class="i" style="margin:0 0 12px;font-size:22px;line-height:29px;font-weight:700;color:#1d2129">{}</h1>"#,
        escape(title)
    );
    for line in lines {
        let _ = writeln!(
            out,
            r#"<p class="i" style="margin:0 0 12px;font-size:16px;line-height:25px;color:#1d2129">{}</p>"#,
            escape(line)
        );
    }
    out.push_str(END);
    out
}
