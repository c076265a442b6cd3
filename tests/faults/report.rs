//! What is to hold after anything went wrong, counted.

use std::collections::HashMap;

use paperwire::domain::DeliveryState;
use paperwire::store::DeliveryFilter;
use serde::Serialize;

use super::Rig;

/// What came of every pair of a channel and a paper that it asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Processes that were ended without a warning.
    pub kills: usize,
    /// Pairs.
    pub matches: usize,
    /// Pairs that people see.
    pub visible: usize,
    /// Pairs that people see more than once.
    pub doubled: usize,
    /// Pairs that people do not see although the store calls them sent or knows nothing of them.
    pub lost: usize,
    /// Pairs that the store calls unconfirmed.
    pub unconfirmed: usize,
    /// Pairs whose row is at no end, or at one without a reason, and messages that nobody asked for.
    pub unexplained: usize,
    /// Pairs that the store gave up with a reason; the next roundup names them.
    pub given_up: usize,
}

impl Report {
    /// Compares the store with what people see.
    pub async fn of(rig: &Rig) -> Self {
        let rows = rig.store().deliveries(&DeliveryFilter::default()).await.unwrap();
        let mut row = HashMap::new();
        for delivery in rows {
            let place = (delivery.destination.channel.as_str().to_owned(), delivery.paper.url());
            assert!(row.insert(place, delivery).is_none(), "one delivery for each paper and channel");
        }
        let mut report = Self { matches: rig.papers.len() * rig.channels.len(), ..Self::default() };
        for (platform, channel) in &rig.channels {
            let seen = rig.seen(*platform, channel);
            let wanted: Vec<String> =
                rig.papers.iter().map(|id| format!("https://arxiv.org/abs/{id}")).collect();
            report.unexplained += seen.iter().filter(|url| !wanted.contains(url)).count();
            for url in &wanted {
                let times = seen.iter().filter(|seen| *seen == url).count();
                report.visible += usize::from(times > 0);
                report.doubled += usize::from(times > 1);
                let Some(delivery) = row.get(&(channel.clone(), url.clone())) else {
                    report.lost += 1;
                    continue;
                };
                let told = delivery.reason.as_ref().is_some_and(|reason| !reason.is_empty());
                match delivery.state {
                    DeliveryState::Sent => report.lost += usize::from(times == 0),
                    DeliveryState::Ambiguous if told => report.unconfirmed += 1,
                    DeliveryState::Dead | DeliveryState::Skipped if told => report.given_up += 1,
                    _ => report.unexplained += 1,
                }
            }
        }
        report
    }

    /// Fails unless every paper stands once in every channel, or is unconfirmed where that is allowed, and in the
    /// order in which the papers were listed.
    pub fn holds(&self, rig: &Rig, told: &str, may_be_unconfirmed: bool) {
        let Self { doubled, lost, unconfirmed, unexplained, given_up, visible, matches, .. } = *self;
        assert_eq!((doubled, lost, unexplained, given_up), (0, 0, 0, 0), "{told}: {self:?}");
        assert!(unconfirmed == 0 || may_be_unconfirmed, "{told}: {self:?}");
        assert!(visible + unconfirmed >= matches, "{told}: {self:?}");
        for (platform, channel) in &rig.channels {
            let seen = rig.seen(*platform, channel);
            assert!(seen.is_sorted(), "{told}: {channel} is out of order: {seen:?}");
        }
        let refused = (rig.discord.refusals(), rig.slack.refusals());
        assert_eq!(refused, (Vec::new(), Vec::new()), "{told}: a platform refused what was sent");
    }
}
