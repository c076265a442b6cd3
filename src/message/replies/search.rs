//! What `search` answers.

use super::latest;
use super::words::{counted, number, quoted};
use crate::command::Order;
use crate::message::{Block, Entry, Line, Piece, Reply};

/// A page of found papers, or why there are none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The query as it was understood.
    pub query: String,
    /// In which order.
    pub order: Order,
    /// Only papers listed since: `2026-08-01`, `7d`.
    pub since: Option<String>,
    /// The papers of this page.
    pub entries: Vec<Entry>,
    /// How many there are on all pages.
    pub total: u64,
    /// Which page this is, from 1 on.
    pub page: u32,
    /// How many papers a page holds.
    pub per_page: u32,
    /// True when no paper holds all of the query and these hold a part.
    pub relaxed: bool,
    /// A query that was perhaps meant.
    pub meant: Option<String>,
    /// Parts of the query that the search cannot answer: `type:new`.
    pub unsearchable: Vec<String>,
    /// True when the query asks for words next to each other.
    pub phrases: bool,
    /// True when no paper is stored at all.
    pub nothing_stored: bool,
    /// How many papers can be found and how many are stored, while the index is being filled.
    pub filling: Option<(u64, u64)>,
}

/// Shows what a search found.
pub fn found(found: Found) -> Reply {
    let mut blocks = vec![Block::Heading { text: heading(&found) }];
    if found.total == 0 {
        blocks.push(Block::Text { line: nothing(&found) });
    } else if found.relaxed {
        let part = if found.total == 1 { "this one holds" } else { "these hold" };
        let text = format!("No paper holds all of {}; {part} a part of it.", quoted(&found.query));
        blocks.push(Block::Text { line: text_and_meant(text, found.meant.as_deref()) });
    }
    let pages = found.total.div_ceil(u64::from(found.per_page.max(1)));
    blocks.extend(found.entries.into_iter().map(|entry| Block::Entry(Box::new(entry))));
    let mut notes = Vec::new();
    if pages > 1 {
        notes.push(format!("Page {} of {}", number(found.page.into()), number(pages)));
    }
    if let Some((findable, stored)) = found.filling {
        notes.push(format!(
            "The index is still being filled: {} of {} can be found so far",
            number(findable),
            counted(stored, "paper", "papers")
        ));
    }
    if !notes.is_empty() {
        blocks.push(Block::Note { line: Piece::from(notes.join(" · ")).into() });
    }
    Reply { blocks, ..Reply::default() }
}

fn heading(found: &Found) -> String {
    let papers = match (found.total, found.relaxed) {
        (0, _) => format!("No paper for {}", quoted(&found.query)),
        (n, true) => format!("{} with a part of {}", counted(n, "paper", "papers"), quoted(&found.query)),
        (n, false) => format!("{} for {}", counted(n, "paper", "papers"), quoted(&found.query)),
    };
    let since = found.since.as_deref().map(since).unwrap_or_default();
    let order = match found.order {
        _ if found.total < 2 => "",
        Order::Relevance => "",
        Order::Date => ", newest first",
        Order::Upvotes => ", most upvotes first",
    };
    format!("{papers}{since}{order}")
}

/// `2026-08-01` is a day, `7d` is counted back.
fn since(since: &str) -> String {
    match since.strip_suffix('d').and_then(|days| days.parse::<u64>().ok()) {
        Some(days) => format!(" of the last {}", counted(days, "day", "days")),
        None => format!(" since {since}"),
    }
}

fn nothing(found: &Found) -> Line {
    if found.nothing_stored {
        return latest::nothing_stored();
    }
    if !found.unsearchable.is_empty() {
        let mut line: Line = vec!["The search cannot answer ".into()];
        for (at, part) in found.unsearchable.iter().enumerate() {
            line.extend((at > 0).then(|| Piece::from(", ")));
            line.push(Piece::Code(part.clone()));
        }
        line.push(
            ": it knows neither how a paper was announced, nor how its numbers rose. \
             Leave that out here; in a subscription it works."
                .into(),
        );
        return line;
    }
    let advice = match (&found.since, found.phrases) {
        (Some(_), _) => "Try it without “since”.",
        (None, true) => "Quotes and hyphens ask for words next to each other: try it without.",
        (None, false) => "Try fewer words, join them by OR, or begin a word only: transform*.",
    };
    text_and_meant(advice.to_owned(), found.meant.as_deref())
}

