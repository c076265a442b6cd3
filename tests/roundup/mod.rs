//! Roundups: when they come, held against an independent reading of the same zone data.

mod kinds;
mod making;
mod sources;
mod zones;
