//! `paperwire config check`, and how every command reads its configuration.

use std::path::Path;

use figment::providers::Format as _;

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
        Command::Check => output.row(&as_json(config)?, |_| config.effective())?,
    }
    Ok(())
}

/// The configuration in force as one JSON object, sections nested.
fn as_json(config: &Config) -> anyhow::Result<serde_json::Value> {
    let effective = config.effective();
    let values = figment::Figment::from(figment::providers::Toml::string(&effective));
    Ok(values.extract()?)
}
