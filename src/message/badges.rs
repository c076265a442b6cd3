//! What has happened to a paper since it was listed, in a word or two each.

use crate::domain::{Event, EventKind};

/// The badges of a paper, each once: `v2`, `code`, `Daily Papers`, `withdrawn`.
pub fn badges(events: &[Event]) -> Vec<String> {
    let of = |kind: EventKind| events.iter().filter(move |event| event.kind == kind);
    EventKind::ALL
        .into_iter()
        .filter(|kind| of(*kind).next().is_some())
        .map(|kind| match kind {
            EventKind::Version => {
                let version = of(kind).filter_map(|event| event.version).max();
                version.map_or_else(|| "new version".to_owned(), |version| format!("v{version}"))
            }
            EventKind::Code => "code".to_owned(),
            EventKind::Daily => "Daily Papers".to_owned(),
            EventKind::Withdrawn => "withdrawn".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn the_newest_version_and_everything_else_stands_once() {
        let event = |kind, version| Event { kind, version, source: String::new(), at: Timestamp::UNIX_EPOCH };
        let events = [
            event(EventKind::Withdrawn, None),
            event(EventKind::Version, Some(3)),
            event(EventKind::Version, Some(2)),
            event(EventKind::Daily, None),
            event(EventKind::Code, None),
        ];
        assert_eq!(badges(&events), ["v3", "code", "Daily Papers", "withdrawn"]);
        assert!(badges(&[]).is_empty());
    }
}
