//! What `subscriptions` answers.

use jiff::Timestamp;

use super::terms::{self, button, command, count};
use crate::domain::{Cadence, Pause, Rest, Style, Subscription, SubscriptionId, UserId};
use crate::message::{Block, Choice, Line, Look, Menu, Piece, Reply, cut};

/// As many as a menu takes, and about as many as a message does.
pub const SHOWN: usize = 25;
/// The longest entry of a menu, in characters.
const LABEL_MAX: usize = 75;

/// A subscription as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its number.
    pub id: SubscriptionId,
    /// The query in canonical form.
    pub query: String,
    /// When its papers come.
    pub when: Cadence,
    /// How much of each is shown.
    pub style: Style,
    /// Who made it; where that was no person of the platform, where it was made.
    pub owner: Result<UserId, &'static str>,
    /// When it was made.
    pub made: Timestamp,
    /// How many papers it has brought.
    pub posted: u64,
    /// Its pause, while it lasts.
    pub rest: Option<Rest>,
}

impl Listed {
    /// A subscription at a time.
    pub fn new(subscription: &Subscription, now: Timestamp) -> Self {
        let owner = match subscription.created_by.as_str() {
            "cli" => Err("the terminal"),
            "paperwire" | "demo" => Err("Paperwire"),
            user => Ok(UserId(user.to_owned())),
        };
        Self {
            id: subscription.id,
            query: subscription.query.to_string(),
            when: subscription.cadence,
            style: subscription.style,
            owner,
            made: subscription.created_at,
            posted: subscription.posted.unsigned_abs(),
            rest: subscription.rest(now),
        }
    }

    /// The name, and what stands beside it: when, how, by whom, since when, and how much came.
    pub(super) fn row(&self, of_owner: bool) -> (String, Line) {
        let mut line: Line = vec![format!("{}, {}", self.when, self.style).into()];
        if !of_owner {
            line.push(" · by ".into());
            line.push(match &self.owner {
                Ok(user) => Piece::User(user.clone()),
                Err(place) => (*place).into(),
            });
        }
        line.extend([" · made ".into(), Piece::Relative(self.made)]);
        line.push(format!(" · {}", count(self.posted, "paper posted", "papers posted")).into());
        if let Some(rest) = self.rest {
            line.push(" · ".into());
            line.extend(terms::resting(rest));
        }
        (self.name(), line)
    }

    /// The number and the query: `3 · diffusion policy`.
    fn name(&self) -> String {
        format!("{} · {}", self.id.0, terms::query(&self.query))
    }

    fn choice(&self) -> Choice {
        Choice { label: cut(&self.name(), LABEL_MAX), value: self.id.0.to_string() }
    }
}

/// Lists what a channel is subscribed to; `end` is the control of the menu that ends one and `resume` that of the
/// button that ends all pauses, where they are offered.
pub fn list(
    subscriptions: &[Listed],
    pause: Option<&Pause>,
    end: Option<&str>,
    resume: Option<&str>,
) -> Reply {
    if subscriptions.is_empty() {
        let line: Line = vec![
            "This channel has no subscriptions. ".into(),
            command("subscribe diffusion"),
            " proposes one and shows what it would bring.".into(),
        ];
        return Reply::text(line);
    }
    let total = subscriptions.len();
    let mut blocks = vec![Block::Heading { text: count(total as u64, "subscription", "subscriptions") }];
    if let Some(pause) = pause {
        blocks.push(Block::Text { line: terms::refused(pause) });
    }
    let shown = &subscriptions[..total.min(SHOWN)];
    blocks.push(Block::Facts { rows: shown.iter().map(|one| one.row(false)).collect() });
    if total > SHOWN {
        let text = format!("And {} older ones.", total - SHOWN);
        blocks.push(Block::Note { line: Piece::from(text).into() });
    }
    let menu = end.map(|control| Menu {
        control: control.to_owned(),
        placeholder: "End a subscription…".to_owned(),
        choices: shown.iter().map(Listed::choice).collect(),
    });
    let buttons = resume.map(|control| button("Resume", Look::Primary, control)).into_iter().collect();
    Reply { blocks, buttons, menu, ..Reply::default() }
}

