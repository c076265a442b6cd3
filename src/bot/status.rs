//! `status`: how the sources and the channel are, and why it is quiet.

use std::time::Duration;

use jiff::Timestamp;

use super::{Bot, limits, source};
use crate::chat::{Answer, Asker};
use crate::domain::calendar::{Expected, day_of, expected, named, next_due};
use crate::domain::{Cadence, Destination, RoundupSettings};
use crate::message::replies::limits::LimitFacts;
use crate::message::replies::status::{ChannelFacts, Index, Quiet, SourceFacts, Status, Today, status};
use crate::store::{FeedId, PaperCounts, SourceHealth, SubscribedHere, Traffic};

const DAY: Duration = Duration::from_hours(24);
/// For so long refused posts are counted.
const REFUSED_WITHIN: Duration = Duration::from_hours(7 * 24);

/// Answers the command.
pub(super) async fn answer(bot: &Bot, asker: &Asker) -> anyhow::Result<Answer> {
    let now = bot.clock.now();
    let destination = bot.store.destination(asker.platform, &asker.channel).await?;
    let subscriptions = bot.store.subscriptions_here(asker.platform, &asker.channel).await?;
    let (traffic, roundup) = match &destination {
        Some(destination) => (
            bot.store.traffic_here(destination.id, now - REFUSED_WITHIN).await?,
            bot.store.roundup_here(destination.id).await?,
        ),
        None => (Traffic::default(), None),
    };
    let sources = sources(bot).await?;
    let asked_since = asked_since(&subscriptions, now);
    let counts = bot.store.paper_counts(bot.clock.today(), now - DAY, asked_since).await?;
    let limits = limits::facts(bot, destination.as_ref().map(|destination| destination.id)).await?;
    let channel = Channel {
        destination: destination.as_ref(),
        subscriptions: &subscriptions,
        traffic,
        limits: &limits,
    };
    let quiet = quiet(&channel, &sources, counts, asked_since, now);
    let paused = subscriptions.iter().filter(|subscription| subscription.is_paused_at(now)).count();
    let feeds = bot.store.feeds_here(asker.platform, &asker.channel).await?;
    let reply = status(&Status {
        sources,
        feeds: feeds.into_iter().map(|here| (here.feed.title.clone(), source::health(&here.feed))).collect(),
        stored: counts.stored,
        today: counts.listed,
        seen: counts.seen,
        index: bot.search.as_ref().map_or(Index::Absent, |search| Index::Holds(search.len())),
        channel: ChannelFacts {
            subscriptions: subscriptions.len() as u64,
            paused: paused as u64,
            waiting: traffic.waiting,
            refused: traffic.refused,
            last_sent_at: traffic.last_sent_at,
            roundup_at: roundup.as_ref().and_then(|settings| due(settings, now)),
            roundup,
            limits,
        },
        quiet,
    });
    Ok(Answer::Reply { reply })
}

/// How each source is: those that were ever polled, and those that are to be; feeds are told of by channel.
pub(super) async fn sources(bot: &Bot) -> anyhow::Result<Vec<SourceFacts>> {
    let now = bot.clock.now();
    let mut sources: Vec<SourceFacts> = Vec::new();
    for health in bot.store.source_health(now).await? {
        let polled = health.last_success.is_some() || health.failures > 0;
        if polled && FeedId::of_source(&health.source).is_none() {
            sources.push(facts(health, now));
        }
    }
    for name in &bot.polled {
        if sources.iter().all(|source| source.name != *name) {
            sources.push(SourceFacts {
                name: name.clone(),
                polled_at: None,
                next_at: None,
                failure: None,
                failures: 0,
                day: Today::Any,
            });
        }
    }
    Ok(sources)
}

fn facts(health: SourceHealth, now: Timestamp) -> SourceFacts {
    SourceFacts {
        day: today(&health, now),
        polled_at: health.last_success,
        // One that is over is only waiting for its turn.
        next_at: health.next_poll.map(|next| next.max(now)),
        failure: health.last_error.filter(|_| health.failures > 0),
        failures: health.failures,
        name: health.source,
    }
}

/// What there is of a source's day.
fn today(health: &SourceHealth, now: Timestamp) -> Today {
    let source = named(&health.source);
    if source.0 != health.source {
        return Today::Any;
    }
    match expected(source, now) {
        _ if health.newest_day >= Some(day_of(source, now)) => Today::Current,
        Expected::Weekend => Today::Weekend { next: next_due(source, now) },
        Expected::Holiday { name } => Today::Holiday { name, next: next_due(source, now) },
        Expected::NotYet { at } => Today::NotYet(at),
        Expected::Due { since } => Today::Late(since),
    }
}

