//! What the headers of an answer say: validators, budget, wait and the next page.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, ETAG, HeaderMap, LAST_MODIFIED, LINK, RETRY_AFTER};
use url::Url;

/// The longest wait that is believed: a typing error must not silence a source for a year.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// The longest time that a document is believed to stay what it is: a feed that its host lets browsers keep for a
/// year has news nevertheless.
const LONGEST_FRESH: Duration = Duration::from_hours(6);

/// What an answer is recognised by when it is asked for again; kept and sent back verbatim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Last-Modified` header.
    pub last_modified: Option<String>,
}

impl Validators {
    /// True when there is nothing to ask with.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    pub(super) fn read(headers: &HeaderMap) -> Self {
        Self { etag: text(headers, ETAG.as_str()), last_modified: text(headers, LAST_MODIFIED.as_str()) }
    }
}

/// What is left of the budget in the current window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that are still free.
    pub remaining: u64,
    /// How long until the budget is full again.
    pub reset: Duration,
}

impl RateLimit {
    /// Reads `RateLimit: "api";r=499;t=123`; of several budgets the one with the least left.
    ///
    /// A budget without `t` is full again after the window that `RateLimit-Policy: "api";q=500;w=300` gives it.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let line = text(headers, "ratelimit")?;
        let policies = text(headers, "ratelimit-policy").unwrap_or_default();
        let window = |name: &str| {
            let policy = policies.split(',').find(|policy| budget_name(policy) == name);
            policy.and_then(|policy| parameter(policy, 'w'))
        };
        let budgets = line.split(',').filter_map(|item| {
            let reset = parameter(item, 't').or_else(|| window(budget_name(item)))?;
            Some(Self { remaining: parameter(item, 'r')?, reset: believable(reset) })
        });
        budgets.min_by_key(|budget| budget.remaining)
    }

    /// How long there is no request left.
    pub(super) fn spent_for(self) -> Option<Duration> {
        (self.remaining == 0).then_some(self.reset)
    }
}

/// Reads how long the other side wants to be left alone, from `Retry-After` or from its budget.
///
/// A date is measured from the answer's own `Date`, so that a wrong clock here does no harm.
pub(super) fn wait(headers: &HeaderMap) -> Option<Duration> {
    let asked = text(headers, RETRY_AFTER.as_str()).and_then(|value| {
        if let Ok(seconds) = value.parse::<u64>() {
            return Some(believable(seconds));
        }
        let until = http_date(&value)?;
        let sent = http_date(&text(headers, DATE.as_str())?)?;
        Some(believable(u64::try_from(until.duration_since(sent).as_secs()).unwrap_or(0)))
    });
    asked.or_else(|| RateLimit::read(headers).map(|budget| budget.reset))
}

/// A number among the parameters of a structured field's item.
fn parameter(item: &str, key: char) -> Option<u64> {
    let value = item.split(';').skip(1).find_map(|p| p.trim().strip_prefix(key)?.strip_prefix('='));
    value.and_then(|v| v.trim().parse().ok())
}

fn budget_name(item: &str) -> &str {
    item.split(';').next().unwrap_or_default().trim()
}

/// Reads how long an answer stays what it is, from `Cache-Control: max-age` less the `Age` it has already.
pub(super) fn fresh_for(headers: &HeaderMap) -> Option<Duration> {
    let control = text(headers, CACHE_CONTROL.as_str())?.to_ascii_lowercase();
    let mut directives = control.split(',').map(str::trim);
    if directives.clone().any(|d| matches!(d, "no-cache" | "no-store")) {
        return None;
    }
    let seconds: u64 = directives.find_map(|d| d.strip_prefix("max-age="))?.trim_matches('"').parse().ok()?;
    let age = text(headers, AGE.as_str()).and_then(|age| age.parse().ok()).unwrap_or(0);
    let left = Duration::from_secs(seconds.saturating_sub(age)).min(LONGEST_FRESH);
    (!left.is_zero()).then_some(left)
}

/// Finds the address that a `Link` header calls the next page.
pub(super) fn next_page(headers: &HeaderMap, from: &Url) -> Option<Url> {
    let lines = headers.get_all(LINK).iter().filter_map(|line| line.to_str().ok());
    // Addresses may hold commas, so the links of a line are told apart by their brackets.
    let mut named = lines.flat_map(|line| line.split('<').skip(1)).filter_map(|link| link.split_once('>'));
    let (address, _) = named.find(|(_, parameters)| {
        let mut parameters = parameters.split([';', ',']).map(str::trim);
        parameters.any(|p| matches!(p, "rel=\"next\"" | "rel=next"))
    })?;
    from.join(address).ok()
}

pub(super) fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

fn believable(seconds: u64) -> Duration {
    Duration::from_secs(seconds).min(LONGEST_WAIT)
}

