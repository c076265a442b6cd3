//! `paperwire commands` and `paperwire ask` as a person types them.

use std::path::Path;
use std::process::{Command, Output};

use paperwire::command::{COMMANDS, parse_line};
use paperwire::domain::Platform;
use serde_json::Value;

fn paperwire(folder: &Path, arguments: &[&str]) -> Output {
    let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
    Command::new(env!("CARGO_BIN_EXE_paperwire"))
        .env_clear()
        .envs(kept)
        .env("PAPERWIRE__DATA_DIR", folder)
        .env("PAPERWIRE__STORE__URL", format!("sqlite://{}", folder.join("paperwire.db").display()))
        .args(arguments)
        .output()
        .unwrap()
}

fn said(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = paperwire(folder.path(), arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_is_shown_once_for_each_platform() {
    let text = said(&["commands"]);
    let sections: Vec<_> =
        ["Discord\n", "Slack\n", "Sandbox\n"].map(|name| text.find(name).unwrap()).to_vec();
    assert!(sections.is_sorted(), "{text}");
    for (at, platform) in Platform::WITH_COMMANDS.into_iter().enumerate() {
        let end = sections.get(at + 1).copied().unwrap_or(text.len());
        let section = &text[sections[at]..end];
        for spec in COMMANDS {
            let usage = format!("  {}\n", spec.usage(platform));
            assert_eq!(section.matches(&usage).count(), 1, "{platform}: {usage}");
        }
    }
    assert_eq!(
        text.matches("(needs Manage Channels)").count(),
        COMMANDS.iter().filter(|s| s.changes).count()
    );
}

#[test]
fn programs_read_each_command_of_each_platform_with_a_line_that_works_there() {
    let text = said(&["commands", "--json"]);
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), COMMANDS.len() * Platform::WITH_COMMANDS.len());
    for row in &rows {
        let platform: Platform = row["platform"].as_str().unwrap().parse().unwrap();
        let example = row["example"].as_str().unwrap();
        let command =
            parse_line(platform, example).unwrap_or_else(|mistake| panic!("{example}: {mistake:?}"));
        assert_eq!(command.spec().name, row["command"].as_str().unwrap());
    }
}

#[test]
fn a_command_is_answered_in_the_terminal_and_a_mistake_with_what_to_write() {
    let help = said(&["ask", "/papers help subscribe"]);
    assert!(help.starts_with("/papers subscribe\n") && help.contains("For example: "), "{help}");
    let mistake = said(&["ask", "roundup", "at:teatime"]);
    assert!(mistake.contains("“teatime” is no time of day: write it as 09:00."), "{mistake}");
    let answer: Value = serde_json::from_str(&said(&["ask", "--json", "serach llm"])).unwrap();
    assert_eq!(answer["answer"], "reply");
    assert!(answer["reply"].to_string().contains("There is no command “serach”."), "{answer}");
}

#[test]
fn what_has_no_number_cannot_be_pressed() {
    let folder = tempfile::tempdir().unwrap();
    let output = paperwire(folder.path(), &["ask", "/papers help", "--press", "1"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("nothing in this answer has the number 1"), "{error}");
}
