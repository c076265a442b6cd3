//! Commands as people give them on each platform, through the real client libraries.

mod discord;
pub mod scene;
mod slack;
mod table;
