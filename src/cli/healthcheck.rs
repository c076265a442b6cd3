//! `paperwire healthcheck`

use super::exit::CliError;
use crate::app;
use crate::config::Config;

/// Asks the health page of a running `serve` under the same configuration.
pub async fn run(config: &Config) -> Result<(), CliError> {
    Ok(app::healthcheck(config).await?)
}
