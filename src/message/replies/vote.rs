//! What a press on a vote button is answered.

use crate::domain::{Ballot, Tally};
use crate::message::{Piece, Reply};

/// The votes of a channel: `▲ 3 · ▼ 1`.
pub(super) fn tallied(tally: Tally) -> String {
    Ballot::ALL.map(|ballot| format!("{} {}", ballot.sign(), tally.of(ballot))).join(" · ")
}

/// Says how the person votes now.
pub fn counted(mine: Option<Ballot>, tally: Tally) -> Reply {
    let (said, way_back) = match mine {
        Some(Ballot::Up) => ("Your vote for this paper counts", " Press ▲ again to take it back."),
        Some(Ballot::Down) => ("Your vote against this paper counts", " Press ▼ again to take it back."),
        None => ("You took your vote back", ""),
    };
    Reply::text(Piece::from(format!("{said}: {}.{way_back}", tallied(tally))))
}

/// The paper is not in the channel any more.
pub fn removed() -> Reply {
    Reply::text(Piece::from("This paper was removed from the channel, and its votes count no more."))
}

/// The message stands in another channel, or nobody knows it.
pub fn not_here() -> Reply {
    Reply::text(Piece::from("This message is none of this channel’s, so it cannot be voted on here."))
}

#[cfg(test)]
mod tests {
    use super::super::terms::tests::shown;
    use super::*;

    #[test]
    fn a_press_says_how_the_person_votes_now() {
        let tally = Tally { up: 3, down: 1 };
        let told =
            [counted(Some(Ballot::Up), tally), counted(Some(Ballot::Down), tally), counted(None, tally)];
        insta::assert_snapshot!(told.map(|reply| shown(&reply)).join("\n"), @"
        Your vote for this paper counts: ▲ 3 · ▼ 1. Press ▲ again to take it back.
        Your vote against this paper counts: ▲ 3 · ▼ 1. Press ▼ again to take it back.
        You took your vote back: ▲ 3 · ▼ 1.
        ");
    }
}
