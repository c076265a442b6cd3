//! The commands as Discord is to list them, written there only when they differ from what it has.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use serenity::all::{
    ChannelType, CommandOptionType, CommandType, CreateCommand, CreateCommandOption, InstallationContext,
    InteractionContext,
};
use serenity::http::{LightMethod, Route};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::DiscordConfig;
use super::errors;
use super::invite::application_of;
use super::rest::Rest;
use crate::command::{ABOUT_MESSAGE, COMMANDS, GROUPS, Kind, Opt, ROOT, Spec};

/// Waits between two tries.
const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// What stands beside `/papers` where Discord lists it; people see the subcommands' own words.
const ABOUT_ROOT: &str = "Research papers: find them, subscribe to them, ask why";
/// The fields in which a command that Discord has may differ from ours; the rest is Discord's own.
const COMPARED: &[&str] = &[
    "name",
    "description",
    "type",
    "options",
    "required",
    "choices",
    "value",
    "autocomplete",
    "min_value",
    "max_value",
    "max_length",
    "channel_types",
    "contexts",
    "integration_types",
    "default_member_permissions",
    "nsfw",
];

/// What came of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// Discord had the same commands.
    Unchanged,
    /// They were written.
    Written,
}

/// Registers the commands unless Discord has the same.
pub async fn register(config: &DiscordConfig) -> anyhow::Result<Registered> {
    let rest = Rest::new(config)?;
    let application_id = application_of(&rest, config.application_id).await?;
    let route = Route::Commands { application_id: application_id.into() };
    let there =
        ask(&rest, route, LightMethod::Get, None).await.context("reading the commands that Discord has")?;
    let wanted = commands();
    if normal(&there) == normal(&wanted) {
        return Ok(Registered::Unchanged);
    }
    let route = Route::Commands { application_id: application_id.into() };
    let body = wanted.to_string().into_bytes();
    ask(&rest, route, LightMethod::Put, Some(body)).await.context("writing the commands to Discord")?;
    Ok(Registered::Written)
}

/// Registers the commands, again after a failure, until it is done or told to stop.
pub async fn register_until_done(config: &DiscordConfig, stop: &CancellationToken) {
    let mut wait = FIRST_WAIT;
    loop {
        let registered = tokio::select! {
            registered = register(config) => registered,
            () = stop.cancelled() => return,
        };
        match registered {
            Ok(Registered::Unchanged) => return info!("Discord has the commands as they are"),
            Ok(Registered::Written) => return info!("Wrote the commands to Discord"),
            Err(error) => warn!("The commands could not be registered, trying again in {wait:?}: {error:#}"),
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => wait = (wait * 2).min(LONGEST_WAIT),
            () = stop.cancelled() => return,
        }
    }
}

async fn ask(
    rest: &Rest,
    route: Route<'_>,
    method: LightMethod,
    body: Option<Vec<u8>>,
) -> anyhow::Result<Value> {
    let answer = match rest.ask(route, method, body).await {
        Ok(answer) => answer,
        Err(failure) => bail!("{failure}"),
    };
    ensure!(answer.status.is_success(), "{}", errors::words(&answer));
    serde_json::from_slice(&answer.body).context("Discord's answer cannot be read")
}

/// All commands in Discord's words: `/papers` with a subcommand for each of the table, and the entry in the menu of a message.
pub(super) fn commands() -> Value {
    let papers = CreateCommand::new(ROOT).kind(CommandType::ChatInput).description(ABOUT_ROOT);
    let papers = COMMANDS.iter().fold(papers, |command, spec| match spec.name.split_once(' ') {
        None => command.add_option(subcommand(spec, spec.name)),
        // The whole group stands where its first command does.
        Some((group, _)) if first_of(group) == Some(spec) => command.add_option(grouped(group)),
        Some(_) => command,
    });
    let about = CreateCommand::new(ABOUT_MESSAGE).kind(CommandType::Message);
    let everywhere = |command: CreateCommand| {
        command
            .integration_types(vec![InstallationContext::Guild])
            .contexts(vec![InteractionContext::Guild, InteractionContext::BotDm])
    };
    said(&json!([everywhere(papers), everywhere(about)]))
}

/// Without the fields that say nothing: serenity writes them all, and Discord takes some only where they belong.
fn said(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| says(value));
            Value::Object(kept.map(|(name, value)| (name.clone(), said(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(said).collect()),
        other => other.clone(),
    }
}

fn says(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != json!([]) && *value != json!("")
}

/// The commands whose names begin with this word.
fn members(group: &str) -> impl Iterator<Item = (&'static Spec, &'static str)> {
    COMMANDS.iter().filter_map(move |spec| {
        let (first, name) = spec.name.split_once(' ')?;
        (first == group).then_some((spec, name))
    })
}

fn first_of(group: &str) -> Option<&'static Spec> {
    members(group).next().map(|(spec, _)| spec)
}

fn grouped(group: &str) -> CreateCommandOption {
    let about = GROUPS.iter().find(|(name, _)| *name == group).map_or(ABOUT_ROOT, |(_, about)| about);
    let option = CreateCommandOption::new(CommandOptionType::SubCommandGroup, group, about);
    let commands = members(group).map(|(spec, name)| subcommand(spec, name));
    option.set_sub_options(commands.collect::<Vec<_>>())
}

fn subcommand(spec: &Spec, name: &str) -> CreateCommandOption {
    let options: Vec<_> = spec.options.iter().map(option).collect();
    CreateCommandOption::new(CommandOptionType::SubCommand, name, spec.about).set_sub_options(options)
}

fn option(opt: &Opt) -> CreateCommandOption {
    let kind = match opt.kind {
        Kind::Number(..) => CommandOptionType::Integer,
        Kind::Channel => CommandOptionType::Channel,
        _ => CommandOptionType::String,
    };
    let option = CreateCommandOption::new(kind, opt.name, opt.about)
        .required(opt.required)
        .set_autocomplete(opt.kind.topic().is_some());
    match opt.kind {
        Kind::Choice(names) => {
            names.iter().fold(option, |option, name| option.add_string_choice(*name, *name))
        }
        Kind::Command => {
            COMMANDS.iter().fold(option, |option, spec| option.add_string_choice(spec.name, spec.name))
        }
        Kind::Text => option.max_length(300),
        Kind::Number(least, most) => option.min_int_value(least.into()).max_int_value(most.into()),
        Kind::Channel => option.channel_types(vec![
            ChannelType::Text,
            ChannelType::News,
            ChannelType::NewsThread,
            ChannelType::PublicThread,
            ChannelType::PrivateThread,
        ]),
        _ => option,
    }
}

/// What is compared: our fields, without those that say nothing, lists without order in one of their own.
fn normal(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let ours = fields.iter().filter(|(name, value)| COMPARED.contains(&name.as_str()) && says(value));
            let kept = ours.map(|(name, value)| {
                let unordered = matches!(name.as_str(), "contexts" | "integration_types" | "channel_types");
                (name.clone(), if unordered { in_order(value) } else { normal(value) })
            });
            Value::Object(kept.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(normal).collect()),
        other => other.clone(),
    }
}

fn in_order(value: &Value) -> Value {
    let mut items = value.as_array().cloned().unwrap_or_default();
    items.sort_by_key(ToString::to_string);
    Value::Array(items)
}
