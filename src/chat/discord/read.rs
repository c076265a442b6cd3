//! An interaction of Discord as the request that it is; no I/O.

use serenity::all::{
    ActionRowComponent, CommandData, CommandDataOption, CommandDataOptionValue, CommandInteraction,
    CommandType, ComponentInteractionDataKind, GuildId, Interaction, InteractionContext, Member,
    ModalInteraction, Permissions, User,
};

use super::components::filled;
use crate::chat::{Action, Asker, Completion, Request};
use crate::command::{self, ROOT, parse_options};
use crate::domain::{ChannelId, Platform, UserId};

/// An interaction, read.
#[derive(Debug)]
pub(super) struct Arrived {
    pub id: u64,
    pub application: u64,
    /// Gives the right to answer for 15 minutes; never logged.
    pub token: String,
    /// True when there is a message of ours that the answer may replace.
    pub on_message: bool,
    /// True where Discord can open a window as the answer.
    pub form_opens: bool,
    pub ask: Ask,
}

/// What is asked.
#[derive(Debug)]
pub(super) enum Ask {
    /// Whether we are there.
    Ping,
    /// Something to do.
    Request(Box<Request>),
    /// How to go on writing.
    Complete(Completion),
    /// A half-written option that nothing is known to complete with.
    CompleteNothing,
    /// Nothing that we know.
    Unreadable,
}

/// Reads an interaction.
pub(super) fn arrived(interaction: &Interaction) -> Arrived {
    match interaction {
        Interaction::Command(command) => Arrived { ask: commanded(command), ..of_command(command, true) },
        Interaction::Autocomplete(command) => {
            Arrived { ask: completing(command), ..of_command(command, false) }
        }
        Interaction::Component(press) => {
            let (member, context) = (press.member.as_ref(), press.context);
            let asker = asker(press.guild_id, press.channel_id.get(), member, &press.user, context);
            let choice = match &press.data.kind {
                ComponentInteractionDataKind::StringSelect { values } => values.first().cloned(),
                _ => None,
            };
            let action = Action::Press { control: press.data.custom_id.clone(), choice };
            Arrived {
                id: press.id.get(),
                application: press.application_id.get(),
                token: press.token.clone(),
                on_message: true,
                form_opens: true,
                ask: request(press.id.get(), asker, action),
            }
        }
        Interaction::Modal(modal) => submitted(modal),
        Interaction::Ping(ping) => {
            Arrived { ask: Ask::Ping, ..unknown(ping.id.get(), ping.application_id.get(), &ping.token) }
        }
        other => {
            let (id, application) = (other.id().get(), other.application_id().get());
            unknown(id, application, other.token())
        }
    }
}

fn unknown(id: u64, application: u64, token: &str) -> Arrived {
    let (on_message, form_opens) = (false, false);
    Arrived { id, application, token: token.to_owned(), on_message, form_opens, ask: Ask::Unreadable }
}

fn of_command(command: &CommandInteraction, form_opens: bool) -> Arrived {
    let read = unknown(command.id.get(), command.application_id.get(), &command.token);
    Arrived { form_opens, ..read }
}

fn commanded(command: &CommandInteraction) -> Ask {
    let mut asker = command_asker(command);
    let action = if command.data.kind == CommandType::Message {
        let Some(text) = message_text(&command.data) else { return Ask::Unreadable };
        Action::About { text }
    } else {
        let Some((name, options)) = subcommand(&command.data) else { return Ask::Unreadable };
        // The right to change this channel says nothing about another one that is named.
        let others = &command.data.resolved.channels;
        asker.may_manage &= others.values().all(|channel| channel.permissions.is_some_and(manages));
        let given: Vec<(String, String)> = options
            .iter()
            .filter_map(|option| Some((option.name.clone(), written(&option.value)?)))
            .collect();
        Action::Command(parse_options(Platform::Discord, &name, &given))
    };
    request(command.id.get(), Some(asker), action)
}

fn completing(command: &CommandInteraction) -> Ask {
    let found = subcommand(&command.data).zip(command.data.autocomplete());
    let Some(((name, _), focused)) = found else { return Ask::CompleteNothing };
    let option =
        command::spec(&name).and_then(|spec| spec.options.iter().find(|one| one.name == focused.name));
    match option.and_then(|option| option.kind.topic()) {
        Some(topic) => {
            let asker = command_asker(command);
            Ask::Complete(Completion { asker, topic, text: focused.value.to_owned() })
        }
        None => Ask::CompleteNothing,
    }
}

