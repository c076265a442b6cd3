//! Feeds as people name them.

use super::near::quoted;

/// A feed as somebody names it: its address, its number or its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedText(pub String);

/// Longer texts are no address and no name.
const LONGEST: usize = 2_000;

/// Reads the address of a feed as people paste it; whether it may be fetched is not for us to say.
pub(super) fn address(text: &str) -> Result<FeedText, String> {
    let bare = bare(text);
    let looks_right = bare.len() <= LONGEST
        && !bare.contains(|ch: char| ch.is_whitespace() || ch.is_control())
        && (bare.contains("://") || bare.split('/').next().is_some_and(|host| host.contains('.')));
    if !looks_right {
        return Err(format!(
            "{} is no address of a feed: write it as https://www.nature.com/nature.rss",
            quoted(text)
        ));
    }
    Ok(FeedText(match bare.split_once("://") {
        // Some pages link their feeds so, for programs that read feeds.
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("feed") => format!("https://{rest}"),
        Some(_) => bare.to_owned(),
        None => format!("https://{bare}"),
    }))
}

/// Reads what may name a feed that is followed.
pub(super) fn named(text: &str) -> Result<FeedText, String> {
    let bare = bare(text);
    if bare.is_empty() || bare.len() > LONGEST {
        return Err(format!("{} names no feed: the command “source list” lists them", quoted(text)));
    }
    Ok(FeedText(bare.to_owned()))
}

fn bare(text: &str) -> &str {
    let text = text.trim();
    let bare = text.strip_prefix('<').and_then(|inside| inside.strip_suffix('>')).unwrap_or(text);
    bare.trim_matches(['"', '`', '\'']).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_people_paste_it() {
        for text in [
            "https://lab.example/feed.xml",
            " <https://lab.example/feed.xml> ",
            "`https://lab.example/feed.xml`",
            "lab.example/feed.xml",
            "feed://lab.example/feed.xml",
        ] {
            assert_eq!(address(text).unwrap().0, "https://lab.example/feed.xml", "{text}");
        }
        for text in ["", "robots", "a b.example", "/feed.xml", &format!("https://{}", "x".repeat(2_000))] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_feed_is_named_by_anything_but_nothing() {
        assert_eq!(named(" \"The Journal\" ").unwrap().0, "The Journal");
        assert!(named("  ").is_err());
    }
}
