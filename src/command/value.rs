//! The value of an option, read and checked.

use jiff::civil::Time;

use super::near::{either, nearest, quoted};
use super::{FeedText, Kind, Mistake, Note, Opt, Spec, Until, feed, hours, line, time, zone};
use crate::domain::query::Day;
use crate::domain::{
    Bound, ChannelId, MailAddress, MailAddressError, PaperId, PaperIdError, Platform, Query, Quiet,
    SubscriptionId,
};

/// What was given for an option, by its kind.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Query(Query),
    Paper(PaperId),
    Subscription(SubscriptionId),
    Choice(&'static str),
    Since(Day),
    Until(Until),
    Time(Time),
    Zone(String),
    Number(u16),
    Cap(Bound<u16>),
    Hours(Bound<Quiet>),
    Channel(ChannelId),
    Feed(FeedText),
    Mail(MailAddress),
    Command(&'static Spec),
    Text(Note),
}

/// What a command is made of; none of another kind's value.
pub(super) trait Held: Sized {
    fn held(value: Value) -> Option<Self>;
}

macro_rules! held {
    ($($type:ty: $variant:ident),+ $(,)?) => {
        $(impl Held for $type {
            fn held(value: Value) -> Option<Self> {
                if let Value::$variant(value) = value { Some(value) } else { None }
            }
        })+
    };
}

held! {
    Query: Query, PaperId: Paper, SubscriptionId: Subscription, Day: Since, Until: Until, Time: Time,
    String: Zone, u16: Number, Bound<u16>: Cap, Bound<Quiet>: Hours, ChannelId: Channel, FeedText: Feed, MailAddress: Mail, &'static Spec: Command, &'static str: Choice, Note: Text,
}

/// Reads what was given for an option of a command.
pub(super) fn read(
    platform: Platform,
    spec: &'static Spec,
    option: &'static Opt,
    text: &str,
) -> Result<Value, Mistake> {
    let read = match option.kind {
        Kind::Query => {
            return Query::parse(text).map(Value::Query).map_err(|error| Mistake::Query { spec, error });
        }
        Kind::StandingQuery => {
            let query = Query::for_subscription(text);
            return query.map(Value::Query).map_err(|error| Mistake::Query { spec, error });
        }
        Kind::Paper => return paper(text).map(Value::Paper).map_err(|error| Mistake::Paper { spec, error }),
        Kind::Command => return command(text).map(Value::Command),
        Kind::Subscription => subscription(text).map(Value::Subscription),
        Kind::Choice(words) => choice(words, text).map(Value::Choice),
        Kind::Since => text.parse().map(Value::Since),
        Kind::Until => time::until(text).map(Value::Until),
        Kind::Time => time::time_of_day(text).map(Value::Time),
        Kind::Zone => zone::zone(text).map(Value::Zone),
        Kind::Number(least, most) => number(least, most, text).map(Value::Number),
        Kind::Cap(least, most) => cap(least, most, text).map(Value::Cap),
        Kind::Hours => hours::hours(text).map(Value::Hours),
        Kind::Channel => channel(platform, text).map(Value::Channel),
        Kind::Address => feed::address(text).map(Value::Feed),
        Kind::Feed => feed::named(text).map(Value::Feed),
        Kind::Mail => address(text).map(Value::Mail),
        Kind::Text => note(text).map(Value::Text),
    };
    read.map_err(|reason| Mistake::Value { spec, option, reason })
}

/// Whether somebody who wrote this may have meant an option of this kind; decides which one a mistake is told of.
pub(super) fn resembles(kind: Kind, text: &str) -> bool {
    let has_digit = text.starts_with(|c: char| c.is_ascii_digit());
    match kind {
        Kind::Choice(words) => nearest(text, words.iter().copied()).is_some(),
        Kind::Zone => text.contains('/') || zone::meant(text).is_some(),
        Kind::Hours => has_digit && text.contains(['-', '–']),
        Kind::Time | Kind::Until | Kind::Since | Kind::Number(..) | Kind::Cap(..) | Kind::Subscription => {
            has_digit
        }
        Kind::Channel => text.starts_with('#'),
        Kind::Address => text.contains("://"),
        Kind::Mail => text.contains('@'),
        Kind::Feed | Kind::Query | Kind::StandingQuery | Kind::Paper | Kind::Command | Kind::Text => true,
    }
}

/// Longer texts are no id and no address.
const PAPER_CHARS: usize = 2_000;

/// Reads a paper as people paste it: in quotes or angle brackets, with the comma that followed it, without `https://`.
fn paper(text: &str) -> Result<PaperId, PaperIdError> {
    let refused = || PaperIdError(text.chars().take(PAPER_CHARS).collect());
    if text.len() > PAPER_CHARS {
        return Err(refused());
    }
    let bare = text.trim().trim_end_matches([',', ';', '.']);
    let bare = bare.trim_matches(['"', '`', '\'']);
    let bare = bare.strip_prefix('<').and_then(|inside| inside.strip_suffix('>')).unwrap_or(bare);
    let as_address = || {
        let (host, _) = bare.split_once('/')?;
        let is_host =
            host.contains('.') && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b));
        if is_host { format!("https://{bare}").parse().ok() } else { None }
    };
    bare.parse().ok().or_else(as_address).ok_or_else(refused)
}

