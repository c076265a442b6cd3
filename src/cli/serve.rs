//! `paperwire serve`

use super::args::Serve;
use super::exit::CliError;
use super::output::Output;
use crate::app;
use crate::config::{Config, LogFormat};
use crate::telemetry;

/// Runs every stage until the process is told to stop.
pub async fn run(mut config: Config, args: Serve, output: Output) -> Result<(), CliError> {
    if !args.only.is_empty() {
        config.serve.only = args.only;
    }
    let _log = telemetry::init_apart(&config.log.filter, config.log.format == LogFormat::Json)
        .map_err(|e| CliError::Usage(e.to_string()))?;
    Ok(app::serve(&config, output.json).await?)
}
