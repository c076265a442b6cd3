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

pub(super) async fn page(
    _bot: &Bot,
    _asker: &Asker,
    _query: String,
    _order: Order,
    _since: Option<String>,
    _cursor: Option<String>,
    _number: u32,
) -> anyhow::Result<Answer> {
    Ok(Answer::Replace { reply: Reply::text(Piece::from("not yet")) })
}
