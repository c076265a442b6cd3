//! `help`.

use crate::chat::{Answer, Asker};
use crate::command::Spec;
use crate::message::{Piece, Reply};

pub(super) fn answer(_asker: &Asker, _about: Option<&'static Spec>) -> Answer {
    Answer::Reply { reply: Reply::text(Piece::from("not yet")) }
}
