//! The one integration-test binary: Paperwire driven as a person would, against fake worlds on loopback.

#![expect(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding")]

mod bot;
mod chat;
mod commands;
mod community;
mod config;
mod faults;
mod import;
mod layers;
mod limits;
mod mail;
mod pipeline;
mod project;
mod replicas;
mod roundup;
mod search;
mod serve;
mod sources;
mod store;
mod transcripts;
mod trending;
mod web;
mod worlds;
