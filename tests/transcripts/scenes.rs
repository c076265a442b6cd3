//! What people do, the same on both platforms.

use paperwire::command::{Kind, ROOT, spec};
use paperwire::domain::Platform;

/// A few things done one after the other.
pub struct Scene {
    pub title: &'static str,
    pub steps: &'static [Step],
}

/// One thing that somebody does; Ada unless another is named.
pub enum Step {
    /// Gives a command with these options.
    Gives(&'static str, &'static [(&'static str, &'static str)]),
    /// The same, by Ben, who may not manage the channel.
    Bens(&'static str, &'static [(&'static str, &'static str)]),
    /// Presses the button with these words below the last answer.
    Presses(&'static str),
    /// Sends the open form with these fields changed.
    Fills(&'static [(&'static str, &'static str)]),
    /// Chooses “About this paper” in the menu of a message with these words.
    About(&'static str),
}

use Step::{About, Bens, Fills, Gives, Presses};

pub const SCENES: &[Scene] = &[
    Scene {
        title: "search",
        steps: &[
            Gives("search", &[("query", "robot policy"), ("since", "30d")]),
            Presses("Share in channel"),
        ],
    },
    Scene { title: "show", steps: &[Gives("show", &[("paper", "2608.01234")])] },
    Scene { title: "latest", steps: &[Gives("latest", &[])] },
    Scene { title: "trending", steps: &[Gives("trending", &[("window", "week")])] },
    Scene { title: "similar", steps: &[Gives("similar", &[("paper", "2608.01234")])] },
    Scene {
        title: "subscribe",
        steps: &[
            Gives("subscribe", &[("query", "\"diffusion policy\" -survey"), ("style", "line")]),
            Presses("Subscribe"),
        ],
    },
    Scene { title: "subscriptions", steps: &[Gives("subscriptions", &[])] },
    Scene { title: "unsubscribe", steps: &[Gives("unsubscribe", &[("subscription", "2")])] },
    Scene { title: "pause", steps: &[Gives("pause", &[("until", "3d")])] },
    Scene { title: "resume", steps: &[Gives("resume", &[])] },
    Scene {
        title: "explain",
        steps: &[
            Gives("explain", &[("paper", "2608.01234")]),
            Gives("explain", &[("paper", "2608.05678")]),
            Gives("explain", &[("paper", "2608.09999")]),
        ],
    },
    Scene { title: "status", steps: &[Gives("status", &[])] },
    Scene {
        title: "roundup",
        steps: &[
            Gives(
                "roundup",
                &[("at", "9am"), ("zone", "Europe/Berlin"), ("every", "weekdays"), ("size", "12")],
            ),
            Gives("roundup", &[("posted", "mark"), ("quiet", "say"), ("trending", "weekly")]),
            Gives("roundup", &[("subscription", "1"), ("at", "18:00")]),
        ],
    },
    Scene {
        title: "source add",
        steps: &[
            Gives("source add", &[("feed", "https://www.nature.com/nature.rss")]),
            Gives("source add", &[("feed", "https://www.nature.com/nature.rss"), ("query", "robot")]),
            Bens("source add", &[("feed", "https://www.nature.com/nature.rss")]),
        ],
    },
    Scene { title: "source list", steps: &[Gives("source list", &[])] },
    Scene {
        title: "source remove",
        steps: &[Gives("source remove", &[("feed", "1")]), Gives("source remove", &[("feed", "Science")])],
    },
    Scene {
        title: "email",
        steps: &[
            Gives("email", &[("every", "weekly")]),
            Gives("email", &[("address", "ada@example.org"), ("every", "weekly")]),
        ],
    },
    Scene {
        title: "limits",
        steps: &[
            Gives("limits", &[("per_day", "8"), ("quiet", "22:00-07:00"), ("spike", "on")]),
            Gives("limits", &[("quiet", "off")]),
        ],
    },
    Scene {
        title: "submit",
        steps: &[
            Gives("submit", &[("paper", "2608.04567"), ("note", "The plans are *good*")]),
            Bens("submit", &[("paper", "2608.01234")]),
            Gives("submit", &[("paper", "2608.10404")]),
        ],
    },
    Scene {
        title: "remove",
        steps: &[Bens("remove", &[("paper", "2608.01234")]), Gives("remove", &[("paper", "2608.01234")])],
    },
    Scene {
        title: "community",
        steps: &[Gives("community", &[("submit", "managers")]), Bens("submit", &[("paper", "2608.05678")])],
    },
    Scene { title: "help", steps: &[Gives("help", &[]), Gives("help", &[("command", "subscribe")])] },
    Scene {
        title: "Narrowing a subscription before it is made",
        steps: &[
            Gives("subscribe", &[("query", "robot")]),
            Presses("Narrow"),
            Fills(&[("query", "robot -survey -protein")]),
            Presses("Cancel"),
        ],
    },
    Scene {
        title: "About this paper, in the menu of a message",
        steps: &[About("Worth reading: https://arxiv.org/abs/2608.01234")],
    },
    Scene {
        title: "A query with a mistake",
        steps: &[Gives("search", &[("query", "robots (policy OR planning")])],
    },
    Scene {
        title: "Without the right to change the channel",
        steps: &[Bens("subscribe", &[("query", "robot")])],
    },
];

/// A command as it is written on a platform.
pub fn typed(platform: Platform, name: &str, options: &[(&str, &str)]) -> String {
    let known = spec(name).unwrap();
    let mut line = format!("/{ROOT} {name}");
    for (option, value) in options {
        let bare = matches!(
            known.option(option).unwrap().kind,
            Kind::Query
                | Kind::StandingQuery
                | Kind::Paper
                | Kind::Subscription
                | Kind::Until
                | Kind::Text
                | Kind::Command
                | Kind::Address
                | Kind::Feed
        );
        // A bare number is the size of a roundup.
        let bare = bare && name != "roundup";
        line.push(' ');
        if platform == Platform::Discord || !bare {
            line.push_str(option);
            line.push(':');
        }
        line.push_str(value);
    }
    line
}
