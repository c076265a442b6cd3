//! `paperwire deliveries …`: what is on its way, what is in doubt, and what an operator decides about it.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::deliveries_words::{after, objection, told, warning};
use super::exit::CliError;
use super::output::{Output, count, table};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::{ChannelId, DeliveryState, DestinationId, PaperId, PaperIdError, PaperKey, Platform};
use crate::message::state_words;
use crate::store::{ByHand, DeliveryDetail, DetailFilter, Store};

/// What to do with deliveries.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Deliveries {
    #[command(flatten)]
    list: List,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List deliveries, the newest first (what the command does without any other word)
    List(List),
    /// Show all that is known of one, with every try
    Show(One),
    /// Post one again that was refused, left out or cannot be confirmed
    Retry(Retry),
    /// Say that one whose answer was lost is in its channel: somebody has looked
    Confirm(Confirm),
    /// Never post one; its paper stays searchable
    Drop(Drop),
}

#[derive(Debug, Args)]
struct List {
    /// Only in this state: pending, leased, unknown, sent, ambiguous, dead, skipped
    #[arg(long, value_name = "STATE")]
    state: Option<DeliveryState>,
    /// Only to this channel, as discord:1234567890 or sandbox:papers
    #[arg(long, value_name = "PLATFORM:CHANNEL")]
    destination: Option<String>,
    /// Only of this paper
    #[arg(long, value_name = "ID")]
    paper: Option<String>,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 30)]
    limit: u32,
}

#[derive(Debug, Args)]
struct One {
    /// The beginning of its id, as `deliveries` shows it
    id: String,
}

#[derive(Debug, Args)]
struct Retry {
    #[command(flatten)]
    one: One,
    /// Also when its channel may have it already
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
struct Confirm {
    #[command(flatten)]
    one: One,
    /// The platform's id of the message
    #[arg(long, value_name = "ID")]
    message: Option<String>,
}

#[derive(Debug, Args)]
struct Drop {
    #[command(flatten)]
    one: One,
    /// Why, for whoever looks at it later
    #[arg(long, value_name = "REASON")]
    why: Option<String>,
}

/// A delivery as programs read it.
#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    platform: &'static str,
    channel: String,
    paper: String,
    title: String,
    kind: String,
    state: &'static str,
    reason: Option<String>,
    message: Option<String>,
    tries: u32,
    created_at: String,
    next_at: Option<String>,
    expires_at: Option<String>,
    held_until: Option<String>,
    in_doubt_since: Option<String>,
    sent_at: Option<String>,
    bundle: Option<String>,
    in_roundup: bool,
}

impl From<&DeliveryDetail> for Row {
    fn from(detail: &DeliveryDetail) -> Self {
        let record = &detail.record;
        let waits = matches!(record.state, DeliveryState::Pending | DeliveryState::Unknown);
        Self {
            id: record.id.to_string(),
            platform: record.destination.platform.name(),
            channel: record.destination.channel.to_string(),
            paper: record.paper.to_string(),
            title: record.title.clone(),
            kind: detail.kind.clone(),
            state: record.state.name(),
            reason: record.reason.clone(),
            message: record.message_id.clone().filter(|id| !id.is_empty()),
            tries: detail.tries,
            created_at: record.created_at.to_string(),
            next_at: waits.then(|| detail.next_at.to_string()),
            expires_at: (record.state == DeliveryState::Pending).then(|| detail.expires_at.to_string()),
            held_until: detail.held_until.map(|at| at.to_string()),
            in_doubt_since: detail.in_doubt_since.map(|at| at.to_string()),
            sent_at: record.sent_at.map(|at| at.to_string()),
            bundle: detail.bundle.map(|lead| lead.to_string()),
            in_roundup: detail.in_roundup,
        }
    }
}

/// Runs one of the `deliveries` commands.
pub async fn run(config: &Config, asked: Deliveries, output: Output) -> Result<(), CliError> {
    let store = app::open_store(config).await?;
    match asked.command.unwrap_or(Command::List(asked.list)) {
        Command::List(asked) => list(&store, &asked, output).await,
        Command::Show(one) => {
            let detail = found(&store, &one.id).await?;
            let attempts = store.attempts(detail.record.id).await?;
            Ok(output.row(&Row::from(&detail), |_| told(&detail, &attempts))?)
        }
        Command::Retry(retry) => {
            let detail = found(&store, &retry.one.id).await?;
            let decision = ByHand::Retry { expires_at: SystemClock.now() + config.delivery.max_age };
            if decision.deed().on(detail.record.state).is_ok()
                && let Some(warning) = warning(&detail).filter(|_| !retry.yes)
            {
                return Err(CliError::Usage(warning));
            }
            decide(&store, &detail, &decision, output).await
        }
        Command::Confirm(confirm) => {
            let detail = found(&store, &confirm.one.id).await?;
            decide(&store, &detail, &ByHand::Confirm { message_id: confirm.message }, output).await
        }
        Command::Drop(drop) => {
            let detail = found(&store, &drop.one.id).await?;
            decide(&store, &detail, &ByHand::Drop { why: drop.why }, output).await
        }
    }
}

