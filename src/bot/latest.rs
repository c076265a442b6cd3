//! `latest`.

use crate::chat::{Answer, Asker};
use crate::domain::Query;
use crate::message::{Piece, Reply};

use super::Bot;

pub(super) async fn answer(_bot: &Bot, _asker: &Asker, _query: Option<Query>) -> anyhow::Result<Answer> {
    Ok(Answer::Reply { reply: Reply::text(Piece::from("not yet")) })
}

pub(super) async fn page(
    _bot: &Bot,
    _asker: &Asker,
    _query: Option<String>,
    _before: Option<i64>,
    _number: u32,
) -> anyhow::Result<Answer> {
    Ok(Answer::Replace { reply: Reply::text(Piece::from("not yet")) })
}
