//! What several answers say in the same words: counts, marked texts, where a delivery stands, and what can be pressed.

use std::ops::Range;

use jiff::Timestamp;

use crate::domain::{Cadence, ChannelId, DeliveryState, Platform, SubscriptionId, UserId};
use crate::message::{Audience, Block, Button, Choice, Line, Look, Menu, Piece, Press, Reply, clean, cut};

/// The longest query that is repeated to a person, in characters.
const QUERY_MAX: usize = 120;
/// The longest entry of a menu, in characters.
const CHOICE_MAX: usize = 75;
/// The longest value of an entry, in characters.
const VALUE_MAX: usize = 100;

/// A count with its noun: `1 paper`, `12,345 papers`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", number(n)) }
}

/// A number with its thousands apart: `12,345`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A query as it is repeated in a sentence: `“diffusion policy”`.
pub fn quoted(query: &str) -> String {
    format!("“{}”", cut(&clean(query), QUERY_MAX))
}

/// A subscription in a list to choose from: `3 · diffusion policy (daily)`.
pub fn subscription_label(id: SubscriptionId, query: &str, cadence: Cadence) -> String {
    let cadence = if cadence == Cadence::Instant { String::new() } else { format!(" ({cadence})") };
    let number = id.0.to_string();
    let room = CHOICE_MAX.saturating_sub(number.len() + cadence.len() + 3);
    format!("{number} · {}{cadence}", cut(&clean(query), room))
}

/// Names in a row: `a, b and c`.
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// A text whose spans, in order and apart, are marked as found.
pub fn marked(text: &str, spans: &[Range<usize>]) -> Line {
    let mut line = Line::new();
    let mut at = 0;
    for span in spans {
        line.extend(piece(&text[at..span.start]).map(Piece::Plain));
        line.extend(piece(&text[span.clone()]).map(Piece::Mark));
        at = span.end;
    }
    line.extend(piece(&text[at..]).map(Piece::Plain));
    line
}

/// Cleans a part of a line without taking the spaces at its ends.
fn piece(text: &str) -> Option<String> {
    let inner = clean(text);
    if inner.is_empty() {
        return text.contains(char::is_whitespace).then(|| " ".to_owned());
    }
    let space = |there: bool| if there { " " } else { "" };
    let (before, after) = (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace));
    Some(format!("{}{inner}{}", space(before), space(after)))
}

/// Where the delivery of a paper to the asker's channel stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The platform of the channel.
    pub platform: Platform,
    /// The state.
    pub state: DeliveryState,
    /// What last kept it from being sent.
    pub reason: Option<String>,
    /// When it came into the outbox.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// When it was posted.
    pub sent_at: Option<Timestamp>,
    /// The message that it is, and its channel.
    pub message: Option<(ChannelId, String)>,
    /// Why nothing may be posted in the channel now.
    pub channel_pause: Option<String>,
}

impl Stand {
    /// A few words for lists: `posted here 12 days ago`; empty when there is nothing worth saying.
    pub fn remark(&self) -> Line {
        match (self.state, self.sent_at) {
            (DeliveryState::Sent, Some(at)) => {
                vec![self.linked("posted here"), " ".into(), Piece::Relative(at)]
            }
            (DeliveryState::Pending | DeliveryState::Leased, _) => {
                vec!["on its way into this channel".into()]
            }
            (DeliveryState::Unknown | DeliveryState::Ambiguous, _) => {
                vec!["perhaps posted here: the answer was lost".into()]
            }
            _ => Line::new(),
        }
    }

    /// Words that lead to the message where it is known.
    fn linked(&self, words: &str) -> Piece {
        match &self.message {
            Some((channel, message)) => {
                Piece::Message { text: words.to_owned(), channel: channel.clone(), message: message.clone() }
            }
            None => words.into(),
        }
    }

