//! `roundup`.

use crate::chat::{Answer, Asker};
use crate::domain::Every;
use crate::message::{Piece, Reply};
use jiff::civil::Time;

use super::Bot;

pub(super) async fn answer(
    _bot: &Bot,
    _asker: &Asker,
    _at: Option<Time>,
    _zone: Option<String>,
    _every: Option<Every>,
    _size: Option<u16>,
) -> anyhow::Result<Answer> {
    Ok(Answer::Reply { reply: Reply::text(Piece::from("not yet")) })
}
