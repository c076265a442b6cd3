//! The vote buttons below a posted paper.

use serde_json::{Value, json};

use super::controls::{PRESS, plain};
use crate::chat::votes::control;
use crate::domain::Ballot;
use crate::message::PaperCard;

/// Where Slack keeps what a press comes back as.
pub(super) const FIELD: &str = "value";

/// A rendering with the buttons as its last block.
pub(super) fn with_buttons(mut message: Value, card: &PaperCard) -> Value {
    let button = |(at, ballot): (usize, Ballot)| {
        json!({
            "type": "button", "action_id": format!("{PRESS}{at}"), "value": control(ballot),
            "text": plain(&card.votes(ballot), 75),
        })
    };
    let buttons: Vec<Value> = Ballot::ALL.into_iter().enumerate().map(button).collect();
    if let Some(blocks) = message["blocks"].as_array_mut() {
        blocks.push(json!({"type": "actions", "elements": buttons}));
    }
    message
}
