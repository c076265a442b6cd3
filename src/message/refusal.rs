//! What people read when a platform refuses messages: each sentence says what to do.

use std::fmt;

/// Ends the sentences about a channel: the way back once its people have changed something.
const RESUME: &str = "then run `paperwire subscriptions resume ID`";

/// A refusal that stays until somebody changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The bot lacks rights in the Discord channel.
    DiscordPermissions,
    /// The Discord channel or its server is gone, or the bot is no longer in it.
    DiscordChannelGone,
    /// The Discord server asks its moderators for two-factor sign-in.
    DiscordTwoFactor,
    /// The Discord channel is of a kind that takes no plain messages.
    DiscordChannelKind,
    /// The Discord thread is archived, locked or full.
    DiscordThreadClosed,
    /// The Discord user takes no direct messages.
    DiscordDirectMessages,
    /// Discord refuses the bot token.
    DiscordToken,
    /// Discord's gate refuses the client itself.
    DiscordClient,
    /// The Slack channel does not exist for the app.
    SlackChannelGone,
    /// The app is not a member of the Slack channel.
    SlackNotInChannel,
    /// The Slack channel is archived.
    SlackArchived,
    /// A rule of the Slack workspace keeps the app from posting.
    SlackRestricted,
    /// Slack refuses the bot token.
    SlackToken,
    /// The Slack app was installed without the scope to post.
    SlackScope,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, then) = match self {
            Self::DiscordPermissions => (
                "Discord does not let Paperwire post in this channel: give it View Channel, Send Messages \
                 (in a thread: Send Messages in Threads) and Embed Links",
                RESUME,
            ),
            Self::DiscordChannelGone => (
                "Discord knows no such channel: it was deleted, or Paperwire is no longer on its server; \
                 invite it again or subscribe another channel",
                RESUME,
            ),
            Self::DiscordTwoFactor => (
                "This Discord server asks for two-factor sign-in: switch it on for the account that owns \
                 Paperwire's application",
                RESUME,
            ),
            Self::DiscordChannelKind => (
                "This kind of Discord channel takes no plain messages: subscribe a text channel or a thread",
                RESUME,
            ),
            Self::DiscordThreadClosed => (
                "This Discord thread is archived, locked or full: reopen it or subscribe another channel",
                RESUME,
            ),
            Self::DiscordDirectMessages => (
                "This Discord user takes no direct messages from Paperwire: allow them in the server's privacy \
                 settings or subscribe a channel",
                RESUME,
            ),
            Self::DiscordToken => (
                "Discord refuses the bot token: set PAPERWIRE__DISCORD__TOKEN to the one shown under “Bot” in \
                 Discord's developer portal",
                "then restart Paperwire",
            ),
            Self::DiscordClient => (
                "Discord refuses this program (its User-Agent or address is blocked): update Paperwire and \
                 check the network it runs in",
                "then restart Paperwire",
            ),
            Self::SlackChannelGone => (
                "Slack shows Paperwire no such channel: check the channel's id, or invite the app to the \
                 channel if it is private",
                RESUME,
            ),
            Self::SlackNotInChannel => {
                ("Paperwire is not in this Slack channel: write “/invite @Paperwire” there", RESUME)
            }
            Self::SlackArchived => ("This Slack channel is archived: unarchive it", RESUME),
            Self::SlackRestricted => (
                "A rule of this Slack workspace keeps Paperwire from posting in the channel: ask an \
                 administrator to allow it",
                RESUME,
            ),
            Self::SlackToken => (
                "Slack refuses the bot token: install the app again and set PAPERWIRE__SLACK__BOT_TOKEN to its \
                 Bot User OAuth Token (xoxb-…)",
                "then restart Paperwire",
            ),
            Self::SlackScope => (
                "The Slack app may not post: add the bot scope chat:write, install the app again and set \
                 PAPERWIRE__SLACK__BOT_TOKEN to its Bot User OAuth Token (xoxb-…)",
                "then restart Paperwire",
            ),
        };
        write!(f, "{what}, {then}")
    }
}
