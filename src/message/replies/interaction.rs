//! What people read when a platform's way of asking leaves no other answer.

use crate::message::{Piece, Reply};

/// What arrived cannot be read.
pub fn unreadable() -> Reply {
    Reply::text(Piece::from("This could not be read. Try the command again, or /papers help."))
}

/// The answer has nothing to show.
pub fn empty() -> &'static str {
    "Done."
}

/// A window could not be opened any more.
pub fn form_too_late() -> Reply {
    Reply::text(Piece::from("That took too long for a window to open. Press the button again."))
}

/// A window cannot be opened from where it was asked.
pub fn form_not_here() -> Reply {
    Reply::text(Piece::from("No window can be opened from here. Press the button above again."))
}

/// The answer stands below, for everybody.
pub fn shown_below() -> Reply {
    Reply::text(Piece::from("Shown below to everybody."))
}

/// So many parts of an answer did not fit.
pub fn left_out(count: usize) -> String {
    match count {
        1 => "1 more does not fit here.".to_owned(),
        _ => format!("{count} more do not fit here."),
    }
}

/// Doing it failed in a way that nobody foresaw.
pub fn failed() -> Reply {
    Reply::text(Piece::from("Something went wrong, and it is in the log. Try again in a moment."))
}
