//! The link by which a server's people add the bot, and why it asks for what it asks.

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use serenity::http::{LightMethod, Route};

use super::rest::Rest;
use super::{DiscordConfig, errors};

/// What the bot asks for when it is added to a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invite {
    /// The link to open in a browser.
    pub url: String,
    /// Scopes, each with why.
    pub scopes: Vec<(&'static str, &'static str)>,
    /// Permissions with their bit, each with why.
    pub permissions: Vec<(&'static str, u64, &'static str)>,
}

const SCOPES: [(&str, &str); 2] = [
    ("bot", "makes the bot a member of the server, so that it can post papers into channels"),
    ("applications.commands", "puts /papers and “About this paper” into the server's list of commands"),
];

/// Names and bits as Discord documents them.
const PERMISSIONS: [(&str, u64, &str); 4] = [
    ("View Channel", 1 << 10, "to reach the channels that subscribe; without it Discord hides them"),
    ("Send Messages", 1 << 11, "to post papers"),
    ("Embed Links", 1 << 14, "to post them as cards with a title that is a link"),
    ("Send Messages in Threads", 1 << 38, "to post papers into threads and forum posts"),
];

/// Makes the link for an application.
pub fn invite(application_id: u64) -> Invite {
    let bits: u64 = PERMISSIONS.iter().map(|(_, bit, _)| bit).sum();
    let scopes = SCOPES.map(|(name, _)| name).join("+");
    let url = format!(
        "https://discord.com/oauth2/authorize?client_id={application_id}&scope={scopes}&permissions={bits}&integration_type=0"
    );
    Invite { url, scopes: SCOPES.to_vec(), permissions: PERMISSIONS.to_vec() }
}

/// The application's id: the configured one, or the one that Discord knows the token by.
pub async fn application_id(config: &DiscordConfig) -> anyhow::Result<u64> {
    application_of(&Rest::new(config)?, config.application_id).await
}

#[derive(Deserialize)]
struct Application {
    id: String,
}

pub(super) async fn application_of(rest: &Rest, configured: Option<u64>) -> anyhow::Result<u64> {
    if let Some(id) = configured {
        return Ok(id);
    }
    let answer = match rest.ask(Route::Oauth2ApplicationCurrent, LightMethod::Get, None).await {
        Ok(answer) => answer,
        Err(failure) => bail!("asking Discord for the application's id: {failure}"),
    };
    ensure!(
        answer.status.is_success(),
        "asking Discord for the application's id: {}",
        errors::words(&answer)
    );
    let application: Application =
        serde_json::from_slice(&answer.body).context("Discord names no application")?;
    application.id.parse().context("Discord names no application")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_asks_for_what_posting_and_commands_need_and_no_more() {
        let invite = invite(1234);
        assert_eq!(
            invite.url,
            "https://discord.com/oauth2/authorize?client_id=1234&scope=bot+applications.commands&permissions=274877926400&integration_type=0"
        );
    }
}
