//! `paperwire migrate`

use serde::Serialize;

use super::{exit::CliError, output::Output};
use crate::app;
use crate::config::Config;

#[derive(Serialize)]
struct Migrated {
    database: String,
    applied: Vec<String>,
}

/// Brings the database to this version's tables.
pub async fn run(config: &Config, output: Output) -> Result<(), CliError> {
    let store = app::connect(config).await?;
    let applied = store.migrate().await?;
    let row = Migrated { database: store.describe(), applied };
    output.row(&row, |row| {
        if row.applied.is_empty() {
            format!("{}: nothing to do, the tables are up to date.", row.database)
        } else {
            format!("{}: applied {}.", row.database, row.applied.join(", "))
        }
    })?;
    Ok(())
}
