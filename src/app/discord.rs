//! What the command line asks of Discord's adapter.

use crate::chat::discord::{self, Invite};
use crate::config::Config;

/// The link by which a server's people add the bot.
pub async fn discord_invite(config: &Config) -> anyhow::Result<Invite> {
    let application = match config.discord.application_id {
        Some(id) => id,
        None => discord::application_id(&discord_config(config)).await?,
    };
    Ok(discord::invite(application))
}

/// How to reach Discord.
pub fn discord_config(config: &Config) -> discord::DiscordConfig {
    discord::DiscordConfig {
        api_base: config.discord.api_base.clone(),
        token: config.discord.token.clone().unwrap_or_default(),
        application_id: config.discord.application_id,
        timeout: config.discord.timeout,
    }
}
