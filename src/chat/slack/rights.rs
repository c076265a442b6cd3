//! Who may change what a channel is subscribed to: the operator's rule, asked of Slack where it has to be.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;
use tracing::warn;

use super::web::Web;
use crate::domain::UserId;

/// For so long Slack's answer about a person holds.
const REMEMBERED: Duration = Duration::from_mins(10);
/// What is too old is forgotten when this many people are known.
const PEOPLE_KEPT: usize = 4_096;
/// The longest that an answer may wait for Slack's word.
const PATIENCE: Duration = Duration::from_secs(1);

/// Who may change a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Managers {
    /// Everybody who can give a command in it; from elsewhere, the workspace's admins and owners.
    #[default]
    Members,
    /// The workspace's admins and owners.
    Admins,
    /// These people.
    Users(BTreeSet<UserId>),
}

/// The rule with what is known of people.
#[derive(Debug)]
pub(super) struct Rights {
    rule: Managers,
    known: Mutex<HashMap<UserId, (bool, Instant)>>,
}

/// Slack did not say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unknown;

#[derive(Deserialize)]
struct Info {
    user: Person,
}

/// Whoever has left the workspace may nothing, whatever they were.
#[derive(Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "they are Slack's own marks of a person")]
struct Person {
    is_admin: bool,
    is_owner: bool,
    is_primary_owner: bool,
    deleted: bool,
}

impl Rights {
    pub fn new(rule: Managers) -> Self {
        Self { rule, known: Mutex::default() }
    }

    /// Whether a person may change the channel in which they are.
    pub async fn may_manage(&self, web: &Web, user: &UserId) -> Result<bool, Unknown> {
        match &self.rule {
            Managers::Members => Ok(true),
            Managers::Users(users) => Ok(users.contains(user)),
            Managers::Admins => self.is_admin(web, user).await,
        }
    }

    /// Whether a person may change a channel in which they perhaps are not: to be a member here says nothing of there.
    pub async fn may_manage_another(&self, web: &Web, user: &UserId) -> Result<bool, Unknown> {
        match &self.rule {
            Managers::Users(users) => Ok(users.contains(user)),
            Managers::Members | Managers::Admins => self.is_admin(web, user).await,
        }
    }

    async fn is_admin(&self, web: &Web, user: &UserId) -> Result<bool, Unknown> {
        match self.remembered(user) {
            Some(is) => Ok(is),
            None => self.ask(web, user).await,
        }
    }

    fn remembered(&self, user: &UserId) -> Option<bool> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(user).filter(|(_, at)| at.elapsed() < REMEMBERED).map(|(may, _)| *may)
    }

    async fn ask(&self, web: &Web, user: &UserId) -> Result<bool, Unknown> {
        let question = [("user", Some(user.0.clone()))];
        let asked = tokio::time::timeout(PATIENCE, web.get::<Info>("users.info", &question)).await;
        let may = match asked {
            Ok(Ok(Info { user: p })) => (p.is_admin || p.is_owner || p.is_primary_owner) && !p.deleted,
            Ok(Err(failure)) => return Err(unknown(user, &failure.code())),
            Err(_) => return Err(unknown(user, "no answer in time")),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= PEOPLE_KEPT {
            known.retain(|_, (_, at)| at.elapsed() < REMEMBERED);
        }
        known.insert(user.clone(), (may, Instant::now()));
        Ok(may)
    }
}

fn unknown(user: &UserId, why: &str) -> Unknown {
    let hint = if why == "missing_scope" { ": the app needs the scope users:read" } else { "" };
    warn!(user = %user, "Slack did not say whether {user} is an admin ({why}){hint}");
    Unknown
}
