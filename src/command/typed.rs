//! What keyboards and platforms make of what people type, undone.

use crate::domain::Platform;

/// The text as it was meant: straight quotes, no invisible characters, Slack's escapes and links undone.
pub(super) fn plain(platform: Platform, text: &str) -> String {
    let text = if platform == Platform::Slack { from_slack(text) } else { text.to_owned() };
    text.chars().filter_map(straight).collect()
}

fn straight(ch: char) -> Option<char> {
    match ch {
        '“' | '”' | '„' | '‟' | '«' | '»' | '＂' => Some('"'),
        '‘' | '’' | '‚' | '‛' => Some('\''),
        '\u{200b}' | '\u{2060}' | '\u{feff}' => None,
        _ if ch.is_whitespace() => Some(' '),
        _ => Some(ch),
    }
}

/// Undoes what Slack puts into the text of a command: `<https://…|label>`, `<#C123|name>`, `&amp; &lt; &gt;`.
///
/// Source: <https://docs.slack.dev/messaging/formatting-message-text#escaping>
fn from_slack(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let inside = rest[1..].split(['<', '>', '\n']).next().unwrap_or_default();
        if rest[1 + inside.len()..].starts_with('>') {
            reference(inside, &mut out);
            rest = &rest[inside.len() + 2..];
        } else {
            out.push('<');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    // `&amp;` last, as it was first when Slack escaped.
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn reference(inside: &str, out: &mut String) {
    let (target, label) = inside.split_once('|').unwrap_or((inside, ""));
    let address = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://"));
    match (target.chars().next(), address) {
        (Some('#'), _) => {
            out.push('<');
            out.push_str(target);
            out.push('>');
        }
        // Slack takes `cs.AI` for an address: what somebody typed without a scheme is the label.
        (_, Some(address)) if address.trim_end_matches('/').eq_ignore_ascii_case(label) => {
            out.push_str(label);
        }
        (_, Some(_)) => out.push_str(target),
        _ if label.is_empty() => out.push_str(target),
        _ => out.push_str(label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_slack_does_to_a_text_is_undone() {
        for (arrives, meant) in [
            ("llm upvotes&gt;=50 &amp;amp;", "llm upvotes>=50 &amp;"),
            ("show <https://arxiv.org/abs/2608.01234|a paper>", "show https://arxiv.org/abs/2608.01234"),
            ("show <https://a.org/?x=1&amp;y=2>", "show https://a.org/?x=1&y=2"),
            ("cat:<http://cs.AI|cs.AI> robots", "cat:cs.AI robots"),
            ("channel:<#C0AB12CD3|papers>", "channel:<#C0AB12CD3>"),
            ("<@U123|ada> <mailto:a@b.org|a@b.org>", "ada a@b.org"),
            ("a < b <https://a.org/x>", "a < b https://a.org/x"),
        ] {
            assert_eq!(plain(Platform::Slack, arrives), meant);
        }
    }

    #[test]
    fn phones_and_other_platforms_keep_their_own_signs() {
        assert_eq!(plain(Platform::Discord, "„flow\u{a0}matching“ Erd’s"), "\"flow matching\" Erd's");
        assert_eq!(plain(Platform::Sandbox, "x &gt; \u{feff}y <a|b>"), "x &gt; y <a|b>");
    }
}
