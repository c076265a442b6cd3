//! The sentences of each command's answer, one file a command: facts in, a neutral reply out.

pub mod about;
pub mod email;
pub mod explain;
pub mod help;
pub mod home;
pub mod interaction;
pub mod latest;
pub mod limits;
pub mod mistakes;
pub mod pause;
pub mod platform;
pub mod remove;
pub mod roundup;
pub mod search;
pub mod show;
pub mod similar;
pub mod source;
pub mod status;
pub mod submit;
pub mod subscribe;
pub mod subscriptions;
mod terms;
pub mod trending;
pub mod trouble;
pub mod unsubscribe;
pub mod vote;
pub mod words;

/// A reply as the terminal shows it, for snapshots.
#[cfg(test)]
fn seen(reply: &super::Reply) -> String {
    let lines = crate::chat::sandbox::reply::reply_lines(reply, 90, jiff::Timestamp::UNIX_EPOCH);
    anstream::adapter::strip_str(&lines).to_string()
}
