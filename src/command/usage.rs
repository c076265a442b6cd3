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
        let mut usage = vec![format!("/{ROOT} {}", self.name)];
        for option in self.options {
            let placeholder = option.kind.placeholder();
            let written = if self.is_bare(option) && platform != Platform::Discord {
                placeholder
            } else {
                format!("{}:{placeholder}", option.name)
            };
            usage.push(if option.required { written } else { format!("[{written}]") });
        }
        usage.join(" ")
    }

    /// A whole line to try, as it is written on the platform.
    pub fn try_it(&self, platform: Platform) -> String {
        written(platform, self.example)
    }

    /// A line to try that has one of its options, as it is written on the platform.
    pub fn line_with(&self, option: &Opt, platform: Platform) -> String {
        let example = self.example.strip_prefix(self.name).unwrap_or_default().trim_start();
        let is_there = spec(self.name)
            .and_then(|spec| line::split(platform, spec, example).ok())
            .is_some_and(|given| given.iter().any(|(given, _)| given.name == option.name));
        if is_there {
            return self.try_it(platform);
        }
        let mut line = vec![self.name.to_owned()];
        for option in self.options.iter().filter(|one| one.required || one.name == option.name) {
            let sample = option.kind.sample(platform);
            line.push(if self.is_bare(option) { sample } else { format!("{}:{sample}", option.name) });
        }
        written(platform, &line.join(" "))
    }

    fn is_bare(&self, option: &Opt) -> bool {
        let whole = |kind| {
            matches!(
                kind,
                Kind::Query | Kind::StandingQuery | Kind::Paper | Kind::Address | Kind::Feed | Kind::Text
            )
        };
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
            Self::Cap(..) => "COUNT".to_owned(),
            Self::Hours => "HOURS".to_owned(),
            Self::Channel => "#CHANNEL".to_owned(),
            Self::Address => "URL".to_owned(),
            Self::Feed => "FEED".to_owned(),
            Self::Mail => "ADDRESS".to_owned(),
            Self::Command => "COMMAND".to_owned(),
            Self::Text => "WORDS".to_owned(),
        }
    }

    /// A value of this kind in a line to try.
    fn sample(self, platform: Platform) -> String {
        match self {
            Self::Query | Self::StandingQuery => "diffusion".to_owned(),
            Self::Paper => "2608.01234".to_owned(),
            Self::Subscription => "3".to_owned(),
            Self::Choice(words) => (*words.last().unwrap_or(&"")).to_owned(),
            Self::Since => "7d".to_owned(),
            Self::Until => "3d".to_owned(),
            Self::Time => "09:00".to_owned(),
            Self::Zone => "Europe/Berlin".to_owned(),
            Self::Number(least, most) => (least + (most - least) / 4).to_string(),
            Self::Cap(least, most) => (least + (most - least) / 64).to_string(),
            Self::Hours => "22:00-07:00".to_owned(),
            Self::Channel => match platform {
                Platform::Discord => "80351110224678912",
                Platform::Slack => "C0AB12CD3",
                Platform::Email => "m-0123456789abcdefghijkl",
                Platform::Sandbox => "#papers",
            }
            .to_owned(),
            Self::Address => "https://www.nature.com/nature.rss".to_owned(),
            Self::Feed => "2".to_owned(),
            Self::Mail => "ada@example.org".to_owned(),
            Self::Command => "subscribe".to_owned(),
            Self::Text => "Worth reading".to_owned(),
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
    let (named, rest) = line::command_of(command);
    let given = named.ok().and_then(|spec| Some((spec, line::split(platform, spec, rest).ok()?)));
    let Some((spec, given)) = given else { return as_it_is() };
    let mut out = vec![format!("/{ROOT} {}", spec.name)];
    for option in spec.options {
        if let Some((_, value)) = given.iter().find(|(given, _)| given.name == option.name) {
            out.push(format!("{}:{value}", option.name));
        }
    }
    out.join(" ")
}
