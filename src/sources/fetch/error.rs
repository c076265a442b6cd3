//! Why a fetch failed, and whether asking again can help: decided here once, where the answer is read.

use std::error::Error;
use std::time::Duration;

use reqwest::StatusCode;
use url::Url;

use super::guard::Refusal;

/// A fetch that brought nothing usable.
///
/// The texts are for the log and for operators; an address in them carries neither user nor query,
/// and never a byte of what the other side sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address, or one it redirects to, is none that may be fetched.
    #[error("{url} is not fetched: {reason}")]
    Refused {
        /// The address.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no connection.
    #[error("{url} cannot be reached: {cause}")]
    Unreachable {
        /// The address.
        url: String,
        /// The cause in the words of the network.
        cause: String,
    },
    /// The answer did not come, or not whole, within the time allowed.
    #[error("{url} did not answer within {} s", .limit.as_secs_f32())]
    TimedOut {
        /// The address.
        url: String,
        /// The time allowed.
        limit: Duration,
    },
    /// The answer trickles in.
    #[error("the answer of {url} came at less than {least} bytes a second")]
    TooSlow {
        /// The address.
        url: String,
        /// The least that is waited for, in bytes a second.
        least: u32,
    },
    /// The connection ended inside the answer, or the answer could not be decoded.
    #[error("the answer of {url} broke off: {cause}")]
    BrokeOff {
        /// The address.
        url: String,
        /// The cause in the words of the network.
        cause: String,
    },
    /// The other side wants fewer requests.
    #[error("{url} asks to wait{}", .wait.map(|w| format!(" {} s", w.as_secs())).unwrap_or_default())]
    Busy {
        /// The address.
        url: String,
        /// How long, when it says so.
        wait: Option<Duration>,
    },
    /// The host has answered 403 lately; nothing is asked of it for hours.
    #[error("{url} is not asked for {}: its host has forbidden us to ask (403), and asking on can count as an attack", spelt(*.wait))]
    Barred {
        /// The address.
        url: String,
        /// How much longer.
        wait: Duration,
    },
    /// The other side has a fault of its own.
    #[error("{url} answers {status}")]
    Failing {
        /// The address.
        url: String,
        /// Its status code.
        status: StatusCode,
    },
    /// The other side will not answer this question.
    #[error("{url} answers {status}: asking again will not help")]
    Rejected {
        /// The address.
        url: String,
        /// Its status code.
        status: StatusCode,
    },
    /// The answer is larger than anything a source has to say.
    #[error("the answer of {url} is larger than {limit} bytes")]
    TooLarge {
        /// The address.
        url: String,
        /// The most that is read.
        limit: usize,
    },
    /// Something else answered in place of the API: a login page, a proxy, half a document.
    #[error("{url} did not answer as the API does: {what}")]
    NotTheApi {
        /// The address.
        url: String,
        /// What came instead.
        what: String,
    },
}

impl FetchError {
    /// True when the same request may well succeed later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::TooSlow { .. }
            | Self::BrokeOff { .. }
            | Self::Busy { .. }
            | Self::Barred { .. }
            | Self::Failing { .. }
            | Self::NotTheApi { .. } => true,
            Self::Refused { .. } | Self::Rejected { .. } | Self::TooLarge { .. } => false,
        }
    }

    /// The wait that the other side asks for, or that its 403 imposes.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { wait, .. } => *wait,
            Self::Barred { wait, .. } => Some(*wait),
            _ => None,
        }
    }

    /// The error for a request that is not made because the budget for it is used up.
    pub fn busy(url: &Url, wait: Duration) -> Self {
        Self::Busy { url: shown(url), wait: Some(wait) }
    }

    /// The error for a request that is not made because the other side has forbidden us to ask.
    pub fn barred(url: &Url, wait: Duration) -> Self {
        Self::Barred { url: shown(url), wait }
    }

    /// The error for an address that may not be fetched.
    pub fn refused(url: &Url, reason: impl Into<String>) -> Self {
        Self::Refused { url: shown(url), reason: reason.into() }
    }

    /// Reads what the client says of a request that did not work out.
    pub(super) fn from_client(url: &Url, error: reqwest::Error, limit: Duration) -> Self {
        let error = error.without_url();
        // The resolver's refusal comes back inside a failed connection.
        if let Some(refusal) = causes(&error).find_map(|cause| cause.downcast_ref::<Refusal>()) {
            return Self::refused(url, refusal.to_string());
        }
        let url = shown(url);
        let cause = innermost(&error);
        // First, since a connection that takes too long is a timeout as well.
        if error.is_connect() {
            return Self::Unreachable { url, cause };
        }
        if error.is_timeout() {
            return Self::TimedOut { url, limit };
        }
        Self::BrokeOff { url, cause }
    }
}

/// Writes an address without what may be secret in it: user, password, query and fragment.
pub(super) fn shown(url: &Url) -> String {
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    // Both only fail for addresses that cannot have a user at all.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare.into()
}

/// Writes a wait for people: `40 s`, `12 min`, `2 h 59 min`.
pub(super) fn spelt(wait: Duration) -> String {
    let (hours, minutes) = (wait.as_secs() / 3600, wait.as_secs() / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{} s", wait.as_secs()),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The last cause of a chain: what the layers above say of it is “error sending request”.
fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let first: &'a (dyn Error + 'static) = error;
    std::iter::successors(Some(first), |cause: &&'a (dyn Error + 'static)| Error::source(*cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_user_and_query() {
        let url = Url::parse("https://me:secret@example.org:8443/api/x?token=secret&date=2026-08-21#secret");
        assert_eq!(shown(&url.unwrap()), "https://example.org:8443/api/x");
    }

    #[test]
    fn a_bar_is_told_in_words_and_passes() {
        let wait = Duration::from_secs(3 * 3600 - 1);
        let barred = FetchError::Barred { url: "https://x/".into(), wait };
        assert_eq!((barred.is_passing(), barred.retry_after()), (true, Some(wait)));
        assert!(barred.to_string().starts_with("https://x/ is not asked for 2 h 59 min: "), "{barred}");
        assert_eq!([40, 720, 10_800].map(|s| spelt(Duration::from_secs(s))), ["40 s", "12 min", "3 h"]);
    }

    #[test]
    fn only_a_busy_answer_names_a_wait() {
        let wait = Some(Duration::from_secs(7));
        let busy = FetchError::Busy { url: "https://x/".into(), wait };
        assert_eq!((busy.is_passing(), busy.retry_after()), (true, wait));
        assert_eq!(busy.to_string(), "https://x/ asks to wait 7 s");
        let gone = FetchError::Rejected { url: "https://x/".into(), status: StatusCode::GONE };
        assert_eq!((gone.is_passing(), gone.retry_after()), (false, None));
    }
}
