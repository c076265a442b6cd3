//! `paperwire demo`

use std::time::Duration;

use super::args::Demo as Args;
use super::exit::CliError;
use super::output::{Output, count, table};
use crate::app::demo::{CHANNELS, Demo};
use crate::app::{Line, Shown};
use crate::telemetry;

/// The pause between two papers when somebody watches.
const PACE: Duration = Duration::from_millis(900);

/// Lets the sample papers arrive, at a reader's pace or at once.
pub async fn run(args: Args, output: Output) -> Result<(), CliError> {
    telemetry::init("warn", false).map_err(|e| CliError::Usage(e.to_string()))?;
    let mut demo = Demo::start().await?;
    introduce(&demo, output)?;
    loop {
        let next = async {
            if !args.once {
                tokio::time::sleep(PACE).await;
            }
            demo.next().await
        };
        let arrival = tokio::select! {
            arrival = next => arrival?,
            _ = tokio::signal::ctrl_c() => return Ok(()),
        };
        let Some(arrival) = arrival else { break };
        for shown in &arrival.shown {
            show(shown, args.once, output)?;
        }
        if arrival.shown.is_empty() {
            let dim = anstyle::Style::new().dimmed();
            output.note(&format!("{dim}· nobody asked for: {}{dim:#}\n", arrival.title))?;
        }
    }
    if args.once { account(&demo, output).await } else { linger(output).await }
}

fn introduce(demo: &Demo, output: Output) -> anyhow::Result<()> {
    let coming = count(demo.coming(), "sample paper", "sample papers");
    output.note(&format!("{coming} will arrive. Three sandbox channels are subscribed:\n"))?;
    for (channel, queries) in CHANNELS {
        output.note(&format!("  #{channel:<18}{}", queries.join("  and  ")))?;
    }
    output.note("")
}

/// Programs get the lines of `--once` in the closing account, else as papers arrive.
fn show(shown: &Shown, once: bool, output: Output) -> anyhow::Result<()> {
    if output.json && !once {
        return shown.lines().iter().try_for_each(|line| output.row(line, |_| String::new()));
    }
    output.note(&shown.text())
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
    let delivered = count(lines.len(), "delivery", "deliveries");
    output.note(&format!("{delivered} into {}.", count(CHANNELS.len(), "channel", "channels")))?;
    Ok(())
}

async fn linger(output: Output) -> Result<(), CliError> {
    output.note(
        "All sample papers have arrived. Ctrl-C ends the demo; `paperwire serve` brings today's real ones.",
    )?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}
