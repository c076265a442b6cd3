//! `latest`.

use crate::chat::{Answer, Asker};
use crate::domain::Query;
use crate::message::{Piece, Reply};

use super::Bot;

pub(super) async fn answer(_bot: &Bot, _asker: &Asker, _query: Option<Query>) -> anyhow::Result<Answer> {
    Ok(Answer::Reply { reply: Reply::text(Piece::from("not yet")) })
}
