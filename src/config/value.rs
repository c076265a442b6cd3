//! Reads one value into its type; an `Err` says what is allowed.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use figment::value::Value;
use ipnet::IpNet;
use jiff::SignedDuration;
use url::{Host, Url};

use super::sections::SlackManagers;
use crate::domain::{AllowedHost, AllowedHostError};

/// What a value must be, in words that complete “must be …”.
pub(super) type Parsed<T> = Result<T, String>;

pub(super) fn boolean(value: &Value) -> Parsed<bool> {
    value.to_bool().ok_or_else(|| "must be true or false".to_owned())
}

pub(super) fn text(value: &Value) -> Parsed<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| "must be a text in quotes".to_owned())
}

/// A whole number from a range.
pub(super) fn number<T>(allowed: RangeInclusive<T>) -> impl Fn(&Value) -> Parsed<T>
where
    T: TryFrom<i128> + PartialOrd + std::fmt::Display,
{
    move |value| {
        let number = value.to_i128().or_else(|| value.to_u128().and_then(|n| i128::try_from(n).ok()));
        let number = number.and_then(|n| T::try_from(n).ok()).filter(|n| allowed.contains(n));
        number.ok_or_else(|| format!("must be a whole number from {} to {}", allowed.start(), allowed.end()))
    }
}

/// A span of time from a range, written with its unit.
pub(super) fn duration(allowed: RangeInclusive<Duration>) -> impl Fn(&Value) -> Parsed<Duration> {
    move |value| {
        let parsed = value.as_str().and_then(|text| text.trim().parse::<SignedDuration>().ok());
        let parsed = parsed.and_then(|span| Duration::try_from(span).ok());
        parsed.filter(|span| allowed.contains(span)).ok_or_else(|| {
            let [least, most] = [allowed.start(), allowed.end()].map(|limit| spelt(*limit));
            format!("must be a time with its unit (30s, 10m, 1h 30m) from {least} to {most}")
        })
    }
}

/// A list of spans of time, at least one.
pub(super) fn durations(allowed: RangeInclusive<Duration>) -> impl Fn(&Value) -> Parsed<Vec<Duration>> {
    let one = duration(allowed);
    move |value| {
        let items = value.as_array().filter(|items| !items.is_empty());
        let items =
            items.ok_or_else(|| r#"must be a list of times such as ["5s", "30s", "2m"]"#.to_owned())?;
        items.iter().map(|item| one(item).map_err(|problem| format!("each entry {problem}"))).collect()
    }
}

/// A list of hosts, which may be empty.
pub(super) fn allowed_hosts(value: &Value) -> Parsed<Vec<AllowedHost>> {
    let items = value.as_array().ok_or_else(|| r#"must be a list such as ["feeds.lan:8080"]"#.to_owned())?;
    let host = |item| text(item)?.parse().map_err(|error: AllowedHostError| format!("each entry {error}"));
    items.iter().map(host).collect()
}

/// A list of addresses and networks, which may be empty.
pub(super) fn networks(value: &Value) -> Parsed<Vec<IpNet>> {
    let wrong =
        || r#"must be a list of addresses or networks such as ["127.0.0.1", "10.0.0.0/8"]"#.to_owned();
    let items = value.as_array().ok_or_else(wrong)?;
    let network = |item: &Value| {
        let text = item.as_str()?.trim();
        text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
    };
    items.iter().map(|item| network(item).ok_or_else(wrong)).collect()
}

/// A list of arXiv's categories and archives by the form of their names, which may be empty.
pub(super) fn categories(value: &Value) -> Parsed<Vec<String>> {
    let wrong = || r#"must be a list of categories such as ["cs.CL", "hep-th"]"#.to_owned();
    let items = value.as_array().ok_or_else(wrong)?;
    let fits = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'.')
    };
    let name = |item: &Value| item.as_str().map(str::trim).filter(|name| fits(name)).map(str::to_owned);
    items.iter().map(|item| name(item).ok_or_else(wrong)).collect()
}

/// One of the given words.
pub(super) fn one_of<T: Copy>(words: &'static [(&'static str, T)]) -> impl Fn(&Value) -> Parsed<T> {
    move |value| {
        let found = value.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let quoted: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
            format!("must be {}", quoted.join(" or "))
        })
    }
}

