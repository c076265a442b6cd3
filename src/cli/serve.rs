//! `paperwire serve`

use super::exit::CliError;
use super::output::Output;
use crate::app;
use crate::config::{Config, LogFormat};
use crate::telemetry;

/// Runs every stage until the process is told to stop.
pub async fn run(config: &Config, output: Output) -> Result<(), CliError> {
    let _log = telemetry::init_apart(&config.log.filter, config.log.format == LogFormat::Json)
        .map_err(|e| CliError::Usage(e.to_string()))?;
    Ok(app::serve(config, output.json).await?)
}
