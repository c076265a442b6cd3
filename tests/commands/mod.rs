//! Commands as people give them on each platform, through the real client libraries.

mod discord;
mod scene;
mod slack;
mod table;