/// Says that a number is none of this channel's.
pub fn unknown(id: SubscriptionId) -> Reply {
    let line: Line = vec![
        format!("This channel has no subscription {}: ", id.0).into(),
        command("subscriptions"),
        " lists them with their numbers.".into(),
    ];
    Reply::text(line)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::terms::tests::shown;
    use super::*;
    use crate::domain::PauseCause;

    pub fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    pub fn listed(id: i64, query: &str) -> Listed {
        Listed {
            id: SubscriptionId(id),
            query: query.to_owned(),
            when: Cadence::Instant,
            style: Style::Card,
            owner: Ok(UserId("ada".to_owned())),
            made: at("2026-08-01T00:00:00Z"),
            posted: 1_234,
            rest: None,
        }
    }

    #[test]
    fn a_list_tells_of_each_subscription_what_people_ask() {
        let paused = Rest { since: at("2026-08-02T00:00:00Z"), until: Some(at("2026-08-05T00:00:00Z")) };
        let stopped = Rest { until: None, ..paused };
        let of_all_kinds = [
            Listed { rest: Some(paused), ..listed(4, "robot") },
            Listed {
                when: Cadence::Daily,
                style: Style::Line,
                owner: Err("the terminal"),
                posted: 1,
                ..listed(3, "\"flow matching\"")
            },
            Listed { rest: Some(stopped), posted: 0, owner: Err("Paperwire"), ..listed(1, "diffusion") },
        ];
        let pause = Pause {
            cause: PauseCause::Channel,
            reason: "invite Paperwire.".to_owned(),
            since: at("2026-08-03T00:00:00Z"),
        };
        insta::assert_snapshot!(shown(&list(&of_all_kinds, Some(&pause), Some("a:0"), Some("a:1"))), @"
        # 3 subscriptions
        Nothing is posted in this channel since {2026-08-03T00:00:00Z}: invite Paperwire.
        4 · robot: instant, card · by @ada · made {~2026-08-01T00:00:00Z} · 1,234 papers posted · paused until {2026-08-05T00:00:00Z}
        3 · \"flow matching\": daily, line · by the terminal · made {~2026-08-01T00:00:00Z} · 1 paper posted
        1 · diffusion: instant, card · by Paperwire · made {~2026-08-01T00:00:00Z} · 0 papers posted · paused since {2026-08-02T00:00:00Z}
        <End a subscription…> 4 · robot / 3 · \"flow matching\" / 1 · diffusion
        [Resume]
        ");
        insta::assert_snapshot!(shown(&list(&of_all_kinds[1..2], None, None, None)), @"
        # 1 subscription
        3 · \"flow matching\": daily, line · by the terminal · made {~2026-08-01T00:00:00Z} · 1 paper posted
        ");
        insta::assert_snapshot!(shown(&list(&[], None, Some("a:0"), None)), @"This channel has no subscriptions. `/papers subscribe diffusion` proposes one and shows what it would bring.");
        insta::assert_snapshot!(shown(&unknown(SubscriptionId(9))), @"This channel has no subscription 9: `/papers subscriptions` lists them with their numbers.");
    }

    #[test]
    fn a_long_list_is_cut_where_its_menu_is() {
        let many: Vec<Listed> = (0..40).map(|id| listed(id, &"word ".repeat(50))).collect();
        let reply = list(&many, None, Some("a:0"), None);
        let menu = reply.menu.as_ref().unwrap();
        assert_eq!(menu.choices.len(), SHOWN);
        assert!(menu.choices.iter().all(|choice| choice.label.chars().count() <= LABEL_MAX));
        assert!(shown(&reply).contains("(And 15 older ones.)"), "{}", shown(&reply));
    }
}