struct Channel<'a> {
    destination: Option<&'a Destination>,
    subscriptions: &'a [SubscribedHere],
    traffic: Traffic,
    limits: &'a LimitFacts,
}

/// Since when papers of the last day could have come to a channel: not before it was subscribed.
fn asked_since(subscriptions: &[SubscribedHere], now: Timestamp) -> Timestamp {
    let first = subscriptions.iter().map(|subscription| subscription.created_at).min();
    first.unwrap_or(now).max(now - DAY)
}

/// Why nothing was posted in the last day; empty when something was.
fn quiet(
    channel: &Channel<'_>,
    sources: &[SourceFacts],
    counts: PaperCounts,
    asked_since: Timestamp,
    now: Timestamp,
) -> Vec<Quiet> {
    if channel.traffic.last_sent_at.is_some_and(|at| at >= now - DAY) {
        return Vec::new();
    }
    if channel.subscriptions.is_empty() {
        return vec![Quiet::NoSubscription];
    }
    if let Some(pause) = channel.destination.and_then(|destination| destination.pause.as_ref()) {
        return vec![Quiet::Refused { reason: pause.reason.clone(), since: pause.since }];
    }
    let active: Vec<_> = channel.subscriptions.iter().filter(|one| !one.is_paused_at(now)).collect();
    if active.is_empty() {
        let until = channel.subscriptions.iter().filter_map(|subscription| subscription.paused_until).min();
        return vec![Quiet::AllPaused { until }];
    }
    let mut reasons = Vec::new();
    if channel.traffic.waiting > 0 {
        reasons.push(Quiet::Waiting { posts: channel.traffic.waiting });
    }
    let kept = channel.limits.undecided + channel.limits.waiting > 0;
    if kept {
        reasons.push(Quiet::Kept {
            undecided: (channel.limits.undecided, channel.limits.quiet_until),
            waiting: (channel.limits.waiting, channel.limits.roundup_at),
        });
    }
    if sources.iter().all(|source| source.polled_at.is_none() && source.failures == 0) {
        reasons.push(Quiet::NoSource);
        return reasons;
    }
    let failing = sources.iter().filter(|source| source.failures > 0);
    reasons.extend(failing.map(|source| Quiet::SourceFails { name: source.name.clone() }));
    if active.iter().all(|subscription| subscription.cadence != Cadence::Instant) {
        reasons.push(Quiet::OnlyRoundups);
    }
    if counts.listed == 0 {
        reasons.extend(resting(sources));
    }
    if counts.asked > 0 {
        if !reasons.contains(&Quiet::OnlyRoundups) && channel.traffic.waiting == 0 && !kept {
            reasons.push(Quiet::NoMatch { listings: counts.asked });
        }
    } else if counts.seen > 0 && asked_since > now - DAY {
        reasons.push(Quiet::Fresh { since: asked_since });
    } else if reasons.is_empty() {
        reasons.push(Quiet::NothingListed);
    }
    reasons
}

