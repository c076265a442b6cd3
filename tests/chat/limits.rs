//! Whatever a card holds, both platforms take both of its renderings.

use jiff::civil::Date;
use paperwire::chat::{ChatPlatform, Rendered};
use paperwire::message::{Message, PaperCard};
use proptest::prelude::*;

use super::{TIMEOUT, discord, slack};
use crate::worlds::discord::taken as discord_takes;
use crate::worlds::slack::taken as slack_takes;

/// Text of every length around the limits, from ordinary letters to the worst.
pub fn text() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        4 => prop::sample::select("abcde fgh".chars().collect::<Vec<_>>()),
        3 => prop::sample::select("\\*_~|`[]()<>@#:/-+.&!\n\t".chars().collect::<Vec<_>>()),
        1 => any::<char>(),
        1 => prop::sample::select("\u{301}\u{335}\u{200d}\u{1f469}\u{1100}\u{94d}\u{3164}\u{202e}".chars().collect::<Vec<_>>()),
    ];
    let some = prop::collection::vec(letter, 0..120).prop_map(String::from_iter);
    (some, prop_oneof![4 => Just(1_usize), 1 => 1..200_usize]).prop_map(|(text, times)| text.repeat(times))
}

pub fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        text(),
        text().prop_map(|path| format!("https://example.org/{path}")),
        text().prop_map(|query| format!("http://example.org/?q={query}&x=1")),
    ]
}

prop_compose! {
    fn card()(
        title in text(), url in address(), byline in text(), category in prop::option::of(text()),
        text_ in text(), text_credit in prop::option::of(text()), why in text(),
        thumbnail in prop::option::of(address()), repository in prop::option::of(address()),
        project_page in prop::option::of(address()),
        counts in any::<(Option<u32>, Option<u32>, bool)>(), day in -2_000_i32..20_000,
    ) -> PaperCard {
        let (upvotes, stars, withdrawn) = counts;
        let day = Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(day));
        PaperCard {
            paper: "2608.01234".parse().unwrap(),
            title, url, byline, category, day, text: text_, text_credit, why, thumbnail, repository,
            project_page, upvotes, stars, withdrawn, badges: Vec::new(),
 community: None,
        }
    }
}

/// Building an adapter reads the machine's certificates, so one serves all cases.
fn every_card(adapter: &dyn ChatPlatform, takes: fn(&str) -> Result<(), String>) {
    let config = ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(card in card())| {
        let Rendered { rich, plain } = adapter.render(&Message::Paper(card));
        for body in [rich, plain] {
            prop_assert_eq!(takes(&body), Ok(()), "{}", body);
        }
    });
}

#[test]
fn discord_takes_every_card() {
    every_card(&discord::adapter("http://127.0.0.1:9", TIMEOUT), discord_takes);
}

#[test]
fn slack_takes_every_card() {
    every_card(&slack::adapter("http://127.0.0.1:9/api/", TIMEOUT), slack_takes);
}
