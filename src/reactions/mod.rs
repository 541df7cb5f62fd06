//! Reactions: which emoji people put on something, how many, and who. What stands under them (posts, comments,
//! messages) keeps the counts in its own row, and says who may react.

mod loaders;
mod mutation;
/// The rules that are the same wherever people react.
pub mod service;
mod types;

pub use loaders::Loaders;
pub use mutation::*;
pub use types::*;
