//! What `pause` and `resume` answer.

use jiff::Timestamp;

use super::terms::{self, button, command};
use crate::domain::Pause;
use crate::message::{Line, Look, Piece, Reply, clean};

/// What a pause or its end is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whole {
    /// All subscriptions of the channel, so many.
    Channel(u64),
    /// One, by its query.
    One(String),
}

/// Says that nothing comes for a while; `resume` is the control that ends it.
pub fn paused(what: &Whole, until: Option<Timestamp>, resume: &str) -> Reply {
    let mut line: Line = match what {
        Whole::Channel(1) => vec!["The channel’s subscription is paused".into()],
        Whole::Channel(n) => vec![format!("All {n} subscriptions of the channel are paused").into()],
        Whole::One(query) => vec![format!("The subscription to “{}” is paused", terms::query(query)).into()],
    };
    match until {
        Some(until) => line.extend([
            " until ".into(),
            Piece::Moment(until),
            " (".into(),
            Piece::Relative(until),
            "); after that papers come again by themselves.".into(),
        ]),
        None => line.extend([" until somebody gives ".into(), command("resume"), ".".into()]),
    }
    line.push(" Papers listed meanwhile are not posted later.".into());
    Reply { buttons: vec![button("Resume", Look::Plain, resume)], ..Reply::text(line) }
}

/// Says that papers come again: what goes on, what a refusal had stopped, and what stops it still.
pub fn resumed(what: Option<&Whole>, refused: Option<&Pause>, still: Option<&Pause>) -> Reply {
    let mut sentences: Vec<Line> = Vec::new();
    match what {
        Some(Whole::Channel(1)) => {
            sentences.push(Piece::from("The channel’s subscription is active again.").into());
        }
        Some(Whole::Channel(n)) => {
            sentences.push(
                Piece::from(format!("All {n} paused subscriptions of the channel are active again.")).into(),
            );
        }
        Some(Whole::One(query)) => {
            let text = format!("The subscription to “{}” is active again.", terms::query(query));
            sentences.push(Piece::from(text).into());
        }
        None if refused.is_none() => sentences.push(Piece::from("Nothing was paused by people here.").into()),
        None => {}
    }
    if let Some(refused) = refused {
        let reason = clean(&refused.reason);
        let reason = reason.trim_end_matches('.');
        let text = format!("Paperwire tries to post here again. What had stopped it: {reason}.");
        sentences.push(Piece::from(text).into());
    }
    if let Some(still) = still {
        let mut line = terms::refused(still);
        line.push(" Only the people who run Paperwire can end this.".into());
        sentences.push(line);
    }
    Reply::text(sentences.join(&Piece::from(" ")))
}

/// Says that there is nothing that could be paused.
pub fn nothing() -> Reply {
    let line: Line = vec![
        "This channel has no subscriptions, so there is nothing to pause. ".into(),
        command("subscribe"),
        " makes one.".into(),
    ];
    Reply::text(line)
}

/// Says that a pause would be over before it begins.
pub fn over(until: Timestamp) -> Reply {
    let line: Line = vec![
        Piece::Moment(until),
        " is not in the future: name a later day, or a time from now such as ".into(),
        Piece::Code("3d".to_owned()),
        ".".into(),
    ];
    Reply::text(line)
}

#[cfg(test)]
mod tests {
    use super::super::terms::tests::shown;
    use super::*;
    use crate::domain::PauseCause;

    #[test]
    fn a_pause_says_when_it_ends_and_that_nothing_is_posted_later() {
        let until: Timestamp = "2026-08-24T00:00:00Z".parse().unwrap();
        let one = Whole::One("diffusion".to_owned());
        let told = [
            paused(&Whole::Channel(3), Some(until), "a:0"),
            paused(&Whole::Channel(1), None, "a:0"),
            paused(&one, None, "a:0"),
            nothing(),
            over(until),
        ];
        insta::assert_snapshot!(told.map(|reply| shown(&reply)).join("\n"), @"
        All 3 subscriptions of the channel are paused until {2026-08-24T00:00:00Z} ({~2026-08-24T00:00:00Z}); after that papers come again by themselves. Papers listed meanwhile are not posted later.
        [Resume]
        The channel’s subscription is paused until somebody gives `/papers resume`. Papers listed meanwhile are not posted later.
        [Resume]
        The subscription to “diffusion” is paused until somebody gives `/papers resume`. Papers listed meanwhile are not posted later.
        [Resume]
        This channel has no subscriptions, so there is nothing to pause. `/papers subscribe` makes one.
        {2026-08-24T00:00:00Z} is not in the future: name a later day, or a time from now such as `3d`.
        ");
    }

    #[test]
    fn resuming_says_what_goes_on_and_what_cannot() {
        let pause = |cause, reason: &str| Pause {
            cause,
            reason: reason.to_owned(),
            since: "2026-08-03T00:00:00Z".parse().unwrap(),
        };
        let refused = pause(PauseCause::Channel, "it was archived.");
        let account = pause(PauseCause::Account, "the token is refused");
        let told = [
            resumed(Some(&Whole::Channel(3)), None, None),
            resumed(Some(&Whole::One("diffusion".to_owned())), Some(&refused), None),
            resumed(None, Some(&refused), None),
            resumed(None, None, Some(&account)),
            resumed(None, None, None),
        ];
        insta::assert_snapshot!(told.map(|reply| shown(&reply)).join("\n"), @"
        All 3 paused subscriptions of the channel are active again.
        The subscription to “diffusion” is active again. Paperwire tries to post here again. What had stopped it: it was archived.
        Paperwire tries to post here again. What had stopped it: it was archived.
        Nothing was paused by people here. Nothing is posted in this channel since {2026-08-03T00:00:00Z}: the token is refused. Only the people who run Paperwire can end this.
        Nothing was paused by people here.
        ");
    }
}
