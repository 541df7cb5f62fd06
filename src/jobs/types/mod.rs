//! The graph's types of postings.

mod job;
mod parts;

pub use job::*;
pub use parts::*;
