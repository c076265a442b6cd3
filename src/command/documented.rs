//! Holds `docs/commands.md` to what the table says and the parsers take.

use std::fmt::Write as _;

use super::*;
use crate::domain::Platform;

/// Read when the test runs: the binary itself embeds no documents.
fn manual() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/commands.md")).unwrap()
}

/// What stands between two marks of the manual.
fn marked<'a>(manual: &'a str, name: &str) -> &'a str {
    let after = manual.split_once(&format!("<!-- {name} -->\n")).map(|(_, rest)| rest);
    let inside = after.and_then(|rest| rest.split_once(&format!("<!-- /{name} -->")));
    inside.unwrap_or_else(|| panic!("the manual has no {name}")).0
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The section of a command.
fn section(spec: &Spec) -> String {
    let mut section = format!("### {}\n\n{}.", spec.name, spec.about);
    for more in [spec.detail, if spec.changes { "*Changes the channel.*" } else { "" }] {
        if !more.is_empty() {
            let _ = write!(section, " {more}");
        }
    }
    let slack = spec.usage(Platform::Slack);
    let discord = spec.usage(Platform::Discord);
    let _ = write!(section, "\n\n```text\nSlack    {slack}\nDiscord  {discord}\n```\n\n");
    if !spec.options.is_empty() {
        section.push_str("| Option | Value | What it is |\n|---|---|---|\n");
        for option in spec.options {
            let value = option.kind.placeholder();
            let _ = writeln!(section, "| `{}` | `{}` | {} |", option.name, cell(&value), cell(option.about));
        }
        section.push('\n');
    }
    let _ = write!(section, "For example: `{}`\n\n", spec.try_it(Platform::Slack));
    section
}

#[test]
fn the_commands_of_the_manual_are_those_of_the_table() {
    let sections: String = COMMANDS.iter().map(section).collect();
    let manual = manual();
    let shown = marked(&manual, "commands");
    assert!(shown == sections, "docs/commands.md should have, between the marks:\n{sections}");
}

#[test]
fn every_value_of_the_manual_is_taken_and_every_kind_is_there() {
    let options = || COMMANDS.iter().flat_map(|spec| spec.options.iter().map(move |option| (spec, option)));
    let manual = manual();
    let mut explained = Vec::new();
    for row in marked(&manual, "values").lines().skip(2) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [value, _, examples] = cells.as_slice() else { panic!("not three cells: {row}") };
        let value = value.trim_matches('`');
        let found = options().find(|(_, option)| option.kind.placeholder() == value);
        let (spec, option) = found.unwrap_or_else(|| panic!("no option takes {value}"));
        for example in examples.split('`').skip(1).step_by(2) {
            let read = value::read(Platform::Sandbox, spec, option, example);
            assert!(read.is_ok(), "{example}: {read:?}");
        }
        explained.push(value.to_owned());
    }
    for (_, option) in options().filter(|(_, option)| !matches!(option.kind, Kind::Choice(_))) {
        let value = option.kind.placeholder();
        assert!(explained.contains(&value), "{value} is not explained");
    }
}

#[test]
fn the_lines_that_the_manual_says_are_the_same_are() {
    let manual = manual();
    let lines: Vec<_> = marked(&manual, "same").lines().filter(|line| line.starts_with("/papers")).collect();
    assert!(lines.len() >= 3, "{lines:?}");
    let read =
        |line| parse_line(Platform::Slack, line).unwrap_or_else(|mistake| panic!("{line}: {mistake:?}"));
    for line in &lines {
        assert_eq!(read(line), read(lines[0]), "{line}");
    }
}
