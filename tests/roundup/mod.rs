//! Roundups: when they come, held against an independent reading of the same zone data.

mod catching_up;
mod kinds;
mod making;
mod sources;
mod zones;
