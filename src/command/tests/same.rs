//! The two parsers agree, and stand whatever comes.

use proptest::prelude::*;

use super::*;

/// A value that an option of this kind takes, as somebody may write it.
fn value(kind: Kind) -> BoxedStrategy<String> {
    match kind {
        Kind::Query | Kind::StandingQuery => {
            let part = prop_oneof![
                "[a-z]{3,8}",
                "\"[a-z]{2,6} [a-z]{2,6}\"",
                "-[a-z]{4,8}x",
                Just("upvotes>=50".to_owned()),
                Just("(graph OR tree)".to_owned()),
                "cat:cs\\.[A-Z]{2}",
                Just("“so said since:7d”".to_owned()),
            ];
            prop::collection::vec(part, 0..4).prop_map(|parts| format!("paper {}", parts.join(" "))).boxed()
        }
        Kind::Paper => {
            prop_oneof!["2[0-9]{3}\\.[0-9]{5}", "10\\.1038/[a-z0-9]{1,9}", "https://a\\.org/[a-z]{1,9}"]
                .boxed()
        }
        Kind::Subscription => (1_i64..).prop_map(|number| number.to_string()).boxed(),
        Kind::Choice(words) => prop::sample::select(words).prop_map(str::to_owned).boxed(),
        // Every month has a 28th.
        Kind::Since => prop_oneof!["[1-9][0-9]{0,2}d", "2026-0[1-9]-[12][0-8]"].boxed(),
        Kind::Until => prop_oneof!["[1-9][0-9]?[hdw]", "2026-0[1-9]-[12][0-8]"]
            .prop_filter("at most a year", |text| time::until(text).is_ok())
            .boxed(),
        Kind::Time => prop_oneof!["[01][0-9]:[0-5][0-9]", "[1-9](am|pm)", "[1-9]"].boxed(),
        Kind::Mail => prop::sample::select(vec!["ada@example.org", "Ada.L+x@exa-mple.co.uk"])
            .prop_map(str::to_owned)
            .boxed(),
        Kind::Zone => prop::sample::select(zones().collect::<Vec<_>>()).prop_map(str::to_lowercase).boxed(),
        Kind::Number(least, most) => (least..=most).prop_map(|number| number.to_string()).boxed(),
        Kind::Cap(least, most) => {
            prop_oneof![(least..=most).prop_map(|number| number.to_string()), Just("off".to_owned())].boxed()
        }
        Kind::Hours => prop_oneof!["1[0-9]:[0-5][0-9]-0[1-9]:[0-5][0-9]", "[1-9]-2[0-3]", "off"].boxed(),
        Kind::Channel => "[1-9][0-9]{5,17}".boxed(),
        Kind::Address => "https://[a-z]{3,9}\\.example/[a-z]{1,9}".boxed(),
        Kind::Feed => prop_oneof!["[1-9][0-9]?", "feed-[1-9]", "[A-Z][a-z]{1,9} [a-z]{1,9}"].boxed(),
        Kind::Text => "[a-z]{3,9}".boxed(),
        Kind::Command => prop::sample::select(names()).prop_map(str::to_owned).boxed(),
    }
}

/// A command with values for what is required and for some of the rest.
fn written() -> impl Strategy<Value = (&'static Spec, Vec<(String, String)>)> {
    prop::sample::select(COMMANDS.iter().collect::<Vec<_>>()).prop_flat_map(|spec| {
        let options = spec.options.iter().map(|option| {
            let given = if option.required { Just(true).boxed() } else { any::<bool>().boxed() };
            (given, value(option.kind))
                .prop_map(|(given, value)| given.then(|| (option.name.to_owned(), value)))
        });
        (Just(spec), options.collect::<Vec<_>>().prop_map(|given| given.into_iter().flatten().collect()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn options_by_name_are_the_same_command_as_a_line((spec, options) in written(), turn in 0_usize..4) {
        let by_name = parse_options(Platform::Discord, spec.name, &options);
        prop_assert!(by_name.is_ok(), "{options:?}: {by_name:?}");
        let mut tokens: Vec<String> = options.iter().map(|(name, value)| match name.as_str() {
            "query" | "paper" => value.clone(),
            _ => format!("{name}:{value}"),
        }).collect();
        let by = turn.min(tokens.len());
        tokens.rotate_left(by);
        let line = format!("{} {}", spec.name, tokens.join(" "));
        prop_assert_eq!(&by_name, &parse_line(Platform::Discord, &line), "{}", line);
    }

    #[test]
    fn any_line_is_a_command_or_a_mistake_and_never_a_panic(
        name in prop::sample::select(names()),
        rest in "([a-z]{2,5}:|at:|zone:|since:|until:|size:|channel:|\"|“|\\\\|<|>|\\||&lt;|&amp;|[0-9]{1,4}|[ ():#/.-]|\\PC){0,24}",
    ) {
        for platform in Platform::WITH_COMMANDS {
            let _ = parse_line(platform, &format!("{name} {rest}"));
            for option in COMMANDS.iter().flat_map(|spec| spec.options) {
                let _ = parse_options(platform, name, &[(option.name.to_owned(), rest.clone())]);
            }
        }
    }
}

#[test]
fn a_day_that_no_calendar_has_is_the_same_mistake_either_way() {
    let options = [("query", "paper "), ("since", "2026-02-29")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let by_name = parse_options(Platform::Discord, "search", &options);
    assert!(by_name.is_err(), "{by_name:?}");
    assert_eq!(by_name, parse_line(Platform::Discord, "search paper since:2026-02-29"));
}

fn names() -> Vec<&'static str> {
    COMMANDS.iter().map(|spec| spec.name).collect()
}