/// Nobody reads longer notes under a paper.
const NOTE_CHARS: usize = 300;

fn note(text: &str) -> Result<Note, String> {
    let text = text.trim();
    let inside = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let text = inside.filter(|inside| !inside.contains('"')).unwrap_or(text).trim();
    match text.chars().count() {
        0..=NOTE_CHARS => Ok(Note(text.to_owned())),
        long => Err(format!("a note has at most {NOTE_CHARS} characters, and this one has {long}")),
    }
}

fn command(text: &str) -> Result<&'static Spec, Mistake> {
    match line::command_of(text.trim().trim_start_matches('/')) {
        (Ok(spec), "") => Ok(spec),
        _ => Err(Mistake::no_such_command(text)),
    }
}

fn subscription(text: &str) -> Result<SubscriptionId, String> {
    let digits = text.trim().trim_start_matches('#');
    let number = digits.parse::<i64>().ok().filter(|number| *number > 0 && !digits.starts_with('+'));
    number.map(SubscriptionId).ok_or_else(|| {
        format!("{} is no number of a subscription: the command “subscriptions” lists them", quoted(text))
    })
}

fn choice(words: &'static [&'static str], text: &str) -> Result<&'static str, String> {
    let text = text.trim();
    words.iter().copied().find(|word| word.eq_ignore_ascii_case(text)).ok_or_else(|| {
        let near = nearest(text, words.iter().copied());
        let way_out =
            near.map_or_else(|| format!("write {}", either(words)), |word| format!("did you mean “{word}”?"));
        format!("{} cannot be chosen: {way_out}", quoted(text))
    })
}

fn number(least: u16, most: u16, text: &str) -> Result<u16, String> {
    let digits = text.trim();
    let number = digits.parse::<u16>().ok().filter(|_| !digits.starts_with('+'));
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("{} is no whole number from {least} to {most}", quoted(text)))
}

/// The refusal does not repeat what was written: it is somebody's address all the same.
fn address(text: &str) -> Result<MailAddress, String> {
    let text = text.trim();
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    text.parse().map_err(|error: MailAddressError| error.to_string())
}

fn cap(least: u16, most: u16, text: &str) -> Result<Bound<u16>, String> {
    if hours::is_off(text) {
        return Ok(Bound::Off);
    }
    number(least, most, text).map(Bound::At).map_err(|reason| format!("{reason}, and not “off”"))
}

/// The longest id of a channel that any platform has is far shorter.
const CHANNEL_CHARS: usize = 200;

fn channel(platform: Platform, text: &str) -> Result<ChannelId, String> {
    let text = text.trim();
    let referred = text.strip_prefix("<#").and_then(|inside| inside.strip_suffix('>'));
    let id = referred.map(|inside| inside.split('|').next().unwrap_or(inside));
    if text.len() > CHANNEL_CHARS || (text.starts_with('#') && platform != Platform::Sandbox) {
        return Err(format!(
            "{} came without its id: choose the channel from the list that opens when you type #",
            quoted(text)
        ));
    }
    ChannelId::parse(platform, id.unwrap_or(text))
}
