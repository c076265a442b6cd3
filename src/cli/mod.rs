//! The commands of the binary, one file each.

mod args;
mod ask;
mod asked;
mod backfill;
mod commands;
mod config;
mod deliveries;
mod deliveries_words;
mod demo;
mod discord;
mod exit;
mod explain;
mod healthcheck;
mod held;
mod import;
mod mail;
mod mail_subscribers;
mod matching;
mod migrate;
mod output;
mod papers;
mod poll;
mod progress;
mod roundup;
mod search;
mod serve;
mod slack;
mod sources;
mod sources_add;
mod sources_health;
mod sources_parse;
mod subscriptions;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use args::{Args, Command};
use exit::CliError;

/// Runs the program and says how it went: 0 done, 1 failed, 2 wrong usage or configuration, 3 not found.
pub fn run() -> ExitCode {
    let args = Args::parse();
    args.color.write_global();
    // One TLS provider for the whole process, before anything opens a connection.
    crate::chat::install_tls_provider();
    match dispatch(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}

fn dispatch(args: Args) -> Result<(), CliError> {
    if let Command::Completions { shell } = args.command {
        clap_complete::generate(shell, &mut Args::command(), "paperwire", &mut std::io::stdout());
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let output = output::Output { json: args.json };
        if let Command::Demo(demo) = args.command {
            return demo::run(demo, output).await;
        }
        if let Command::Commands = args.command {
            return commands::run(output);
        }
        if let Command::Slack(command) = args.command {
            return slack::run(&command, output);
        }
        let config = config::load(args.config.as_deref())?;
        match args.command {
            Command::Serve(args) => serve::run(config, args, output).await,
            Command::Poll(poll) => poll::run(&config, poll, output).await,
            Command::Subscriptions(command) => subscriptions::run(&config, command, output).await,
            Command::Papers(command) => papers::run(&config, command, output).await,
            Command::Deliveries(asked) => deliveries::run(&config, asked, output).await,
            Command::Sources { command: Some(command) } => sources::run(&config, &command, output).await,
            Command::Sources { command: None } => sources_health::run(&config, output).await,
            Command::Import(args) => Box::pin(import::run(&config, &args, output)).await,
            Command::Backfill(args) => backfill::run(&config, args, output).await,
            Command::Match(query) => matching::run(&config, query, output).await,
            Command::Search(args) => search::run(&config, &args, output).await,
            Command::Explain(args) => explain::run(&config, &args, output).await,
            Command::Roundup(command) => roundup::run(&config, command, output).await,
            Command::Ask(args) => ask::run(&config, args, output).await,
            Command::Migrate => migrate::run(&config, output).await,
            Command::Config(command) => config::run(&config, &command, output),
            Command::Discord(command) => discord::run(&config, &command, output).await,
            Command::Mail(command) => mail::run(&config, command, output).await,
            Command::Healthcheck => healthcheck::run(&config).await,
            Command::Demo(_) | Command::Commands | Command::Slack(_) | Command::Completions { .. } => Ok(()),
        }
    })
}