async fn decide(
    store: &Store,
    detail: &DeliveryDetail,
    decision: &ByHand,
    output: Output,
) -> Result<(), CliError> {
    if let Some(refusal) = objection(detail, decision.deed()) {
        return Err(CliError::Usage(refusal));
    }
    let by = std::env::var("USER").ok().filter(|user| !user.is_empty()).unwrap_or_else(|| "cli".to_owned());
    if !store.by_hand(detail, decision, &by, SystemClock.now()).await? {
        let text =
            format!("delivery {0} has changed meanwhile: paperwire deliveries show {0}", detail.prefix);
        return Err(CliError::Failed(anyhow::Error::msg(text)));
    }
    let now = found(store, &detail.record.id.to_string()).await?;
    Ok(output.row(&Row::from(&now), |_| after(&now, decision.deed()))?)
}

async fn list(store: &Store, asked: &List, output: Output) -> Result<(), CliError> {
    let paper = match &asked.paper {
        Some(id) => Some(paper(store, id).await?),
        None => None,
    };
    let destination = match &asked.destination {
        Some(destination) => Some(channel(store, destination).await?),
        None => None,
    };
    let filter =
        DetailFilter { prefix: None, paper, destination, state: asked.state, limit: Some(asked.limit) };
    let found = store.delivery_details(&filter).await?;
    let rows: Vec<Row> = found.iter().map(Row::from).collect();
    if rows.is_empty() {
        return Ok(output.note("No such deliveries.")?);
    }
    output.rows(&rows, |rows| {
        let mut table = table(&["id", "where", "what", "state", "reason"]);
        for (row, detail) in rows.iter().zip(&found) {
            let what = match row.kind.as_str() {
                "paper" => format!("{} {}", row.paper, row.title),
                other => other.to_owned(),
            };
            let state = format!("{}: {}", row.state, state_words(detail.record.state));
            table.add_row([
                detail.prefix.clone(),
                format!("{} {}", row.platform, row.channel),
                what,
                state,
                row.reason.clone().unwrap_or_default(),
            ]);
        }
        table
    })?;
    let total = usize::try_from(store.delivery_count(&filter).await?).unwrap_or(usize::MAX);
    if total > rows.len() {
        let all = count(total, "delivery", "deliveries");
        output.note(&format!("The newest {} of {all}; --limit shows more.", rows.len()))?;
    }
    Ok(())
}

/// The one delivery whose id begins so.
async fn found(store: &Store, prefix: &str) -> Result<DeliveryDetail, CliError> {
    let is_id = |c: char| c.is_ascii_hexdigit() || c == '-';
    if prefix.is_empty() || !prefix.chars().all(is_id) {
        let text = format!("“{prefix}” is no id of a delivery; `paperwire deliveries` shows them");
        return Err(CliError::Usage(text));
    }
    let filter = DetailFilter { prefix: Some(prefix.to_owned()), limit: Some(2), ..DetailFilter::default() };
    let mut found = store.delivery_details(&filter).await?;
    match (found.pop(), found.pop()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => {
            Err(CliError::Usage(format!("several deliveries begin with {prefix}: write more of the id")))
        }
        (None, _) => {
            let text = format!("no delivery begins with {prefix}; `paperwire deliveries` shows them");
            Err(CliError::NotFound(text))
        }
    }
}

async fn paper(store: &Store, id: &str) -> Result<PaperKey, CliError> {
    let id: PaperId = id.parse().map_err(|error: PaperIdError| CliError::Usage(error.to_string()))?;
    let paper = store.paper(&id).await?;
    let unknown = || CliError::NotFound(format!("no source has listed {id} since Paperwire started here"));
    Ok(paper.ok_or_else(unknown)?.key)
}

async fn channel(store: &Store, text: &str) -> Result<DestinationId, CliError> {
    let no = || CliError::Usage(format!("“{text}” is no destination: write it as sandbox:papers"));
    let (platform, channel) = text.split_once(':').ok_or_else(no)?;
    let platform: Platform = platform.parse().map_err(CliError::Usage)?;
    let channel = ChannelId::parse(platform, channel).map_err(CliError::Usage)?;
    let found = store.destination(platform, &channel).await?;
    let unknown = || CliError::NotFound(format!("nothing was ever subscribed in {text}"));
    Ok(found.ok_or_else(unknown)?.id)
}
