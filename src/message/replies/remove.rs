//! What `remove` answers.

use super::trouble;
use crate::domain::Platform;
use crate::message::{Line, Piece, Reply, clean};

/// A paper is taken out; its message is deleted when there is one.
pub fn removed(title: &str, posted: bool) -> Reply {
    let rest = if posted {
        " is removed from this channel: its message is deleted in a moment, and it is not posted here again. Its votes \
         are kept."
    } else {
        " is not posted in this channel, now and later."
    };
    said(title, rest)
}

/// It was taken out before.
pub fn already(title: &str) -> Reply {
    said(title, " was removed from this channel before.")
}

/// Who neither may manage the channel nor submitted the paper.
pub fn not_theirs(platform: Platform) -> Reply {
    let mut line = trouble::managers_only(platform);
    line.push(" Who submitted a paper can remove it too.".into());
    Reply::text(line)
}

fn said(title: &str, rest: &str) -> Reply {
    let title = clean(title);
    let title = if title.is_empty() { "The paper".to_owned() } else { title };
    Reply::text(Line::from([Piece::Strong(title), rest.into()]))
}
