//! `paperwire demo`

use std::time::Duration;

use super::args::Demo as Args;
use super::exit::CliError;
use super::output::{Output, count, table};
use crate::app::demo::{CHANNELS, Demo, Line};
use crate::chat::sandbox::Shown;
use crate::{app, telemetry};

/// The pause between two papers when somebody watches.
const PACE: Duration = Duration::from_millis(900);

/// Lets the sample papers arrive, at a reader's pace or at once.
pub async fn run(args: Args, output: Output) -> Result<(), CliError> {
    telemetry::init("warn", false).map_err(|e| CliError::Usage(e.to_string()))?;
    let mut demo = Demo::start().await?;
    introduce(&demo, output)?;
    loop {
        let watched = async {
            if !args.once {
                tokio::time::sleep(PACE).await;
            }
            demo.next().await
        };
        let arrival = tokio::select! {
            arrival = watched => arrival?,
            _ = tokio::signal::ctrl_c() => return Ok(()),
        };
        let Some(arrival) = arrival else { break };
        for shown in &arrival.shown {
            show(shown, output)?;
        }
        if arrival.shown.is_empty() {
            let (dim, reset) = (anstyle::Style::new().dimmed(), anstyle::Reset);
            output.note(&format!("{dim}· nobody asked for: {}{reset}\n", arrival.title))?;
        }
    }
    if args.once { account(&demo, output).await } else { linger(output).await }
}

fn introduce(demo: &Demo, output: Output) -> anyhow::Result<()> {
    output.note(&format!(
        "{} will arrive. Three sandbox channels are subscribed:\n",
        count(demo.coming() as u64, "sample paper")
    ))?;
    for (channel, queries) in CHANNELS {
        let queries = queries.join("   and   ");
        output.note(&format!("  #{channel:<18}{queries}"))?;
    }
    output.note("")
}

fn show(shown: &Shown, output: Output) -> anyhow::Result<()> {
    output.note(&format!("{}\n", app::sandbox_card(shown)))
}

async fn account(demo: &Demo, output: Output) -> Result<(), CliError> {
    let lines = demo.account().await?;
    output.note("What went where:")?;
    output.rows(&lines, |lines| {
        let mut table = table(&["channel", "paper", "title", "why"]);
        for Line { channel, paper, title, why } in lines {
            table.add_row([&format!("#{channel}"), paper, title, why]);
        }
        table
    })?;
    output.note(&format!("\n{} into {}.", count(lines.len() as u64, "delivery").replace("deliverys", "deliveries"), count(CHANNELS.len() as u64, "channel")))?;
    Ok(())
}

async fn linger(output: Output) -> Result<(), CliError> {
    output.note("All sample papers have arrived. Ctrl-C ends the demo; `paperwire serve` brings today's real ones.")?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}
