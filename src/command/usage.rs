//! Commands as people write them on a platform.

use super::{Kind, Opt, ROOT, Spec, line, spec};
use crate::domain::Platform;

/// A command with at most so many options takes them in order; of more, nobody remembers the order.
const IN_ORDER: usize = 2;

impl Spec {
    /// How it is written: `/papers subscribe QUERY [when:instant|daily|weekly] …`.
    ///
    /// Discord asks for every option by its name; elsewhere a query or a paper stands as it is.
    pub fn usage(&self, platform: Platform) -> String {
        let mut usage = format!("/{ROOT} {}", self.name);
        for option in self.options {
            let placeholder = option.kind.placeholder();
            let written = if self.is_bare(option) && platform != Platform::Discord {
                placeholder
            } else {
                format!("{}:{placeholder}", option.name)
            };
            usage.push(' ');
            usage.push_str(&if option.required { written } else { format!("[{written}]") });
        }
        usage
    }

    /// A whole line to try, as it is written on the platform.
    pub fn try_it(&self, platform: Platform) -> String {
        written(platform, self.example)
    }

    fn is_bare(&self, option: &Opt) -> bool {
        let whole = |kind| matches!(kind, Kind::Query | Kind::StandingQuery | Kind::Paper);
        whole(option.kind)
            || (self.options.len() <= IN_ORDER && !self.options.iter().any(|other| whole(other.kind)))
    }
}

impl Kind {
    /// What stands for a value of this kind in a line of usage.
    pub fn placeholder(self) -> String {
        match self {
            Self::Query | Self::StandingQuery => "QUERY".to_owned(),
            Self::Paper => "PAPER".to_owned(),
            Self::Subscription => "NUMBER".to_owned(),
            Self::Choice(words) => words.join("|"),
            Self::Since => "DAY".to_owned(),
            Self::Until => "WHEN".to_owned(),
            Self::Time => "TIME".to_owned(),
            Self::Zone => "ZONE".to_owned(),
            Self::Number(least, most) => format!("{least}–{most}"),
            Self::Channel => "#CHANNEL".to_owned(),
            Self::Command => "COMMAND".to_owned(),
        }
    }
}

/// A line such as `search diffusion since:7d` as it is written on a platform: `/papers search query:diffusion since:7d`
/// on Discord, where every option has its name, `/papers search diffusion since:7d` elsewhere.
pub fn written(platform: Platform, command: &str) -> String {
    let as_it_is = || format!("/{ROOT} {command}");
    if platform != Platform::Discord {
        return as_it_is();
    }
    let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
    let given = spec(name).and_then(|spec| Some((spec, line::split(platform, spec, rest).ok()?)));
    let Some((spec, given)) = given else { return as_it_is() };
    let mut out = format!("/{ROOT} {name}");
    for option in spec.options {
        if let Some((_, value)) = given.iter().find(|(given, _)| given.name == option.name) {
            out.push_str(&format!(" {}:{value}", option.name));
        }
    }
    out
}
