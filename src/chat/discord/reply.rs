//! A neutral reply as Discord's message: blocks become embeds, within every limit by construction; no I/O.
//!
//! Discord counts the characters of all embeds of a message together, so blocks are laid down until the sum is
//! reached; the last ones are left out, and the message says how many.

use serde_json::Value;
use serenity::all::{CreateAllowedMentions, CreateEmbed, CreateInteractionResponseMessage};

use super::components;
use super::format::{COLOUR, embed, without_nulls};
use super::words::{code_block, length, line, link, text};
use crate::message::replies::interaction;
use crate::message::{Block, Entry, PaperCard, Piece, Reply};

/// Longest description of one embed (Discord's limit).
const DESCRIPTION_MAX: usize = 4_096;
/// Most characters in all embeds: Discord's 6,000 less the words that say what is left out.
const TOTAL_MAX: usize = 5_900;
/// Most embeds: Discord's ten less the one that says what is left out.
const EMBEDS_MAX: usize = 9;
/// Longest title (Discord's limit).
const TITLE_MAX: usize = 256;
/// Longest paragraph.
const PARAGRAPH_MAX: usize = 2_000;
/// Longest block of code.
const CODE_MAX: usize = 1_500;
/// Longest whole abstract.
const ABSTRACT_MAX: usize = 3_500;
/// Longest line of a table of facts, and of small print.
const SMALL_MAX: usize = 600;
/// Longest name of a fact.
const NAME_MAX: usize = 80;
/// Most characters that the short texts of a list have together.
const TEXTS_MAX: usize = 2_600;

/// The fields of a message, the same for a response, a follow-up and an edit; flags are not among them.
pub(super) fn message(reply: &Reply) -> Value {
    let mut embeds = embeds(&reply.blocks);
    if embeds.is_empty() {
        embeds.push(CreateEmbed::new().description(interaction::empty()).colour(COLOUR));
    }
    let made = CreateInteractionResponseMessage::new()
        .embeds(embeds)
        .components(components::rows(reply))
        .allowed_mentions(CreateAllowedMentions::new());
    let mut value = serde_json::to_value(made).expect("a message of strings and numbers is always JSON");
    // serenity names an empty list of files each time, which would make the request one with files.
    value.as_object_mut().map(|fields| fields.remove("attachments"));
    without_nulls(value)
}

/// An embed on its way.
enum Part {
    Words { title: String, words: String },
    Paper(Box<CreateEmbed>),
}

#[derive(Default)]
struct Page {
    parts: Vec<Part>,
    used: usize,
}

fn embeds(blocks: &[Block]) -> Vec<CreateEmbed> {
    let entries = blocks.iter().filter(|block| matches!(block, Block::Entry(_))).count();
    let short = (TEXTS_MAX / entries.max(1)).clamp(120, 500);
    let mut page = Page::default();
    let laid = blocks.iter().take_while(|block| page.lay(block, short)).count();
    let left: Vec<&Block> = blocks[laid..].iter().collect();
    if !left.is_empty() {
        let papers =
            left.iter().filter(|block| matches!(block, Block::Entry(_) | Block::Paper { .. })).count();
        let said = interaction::left_out(if papers > 0 { papers } else { left.len() });
        page.parts.push(Part::Words { title: String::new(), words: format!("-# {}", text(&said, NAME_MAX)) });
    }
    let embeds = page.parts.into_iter().map(|part| match part {
        Part::Paper(embed) => *embed,
        Part::Words { title, words } => {
            let mut embed = CreateEmbed::new().colour(COLOUR);
            if !title.is_empty() {
                embed = embed.title(title);
            }
            if !words.is_empty() {
                embed = embed.description(words);
            }
            embed
        }
    });
    embeds.collect()
}

impl Page {
    /// Lays a block down where it fits.
    fn lay(&mut self, block: &Block, short: usize) -> bool {
        match block {
            Block::Heading { text: words } if self.parts.is_empty() => {
                let title = text(words, TITLE_MAX);
                self.used += length(&title);
                if !title.is_empty() {
                    self.parts.push(Part::Words { title, words: String::new() });
                }
                true
            }
            Block::Heading { text: words } => self.words(&bold(&text(words, TITLE_MAX)), "\n\n"),
            Block::Text { line: pieces } => self.words(&line(pieces, PARAGRAPH_MAX), "\n\n"),
            Block::Entry(entry) => self.words(&listed(entry, short), "\n\n"),
            Block::Paper { card } => self.paper(card),
            Block::Facts { rows } => {
                let rows: Vec<String> = rows.iter().map(|(name, value)| fact(name, value)).collect();
                self.words(&rows.join("\n"), "\n\n")
            }
            Block::Code { text } => self.words(&code_block(text, CODE_MAX), "\n\n"),
            Block::Note { line: pieces } => {
                let words = line(pieces, SMALL_MAX).replace('\n', " ");
                self.words(&small(&words), "\n")
            }
        }
    }

