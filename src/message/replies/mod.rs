//! The sentences of each command's answer, one file a command: facts in, a neutral reply out.

pub mod home;
pub mod pause;
pub mod roundup;
pub mod subscribe;
pub mod subscriptions;
mod terms;
pub mod trouble;
pub mod unsubscribe;
