//! What a channel's people do: submit papers, vote on them, remove them.

mod asking;
mod discord;
mod ranking;
mod removing;
mod slack;
mod submitting;
mod voting;
