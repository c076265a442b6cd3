//! Paperwire: a wire service for research papers.
//!
//! New papers come in from sources, are matched against what channels subscribed to, and are
//! posted into Discord and Slack channels exactly once, each with the reason. `docs/architecture.md`
//! shows the layers; `tests/layers.rs` holds them.

#[macro_use]
pub mod crash;

pub mod app;
pub mod bot;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod command;
pub mod config;
pub mod domain;
pub mod matcher;
pub mod message;
pub mod pipeline;
pub mod search;
pub mod signup;
pub mod sources;
pub mod store;
pub mod summary;
pub mod telemetry;
pub mod text;
pub mod web;