    fn words(&mut self, added: &str, between: &str) -> bool {
        if added.is_empty() {
            return true;
        }
        let size = length(added) + length(between);
        if self.used + size > TOTAL_MAX || size > DESCRIPTION_MAX {
            return false;
        }
        let full = self.parts.len() == EMBEDS_MAX;
        match self.parts.last_mut() {
            Some(Part::Words { words, .. }) if length(words) + size <= DESCRIPTION_MAX => {
                if !words.is_empty() {
                    words.push_str(between);
                }
                words.push_str(added);
            }
            _ if full => return false,
            _ => self.parts.push(Part::Words { title: String::new(), words: added.to_owned() }),
        }
        self.used += size;
        true
    }

    /// Lays a paper down in an embed of its own, with as much of its text as there is room for.
    fn paper(&mut self, card: &PaperCard) -> bool {
        if self.parts.len() == EMBEDS_MAX {
            return false;
        }
        let whole = length(&text(&card.text, ABSTRACT_MAX));
        let mut made = embed(card, whole);
        let (size, description) = sizes(&made);
        let over =
            (self.used + size).saturating_sub(TOTAL_MAX).max(description.saturating_sub(DESCRIPTION_MAX));
        if over > 0 {
            made = embed(card, whole.saturating_sub(over));
        }
        let (size, description) = sizes(&made);
        if self.used + size > TOTAL_MAX || description > DESCRIPTION_MAX {
            return false;
        }
        self.used += size;
        self.parts.push(Part::Paper(Box::new(made)));
        true
    }
}

/// The characters of an embed that count: all, and those of its description.
fn sizes(embed: &CreateEmbed) -> (usize, usize) {
    let value = serde_json::to_value(embed).expect("an embed of strings is always JSON");
    let size = |value: &Value| value.as_str().map_or(0, length);
    let description = size(&value["description"]);
    let all =
        description + size(&value["title"]) + size(&value["author"]["name"]) + size(&value["footer"]["text"]);
    (all, description)
}

fn listed(entry: &Entry, short: usize) -> String {
    let card = &entry.card;
    let title = match &entry.title {
        marked if !marked.is_empty() && !card.withdrawn => marked.clone(),
        _ => vec![Piece::Plain(card.heading())],
    };
    let title = link(&title, &card.url, TITLE_MAX * 2);
    let number = entry.number.map(|number| format!("**{number}.** ")).unwrap_or_default();
    let byline = Some(text(&card.byline, 160));
    let facts = card.facts().into_iter().map(|fact| text(&fact, NAME_MAX));
    let facts: Vec<String> = byline.into_iter().chain(facts).filter(|part| !part.is_empty()).collect();
    let last = [line(&entry.remark, 200).replace('\n', " "), text(&card.why, 200)];
    let last: Vec<String> = last.into_iter().filter(|part| !part.is_empty()).collect();
    let lines = [
        format!("{number}{title}"),
        small(&facts.join(" · ")),
        line(&entry.text, short).replace('\n', " "),
        small(&last.join(" · ")),
    ];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn fact(name: &str, value: &[Piece]) -> String {
    format!("{} {}", bold(&text(name, NAME_MAX)), line(value, SMALL_MAX)).trim().to_owned()
}

fn bold(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("**{words}**") }
}

