//! Whether the bot may read a channel's history, worked out from roles and overwrites as Discord documents it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use serenity::http::{LightMethod, Route};
use tokio::time::Instant;

use super::Discord;
use super::asking::Ask;
use super::buckets::Lane;
use crate::domain::Found;

/// For so long an answer is believed.
const BELIEVED: Duration = Duration::from_mins(5);
/// What is not believed any more is forgotten when this many channels and servers are known.
const KEPT: usize = 1_024;

const ADMINISTRATOR: u64 = 1 << 3;
const VIEW_CHANNEL: u64 = 1 << 10;
const READ_MESSAGE_HISTORY: u64 = 1 << 16;
const CONNECT: u64 = 1 << 20;
const MANAGE_THREADS: u64 = 1 << 34;

const NO_RIGHT: &str = "Paperwire may not read the channel's history: with the permission Read Message History it \
    can check";
const NO_HISTORY: &str = "this kind of channel has no history to look in";
const PRIVATE: &str = "nobody says whether Paperwire is in this private thread";

/// Whether a channel's history can be read.
pub(super) enum Reading {
    May {
        /// The bot's own id, by which its messages are known.
        me: String,
    },
    MayNot {
        reason: &'static str,
    },
}

/// What has been asked of late.
#[derive(Debug, Default)]
pub(super) struct Rights {
    me: tokio::sync::OnceCell<String>,
    /// Of each channel: why it cannot be read, if it cannot.
    channels: Cache<Option<&'static str>>,
    guilds: Cache<Membership>,
}

#[derive(Debug)]
struct Cache<T>(Mutex<HashMap<u64, (Instant, T)>>);

/// The bot in a server.
#[derive(Debug, Clone)]
struct Membership {
    guild: Guild,
    roles: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: String,
}

#[derive(Debug, Deserialize)]
struct Member {
    roles: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Guild {
    id: String,
    owner_id: String,
    roles: Vec<Role>,
}

#[derive(Debug, Clone, Deserialize)]
struct Role {
    id: String,
    permissions: String,
}

#[derive(Debug, Deserialize)]
struct Channel {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    guild_id: Option<String>,
    #[serde(default)]
    parent_id: Option<String>,
    #[serde(default)]
    permission_overwrites: Vec<Overwrite>,
    /// Set on a thread that the bot has joined.
    #[serde(default)]
    member: Value,
}

#[derive(Debug, Deserialize)]
struct Overwrite {
    id: String,
    allow: String,
    deny: String,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Cache<T> {
    fn get(&self, id: u64) -> Option<T> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&id).filter(|(at, _)| at.elapsed() < BELIEVED).map(|(_, what)| what.clone())
    }

    fn keep(&self, id: u64, what: T) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.retain(|_, (at, _)| at.elapsed() < BELIEVED);
        }
        known.insert(id, (Instant::now(), what));
    }
}

impl Discord {
    /// Whether a channel's history can be read; `Err` is what to say while that is not known.
    pub(super) async fn reading(&self, id: u64) -> Result<Reading, Found> {
        let me = self.rights.me.get_or_try_init(|| self.own_id()).await?;
        let hindrance = if let Some(known) = self.rights.channels.get(id) {
            known
        } else {
            let found = self.hindrance(id, me).await?;
            self.rights.channels.keep(id, found);
            found
        };
        Ok(hindrance.map_or_else(|| Reading::May { me: me.clone() }, |reason| Reading::MayNot { reason }))
    }

    async fn own_id(&self) -> Result<String, Found> {
        let me: Named = self.read(get(Lane { route: "GET me", major: 0 }, Route::UserMe)).await?;
        Ok(me.id)
    }

