//! The one integration-test binary: Paperwire driven as a person would, against fake worlds on loopback.

mod store;
mod worlds;