fn small(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("-# {words}") }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::message::{Audience, Button, Choice, Look, Menu, Press};

    fn card(words: &str) -> PaperCard {
        PaperCard {
            paper: "2608.01234".parse().unwrap(),
            title: words.to_owned(),
            url: "https://arxiv.org/abs/2608.01234".to_owned(),
            byline: words.to_owned(),
            category: Some("cs.RO".to_owned()),
            day: date(2026, 8, 4),
            text: words.to_owned(),
            text_credit: None,
            why: words.to_owned(),
            thumbnail: None,
            repository: Some("https://github.com/a/b".to_owned()),
            project_page: None,
            upvotes: Some(12),
            stars: None,
            withdrawn: false,
            badges: Vec::new(),
            community: None,
        }
    }

    fn entry(number: u32, words: &str) -> Block {
        let plain = |text: &str| vec![Piece::Plain(text.to_owned())];
        let title = vec![Piece::Plain("Flow ".to_owned()), Piece::Mark(words.to_owned())];
        let card = card("Ada Lovelace");
        Block::Entry(Box::new(Entry {
            number: Some(number),
            card,
            title,
            text: plain(words),
            remark: plain("+41 votes"),
        }))
    }

    #[test]
    fn a_list_reads_from_its_heading_to_the_small_print() {
        let reply = Reply {
            blocks: vec![
                Block::Heading { text: "2 papers for “match*”".to_owned() },
                entry(1, "Matching"),
                Block::Facts { rows: vec![("Last poll".to_owned(), vec![Piece::from("never")])] },
                Block::Note { line: vec![Piece::from("Page 1 of 1")] },
            ],
            buttons: vec![Button {
                label: "Share".to_owned(),
                look: Look::Primary,
                press: Press::Control("c:0".to_owned()),
            }],
            ..Reply::default()
        };
        let made = message(&reply);
        assert_eq!(made["embeds"][0]["title"], r"2 papers for “match\*”");
        insta::assert_snapshot!(made["embeds"][0]["description"].as_str().unwrap(), @r"
        **1.** [Flow **Matching**](https://arxiv.org/abs/2608.01234)
        -# Ada Lovelace · cs.RO · 4 Aug 2026 · 12 upvotes
        Matching
        -# \+41 votes · Ada Lovelace

        **Last poll** never
        -# Page 1 of 1
        ");
        assert_eq!(made["allowed_mentions"], serde_json::json!({"parse": [], "users": [], "roles": []}));
        assert_eq!(made["components"][0]["components"][0]["custom_id"], "c:0");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let blocks = (1..=40).map(|number| entry(number, &"long ".repeat(60))).collect();
        let made = message(&Reply { blocks, ..Reply::default() });
        let last = made["embeds"].as_array().unwrap().last().unwrap();
        assert!(last["description"].as_str().unwrap().ends_with("more do not fit here."), "{last}");
    }

    #[test]
    fn an_empty_reply_still_says_something() {
        assert_eq!(message(&Reply::default())["embeds"][0]["description"], "Done.");
    }

    fn words() -> impl Strategy<Value = String> {
        prop_oneof![
            "\\PC{0,60}",
            Just("<@1> @everyone **x** ]( ".repeat(300)),
            Just("👩‍👩‍👧‍👦".repeat(700)),
            Just(String::new()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn no_reply_breaks_a_limit(words in prop::collection::vec((0..7_u8, words()), 0..14), long in words()) {
            let blocks = words.iter().map(|(kind, words)| {
                let line = vec![Piece::Strong(words.clone()), Piece::Plain(words.clone())];
                match kind {
                    0 => Block::Heading { text: words.clone() },
                    1 => Block::Text { line },
                    2 => entry(1, words),
                    3 => Block::Paper { card: Box::new(card(words)) },
                    4 => Block::Facts { rows: vec![(words.clone(), line)] },
                    5 => Block::Code { text: words.clone() },
                    _ => Block::Note { line },
                }
            });
            let buttons = (0..30).map(|n| Button {
                label: long.clone(),
                look: Look::Plain,
                press: if n % 7 == 6 { Press::Link(long.clone()) } else { Press::Control(format!("c:{}", n % 20)) },
            });
            let choices = (0..40).map(|n| Choice { label: long.clone(), value: format!("{}{long}", n % 30) });
            let menu = Menu { control: "m:0".to_owned(), placeholder: long.clone(), choices: choices.collect() };
            let reply = Reply {
                blocks: blocks.collect(),
                audience: Audience::Asker,
                buttons: buttons.collect(),
                menu: Some(menu),
            };
            let made = message(&reply);
            let embeds = made["embeds"].as_array().unwrap();
            let size = |value: &Value| value.as_str().map_or(0, length);
            let mut total = 0;
            for embed in embeds {
                prop_assert!(size(&embed["title"]) <= 256 && size(&embed["description"]) <= 4_096);
                total += size(&embed["title"]) + size(&embed["description"]);
                total += size(&embed["author"]["name"]) + size(&embed["footer"]["text"]);
            }
            prop_assert!((1..=10).contains(&embeds.len()) && total <= 6_000, "{}, {total}", embeds.len());
            let rows = made["components"].as_array().unwrap();
            prop_assert!(rows.len() <= 5);
            prop_assert!(rows.iter().all(|row| (1..=5).contains(&row["components"].as_array().unwrap().len())));
        }
    }
}
