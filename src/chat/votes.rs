//! The vote buttons on posted messages: what they are called, so that a press leads back to its message for good.
//!
//! ```text
//! vote:up:0198c2f4-…    the ballot, and the delivery that brought the message
//! ```
//! A message is rendered before its delivery has a number: the number is put in when it is sent. It is checked against
//! the channel in which it is pressed.

use serde_json::Value;

use crate::domain::{Ballot, DeliveryId};

const VOTE: &str = "vote";

/// The name of a button in a rendering.
pub(super) fn control(ballot: Ballot) -> String {
    format!("{VOTE}:{}", ballot.name())
}

/// Gives the buttons of a rendering the number of their message; `field` is where the platform keeps their names.
pub(super) fn numbered(part: &mut Value, field: &str, delivery: DeliveryId) {
    match part {
        Value::Array(parts) => {
            for part in parts {
                numbered(part, field, delivery);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                let ballot =
                    value.as_str().and_then(|name| Ballot::ALL.into_iter().find(|one| control(*one) == name));
                match ballot {
                    Some(ballot) if name == field => {
                        *value = format!("{}:{delivery}", control(ballot)).into();
                    }
                    _ => numbered(value, field, delivery),
                }
            }
        }
        _ => {}
    }
}

/// What the press of a button on a posted message means; `None` for a control of another kind.
pub fn pressed(name: &str) -> Option<(Ballot, DeliveryId)> {
    let (ballot, delivery) = name.strip_prefix(VOTE)?.strip_prefix(':')?.split_once(':')?;
    let ballot = Ballot::ALL.into_iter().find(|one| one.name() == ballot)?;
    Some((ballot, DeliveryId(delivery.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_button_leads_back_to_the_message_that_it_stands_on() {
        let mut body =
            json!({"title": "vote:up", "rows": [{"parts": [{"id": "vote:up"}, {"id": "vote:down"}]}]});
        let delivery = DeliveryId(Uuid::max());
        numbered(&mut body, "id", delivery);
        let [up, down] = [0, 1].map(|at| body["rows"][0]["parts"][at]["id"].as_str().unwrap().to_owned());
        assert!(up.len() <= 80, "{up}");
        assert_eq!(pressed(&up), Some((Ballot::Up, delivery)));
        assert_eq!(pressed(&down), Some((Ballot::Down, delivery)));
        assert_eq!(body["title"], "vote:up", "only names of buttons change");
    }

    #[test]
    fn anything_else_is_no_vote() {
        for other in
            ["vote:up", "vote:up:7", "vote:sideways:ffffffff-ffff-ffff-ffff-ffffffffffff", "0f3a:0", ""]
        {
            assert_eq!(pressed(other), None, "{other}");
        }
    }
}
