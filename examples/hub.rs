//! Serves recorded days as Hugging Face would, for trying Paperwire without asking the real one.
//!
//! ```text
//! cargo run --example hub -- --data DIR [--shift-to today] [--listen 127.0.0.1:8020]
//! ```

#[path = "hub/days.rs"]
mod days;
#[path = "hub/service.rs"]
mod service;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use jiff::civil::Date;
use paperwire::clock::{Clock, SystemClock};

use service::Service;

/// Serves recorded days of Hugging Face Daily Papers as the real API would.
#[derive(Parser)]
struct Options {
    /// The folder of recorded days: DIR/days/*.json.gz or DIR/*.json.gz, also plain .json
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Moves all days so that the newest becomes this one: “today” or a date
    #[arg(long, value_name = "DAY", value_parser = day)]
    shift_to: Option<Date>,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8020")]
    listen: SocketAddr,
}

fn day(text: &str) -> Result<Date, String> {
    match text {
        "today" => Ok(SystemClock.today()),
        date => date.parse().map_err(|_| "give “today” or a date such as 2026-08-21".to_owned()),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let mut days = days::load(&options.data)?;
    if let Some(newest) = options.shift_to {
        days = days::shift(days, newest)?;
    }
    let listener = tokio::net::TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}: try another --listen", options.listen))?;
    let address = listener.local_addr()?;
    if let (Some((first, _)), Some((last, _))) = (days.first_key_value(), days.last_key_value()) {
        let papers: usize = days.values().map(Vec::len).sum();
        println!("Serving {papers} papers of {} days, {first} to {last}, on http://{address}", days.len());
    }
    println!("\n    curl 'http://{address}/api/daily_papers?limit=1'");
    println!("    PAPERWIRE__SOURCES__HUGGINGFACE__BASE_URL=http://{address} paperwire serve\n");
    let service = Service::new(days, || SystemClock.today());
    axum::serve(listener, service.router()).await?;
    Ok(())
}
