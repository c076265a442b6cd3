//! `paperwire mail`

use serde::Serialize;

use super::args::Mail as Command;
use super::exit::CliError;
use super::mail_subscribers;
use super::output::Output;
use crate::app;
use crate::config::Config;
use crate::domain::MailAddress;

/// What came of a test letter, as programs read it.
#[derive(Serialize)]
struct Tested {
    /// The server's answer; without a server the file.
    answer: String,
    /// `smtp` or `spool`
    way: &'static str,
}

/// Runs one of them.
pub async fn run(config: &Config, command: Command, output: Output) -> Result<(), CliError> {
    match command {
        Command::Test { address } => test(config, &address, output).await,
        Command::Subscribers { command } => mail_subscribers::run(config, command, output).await,
    }
}

async fn test(config: &Config, address: &str, output: Output) -> Result<(), CliError> {
    let to: MailAddress =
        address.parse().map_err(|error| CliError::Usage(format!("“{address}”: {error}")))?;
    let answer = app::test_mail(config, to.clone()).await?;
    let tested = Tested { answer, way: if config.mail.smtp.is_some() { "smtp" } else { "spool" } };
    output.row(&tested, |Tested { answer, .. }| match &config.mail.smtp {
        Some(server) => format!("Sent to {to}. {}:{} said: {answer}", server.host, server.port),
        None => format!(
            "Written to {answer}\nNo server is set (mail.smtp_url), so letters become files there; \
             docs/email.md says how to send them."
        ),
    })?;
    Ok(())
}
