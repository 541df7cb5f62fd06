//! Posts, and the feeds that they stand in.

mod events;
mod loaders;
mod mutation;
/// Who may read and change what.
pub mod policy;
mod query;
/// Reads and writes.
pub mod service;
mod subscription;
mod types;
mod viewer;

pub use events::*;
pub use loaders::Loaders;
pub use mutation::*;
pub use query::*;
pub use subscription::Subscription;
pub use types::*;
pub use viewer::PostsViewer;
