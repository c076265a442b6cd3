//! What platforms ask of the table, and what it promises.

use super::*;
use crate::domain::query::Prefix;

#[test]
fn every_example_of_the_table_is_a_command_of_its_row_on_every_platform() {
    for spec in COMMANDS {
        for platform in Platform::WITH_COMMANDS {
            let line = spec.try_it(platform);
            let command = parse_line(platform, &line).unwrap_or_else(|mistake| panic!("{line}: {mistake:?}"));
            assert_eq!(command.spec().name, spec.name);
            let as_written = parse_line(platform, spec.example);
            assert_eq!(as_written.as_ref(), Ok(&command), "{line}");
        }
    }
}

#[test]
fn every_choice_of_the_table_makes_a_command_of_its_own() {
    for spec in COMMANDS {
        for option in spec.options {
            let Kind::Choice(words) = option.kind else { continue };
            let made = words.iter().map(|word| {
                let line = format!("{} {} {}:{word}", spec.name, required(spec), option.name);
                format!("{:?}", slack(&line).unwrap())
            });
            let mut made: Vec<_> = made.collect();
            made.sort();
            made.dedup();
            assert_eq!(made.len(), words.len(), "{} {}", spec.name, option.name);
        }
    }
}

fn required(spec: &Spec) -> &'static str {
    match spec.options.first().filter(|option| option.required).map(|option| option.kind) {
        Some(Kind::Query | Kind::StandingQuery) => "diffusion",
        Some(Kind::Paper) => "2608.01234",
        Some(Kind::Subscription) => "3",
        Some(other) => panic!("{other:?}"),
        None => "",
    }
}

#[test]
fn no_option_has_the_name_of_a_field_of_the_query_language() {
    for option in COMMANDS.iter().flat_map(|spec| spec.options) {
        assert!(Prefix::ALL.iter().all(|prefix| prefix.name() != option.name), "{}", option.name);
        assert!(!["upvotes", "comments", "stars"].contains(&option.name));
    }
}

#[test]
fn the_table_keeps_the_rules_of_discord() {
    let is_name = |name: &str| {
        (1..=32).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
    };
    let is_about = |about: &str| (1..=100).contains(&about.chars().count());
    let mut characters = ROOT.len();
    assert!(is_name(ROOT) && COMMANDS.len() <= 25 && (1..=32).contains(&ABOUT_MESSAGE.len()));
    for spec in COMMANDS {
        assert!(is_name(spec.name) && is_about(spec.about), "{}", spec.name);
        assert!(!spec.about.ends_with('.') && spec.options.len() <= 25, "{}", spec.name);
        characters += spec.name.len() + spec.about.chars().count();
        let first_free = spec.options.iter().position(|option| !option.required);
        let last_required = spec.options.iter().rposition(|option| option.required);
        assert!(
            last_required < first_free || last_required.is_none() || first_free.is_none(),
            "{}",
            spec.name
        );
        for option in spec.options {
            assert!(is_name(option.name) && is_about(option.about), "{} {}", spec.name, option.name);
            characters += option.name.len() + option.about.chars().count();
            let words: &[&str] = match option.kind {
                Kind::Choice(words) => words,
                Kind::Command => &COMMANDS.iter().map(|spec| spec.name).collect::<Vec<_>>(),
                _ => &[],
            };
            assert!(words.len() <= 25 && words.iter().all(|word| (1..=100).contains(&word.len())));
            // A choice counts with its name and its value.
            characters += words.iter().map(|word| 2 * word.len()).sum::<usize>();
        }
        let mut names: Vec<_> = spec.options.iter().map(|option| option.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), spec.options.len(), "{}", spec.name);
    }
    assert!(characters <= 8_000, "{characters} characters");
}