fn http_date(text: &str) -> Option<Timestamp> {
    const PARSER: DateTimeParser = DateTimeParser::new();
    PARSER.parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_wait_is_read_as_seconds_as_a_date_and_from_the_budget() {
        let seconds = |lines: &[(&'static str, &str)]| wait(&headers(lines)).map(|w| w.as_secs());
        let sent = ("date", "Fri, 21 Aug 2026 10:00:00 GMT");
        assert_eq!(seconds(&[("retry-after", "2")]), Some(2));
        assert_eq!(seconds(&[("retry-after", "Fri, 21 Aug 2026 10:01:30 GMT"), sent]), Some(90));
        assert_eq!(seconds(&[("retry-after", "Fri, 21 Aug 2026 09:00:00 GMT"), sent]), Some(0));
        assert_eq!(seconds(&[("ratelimit", r#""api";r=0;t=123"#)]), Some(123));
        assert_eq!(seconds(&[("retry-after", "5"), ("ratelimit", r#""api";r=0;t=123"#)]), Some(5));
        assert_eq!(seconds(&[("retry-after", "soon")]), None);
        assert_eq!(seconds(&[]), None);
    }

    #[test]
    fn no_wait_is_longer_than_a_day() {
        assert_eq!(wait(&headers(&[("retry-after", "18446744073709551615")])), Some(LONGEST_WAIT));
        assert_eq!(wait(&headers(&[("ratelimit", r#""api";r=0;t=99999999999"#)])), Some(LONGEST_WAIT));
    }

    #[test]
    fn of_several_budgets_the_smallest_counts() {
        let read = |line| RateLimit::read(&headers(&[("ratelimit", line)]));
        let budget = |remaining, seconds| Some(RateLimit { remaining, reset: Duration::from_secs(seconds) });
        assert_eq!(read(r#""api";r=499;t=300"#), budget(499, 300));
        assert_eq!(read(r#""api";r=7;t=300, "search"; r=3; t=10"#), budget(3, 10));
        assert_eq!(read("limit=10, remaining=3"), None);
        assert_eq!(read(r#""api";r=-1;t=x"#), None);
    }

    #[test]
    fn a_budget_without_a_reset_is_full_again_after_its_window() {
        let read =
            |limit, policy| RateLimit::read(&headers(&[("ratelimit", limit), ("ratelimit-policy", policy)]));
        let policy = r#""burst";q=10;w=5, "api";q=500;w=300"#;
        let budget = |remaining, seconds| Some(RateLimit { remaining, reset: Duration::from_secs(seconds) });
        assert_eq!(read(r#""api";r=7"#, policy), budget(7, 300));
        assert_eq!(read(r#""api";r=7;t=12"#, policy), budget(7, 12));
        assert_eq!(read(r#""other";r=7"#, policy), None);
        assert_eq!(budget(0, 5).and_then(RateLimit::spent_for), Some(Duration::from_secs(5)));
        assert_eq!(budget(1, 5).and_then(RateLimit::spent_for), None);
    }

    #[test]
    fn freshness_is_what_max_age_leaves_and_never_long() {
        let seconds = |lines: &[(&'static str, &str)]| fresh_for(&headers(lines)).map(|f| f.as_secs());
        assert_eq!(seconds(&[("cache-control", "public, Max-Age=600")]), Some(600));
        assert_eq!(seconds(&[("cache-control", "max-age=600"), ("age", "590")]), Some(10));
        assert_eq!(seconds(&[("cache-control", "max-age=600"), ("age", "700")]), None);
        assert_eq!(seconds(&[("cache-control", "max-age=31536000")]), Some(LONGEST_FRESH.as_secs()));
        for line in ["max-age=0", "no-cache, max-age=600", "max-age=600, no-store", "max-age=x", "s-maxage=9"]
        {
            assert_eq!(seconds(&[("cache-control", line)]), None, "{line}");
        }
        assert_eq!(seconds(&[]), None);
    }

    #[test]
    fn the_next_page_is_resolved_against_the_answers_address() {
        let from = Url::parse("https://huggingface.co/api/daily_papers?p=0").unwrap();
        let next = |line| next_page(&headers(&[("link", line)]), &from).map(String::from);
        let address = Some("https://huggingface.co/api/daily_papers?p=1".to_owned());
        assert_eq!(next(r#"<https://huggingface.co/api/daily_papers?p=1>; rel="next""#), address);
        assert_eq!(next(r#"</x>; rel="prev", </api/daily_papers?p=1>; rel="next""#), address);
        assert_eq!(next(r#"</x?f=a,b>; rel="prev", </api/daily_papers?p=1>; title="x"; rel=next"#), address);
        assert_eq!(next(r#"</x>; rel="prev""#), None);
    }
}