/// Why sources have nothing of today; the weekend is told once.
fn resting(sources: &[SourceFacts]) -> Vec<Quiet> {
    let mut reasons = Vec::new();
    for SourceFacts { name, day, .. } in sources.iter().filter(|source| source.failures == 0) {
        let source = name.clone();
        let reason = match *day {
            Today::Any | Today::Current => continue,
            Today::Weekend { .. } => Quiet::Weekend,
            Today::Holiday { name, .. } => Quiet::Holiday { source, name },
            Today::NotYet(at) => Quiet::NotYet { source, at },
            Today::Late(since) => Quiet::Late { source, since },
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

/// When the next roundup is due.
fn due(settings: &RoundupSettings, now: Timestamp) -> Option<Timestamp> {
    settings.schedule()?.firings(now).next().map(|firing| firing.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Every, SubscriptionId};

    /// Friday.
    fn now() -> Timestamp {
        "2026-08-21T06:00:00Z".parse().unwrap()
    }

    fn subscription(age: Duration) -> SubscribedHere {
        SubscribedHere {
            id: SubscriptionId(1),
            query: "robots".parse().unwrap(),
            cadence: Cadence::Instant,
            created_at: now() - age,
            paused_at: None,
            paused_until: None,
        }
    }

    fn hub(failures: u32) -> SourceFacts {
        let name = "huggingface".to_owned();
        let day = Today::Current;
        SourceFacts { name, polled_at: Some(now()), next_at: None, failure: None, failures, day }
    }

    fn reasons(
        subscriptions: &[SubscribedHere],
        source: SourceFacts,
        counts: PaperCounts,
        at: Timestamp,
    ) -> Vec<Quiet> {
        let (traffic, limits) = (Traffic::default(), &LimitFacts::default());
        let channel = Channel { destination: None, subscriptions, traffic, limits };
        quiet(&channel, &[source], counts, asked_since(subscriptions, at), at)
    }

    #[test]
    fn the_silence_of_a_channel_has_its_true_reason() {
        let old = [subscription(DAY * 30)];
        let some = PaperCounts { stored: 900, listed: 4, seen: 212, asked: 212 };
        let none = PaperCounts { stored: 900, ..PaperCounts::default() };
        assert_eq!(reasons(&[], hub(0), some, now()), [Quiet::NoSubscription]);
        assert_eq!(reasons(&old, hub(0), some, now()), [Quiet::NoMatch { listings: 212 }]);
        assert_eq!(reasons(&old, hub(0), none, now()), [Quiet::NothingListed]);
        let resting = |day| SourceFacts { day, ..hub(0) };
        let next = now() + DAY * 3;
        assert_eq!(reasons(&old, resting(Today::Weekend { next }), none, now() + DAY), [Quiet::Weekend]);
        let source = "huggingface".to_owned();
        let late = Quiet::Late { source: source.clone(), since: now() };
        assert_eq!(reasons(&old, resting(Today::Late(now())), none, now()), [late]);
        assert_eq!(
            reasons(&old, resting(Today::Late(now())), some, now()),
            [Quiet::NoMatch { listings: 212 }]
        );
        let failing = Quiet::SourceFails { name: source };
        assert_eq!(reasons(&old, hub(2), none, now()), [failing]);
    }

    #[test]
    fn nothing_new_is_told_apart_from_not_yet_weekend_and_holiday() {
        let of = |source: &str, now: &str, newest: &str| {
            let health = SourceHealth {
                source: source.to_owned(),
                last_success: None,
                failures: 0,
                last_error: None,
                last_error_at: None,
                next_poll: None,
                items: 1,
                items_last_day: 0,
                newest_day: Some(newest.parse().unwrap()),
                lag: None,
            };
            today(&health, now.parse().unwrap())
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let next = at("2026-11-30T05:15:00Z");
        assert_eq!(
            of("arxiv", "2026-11-26T15:00:00Z", "2026-11-25"),
            Today::Holiday { name: "Thanksgiving", next }
        );
        assert_eq!(of("arxiv", "2026-11-28T15:00:00Z", "2026-11-25"), Today::Weekend { next });
        assert_eq!(of("arxiv", "2026-11-25T15:00:00Z", "2026-11-25"), Today::Current);
        let due = at("2026-11-25T00:45:00Z");
        assert_eq!(of("huggingface", "2026-11-25T00:10:00Z", "2026-11-24"), Today::NotYet(due));
        assert_eq!(of("huggingface", "2026-11-25T09:00:00Z", "2026-11-24"), Today::Late(due));
        assert_eq!(of("biorxiv", "2026-11-25T09:00:00Z", "2026-11-24"), Today::Any);
    }

    #[test]
    fn a_subscription_is_not_blamed_for_papers_from_before_it() {
        let fresh = [subscription(Duration::from_mins(5))];
        let before = PaperCounts { stored: 900, listed: 4, seen: 212, asked: 0 };
        let since = now() - Duration::from_mins(5);
        assert_eq!(reasons(&fresh, hub(0), before, now()), [Quiet::Fresh { since }]);
        let old = [subscription(DAY * 30)];
        assert_eq!(reasons(&old, hub(0), before, now()), [Quiet::NothingListed], "what came is from before");
    }

    #[test]
    fn a_timed_pause_ends_by_itself() {
        let (since, until) = (Some(now() - DAY), Some(now() + DAY));
        let paused = [SubscribedHere { paused_at: since, paused_until: until, ..subscription(DAY * 30) }];
        let counts = PaperCounts { asked: 3, seen: 3, ..PaperCounts::default() };
        assert_eq!(reasons(&paused, hub(0), counts, now()), [Quiet::AllPaused { until }]);
        assert_ne!(reasons(&paused, hub(0), counts, now() + DAY), [Quiet::AllPaused { until }]);
    }

    #[test]
    fn a_roundup_is_due_at_its_local_time_on_its_days() {
        let settings = |every| RoundupSettings {
            at: Some(jiff::civil::time(9, 0, 0, 0)),
            zone: Some("Europe/Berlin".to_owned()),
            every: Some(every),
            ..RoundupSettings::default()
        };
        let due = |every| due(&settings(every), now() + Duration::from_hours(2)).map(|at| at.to_string());
        assert_eq!(due(Every::Daily).as_deref(), Some("2026-08-22T07:00:00Z"));
        assert_eq!(due(Every::Weekdays).as_deref(), Some("2026-08-24T07:00:00Z"));
        assert_eq!(due(Every::Monthly).as_deref(), Some("2026-09-01T07:00:00Z"));
        assert_eq!(due(Every::Off), None);
    }
}
