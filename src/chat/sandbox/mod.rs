//! The sandbox platform.
