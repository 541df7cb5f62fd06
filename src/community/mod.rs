//! The community as a whole: its name, its ways in, its limits: what a client must know before
//! anybody signs in.

mod query;
mod types;

pub use query::Query;
pub use types::*;
