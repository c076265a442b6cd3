//! What `paperwire deliveries` says: what will happen to a delivery, what to look at first, and what must not be done.

use std::fmt::Write as _;

use crate::domain::{Deed, DeliveryState as S, Objection};
use crate::message::{state_words, why_sentence};
use crate::store::{AttemptRecord, DeliveryDetail};

/// Everything about a delivery, with its tries.
pub(super) fn told(detail: &DeliveryDetail, attempts: &[AttemptRecord]) -> String {
    let record = &detail.record;
    let place = format!("{} {}", record.destination.platform, record.destination.channel);
    let mut out = format!("{}\n{}\n\n", record.title, record.paper.url());
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = writeln!(out, "{name:<12}{value}");
        }
    };
    fact("id", Some(record.id.to_string()));
    fact("where", Some(place));
    fact("what", Some(detail.kind.clone()));
    fact("state", Some(format!("{}: {}", record.state.name(), state_words(record.state))));
    fact("reason", record.reason.clone());
    fact("message", record.message_id.clone());
    fact("created", Some(record.created_at.to_string()));
    fact("in doubt", detail.in_doubt_since.map(|at| format!("since {at}")));
    fact("together", detail.bundle.map(|lead| format!("in one message with delivery {lead}")));
    fact("why", Some(why_sentence(&record.why)));
    for attempt in attempts {
        let outcome = attempt.outcome.as_deref().unwrap_or("no answer yet");
        let reason = attempt.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let plain = if attempt.plain { " (plain)" } else { "" };
        fact("try", Some(format!("{} {outcome}{plain}{reason}", attempt.started_at)));
    }
    out + "\n" + &what_now(detail)
}

/// What happens to it from here, and what to look at first.
fn what_now(detail: &DeliveryDetail) -> String {
    let (record, id) = (&detail.record, &detail.prefix);
    let (url, channel) = (record.paper.url(), &record.destination.channel);
    match record.state {
        S::Pending => match &record.destination.pause {
            Some(pause) => {
                format!(
                    "Nothing happens until the channel is resumed: {}.",
                    pause.reason.trim_end_matches('.')
                )
            }
            None => format!(
                "It is posted when its turn in the channel comes, not before {}. After {} it comes in a catch-up \
                 roundup instead.",
                detail.next_at, detail.expires_at
            ),
        },
        S::Leased => match detail.held_until {
            Some(until) => format!("A sender posts it at this moment and holds it until {until}."),
            None => "A sender posts it at this moment.".to_owned(),
        },
        S::Unknown => format!(
            "It may be in the channel. Paperwire looks again at {} and posts nothing before it knows. Who looks \
             first can end it: paperwire deliveries confirm {id}, or drop {id}.",
            detail.next_at
        ),
        S::Sent => "Nothing more happens to it.".to_owned(),
        S::Ambiguous => format!(
            "It is not posted again by itself{}. Look into channel {channel} for {url}: if it is there, paperwire \
             deliveries confirm {id}; if not, paperwire deliveries retry {id} --yes.",
            if detail.in_roundup {
                "; a roundup names its paper"
            } else {
                "; its paper comes in the next roundup"
            }
        ),
        S::Dead => format!(
            "It is not posted again by itself; its paper comes in the next roundup. Once the cause above is gone: \
             paperwire deliveries retry {id}."
        ),
        S::Skipped => format!("It is not posted. After all: paperwire deliveries retry {id}."),
    }
}

/// What is said when a decision has been taken.
pub(super) fn after(detail: &DeliveryDetail, deed: Deed) -> String {
    let id = &detail.prefix;
    let verb = match deed {
        Deed::Retry => "waits to be posted",
        Deed::Confirm => "counts as posted",
        Deed::Drop => "is left out",
    };
    format!("Delivery {id} {verb}. {}", what_now(detail))
}

/// Why a decision cannot be taken, and what to do instead.
pub(super) fn objection(detail: &DeliveryDetail, deed: Deed) -> Option<String> {
    let (id, state) = (&detail.prefix, detail.record.state);
    if let (Some(lead), S::Leased | S::Unknown) = (detail.follows(), state) {
        let text = "it goes out in one message with another delivery; decide about that one";
        return Some(format!("{text}: paperwire deliveries show {lead}"));
    }
    if detail.kind.starts_with("paper of ") && deed == Deed::Retry {
        return Some(
            "its paper turned out to be another one, which has its own delivery to this channel".to_owned(),
        );
    }
    Some(match deed.on(state).err()? {
        Objection::Sent => "it is in its channel, for good: nothing can be done to it".to_owned(),
        Objection::Leased => match detail.held_until {
            Some(until) => format!("a sender holds it until {until}: try again then"),
            None => "a sender holds it: try again in a minute".to_owned(),
        },
        Objection::Waiting => format!("it waits for its turn anyway: paperwire deliveries show {id}"),
        Objection::Settling => format!(
            "Paperwire finds out by itself whether it is in the channel, at {}: wait for that, or confirm or drop it",
            detail.next_at
        ),
        Objection::NotInDoubt => format!("it is {}, not in doubt: there is nothing to confirm", state.name()),
        Objection::Skipped => "it is left out already".to_owned(),
    })
}

/// Why posting it again may show it twice, and what to look at before.
pub(super) fn warning(detail: &DeliveryDetail) -> Option<String> {
    let (id, record) = (&detail.prefix, &detail.record);
    let channel = &record.destination.channel;
    let doubt = if let Some(since) = detail.in_doubt_since {
        let url = record.paper.url();
        format!("it may be in channel {channel} since {since}: look there for {url}")
    } else if record.state == S::Ambiguous {
        format!("it may be in channel {channel} already: look there for {}", record.paper.url())
    } else if detail.in_roundup {
        format!("a roundup names its paper in channel {channel}, which would show it twice")
    } else if detail.kind != "paper" {
        "its papers may have come in a later roundup".to_owned()
    } else {
        return None;
    };
    Some(format!("{doubt}. To post it all the same: paperwire deliveries retry {id} --yes"))
}
