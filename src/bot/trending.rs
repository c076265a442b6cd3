//! `trending`.

use crate::chat::{Answer, Asker};
use crate::command::Window;
use crate::message::{Piece, Reply};

use super::Bot;

pub(super) async fn answer(_bot: &Bot, _asker: &Asker, _window: Window) -> anyhow::Result<Answer> {
    Ok(Answer::Reply { reply: Reply::text(Piece::from("not yet")) })
}

pub(super) async fn page(
    _bot: &Bot,
    _asker: &Asker,
    _window: Window,
    _number: u32,
) -> anyhow::Result<Answer> {
    Ok(Answer::Replace { reply: Reply::text(Piece::from("not yet")) })
}
