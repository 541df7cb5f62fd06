//! Finding jobs: filters, orders, facets, and searches that are kept.

mod facets;
pub mod kit;
mod orders;
mod page;

/// What belongs to finding jobs of the roots, as `access.rs` calls it.
pub const FIND_CALLS: &[(&str, &str)] = &[("jobs", "{ jobs(first: 1) { nodes { id } } }")];
