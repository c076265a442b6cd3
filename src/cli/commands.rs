//! `paperwire commands`

use std::fmt::Write as _;

use serde::Serialize;

use super::exit::CliError;
use super::output::Output;
use crate::command::{ABOUT_MESSAGE, COMMANDS, Kind, Opt, Spec};
use crate::domain::Platform;

/// A command on one platform, as programs read it.
#[derive(Serialize)]
struct Row {
    platform: Platform,
    command: &'static str,
    usage: String,
    about: &'static str,
    detail: &'static str,
    /// True when only those who may manage the channel can use it.
    changes: bool,
    options: Vec<Given>,
    example: String,
}

/// What a command takes.
#[derive(Serialize)]
struct Given {
    name: &'static str,
    about: &'static str,
    required: bool,
    /// What stands for a value in the usage.
    value: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<&'static str>,
    /// True when the platform offers values while it is written.
    completed: bool,
}

/// Prints the commands as people see them on each platform.
pub fn run(output: Output) -> Result<(), CliError> {
    for platform in Platform::WITH_COMMANDS {
        output.note(&heading(platform))?;
        for spec in COMMANDS {
            output.row(&row(spec, platform), text)?;
        }
    }
    Ok(())
}

fn row(spec: &'static Spec, platform: Platform) -> Row {
    Row {
        platform,
        command: spec.name,
        usage: spec.usage(platform),
        about: spec.about,
        detail: spec.detail,
        changes: spec.changes,
        options: spec.options.iter().map(|option| given(option, platform)).collect(),
        example: spec.try_it(platform),
    }
}

fn given(option: &'static Opt, platform: Platform) -> Given {
    let choices = match option.kind {
        Kind::Choice(words) => words.to_vec(),
        Kind::Command => COMMANDS.iter().map(|spec| spec.name).collect(),
        _ => Vec::new(),
    };
    Given {
        name: option.name,
        about: option.about,
        required: option.required,
        value: option.kind.placeholder(),
        choices,
        completed: platform == Platform::Discord && option.kind.topic().is_some(),
    }
}

fn heading(platform: Platform) -> String {
    let bold = anstyle::Style::new().bold();
    let (name, how) = match platform {
        Platform::Discord => (
            "Discord",
            format!(
                "One command with {} subcommands, whose options Discord asks for by name; + marks those that \
                 it completes.\n“{ABOUT_MESSAGE}” is in the menu of every message, under Apps.",
                COMMANDS.len()
            ),
        ),
        Platform::Slack => (
            "Slack",
            format!(
                "One command with a line of text; name:value may stand anywhere in it.\n“{ABOUT_MESSAGE}” is a \
                 shortcut in the menu of every message."
            ),
        ),
        Platform::Email => ("E-mail", "Letters take no commands.".to_owned()),
        Platform::Sandbox => {
            ("Sandbox", "For trying, without any account: paperwire ask '/papers …'".to_owned())
        }
    };
    format!("{bold}{name}{bold:#}\n{how}\n")
}

fn text(row: &Row) -> String {
    let (usage, dim) = (anstyle::AnsiColor::Cyan.on_default(), anstyle::Style::new().dimmed());
    let right = match row.platform {
        _ if !row.changes => "",
        Platform::Discord => " (needs Manage Channels)",
        Platform::Slack | Platform::Email | Platform::Sandbox => " (for those who may manage the channel)",
    };
    let mut out = format!("  {usage}{}{usage:#}\n      {}{right}\n", row.usage, row.about);
    for option in &row.options {
        let mark = if option.completed { "+" } else { " " };
        let _ = writeln!(out, "      {mark} {:<13}{dim}{}{dim:#}", option.name, option.about);
    }
    out
}
