//! What `submit` and `community` answer.

use std::time::Duration;

use jiff::Timestamp;

use super::terms::{command, wait};
use super::trouble;
use super::vote::tallied;
use super::words::{Stand, ended};
use crate::domain::{DeliveryState, PaperId, Platform, Submitters, Tally};
use crate::message::{Line, PaperCard, Piece, Reply, clean};

/// Why a paper was not put before the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// This process cannot post.
    NotHere,
    /// The person may not write in the channel.
    MayNotWrite,
    /// Only those who may manage the channel put papers before it.
    ManagersOnly,
    /// The person put many papers before channels lately; there is room again after this time.
    TooMany(Duration),
    /// It was taken out of the channel at this time.
    Removed(Timestamp),
    /// No source knows it.
    Nowhere(PaperId),
    /// No source can be asked for it.
    NotAsked(PaperId),
    /// A source that may know it does not answer.
    Unreachable,
}

/// Says that a paper is on its way.
pub fn queued(card: &PaperCard, pause: Option<String>) -> Reply {
    let mut line: Line = vec![Piece::Strong(card.heading())];
    match pause {
        None => line.push(" will be in this channel in a moment, with your name and your vote.".into()),
        Some(reason) => line.push(
            format!(" waits to be posted, as this channel is paused: {}", ended(&clean(&reason))).into(),
        ),
    }
    Reply::text(line)
}

/// Says of a paper that is here already where it stands, and that the vote counts.
pub fn known(card: &PaperCard, stand: Option<&Stand>, tally: Tally) -> Reply {
    let mut line: Line = vec![Piece::Strong(card.heading()), " is known here. ".into()];
    if let Some(stand) = stand.filter(|stand| stand.state != DeliveryState::Skipped) {
        line.extend(stand.sentences());
        line.push(" ".into());
    }
    line.push(format!("Your vote for it counts: {}.", tallied(tally)).into());
    Reply::text(line)
}

/// Says why a paper was not put before the channel, and what can be done.
pub fn refused(refused: &Refused, platform: Platform) -> Reply {
    let line: Line = match refused {
        Refused::NotHere => vec!["Papers cannot be submitted through this process of Paperwire.".into()],
        Refused::MayNotWrite => {
            vec!["You may not write in this channel, and so you cannot submit papers to it.".into()]
        }
        Refused::ManagersOnly => trouble::managers_only(platform),
        Refused::TooMany(time) => {
            vec![format!("You have submitted many papers lately. Please submit the next one in {}.", wait(*time)).into()]
        }
        Refused::Removed(at) => vec![
            "This paper was removed from the channel ".into(),
            Piece::Relative(*at),
            ", and what was removed is not posted here again.".into(),
        ],
        Refused::Nowhere(id) => vec![
            format!("Neither arXiv nor Hugging Face knows {id}. Look at the id once more: ").into(),
            command("submit 2608.01234"),
            " takes an arXiv id or a paper’s address.".into(),
        ],
        Refused::NotAsked(id) => vec![
            format!("{id} is not known here, and only papers of arXiv can be looked up. If it is on arXiv too, submit its id there: ").into(),
            command("submit 2608.01234"),
            ".".into(),
        ],
        Refused::Unreachable => vec![
            "arXiv and Hugging Face do not answer at the moment. Please submit the paper again in a few minutes.".into(),
        ],
    };
    Reply::text(line)
}

/// Says who may submit.
pub fn rule(submitters: Submitters, changed: bool) -> Reply {
    let now = if changed { "From now on" } else { "At present" };
    let mut line: Line = match submitters {
        Submitters::Everyone => vec![format!("{now} everybody who may write in this channel can ").into()],
        Submitters::Managers => vec![format!("{now} only those who may manage this channel can ").into()],
    };
    line.extend([command("submit"), " papers to it. Everybody who sees a paper can vote on it.".into()]);
    Reply::text(line)
}
