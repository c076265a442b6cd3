//! `paperwire config check`, and how every command reads its configuration.

use std::path::Path;

use super::args::Config as Command;
use super::exit::CliError;
use super::output::Output;
use crate::config::{self, Config};

/// Reads the configuration: defaults, then the file, then the environment.
pub fn load(file: Option<&Path>) -> Result<Config, CliError> {
    Config::load(file, config::environment()).map_err(|error| CliError::Usage(error.to_string()))
}

/// Prints the configuration in force; a wrong one has already ended the program with its errors.
pub fn run(config: &Config, command: &Command, output: Output) -> Result<(), CliError> {
    match command {
        Command::Check => output.row(&config.effective_json(), |_| config.effective())?,
    }
    Ok(())
}
