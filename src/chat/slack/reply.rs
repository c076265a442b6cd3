//! An answer as Slack's blocks, within every limit of Slack by construction; no I/O.

use serde_json::{Value, json};

use super::controls::controls;
use super::format::paper_blocks;
use super::line::{address, bare, link, rich, small, unmentioned, words};
use super::text::{entities, inert};
use crate::domain::UserId;
use crate::message::replies::platform;
use crate::message::{Block, Entry, Line, Piece, Reply, cut};

/// Slack takes about 13,200 characters in all blocks of a message; some are for what says how many are left out.
const TOTAL_MAX: usize = 13_000;
/// Slack takes 50 blocks; one is kept for the controls and one for what is left out.
pub(super) const BLOCKS_MAX: usize = 48;
/// Slack takes 100 blocks in a window or on the app's page; the fields need some.
pub(super) const VIEW_BLOCKS_MAX: usize = 80;
/// Slack takes 3,000 characters in one text.
const TEXT_MAX: usize = 2_900;
const HEADING_MAX: usize = 150;
/// Longest title of a listed paper with the addresses of its parts.
const TITLE_MAX: usize = 1_500;
/// A title in more parts than this is linked as a whole.
const TITLE_PARTS: usize = 6;
/// Longest short text of a listed paper.
const ENTRY_MAX: usize = 600;
/// Longest remark or reason of a listed paper.
const REMARK_MAX: usize = 400;
/// Longest notification.
const FALLBACK_MAX: usize = 1_000;

/// Makes the text and the blocks of a message.
pub(super) fn message(reply: &Reply) -> Value {
    let controls = controls(reply);
    let mut parts =
        within(&reply.blocks, BLOCKS_MAX, TOTAL_MAX.saturating_sub(controls.as_ref().map_or(0, weight)));
    parts.extend(controls);
    let mut message = json!({"text": fallback(&reply.blocks)});
    if !parts.is_empty() {
        message["blocks"] = Value::Array(parts);
    }
    message
}

/// An answer that everybody may see: nobody is mentioned in it.
pub(super) fn for_everybody(mut reply: Reply, name: &dyn Fn(&UserId) -> Option<String>) -> Reply {
    for block in &mut reply.blocks {
        match block {
            Block::Text { line } | Block::Note { line } => unmentioned(line, name),
            Block::Facts { rows } => rows.iter_mut().for_each(|(_, line)| unmentioned(line, name)),
            Block::Entry(entry) => {
                let Entry { title, text, remark, .. } = &mut **entry;
                for line in [title, text, remark] {
                    unmentioned(line, name);
                }
            }
            Block::Heading { .. } | Block::Paper { .. } | Block::Code { .. } => {}
        }
    }
    reply
}

/// As many blocks as fit; the last one says how many did not.
pub(super) fn blocks(given: &[Block], most: usize) -> Vec<Value> {
    within(given, most, TOTAL_MAX)
}

fn within(given: &[Block], most: usize, room: usize) -> Vec<Value> {
    let (mut made, mut total) = (Vec::new(), 0);
    for (at, block) in given.iter().enumerate() {
        let parts = parts(block);
        let weight: usize = parts.iter().map(weight).sum();
        if made.len() + parts.len() > most || total + weight > room {
            made.extend(small(&platform::left_out(given.len() - at)));
            break;
        }
        total += weight;
        made.extend(parts);
    }
    made
}

/// The characters that Slack counts.
fn weight(part: &Value) -> usize {
    match part {
        Value::String(text) => text.chars().count(),
        Value::Array(parts) => parts.iter().map(weight).sum(),
        Value::Object(fields) => {
            fields.iter().filter(|(name, _)| *name != "type").map(|(_, value)| weight(value)).sum()
        }
        _ => 0,
    }
}

fn parts(block: &Block) -> Vec<Value> {
    match block {
        Block::Heading { text } => header(text).into_iter().collect(),
        Block::Text { line } => text(std::slice::from_ref(line)),
        Block::Entry(entry) => listed(entry),
        Block::Paper { card } => {
            let blocks = paper_blocks(card);
            blocks.iter().filter_map(|block| serde_json::to_value(block).ok()).collect()
        }
        Block::Facts { rows } => {
            let row = |(name, value): &(String, Line)| {
                let mut line = vec![Piece::Strong(format!("{name}:")), Piece::from(" ")];
                line.extend(value.iter().cloned());
                line
            };
            text(&rows.iter().map(row).collect::<Vec<_>>())
        }
        Block::Code { text } => fixed(text).into_iter().collect(),
        Block::Note { line } => small(line).into_iter().collect(),
    }
}

