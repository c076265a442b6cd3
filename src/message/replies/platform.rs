//! What a platform says itself, where it cannot show an answer as it is.

use crate::message::{Line, Piece, Reply};

/// The words that close a window without doing anything.
pub const CLOSE: &str = "Close";

/// Stands in the place of what did not fit.
pub fn left_out(parts: usize) -> Line {
    let (noun, verb) = if parts == 1 { ("part", "does") } else { ("parts", "do") };
    vec![Piece::from(format!("{parts} more {noun} {verb} not fit into one message."))]
}

/// A window could not be opened in the time that the platform allows.
pub fn window_too_late() -> Reply {
    Reply::text(Piece::from("That took too long to open a window. Nothing has changed: try it again."))
}

/// Stands on the app's page when there is nothing to show.
pub fn empty_page() -> Line {
    vec![
        Piece::from("Nothing to show here yet: write "),
        Piece::Code("/papers subscribe".to_owned()),
        Piece::from(" in a channel."),
    ]
}

/// Stands in a window while its contents are worked on.
pub fn working() -> Line {
    vec![Piece::from("One moment…")]
}

/// Stands in a window whose answer is shown somewhere else.
pub fn shown_in_channel() -> Line {
    vec![Piece::from("Done. The answer is in the channel.")]
}

/// Somebody may change the channel in which they are, and named another one.
pub const ANOTHER_CHANNEL: &str = "From here only an admin of this workspace can change what is posted in another channel. Give the command in that channel, or ask an admin.";

/// The platform did not say whether somebody may do it.
pub const RIGHTS_UNKNOWN: &str = "Slack did not say whether you are an admin of this workspace, so nothing was changed. Try it again in a minute.";