/// A web address without credentials; plain http only to this machine.
pub(super) fn web_url(value: &Value) -> Parsed<Url> {
    let address = text(value)?;
    let url = Url::parse(address.trim())
        .map_err(|error| format!("must be a web address such as https://example.org ({error})"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must be a web address without a user name or password in it".to_owned());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err("must begin with https:// (http:// is allowed for this machine only: \
                       127.0.0.0/8, [::1] or localhost)"
            .to_owned()),
        _ => Err("must begin with https://".to_owned()),
    }
}

/// A web address, or nothing for an empty text.
pub(super) fn optional_web_url(value: &Value) -> Parsed<Option<Url>> {
    optional(value, web_url)
}

/// An address to listen on, or nothing for an empty text.
pub(super) fn listen_address(value: &Value) -> Parsed<Option<SocketAddr>> {
    optional(value, |value| {
        text(value)?.trim().parse().map_err(|_| {
            r#"must be an address and a port (127.0.0.1:8010, 0.0.0.0:8010, [::1]:8010), or "" for none"#
                .to_owned()
        })
    })
}

/// A Discord id; TOML without quotes is as good.
pub(super) fn snowflake(value: &Value) -> Parsed<Option<u64>> {
    let wrong =
        || "must be the application's id, digits only (Developer Portal, General Information)".to_owned();
    let id = match value {
        Value::Num(..) => value.to_i128().and_then(|n| u64::try_from(n).ok()),
        _ => match value.as_str().map(str::trim) {
            Some("") => return Ok(None),
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        },
    };
    id.filter(|id| *id > 0).map(Some).ok_or_else(wrong)
}

/// A public key of 32 bytes in hexadecimal digits, or nothing for an empty text.
pub(super) fn public_key(value: &Value) -> Parsed<Option<[u8; 32]>> {
    optional(value, |value| {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text(value)?.trim().as_bytes());
        let key = bytes.ok().and_then(|bytes| bytes.try_into().ok());
        key.ok_or_else(|| {
            "must be 64 hexadecimal digits (Developer Portal, General Information, Public Key)".to_owned()
        })
    })
}

/// Who may manage Slack channels: a word, or a list of people's ids.
pub(super) fn slack_managers(value: &Value) -> Parsed<SlackManagers> {
    let is_person = |id: &str| {
        id.len() > 1
            && id.starts_with(['U', 'W'])
            && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    let listed = |ids: Vec<&str>| {
        let people = !ids.is_empty() && ids.iter().all(|id| is_person(id));
        people.then(|| SlackManagers::Users(ids.into_iter().map(str::to_owned).collect()))
    };
    let found = match value.as_str() {
        Some("members") => Some(SlackManagers::Members),
        Some("admins") => Some(SlackManagers::Admins),
        // In the environment a list is a text, with its brackets or without.
        Some(text) => {
            let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
            listed(
                inner.split(',').map(|id| id.trim_matches(|c: char| c == '"' || c.is_whitespace())).collect(),
            )
        }
        None => value
            .as_array()
            .and_then(|items| items.iter().map(Value::as_str).collect::<Option<Vec<_>>>())
            .and_then(listed),
    };
    found.ok_or_else(|| {
        r#"must be "members", "admins" or a list of people's ids such as ["U012AB3CD"] (profile, Copy member ID)"#
            .to_owned()
    })
}

/// A text that can stand in an HTTP header.
pub(super) fn header_text(value: &Value) -> Parsed<String> {
    let text = text(value)?.trim().to_owned();
    let fits = text.len() <= 200 && text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if fits { Ok(text) } else { Err("must be at most 200 plain ASCII characters".to_owned()) }
}

/// A filter as the log understands it.
pub(super) fn log_filter(value: &Value) -> Parsed<String> {
    let text = text(value)?;
    match tracing_subscriber::EnvFilter::builder().parse(&text) {
        Ok(_) => Ok(text),
        Err(error) => Err(format!(
            "must be error, warn, info, debug or trace, or parts with a level (info,paperwire::store=debug): {error}"
        )),
    }
}

fn optional<T>(value: &Value, parse: impl Fn(&Value) -> Parsed<T>) -> Parsed<Option<T>> {
    if value.as_str().is_some_and(|text| text.trim().is_empty()) { Ok(None) } else { parse(value).map(Some) }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn spelt(span: Duration) -> String {
    SignedDuration::try_from(span).map_or_else(|_| format!("{span:?}"), |span| format!("{span:#}"))
}