fn header(text: &str) -> Option<Value> {
    let text = entities(text, HEADING_MAX);
    let object = json!({"type": "plain_text", "text": text, "emoji": false});
    (!text.is_empty()).then(|| json!({"type": "header", "text": object}))
}

/// Rich text with a section for each line.
fn text(lines: &[Line]) -> Vec<Value> {
    let mut room = TEXT_MAX;
    let sections = lines.iter().map(|line| rich(line, &mut room)).filter(|elements| !elements.is_empty());
    rich_text(sections.collect()).into_iter().collect()
}

fn rich_text(sections: Vec<Vec<Value>>) -> Option<Value> {
    let section = |elements: Vec<Value>| json!({"type": "rich_text_section", "elements": elements});
    let sections: Vec<Value> = sections.into_iter().map(section).collect();
    (!sections.is_empty()).then(|| json!({"type": "rich_text", "elements": sections}))
}

fn fixed(text: &str) -> Option<Value> {
    // Not `clean`: here every space stands where it has to.
    let visible: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let text = cut(visible.trim_end(), TEXT_MAX);
    let element = json!({"type": "text", "text": text});
    (!text.is_empty()).then(|| {
        json!({"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [element]}]})
    })
}

fn listed(entry: &Entry) -> Vec<Value> {
    let mut sections = vec![title(entry)];
    let mut room = ENTRY_MAX;
    sections.push(rich(&entry.text, &mut room));
    sections.retain(|elements| !elements.is_empty());
    let card = &entry.card;
    let byline = Some(card.byline.clone()).filter(|byline| !byline.is_empty());
    let mut facts = vec![Piece::from(byline.into_iter().chain(card.facts()).collect::<Vec<_>>().join(" · "))];
    if !entry.remark.is_empty() {
        facts.push(Piece::from(" · "));
        facts.extend(entry.remark.iter().cloned());
    }
    let why = cut(&card.why, REMARK_MAX);
    let mut parts: Vec<Value> = rich_text(sections).into_iter().collect();
    parts.extend(small(&facts));
    parts.extend(small(&[Piece::from(why)]));
    parts
}

fn title(entry: &Entry) -> Vec<Value> {
    let mut room = TITLE_MAX;
    let number = entry.number.map(|number| format!("{number}. "));
    let mut elements: Vec<Value> = number.and_then(|n| words(&n, &mut room, None)).into_iter().collect();
    let heading = entry.card.heading();
    let url = address(&entry.card.url).unwrap_or_default();
    let whole = entry.title.is_empty() || entry.title.len() > TITLE_PARTS || entry.card.withdrawn;
    if whole {
        elements.extend(link(&cut(&heading, TITLE_MAX / 4), &url, &mut room, true));
        return elements;
    }
    for piece in &entry.title {
        // What was found is all that is stressed in a title with something found in it.
        let marked = matches!(piece, Piece::Mark(_) | Piece::Strong(_));
        elements.extend(link(&bare(std::slice::from_ref(piece)), &url, &mut room, marked));
    }
    elements
}

/// What notifications and old clients show.
fn fallback(blocks: &[Block]) -> String {
    let mut lines = Vec::new();
    let mut room = FALLBACK_MAX;
    for text in blocks.iter().map(gist).filter(|text| !text.trim().is_empty()) {
        let line = inert(text.trim(), room);
        room = room.saturating_sub(line.chars().count() + 1);
        lines.push(line);
        if room < 20 {
            break;
        }
    }
    // A message without any text would be refused.
    if lines.is_empty() { "Paperwire".to_owned() } else { lines.join("\n") }
}

fn gist(block: &Block) -> String {
    match block {
        Block::Heading { text } | Block::Code { text } => super::text::piece(text),
        Block::Text { line } | Block::Note { line } => bare(line),
        Block::Entry(entry) => entry.card.heading(),
        Block::Paper { card } => card.heading(),
        Block::Facts { rows } => {
            let row = |(name, value): &(String, Line)| format!("{name}: {}", bare(value));
            rows.iter().map(row).collect::<Vec<_>>().join("\n")
        }
    }
}