    /// The whole story in a sentence or two.
    pub fn sentences(&self) -> Line {
        let platform = self.platform.title();
        let because = |before: &str| match self.reason.as_deref().map(clean).filter(|r| !r.is_empty()) {
            Some(reason) => format!("{before}: {}", ended(&reason)),
            None => format!("{before}."),
        };
        match self.state {
            DeliveryState::Sent => match self.sent_at {
                Some(at) => vec![
                    "It was ".into(),
                    self.linked("posted here"),
                    " ".into(),
                    Piece::Relative(at),
                    " (".into(),
                    Piece::Moment(at),
                    ").".into(),
                ],
                None => vec!["It was posted here.".into()],
            },
            DeliveryState::Pending => {
                let mut line =
                    vec!["It waits to be posted here since ".into(), Piece::Moment(self.created_at)];
                if let Some(pause) = &self.channel_pause {
                    line.push(format!(", as this channel is paused: {}", ended(&clean(pause))).into());
                    return line;
                }
                line.push(". ".into());
                if self.reason.is_some() {
                    line.push(because("The last try failed").into());
                    line.push(" The next one is due ".into());
                } else {
                    line.push("Its turn comes ".into());
                }
                line.extend([Piece::Relative(self.next_at), ".".into()]);
                line
            }
            DeliveryState::Leased => vec!["It is being posted here at this moment.".into()],
            DeliveryState::Unknown => vec![
                format!(
                    "It may be in this channel already: {platform}’s answer was lost. Paperwire finds out before \
                     it posts anything again, "
                )
                .into(),
                Piece::Relative(self.next_at),
                ".".into(),
            ],
            DeliveryState::Ambiguous => vec![
                format!(
                    "It is unconfirmed: {platform}’s answer was lost and nobody can tell whether it is in this channel. It is \
                     not posted again, so that nobody reads it twice."
                )
                .into(),
            ],
            DeliveryState::Dead => vec![because(&format!("{platform} refused it for good")).into()],
            DeliveryState::Skipped => vec![because("It matched and was left out on purpose").into()],
        }
    }
}

/// The text with a full stop.
pub fn ended(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// The ids of the controls of a list; what is `None` is not offered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Controls {
    /// To the page before.
    pub previous: Option<String>,
    /// To the next page.
    pub next: Option<String>,
    /// Shows everybody.
    pub share: Option<String>,
    /// Shows one of the papers.
    pub show: Option<String>,
}

/// Puts buttons under a list, and a menu of its papers.
#[must_use]
pub fn pressable(mut reply: Reply, controls: Controls) -> Reply {
    let choices: Vec<Choice> = reply.blocks.iter().filter_map(choice).take(25).collect();
    let labelled =
        [(controls.previous, "Previous"), (controls.next, "Next"), (controls.share, "Share in channel")];
    for (control, label) in labelled {
        reply.buttons.extend(control.map(|control| button(label, control)));
    }
    reply.menu = controls.show.filter(|_| !choices.is_empty()).map(|control| Menu {
        control,
        placeholder: "Show a paper in full…".to_owned(),
        choices,
    });
    reply
}

/// A button that asks the bot.
pub fn button(label: &str, control: String) -> Button {
    Button { label: label.to_owned(), look: Look::Plain, press: Press::Control(control) }
}

fn choice(block: &Block) -> Option<Choice> {
    let Block::Entry(entry) = block else { return None };
    let value = entry.card.paper.to_string();
    let number = entry.number.map(|n| format!("{n}. ")).unwrap_or_default();
    let label = cut(&format!("{number}{}", entry.card.heading()), CHOICE_MAX);
    (value.chars().count() <= VALUE_MAX).then_some(Choice { label, value })
}

