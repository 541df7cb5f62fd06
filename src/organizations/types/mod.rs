//! The graph's types of organizations.

mod lists;
mod organization;

pub use lists::*;
pub use organization::*;
