//! Tags: one vocabulary of topics and skills for posts and profiles.

mod loaders;
mod query;
/// Reads and writes of tags.
pub mod service;
mod types;

pub use loaders::Loaders;
pub use query::Query;
pub use types::Tag;
