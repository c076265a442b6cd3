//! `paperwire discord`

use std::fmt::Write as _;

use super::args::Discord as Command;
use super::exit::CliError;
use super::output::Output;
use crate::app;
use crate::config::Config;

/// Runs one of them.
pub async fn run(config: &Config, command: &Command, output: Output) -> Result<(), CliError> {
    match command {
        Command::Invite => invite(config, output).await,
    }
}

async fn invite(config: &Config, output: Output) -> Result<(), CliError> {
    if config.discord.application_id.is_none() && config.discord.token.is_none() {
        let needed = "the link needs the application's id: set discord.application_id (“Application ID” on “General \
                      Information” in Discord's developer portal), or PAPERWIRE__DISCORD__TOKEN";
        return Err(CliError::Usage(needed.to_owned()));
    }
    let invite = app::discord_invite(config).await?;
    output.row(&invite, |invite| {
        let mut text = format!("{}\n\nScopes", invite.url);
        for (name, why) in &invite.scopes {
            write!(text, "\n  {name:<25} {why}").expect("writing to a string never fails");
        }
        text.push_str("\n\nPermissions");
        for (name, bit, why) in &invite.permissions {
            write!(text, "\n  {name:<25} {why} ({bit})").expect("writing to a string never fails");
        }
        text
    })?;
    Ok(())
}