fn submitted(modal: &ModalInteraction) -> Arrived {
    // Discord names no context here: without a server it is the conversation with the bot, where all forms are.
    let context = modal.guild_id.is_none().then_some(InteractionContext::BotDm);
    let asker = asker(modal.guild_id, modal.channel_id.get(), modal.member.as_ref(), &modal.user, context);
    let fields = modal.data.components.iter().flat_map(|row| &row.components);
    let values = fields.filter_map(|field| match field {
        ActionRowComponent::InputText(input) => {
            Some(filled(&input.custom_id, input.value.as_deref().unwrap_or_default()))
        }
        _ => None,
    });
    let action = Action::Submit { control: modal.data.custom_id.clone(), values: values.collect() };
    let read = unknown(modal.id.get(), modal.application_id.get(), &modal.token);
    Arrived { on_message: modal.message.is_some(), ask: request(modal.id.get(), asker, action), ..read }
}

fn request(id: u64, asker: Option<Asker>, action: Action) -> Ask {
    match asker {
        Some(asker) => Ask::Request(Box::new(Request { id: id.to_string(), asker, action })),
        None => Ask::Unreadable,
    }
}

fn command_asker(command: &CommandInteraction) -> Asker {
    let member = command.member.as_deref();
    asker(command.guild_id, command.channel_id.get(), member, &command.user, command.context)
        .expect("a snowflake that serenity has read is the id of a channel")
}

fn asker(
    guild: Option<GuildId>,
    channel: u64,
    member: Option<&Member>,
    user: &User,
    context: Option<InteractionContext>,
) -> Option<Asker> {
    let may_manage = match member {
        Some(member) => member.permissions.is_some_and(manages),
        // Nobody else reads the conversation with the bot.
        None => guild.is_none() && context == Some(InteractionContext::BotDm),
    };
    Some(Asker {
        platform: Platform::Discord,
        workspace: guild.map(|guild| guild.to_string()),
        channel: ChannelId::parse(Platform::Discord, &channel.to_string()).ok()?,
        user: UserId(user.id.to_string()),
        name: Some(member.map_or_else(|| user.display_name(), Member::display_name).to_owned()),
        may_post: member.is_none_or(|member| member.permissions.is_some_and(writes)),
        may_manage,
    })
}

fn manages(permissions: Permissions) -> bool {
    permissions.intersects(Permissions::MANAGE_CHANNELS | Permissions::ADMINISTRATOR)
}

fn writes(permissions: Permissions) -> bool {
    permissions.intersects(
        Permissions::SEND_MESSAGES | Permissions::SEND_MESSAGES_IN_THREADS | Permissions::ADMINISTRATOR,
    )
}

/// The name after `/papers`, with that of its group before it, and what was given for it.
fn subcommand(data: &CommandData) -> Option<(String, &[CommandDataOption])> {
    let first = data.options.first().filter(|_| data.name == ROOT)?;
    match &first.value {
        CommandDataOptionValue::SubCommand(options) => Some((first.name.clone(), options)),
        CommandDataOptionValue::SubCommandGroup(commands) => {
            let command = commands.first()?;
            let CommandDataOptionValue::SubCommand(options) = &command.value else { return None };
            Some((format!("{} {}", first.name, command.name), options))
        }
        _ => None,
    }
}

/// The value of an option as text; a channel as its id.
fn written(value: &CommandDataOptionValue) -> Option<String> {
    match value {
        CommandDataOptionValue::String(text) | CommandDataOptionValue::Autocomplete { value: text, .. } => {
            Some(text.clone())
        }
        CommandDataOptionValue::Integer(number) => Some(number.to_string()),
        CommandDataOptionValue::Number(number) => Some(number.to_string()),
        CommandDataOptionValue::Boolean(yes) => Some(yes.to_string()),
        CommandDataOptionValue::Channel(channel) => Some(channel.to_string()),
        _ => None,
    }
}

/// The words and addresses of the message that is asked about.
fn message_text(data: &CommandData) -> Option<String> {
    let target = data.target_id?.to_message_id();
    let message = data.resolved.messages.get(&target)?;
    let embeds = message.embeds.iter().flat_map(|embed| {
        let fields = embed.fields.iter().map(|field| field.value.as_str());
        [embed.url.as_deref(), embed.title.as_deref(), embed.description.as_deref()]
            .into_iter()
            .flatten()
            .chain(fields)
    });
    Some(std::iter::once(message.content.as_str()).chain(embeds).collect::<Vec<_>>().join("\n"))
}
