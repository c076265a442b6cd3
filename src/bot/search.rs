//! `search`.

use crate::chat::{Answer, Asker};
use crate::command::Order;
use crate::domain::Query;
use crate::domain::query::Day;
use crate::message::{Piece, Reply};

use super::Bot;

pub(super) async fn first(
    _bot: &Bot,
    _asker: &Asker,
    _query: Query,
    _order: Order,
    _since: Option<Day>,
) -> anyhow::Result<Answer> {
    Ok(Answer::Reply { reply: Reply::text(Piece::from("not yet")) })
}
