//! Ways to go on writing an option.

use crate::chat::Completion;
use crate::message::Choice;

use super::Bot;

pub(super) async fn choices(_bot: &Bot, _completion: &Completion) -> anyhow::Result<Vec<Choice>> {
    Ok(Vec::new())
}
