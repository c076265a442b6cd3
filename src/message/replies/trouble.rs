//! What people are told when something cannot be done.

use std::time::Duration;

use super::terms::{command, wait};
use crate::domain::Platform;
use crate::message::{Line, Piece, Reply};

/// Somebody asked more than is fair to the others.
pub fn too_fast(time: Duration) -> Reply {
    Reply::text(Piece::from(format!("That was a lot in a short time. Please try again in {}.", wait(time))))
}

/// Who may manage the channel, for somebody who may not.
pub(super) fn managers_only(platform: Platform) -> Line {
    vec![managers(platform).into()]
}

fn managers(platform: Platform) -> &'static str {
    match platform {
        Platform::Discord => {
            "Only people with the permission Manage Channels can change what is posted in this channel. Ask one of \
             them, or a moderator, to do it."
        }
        Platform::Slack => {
            "Only the people whom this workspace has chosen can change what is posted in this channel. Ask an \
             administrator who they are."
        }
        Platform::Email | Platform::Sandbox => "You may not change what is posted in this channel.",
    }
}

/// Somebody may not change the channel.
pub fn no_right(platform: Platform) -> Reply {
    let who = managers(platform);
    let line: Line = vec![
        who.into(),
        " Everybody can use ".into(),
        command("search"),
        ", ".into(),
        command("subscriptions"),
        " and the other commands that only read.".into(),
    ];
    Reply::text(line)
}

/// The controls of an answer are older than they are kept.
pub fn too_old() -> Reply {
    Reply::text(Piece::from("This message is too old to be used. Give its command again."))
}

/// The controls of an answer belong to who asked for it.
pub fn anothers() -> Reply {
    Reply::text(Piece::from(
        "Only the person who asked can use this message. Give the command yourself to get your own.",
    ))
}

/// Something failed that is nobody's fault here; the reference is in the log beside the cause.
pub fn inner(reference: &str, unavailable: bool) -> Reply {
    let line: Line = vec![
        if unavailable {
            "Paperwire cannot reach its database at the moment. Please try again in a minute.".into()
        } else {
            "Something went wrong inside Paperwire. Please try again in a minute.".into()
        },
        " If it stays so, tell who runs Paperwire the reference ".into(),
        Piece::Code(reference.to_owned()),
        ".".into(),
    ];
    Reply::text(line)
}

/// Somebody did not want it after all.
pub fn cancelled() -> Reply {
    Reply::text(Piece::from("Nothing was changed."))
}

#[cfg(test)]
mod tests {
    use super::super::terms::tests::shown;
    use super::*;

    #[test]
    fn each_trouble_says_what_to_do() {
        let told = [
            too_fast(Duration::from_millis(11_200)),
            no_right(Platform::Discord),
            no_right(Platform::Slack),
            no_right(Platform::Sandbox),
            too_old(),
            anothers(),
            inner("3f9a2c", false),
            inner("3f9a2c", true),
            cancelled(),
        ];
        insta::assert_snapshot!(told.map(|reply| shown(&reply)).join("\n"), @"
        That was a lot in a short time. Please try again in 12 seconds.
        Only people with the permission Manage Channels can change what is posted in this channel. Ask one of them, or a moderator, to do it. Everybody can use `/papers search`, `/papers subscriptions` and the other commands that only read.
        Only the people whom this workspace has chosen can change what is posted in this channel. Ask an administrator who they are. Everybody can use `/papers search`, `/papers subscriptions` and the other commands that only read.
        You may not change what is posted in this channel. Everybody can use `/papers search`, `/papers subscriptions` and the other commands that only read.
        This message is too old to be used. Give its command again.
        Only the person who asked can use this message. Give the command yourself to get your own.
        Something went wrong inside Paperwire. Please try again in a minute. If it stays so, tell who runs Paperwire the reference `3f9a2c`.
        Paperwire cannot reach its database at the moment. Please try again in a minute. If it stays so, tell who runs Paperwire the reference `3f9a2c`.
        Nothing was changed.
        ");
    }
}
