//! The search box: one list over all kinds of things, by words, of what somebody may see.

mod query;
/// Looking, and writing the documents anew.
pub mod service;
mod types;
/// Writing the documents anew, in the background.
pub mod work;

pub use query::{Query, SearchFilter};
pub use types::*;
