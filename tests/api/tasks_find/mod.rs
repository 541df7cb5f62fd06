//! Lists of tasks: what a filter lets through, in which order, for whom, at what cost; and reminders.

mod due;
mod filters;
pub mod kit;
mod orders;
mod random;
mod seen;
mod statements;

/// What belongs to the lists of tasks of the roots, as `access.rs` calls it.
pub const LISTS_CALLS: &[(&str, &str)] = &[("tasks", "{ tasks { nodes { id } } }")];