/// The answer as everybody in the channel sees it: without what only its asker can press.
#[must_use]
pub fn shared(reply: &Reply, by: &UserId) -> Reply {
    let mut shared = Reply { audience: Audience::Channel, blocks: reply.blocks.clone(), ..Reply::default() };
    let is_link = |button: &&Button| matches!(button.press, Press::Link(_));
    shared.buttons = reply.buttons.iter().filter(is_link).cloned().collect();
    shared.blocks.push(Block::Note { line: vec!["Shared by ".into(), Piece::User(by.clone())] });
    shared
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::{Counters, Facts, Paper, PaperKey, ShortText};
    use crate::message::{Entry, paper_card, state_words};

    /// A reply as plain lines, for snapshots: `[found]`, `{2026-08-04T06:00:00Z}` for times, `(Label)` for buttons.
    pub fn plain(reply: &Reply) -> String {
        let mut lines: Vec<String> = reply.blocks.iter().map(block).collect();
        if reply.audience == Audience::Channel {
            lines.insert(0, "to everybody".to_owned());
        }
        let buttons: Vec<String> = reply.buttons.iter().map(|button| format!("({})", button.label)).collect();
        lines.extend((!buttons.is_empty()).then(|| buttons.join(" ")));
        if let Some(menu) = &reply.menu {
            let labels: Vec<&str> = menu.choices.iter().map(|choice| choice.label.as_str()).collect();
            lines.push(format!("<{} {}>", menu.placeholder, labels.join(" | ")));
        }
        lines.join("\n")
    }

    fn block(block: &Block) -> String {
        match block {
            Block::Heading { text } => format!("# {text}"),
            Block::Text { line } => said(line),
            Block::Note { line } => format!("~ {}", said(line)),
            Block::Code { text } => format!("```\n{text}\n```"),
            Block::Paper { card } => card.plain_text(),
            Block::Facts { rows } => rows
                .iter()
                .map(|(name, line)| format!("{name}: {}", said(line)))
                .collect::<Vec<_>>()
                .join("\n"),
            Block::Entry(entry) => {
                let title = if entry.title.is_empty() { entry.card.heading() } else { said(&entry.title) };
                let number = entry.number.map(|n| format!("{n}. ")).unwrap_or_default();
                let mut lines = vec![format!("{number}{title} · {}", entry.card.facts().join(" · "))];
                lines.extend([said(&entry.text), said(&entry.remark), entry.card.why.clone()]);
                lines.retain(|line| !line.is_empty());
                lines.join("\n   ")
            }
        }
    }

    pub fn said(line: &Line) -> String {
        line.iter()
            .map(|piece| match piece {
                Piece::Plain(text) => text.clone(),
                Piece::Strong(text) => format!("*{text}*"),
                Piece::Mark(text) => format!("[{text}]"),
                Piece::Code(text) => format!("`{text}`"),
                Piece::Link { text, url } => format!("{text} <{url}>"),
                Piece::User(user) => format!("@{user}"),
                Piece::Channel(channel) => format!("#{channel}"),
                Piece::Moment(at) => format!("{{{at}}}"),
                Piece::Relative(at) => format!("{{~{at}}}"),
                Piece::Message { text, channel, message } => format!("{text} <{channel} {message}>"),
            })
            .collect()
    }

    pub fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    pub fn paper(number: u32, title: &str) -> Paper {
        Paper {
            key: PaperKey(i64::from(number)),
            id: format!("2608.{number:05}").parse().unwrap(),
            revision: 1,
            day: date(2026, 8, 4),
            first_seen_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            facts: Facts {
                title: title.to_owned(),
                abstract_text: "Robots learn.".to_owned(),
                authors: vec!["Ada Lovelace".to_owned()],
                categories: vec!["cs.RO".to_owned()],
                ..Facts::default()
            },
            counters: Counters { upvotes: Some(12), comments: Some(3), stars: Some(340) },
        }
    }

    pub fn entry(number: u32, title: &str) -> Entry {
        let short = ShortText { text: "Robots learn.".to_owned(), model: None };
        let card = paper_card(&paper(number, title), &short, &[]);
        Entry { number: Some(number), card, title: Line::new(), text: Line::new(), remark: Line::new() }
    }

    pub fn stand(state: DeliveryState) -> Stand {
        Stand {
            platform: Platform::Slack,
            state,
            reason: None,
            created_at: at("2026-08-04T06:00:00Z"),
            next_at: at("2026-08-04T06:05:00Z"),
            sent_at: (state == DeliveryState::Sent).then(|| at("2026-08-04T06:01:00Z")),
            message: (state == DeliveryState::Sent)
                .then(|| (ChannelId::parse(Platform::Slack, "C1").unwrap(), "1785.1".to_owned())),
            channel_pause: None,
        }
    }

    #[test]
    fn thousands_stand_apart_and_one_is_singular() {
        let papers = |n| counted(n, "paper", "papers");
        assert_eq!(
            [0, 1, 999, 1_000, 1_234_567].map(papers).join(", "),
            "0 papers, 1 paper, 999 papers, 1,000 papers, 1,234,567 papers"
        );
    }

    #[test]
    fn what_was_found_is_marked_and_what_hides_is_gone() {
        let text = "Flow\u{202e} matching  for robots";
        let spans = ["matching", "robots"].map(|word| {
            let start = text.find(word).unwrap();
            start..start + word.len()
        });
        assert_eq!(said(&marked(text, &spans)), "Flow [matching] for [robots]");
        assert_eq!(said(&marked("a b", &[0..1, 2..3])), "[a] [b]");
    }

    #[test]
    fn each_state_of_a_delivery_is_told_in_words() {
        let mut told: Vec<String> =
            DeliveryState::ALL.iter().map(|state| said(&stand(*state).sentences())).collect();
        let failing = Stand { reason: Some("Slack is down".into()), ..stand(DeliveryState::Pending) };
        let paused = Stand { channel_pause: Some("archived".into()), ..stand(DeliveryState::Pending) };
        let refused = Stand { reason: Some("invalid_blocks".into()), ..stand(DeliveryState::Dead) };
        told.extend([failing, paused, refused].map(|stand| said(&stand.sentences())));
        insta::assert_snapshot!(told.join("\n"), @"
        It waits to be posted here since {2026-08-04T06:00:00Z}. Its turn comes {~2026-08-04T06:05:00Z}.
        It is being posted here at this moment.
        It may be in this channel already: Slack’s answer was lost. Paperwire finds out before it posts anything again, {~2026-08-04T06:05:00Z}.
        It was posted here <C1 1785.1> {~2026-08-04T06:01:00Z} ({2026-08-04T06:01:00Z}).
        It is unconfirmed: Slack’s answer was lost and nobody can tell whether it is in this channel. It is not posted again, so that nobody reads it twice.
        Slack refused it for good.
        It matched and was left out on purpose.
        It waits to be posted here since {2026-08-04T06:00:00Z}. The last try failed: Slack is down. The next one is due {~2026-08-04T06:05:00Z}.
        It waits to be posted here since {2026-08-04T06:00:00Z}, as this channel is paused: archived.
        Slack refused it for good: invalid_blocks.
        ");
    }

    #[test]
    fn the_words_of_a_state_are_in_its_sentence() {
        for state in DeliveryState::ALL {
            let told = said(&stand(state).sentences());
            assert!(told.contains(state_words(state)), "{told} lacks “{}”", state_words(state));
        }
    }

    #[test]
    fn what_is_shared_loses_the_asker_s_buttons_and_names_who_shared_it() {
        let list = Reply { blocks: vec![Block::Entry(Box::new(entry(1, "Flow")))], ..Reply::default() };
        let controls = Controls {
            next: Some("a:0".into()),
            share: Some("a:1".into()),
            show: Some("a:2".into()),
            previous: None,
        };
        let list = pressable(list, controls);
        insta::assert_snapshot!(plain(&list), @"
        1. Flow · cs.RO · 4 Aug 2026 · 12 upvotes
        (Next) (Share in channel)
        <Show a paper in full… 1. Flow>
        ");
        insta::assert_snapshot!(plain(&shared(&list, &UserId("U1".into()))), @"
        to everybody
        1. Flow · cs.RO · 4 Aug 2026 · 12 upvotes
        ~ Shared by @U1
        ");
    }
}
