//! `paperwire ask '/papers …'`

use super::args::Ask as Args;
use super::exit::CliError;
use super::output::Output;
use crate::app::ask::Terminal;
use crate::chat::Answer;
use crate::config::Config;
use crate::domain::{ChannelId, Platform};
use crate::telemetry;

/// Gives a command as a user of the sandbox, presses what is to be pressed, and prints each answer.
pub async fn run(config: &Config, args: Args, output: Output) -> Result<(), CliError> {
    let channel = ChannelId::parse(Platform::Sandbox, &args.channel).map_err(CliError::Usage)?;
    let fields = args.fill.iter().map(|field| named(field)).collect::<Result<Vec<_>, _>>()?;
    telemetry::init("warn", false).map_err(|error| CliError::Usage(error.to_string()))?;
    let terminal = Terminal::open(config, channel).await?;
    let mut answer = terminal.ask(&args.line.join(" ")).await;
    show(&terminal, &answer, output)?;
    for number in args.press {
        let pressed = terminal.press(&answer, number).await;
        answer = pressed
            .ok_or_else(|| CliError::Usage(format!("nothing in this answer has the number {number}")))?;
        show(&terminal, &answer, output)?;
        if !fields.is_empty()
            && let Some(sent) = terminal.submit(&answer, &fields).await
        {
            answer = sent;
            show(&terminal, &answer, output)?;
        }
    }
    Ok(())
}

fn show(terminal: &Terminal, answer: &Answer, output: Output) -> anyhow::Result<()> {
    output.row(answer, |answer| terminal.text(answer))
}

fn named(field: &str) -> Result<(String, String), CliError> {
    let (name, value) = field.split_once('=').ok_or_else(|| {
        CliError::Usage(format!(
            "“{field}” fills in nothing: write the field, = and its value, such as query=llm"
        ))
    })?;
    Ok((name.to_owned(), value.to_owned()))
}