fn text_and_meant(text: String, meant: Option<&str>) -> Line {
    match meant {
        Some(meant) => {
            vec!["Did you mean ".into(), Piece::Code(meant.to_owned()), format!("? {text}").into()]
        }
        None => Piece::from(text).into(),
    }
}

/// Says that there is no index to search.
pub fn no_index() -> Reply {
    Reply::text(Piece::from(
        "Papers cannot be searched at the moment: the search index cannot be opened. Posting goes on without it; \
         whoever runs Paperwire finds the cause in its log.",
    ))
}

/// Says that the query with its “since” is too long to be asked.
pub fn not_askable(reason: &str) -> Reply {
    Reply::text(Piece::from(format!("This cannot be searched: {reason}")))
}

/// Says that the page cannot be found again.
pub fn page_gone() -> Reply {
    Reply::text(Piece::from("This page cannot be continued: search again."))
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{entry, plain};
    use super::*;

    fn page() -> Found {
        Found {
            query: "\"flow matching\"".to_owned(),
            entries: vec![Entry { title: vec![Piece::Mark("Flow".into())], ..entry(6, "Flow") }],
            total: 12,
            page: 2,
            per_page: 5,
            ..Found::default()
        }
    }

    #[test]
    fn a_page_says_what_was_found_and_which_page_it_is() {
        insta::assert_snapshot!(plain(&found(page())), @r#"
        # 12 papers for “"flow matching"”
        6. [Flow] · cs.RO · 4 Aug 2026 · 12 upvotes
        ~ Page 2 of 3
        "#);
        let newest =
            Found { order: Order::Date, since: Some("7d".into()), filling: Some((10, 12_000)), ..page() };
        insta::assert_snapshot!(plain(&found(newest)), @r#"
        # 12 papers for “"flow matching"” of the last 7 days, newest first
        6. [Flow] · cs.RO · 4 Aug 2026 · 12 upvotes
        ~ Page 2 of 3 · The index is still being filled: 10 of 12,000 papers can be found so far
        "#);
    }

    #[test]
    fn what_holds_a_part_only_is_told_apart() {
        let part = Found { relaxed: true, meant: Some("\"flow matching\"".into()), ..page() };
        insta::assert_snapshot!(plain(&found(part)), @r#"
        # 12 papers with a part of “"flow matching"”
        Did you mean `"flow matching"`? No paper holds all of “"flow matching"”; these hold a part of it.
        6. [Flow] · cs.RO · 4 Aug 2026 · 12 upvotes
        ~ Page 2 of 3
        "#);
    }

    #[test]
    fn who_finds_nothing_is_told_what_to_try() {
        let none = Found { total: 0, entries: Vec::new(), ..page() };
        let source = vec!["type:new".into(), "stars+24h>=100".into()];
        let told = [
            found(Found { meant: Some("diffusion".into()), query: "difusion".into(), ..none.clone() }),
            found(Found { phrases: true, ..none.clone() }),
            found(Found { since: Some("2026-08-01".into()), ..none.clone() }),
            found(Found { nothing_stored: true, ..none.clone() }),
            found(Found { unsearchable: source, ..none }),
            no_index(),
            page_gone(),
        ];
        let told = told.map(|reply| plain(&reply));
        insta::assert_snapshot!(told.join("\n\n"), @r#"
        # No paper for “difusion”
        Did you mean `diffusion`? Try fewer words, join them by OR, or begin a word only: transform*.

        # No paper for “"flow matching"”
        Quotes and hyphens ask for words next to each other: try it without.

        # No paper for “"flow matching"” since 2026-08-01
        Try it without “since”.

        # No paper for “"flow matching"”
        No paper is stored yet: they come with the first poll of a source. `/papers status` shows how the sources are.

        # No paper for “"flow matching"”
        The search cannot answer `type:new`, `stars+24h>=100`: it knows neither how a paper was announced, nor how its numbers rose. Leave that out here; in a subscription it works.

        Papers cannot be searched at the moment: the search index cannot be opened. Posting goes on without it; whoever runs Paperwire finds the cause in its log.

        This page cannot be continued: search again.
        "#);
    }
}