    async fn hindrance(&self, id: u64, me: &str) -> Result<Option<&'static str>, Found> {
        let mut channel = self.channel(id).await?;
        match channel.kind {
            // A conversation shows its history to everybody in it.
            1 | 3 => return Ok(None),
            0 | 2 | 5 | 10..=13 => {}
            _ => return Ok(Some(NO_HISTORY)),
        }
        let thread =
            (10..=12).contains(&channel.kind).then(|| (channel.kind == 12, channel.member.is_null()));
        let guild = number(channel.guild_id.as_deref())?;
        if thread.is_some() {
            // A thread has its parent's rights.
            channel = self.channel(number(channel.parent_id.as_deref())?).await?;
        }
        let membership = self.membership(guild, me).await?;
        let rights = rights(&membership, &channel.permission_overwrites, me);
        let connects = if matches!(channel.kind, 2 | 13) { CONNECT } else { 0 };
        let needed = VIEW_CHANNEL | READ_MESSAGE_HISTORY | connects;
        Ok(match thread {
            _ if rights & needed != needed => Some(NO_RIGHT),
            Some((true, true)) if rights & MANAGE_THREADS == 0 => Some(PRIVATE),
            _ => None,
        })
    }

    async fn channel(&self, id: u64) -> Result<Channel, Found> {
        self.read(get(Lane { route: "GET channel", major: id }, Route::Channel { channel_id: id.into() }))
            .await
    }

    async fn membership(&self, guild: u64, me: &str) -> Result<Membership, Found> {
        if let Some(known) = self.rights.guilds.get(guild) {
            return Ok(known);
        }
        let (guild_id, user_id) = (guild.into(), number(Some(me))?.into());
        let server: Guild =
            self.read(get(Lane { route: "GET guild", major: guild }, Route::Guild { guild_id })).await?;
        let member = Route::GuildMember { guild_id, user_id };
        let member: Member = self.read(get(Lane { route: "GET member", major: guild }, member)).await?;
        let membership = Membership { guild: server, roles: member.roles };
        self.rights.guilds.keep(guild, membership.clone());
        Ok(membership)
    }
}

fn get(lane: Lane, route: Route<'_>) -> Ask<'_> {
    Ask { lane, route, method: LightMethod::Get, params: None, body: None }
}

/// An id that is asked for; never zero.
fn number(id: Option<&str>) -> Result<u64, Found> {
    let number = id.and_then(|id| id.parse().ok()).filter(|id| *id > 0);
    number.ok_or_else(|| Found::CannotTell {
        reason: "Discord's answer was lost, and Discord does not say whose channel it is".to_owned(),
    })
}

/// The bot's rights in a channel: those of its roles, then the overwrites of everyone, of its roles, and of itself.
fn rights(membership: &Membership, overwrites: &[Overwrite], me: &str) -> u64 {
    let Membership { guild, roles } = membership;
    let has = |role: &str| role == guild.id || roles.iter().any(|own| own == role);
    let base =
        guild.roles.iter().filter(|role| has(&role.id)).fold(0, |all, role| all | bits(&role.permissions));
    if guild.owner_id == me || base & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let changed = |rights: u64, which: &dyn Fn(&str) -> bool| {
        let these = || overwrites.iter().filter(|overwrite| which(&overwrite.id));
        let deny = these().fold(0, |all, one| all | bits(&one.deny));
        let allow = these().fold(0, |all, one| all | bits(&one.allow));
        rights & !deny | allow
    };
    let everyone = changed(base, &|id| id == guild.id);
    let of_roles = changed(everyone, &|id| id != guild.id && has(id));
    changed(of_roles, &|id| id == me)
}

fn bits(text: &str) -> u64 {
    text.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: u64 = READ_MESSAGE_HISTORY;

    fn membership(everyone: u64, own: u64) -> Membership {
        let role = |id: &str, bits: u64| Role { id: id.to_owned(), permissions: bits.to_string() };
        let guild = Guild {
            id: "9".to_owned(),
            owner_id: "1".to_owned(),
            roles: vec![role("9", everyone), role("20", own), role("30", u64::MAX)],
        };
        Membership { guild, roles: vec!["20".to_owned()] }
    }

    fn overwrite(id: &str, allow: u64, deny: u64) -> Overwrite {
        Overwrite { id: id.to_owned(), allow: allow.to_string(), deny: deny.to_string() }
    }

    #[test]
    fn roles_add_up_and_those_of_others_do_not_count() {
        assert_eq!(rights(&membership(VIEW_CHANNEL, READ), &[], "42"), VIEW_CHANNEL | READ);
        assert_eq!(rights(&membership(VIEW_CHANNEL, 0), &[], "42"), VIEW_CHANNEL);
    }

    #[test]
    fn overwrites_go_from_everyone_over_roles_to_the_bot_itself() {
        let of = |overwrites: &[Overwrite]| rights(&membership(READ, 0), overwrites, "42") & READ != 0;
        assert!(!of(&[overwrite("9", 0, READ)]));
        assert!(of(&[overwrite("9", 0, READ), overwrite("20", READ, 0)]));
        assert!(!of(&[overwrite("42", 0, READ), overwrite("20", READ, 0)]));
        assert!(of(&[overwrite("30", 0, READ)]), "a role that it does not have");
    }

    #[test]
    fn an_administrator_and_the_owner_may_everything() {
        let denied = [overwrite("42", 0, READ), overwrite("1", 0, READ)];
        assert_eq!(rights(&membership(0, ADMINISTRATOR), &denied, "42"), u64::MAX);
        assert_eq!(rights(&membership(0, 0), &denied, "1"), u64::MAX);
    }
}
