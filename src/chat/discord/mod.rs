//! The discord platform.
