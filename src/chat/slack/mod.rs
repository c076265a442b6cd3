//! The slack platform.
