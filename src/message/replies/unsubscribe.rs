//! What `unsubscribe` answers.

use super::terms::{self, button};
use crate::message::{Look, Piece, Reply};

/// Says that a subscription is ended; `undo` is the control that takes it back.
pub fn ended(query: &str, posted: u64, undo: &str) -> Reply {
    let brought = match posted {
        0 => "It had brought no papers.".to_owned(),
        n => format!("It had brought {}.", terms::count(n, "paper", "papers")),
    };
    let text = format!("Ended the subscription to “{}”. {brought}", terms::query(query));
    Reply { buttons: vec![button("Undo", Look::Plain, undo)], ..Reply::text(Piece::from(text)) }
}

/// Says that a subscription was ended before.
pub fn gone() -> Reply {
    Reply::text(Piece::from("That subscription has been ended already."))
}

/// Says that the end was taken back.
pub fn undone(query: &str) -> Reply {
    Reply::text(Piece::from(format!("The subscription to “{}” is back.", terms::query(query))))
}

#[cfg(test)]
mod tests {
    use super::super::terms::tests::shown;
    use super::*;

    #[test]
    fn an_end_says_what_it_had_brought_and_can_be_undone() {
        let told = [ended("diffusion", 12, "a:0"), ended("robot", 0, "a:0"), gone(), undone("diffusion")];
        insta::assert_snapshot!(told.map(|reply| shown(&reply)).join("\n"), @"
        Ended the subscription to “diffusion”. It had brought 12 papers.
        [Undo]
        Ended the subscription to “robot”. It had brought no papers.
        [Undo]
        That subscription has been ended already.
        The subscription to “diffusion” is back.
        ");
    }
}
